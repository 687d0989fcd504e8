"""One event in words: the decision, what it looked at, and where to read on."""

from __future__ import annotations

from typing import Any, NamedTuple

from netsandbox.explain.catalogue import fields_of, find, reference
from netsandbox.explain.drops import reason_key, reason_words
from netsandbox.explain.joining import fill
from netsandbox.explain.operands import Operands, operands
from netsandbox.explain.references import drop_reference
from netsandbox.explain.voice import Voice
from netsandbox.linux.event_subject import drop_of, frame_of

OF_NODES = ("{ns}", "{where}")  # How a sentence begins that names its host first


class Explanation(NamedTuple):
    """An event in one language."""

    decision: str  # One sentence
    looked_at: tuple[str, ...]  # The operands, each in a few words
    reference: str  # RFC or IEEE section, kernel function, sysctl; empty where there is none

    def also(self, *more: str) -> Explanation:
        return self._replace(looked_at=(*self.looked_at, *more))


def tell(event: Any, voice: Voice) -> Explanation:
    """Put an event of the trace into words."""
    told = operands(event, voice)
    explanation = tell_as(told.key, told, voice)
    verdict = drop_of(event)
    if verdict is None:
        return explanation
    what = frame_of(event) or event.packet
    words, fields = reason_words(verdict, what, voice)
    looked_at = explanation.looked_at + _filled(words[1:], fields)
    source = reference(reason_key(verdict, what, voice))
    return Explanation(explanation.decision, looked_at, drop_reference(verdict.reason.name, source))


def tell_as(key: str, told: Operands, voice: Voice) -> Explanation:
    """An event's fields with the words of a certain key."""
    words = find(voice.language, key)
    assert words is not None, f"no words for {key}"
    decision = fill(words[0], told.fields)
    if not words[0].startswith(OF_NODES):  # a node may be called "a", which is no article
        decision = voice.capital(decision)
    return Explanation(decision, _filled(words[1:], told.fields) + told.lines, reference(key))


def _filled(templates: tuple[str, ...], fields: dict[str, str]) -> tuple[str, ...]:
    """The operands that are there: one whose field is empty says nothing."""
    return tuple(fill(template, fields) for template in templates if all(fields[name] for name in fields_of(template)))
