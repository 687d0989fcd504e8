"""A row of the frame log in words, for tables and reports."""

from __future__ import annotations

from netsandbox.engine.units import format_time
from netsandbox.explain.frame_words import SEGMENT, shortened
from netsandbox.explain.verdicts import DROPS, VERDICTS, drop_words
from netsandbox.explain.words import Both, Words
from netsandbox.lab.tables import LogRow

WAYS: dict[str, Both] = {"in": ("in", "收"), "out": ("out", "发")}
NOBODY: dict[str, Both] = {"everyone": ("everyone", "所有人"), "group": ("group", "组播组")}
"""Who is meant by an address that is nobody's own."""
_WORDS = Words({**VERDICTS, **WAYS, **NOBODY, "columns": ("#|TIME|WHERE||FROM → TO|WHAT|VERDICT",
                                                  "#|时间|位置||来源 → 目的|内容|结果")})


def columns(language: str) -> tuple[str, ...]:
    """The head of a table of frames."""
    return tuple(_WORDS.say("columns", language).split("|"))


def cells(row: LogRow, language: str, room: int = SEGMENT) -> tuple[str, ...]:
    """A row of it; what was sent is told as in a column of so many cells."""
    place = f"{row.node}:{row.interface}" if row.interface else row.node
    verdict = f"✗ {row.reason}" if row.dropped else _said(row.verdict, VERDICTS, language)
    return (str(row.seq), format_time(row.at), place, _said(row.direction, WAYS, language),
            f"{_said(row.source, NOBODY, language)} → {_said(row.destination, NOBODY, language)}",
            f"{row.protocol} {shortened(row.info, room, language)}", verdict)


def line(row: LogRow, language: str) -> str:
    """The frame in one line."""
    number, at, place, direction, who, what, verdict = cells(row, language)
    if row.reason in DROPS:
        verdict = f"✗ {drop_words(row.reason, language)} ({row.reason})"
    return f"#{number} {at} {' '.join(filter(None, (place, direction)))}  {who}  {what}  {verdict}"


def _said(word: str, known: dict[str, Both], language: str) -> str:
    return _WORDS.say(word, language) if word in known else word
