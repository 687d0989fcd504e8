"""All words of this room: language -> key -> words, and what fills a template's fields in.

A key is `Class`, `Outcome.MEMBER`, `Forwarding.MEMBER` or `DropReason.MEMBER`,
with a case behind a further dot where the event distinguishes some.
"""

from __future__ import annotations

from string import Formatter

from netsandbox.explain import (
    chinese,
    chinese_devices,
    chinese_drops,
    chinese_phrases,
    chinese_rules,
    chinese_tcp,
    english,
    english_devices,
    english_drops,
    english_phrases,
    english_rules,
    english_tcp,
)
from netsandbox.explain.english import Words
from netsandbox.explain.references import REFERENCES


def _merged(sentences: dict[str, Words], reasons: dict[str, Words]) -> dict[str, Words]:
    return sentences | {f"DropReason.{name}": words for name, words in reasons.items()}


CATALOGUE: dict[str, dict[str, Words]] = {
    "en": _merged(english.SENTENCES | english_tcp.SENTENCES | english_rules.SENTENCES | english_devices.DEVICES,
                  english_drops.REASONS | english_tcp.REASONS | english_rules.REASONS | english_devices.REASONS),
    "zh": _merged(chinese.SENTENCES | chinese_tcp.SENTENCES | chinese_rules.SENTENCES | chinese_devices.DEVICES,
                  chinese_drops.REASONS | chinese_tcp.REASONS | chinese_rules.REASONS | chinese_devices.REASONS),
}
PHRASES: dict[str, dict[str, str]] = {
    "en": english_phrases.PHRASES | english_rules.PHRASES, "zh": chinese_phrases.PHRASES | chinese_rules.PHRASES}
LANGUAGES: tuple[str, ...] = tuple(CATALOGUE)


def find(language: str, key: str) -> Words | None:
    """The words of a key, or of the kind that it is a case of; None if there are neither."""
    words = CATALOGUE[language]
    while key not in words:
        key, dot, _case = key.rpartition(".")
        if not dot:
            return None
    return words[key]


def reference(key: str) -> str:
    """RFC section, sysctl or kernel function of a key, in no language; empty where there is none."""
    while key not in REFERENCES:
        key, dot, _case = key.rpartition(".")
        if not dot:
            return ""
    return REFERENCES[key]


def fields_of(template: str) -> set[str]:
    """The names of a template's fields."""
    return {name for _text, name, _spec, _conversion in Formatter().parse(template) if name}
