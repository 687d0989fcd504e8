"""The words of every event, outcome, reason and phrase, by language; they lie in texts/ beside this module.

A key is an event class, an `Outcome`, a `Forwarding` or a `DropReason`, and behind a dot the case that it can make; a
case without words of its own uses those of its kind.  An operand whose field is empty is left out.
"""

from __future__ import annotations

from string import Formatter

from netsandbox.explain.references import REFERENCES
from netsandbox.explain.texts import of_explain
from netsandbox.explain.words import LANGUAGES

Words = tuple[str, ...]
"""The sentence, or a clause for behind a colon, then one template for each operand: in a file ` | ` parts them."""
_SENTENCES = of_explain("frames", "tables", "packets", "links", "tcp", "rules", "devices", "drops")
_PHRASES = of_explain("phrases", "phrases_of_rules")
CATALOGUE: dict[str, dict[str, Words]] = {
    language: {key: tuple(said[index].split(" | ")) for key, said in _SENTENCES.items()}
    for index, language in enumerate(LANGUAGES)}
PHRASES: dict[str, dict[str, str]] = {
    language: {key: said[index] for key, said in _PHRASES.items()} for index, language in enumerate(LANGUAGES)}


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
