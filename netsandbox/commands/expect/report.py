"""A verdict as text, for the prompt and for reports."""

from __future__ import annotations

from collections.abc import Iterator

from netsandbox.commands.expect.condition import Verdict
from netsandbox.commands.expect.words import Say
from netsandbox.commands.verbs import frame_rows

COLON = {"en": ": ", "zh": "："}


def failure_lines(verdict: Verdict, say: Say, language: str) -> Iterator[str]:
    """What was expected, what was found, the frames concerned and why: a line each."""
    parts = [("expected", verdict.expected), ("found", verdict.found)]
    frames = [frame_rows.line(row, language) for row in verdict.rows]
    parts += [("tried", told.partition(" ")[2]) if verdict.is_tried else ("frame", told) for told in frames]
    parts += [("why", verdict.why)] if verdict.why else []
    width = max(len(say(key)) for key, _text in parts) if language == "en" else 0
    for key, text in parts:
        label = f"{say(key)}{COLON[language]}"
        yield f"{label.ljust(width + 2)}{text}" if width else f"{label}{text}"
