"""A row of the frame log in words, for tables and reports."""

from __future__ import annotations

from netsandbox.engine.units import format_time
from netsandbox.explain.words import Both, Words
from netsandbox.lab.tables import LogRow

VERDICTS: dict[str, Both] = {
    "accepted": ("accepted", "接收"),
    "answered": ("answered", "已答"),
    "ignored": ("ignored", "忽略"),
    "bridged": ("bridged", "桥接"),
    "routed": ("routed", "转发"),
    "waits": ("waits", "等待"),
    "repeated": ("repeated", "中继"),
    "sent": ("sent", "发出"),
    "flooded": ("flooded", "泛洪"),
    "dropped": ("dropped", "丢弃"),
    "to port": ("to port", "到端口"),
    "to host": ("to host", "到主机"),
}
WAYS: dict[str, Both] = {"in": ("in", "收"), "out": ("out", "发")}
NOBODY: dict[str, Both] = {"everyone": ("everyone", "所有人"), "group": ("group", "组播组")}
"""Who is meant by an address that is nobody's own."""
_WORDS = Words({**VERDICTS, **WAYS, **NOBODY, "columns": ("#|TIME|WHERE||FROM → TO|WHAT|VERDICT",
                                                  "#|时间|位置||从 → 到|内容|结果")})


def columns(language: str) -> tuple[str, ...]:
    """The head of a table of frames."""
    return tuple(_WORDS.say("columns", language).split("|"))


def cells(row: LogRow, language: str) -> tuple[str, ...]:
    """A row of it."""
    place = f"{row.node}:{row.interface}" if row.interface else row.node
    verdict = f"✗ {row.reason}" if row.dropped else _said(row.verdict, VERDICTS, language)
    return (str(row.seq), format_time(row.at), place, _said(row.direction, WAYS, language),
            f"{_said(row.source, NOBODY, language)} → {_said(row.destination, NOBODY, language)}",
            f"{row.protocol} {row.info}", verdict)


def line(row: LogRow, language: str) -> str:
    """The frame in one line."""
    number, at, place, direction, who, what, verdict = cells(row, language)
    return f"#{number} {at} {' '.join(filter(None, (place, direction)))}  {who}  {what}  {verdict}"


def _said(word: str, known: dict[str, Both], language: str) -> str:
    return _WORDS.say(word, language) if word in known else word
