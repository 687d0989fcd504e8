"""Virtual time: integer nanoseconds since the lab began."""

from __future__ import annotations

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000

EPOCH = 1_767_225_600 * SECOND
"""Nanoseconds from 1970 to 2026-01-01T00:00:00Z, where every lab's time begins."""


def seconds(value: float) -> int:
    """Nanoseconds of a number of seconds, rounded."""
    return round(value * SECOND)


def format_time(at: int) -> str:
    """`+12.000 034 s`: seconds, then milliseconds and microseconds."""
    whole, rest = divmod(at, SECOND)
    micros = rest // MICROSECOND
    return f"+{whole}.{micros // 1000:03d} {micros % 1000:03d} s"
