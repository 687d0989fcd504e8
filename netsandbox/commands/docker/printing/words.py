"""How the docker client words times, names and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from netsandbox.apps.calendar import civil_date
from netsandbox.docker.container import CREATED, PAUSED, RESTARTING, Container
from netsandbox.docker.health import STARTING
from netsandbox.engine.units import EPOCH, MILLISECOND, SECOND

MINUTE, HOUR, DAY = 60, 3600, 86400
GAP = 3  # Spaces between the columns of a table
NARROWEST = 10
"""No column but the last one of a table is narrower, with its spaces (cli/command/formatter/formatter.go)."""


def human_duration(nanoseconds: int) -> str:
    """`4 hours`, `About a minute`: a length of time, rounded as the client rounds it."""
    seconds = nanoseconds // SECOND
    minutes, hours = seconds // MINUTE, (seconds + HOUR // 2) // HOUR
    for limit, count, unit in ((1, 0, "Less than a second"), (2, 0, "1 second"), (MINUTE, seconds, "seconds"),
                               (2 * MINUTE, 0, "About a minute"), (HOUR, minutes, "minutes")):
        if seconds < limit:
            return f"{count} {unit}" if count else unit
    if hours == 1:
        return "About an hour"
    for limit, count, unit in ((48, hours, "hours"), (24 * 14, hours // 24, "days"), (24 * 60, hours // 168, "weeks"),
                               (24 * 730, hours // 720, "months")):
        if hours < limit:
            return f"{count} {unit}"
    return f"{seconds // HOUR // 24 // 365} years"


def status(container: Container, now: int) -> str:
    """`Up 2 seconds`, `Exited (1) 3 seconds ago`."""
    if container.is_running:
        health = container.health and container.health.status
        beside = "Paused" if container.state == PAUSED else "health: starting" if health == STARTING else health
        return f"Up {human_duration(now - container.started)}" + (f" ({beside})" if beside else "")
    if container.state == CREATED:
        return "Created"
    word = "Restarting" if container.state == RESTARTING else "Exited"
    return f"{word} ({container.code}) {human_duration(now - container.finished)} ago"


def timestamp(at: int) -> str:
    """RFC 3339 with nanoseconds, of virtual time: `2026-01-01T00:00:02.000000000Z`."""
    date, clock, rest = _calendar(at)
    return f"{date}T{clock}.{rest:09d}Z"


def short_timestamp(at: int) -> str:
    """The same without trailing zeros, as Go's RFC3339Nano prints it."""
    date, clock, rest = _calendar(at)
    fraction = f".{rest:09d}".rstrip("0").rstrip(".")
    return f"{date}T{clock}{fraction}Z"


def created_at(at: int) -> str:
    """`2026-01-01 00:00:00 +0000 UTC`."""
    date, clock, _rest = _calendar(at)
    return f"{date} {clock} +0000 UTC"


def _calendar(at: int) -> tuple[str, str, int]:
    whole, rest = divmod(EPOCH + at, SECOND)
    days, second = divmod(whole, DAY)
    year, month, day = civil_date(days)
    clock = f"{second // HOUR:02d}:{second // MINUTE % 60:02d}:{second % MINUTE:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}", clock, rest


def clock_time(at: int) -> str:
    """`00:00:02`."""
    return _calendar(at)[1]


def ellipsis(text: str, width: int) -> str:
    """Cut a text short, with a mark that it was."""
    return text if len(text) <= width else text[: width - 1] + "…"


def quoted(text: str) -> str:
    """In double quotes, what does not print as Go writes it (strconv.Quote)."""
    return '"' + harmless(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def harmless(text: str) -> str:
    """Text from outside without control characters, and none that turns the line's direction."""
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def _escape(character: str) -> str:
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v"}.get(character)
    number = ord(character)
    return short or (f"\\x{number:02x}" if number < 0x80 else f"\\u{number:04x}" if number < 0x10000 else
                     f"\\U{number:08x}")


def table(rows: list[list[str]], narrowest: int = NARROWEST, gap: int = GAP) -> str:
    """Columns as wide as their widest cell with the gap behind it; the first row is the heading (text/tabwriter)."""
    widths = [max(narrowest, *(len(row[column]) + gap for row in rows)) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        lines.append("".join([*cells, row[-1]]))
    return "".join(line + "\n" for line in lines)


DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|m(?!s)|s|ms|us|µs|ns)")
UNITS = {"h": 3600 * SECOND, "m": 60 * SECOND, "s": SECOND, "ms": SECOND // 1000, "us": 1000, "µs": 1000, "ns": 1}
MOST_DURATION = 1 << 63


def duration(text: str) -> int | None:
    """Go's `1h30m` or `-5s` in nanoseconds; None where it is none."""
    body = text[1:] if text[:1] in ("+", "-") else text
    found = DURATION.findall(body)
    if not found or "".join(number + unit for number, unit in found) != body:
        return 0 if body == "0" else None
    length = sum(float(number) * UNITS[unit] for number, unit in found)
    if length >= MOST_DURATION:
        return None
    return round(length) * (-1 if text[0] == "-" else 1)


def go_duration(nanoseconds: int) -> str:
    """As Go writes a length of time: 90 s is 1m30s."""
    seconds, rest = divmod(nanoseconds, SECOND)
    if rest and not seconds:
        return f"{rest / MILLISECOND:g}ms"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    before = (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "")
    return f"{before}{seconds + rest / SECOND:g}s"


def bad_duration(text: str) -> str:
    """Why a length of time is none, or empty (time.ParseDuration)."""
    if duration(text) is not None:
        return ""
    parts = re.fullmatch(r"[+-]?(?:[\d.]+[a-zµ]+)*?([\d.]+)([^\d.]*)", text)
    if parts is None or parts[1] == "." or parts[1].count(".") > 1 or parts[2] in UNITS:
        return f"time: invalid duration {quoted(text)}"
    return (f"time: unknown unit {quoted(parts[2])} in duration {quoted(text)}" if parts[2] else
            f"time: missing unit in duration {quoted(text)}")


def named_values(texts: Iterable[str]) -> dict[str, str]:
    """NAME=VALUE, each; the last of a name counts."""
    return {name: value for name, _equals, value in (text.partition("=") for text in texts)}


def has_label(labels: Mapping[str, str], text: str) -> bool:
    """Whether there is a label KEY, or KEY=VALUE."""
    key, equals, value = text.partition("=")
    return key in labels and (not equals or labels[key] == value)
