"""A verdict as text, for the prompt and for reports."""

from __future__ import annotations

from collections.abc import Iterator

from netsandbox.commands.expect.condition import Verdict
from netsandbox.commands.expect.words import Say
from netsandbox.engine.units import format_time
from netsandbox.lab.tables import LogRow

COLON = {"en": ": ", "zh": "："}


def frame_text(row: LogRow) -> str:
    """A frame as the log shows it, in one line."""
    place = f"{row.node}:{row.interface}" if row.interface else row.node
    verdict = f"✗ {row.reason}" if row.dropped else row.verdict
    direction = f" {row.direction}" if row.direction else ""
    return (f"#{row.seq} {format_time(row.at)} {place}{direction}  {row.source} → {row.destination}  "
            f"{row.protocol} {row.info}  {verdict}")


def failure_lines(verdict: Verdict, say: Say, language: str) -> Iterator[str]:
    """What was expected, what was found, the frames concerned and why: a line each."""
    parts = [("expected", verdict.expected), ("found", verdict.found)]
    parts += [("frame", frame_text(row)) for row in verdict.rows]
    parts += [("why", verdict.why)] if verdict.why else []
    width = max(len(say(key)) for key, _text in parts) if language == "en" else 0
    for key, text in parts:
        label = f"{say(key)}{COLON[language]}"
        yield f"{label.ljust(width + 2)}{text}" if width else f"{label}{text}"
