"""Virtual time: integer nanoseconds since the lab began."""

from __future__ import annotations

from math import inf

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000

EPOCH = 1_767_225_600 * SECOND  # Nanoseconds from 1970 to 2026-01-01T00:00:00Z, where every lab's time begins


KTIME_MAX = (1 << 63) - 1  # The longest time that the kernel knows (linux/ktime.h), some 292 years


def seconds(value: float) -> int:
    """Nanoseconds of a number of seconds, rounded; of one that is too long for a float, KTIME_MAX."""
    return round(value * SECOND) if value * SECOND != inf else KTIME_MAX


def seconds_left(left: int) -> int:
    """Of a timer in whole seconds, rounded up; that the kernel's wheel ends it a little late makes no second more."""
    return max(-(-(left - 250 * MILLISECOND) // SECOND), 0)


def format_time(at: int) -> str:
    """`+12.000 034 s`: seconds, then milliseconds and microseconds."""
    whole, rest = divmod(at, SECOND)
    micros = rest // MICROSECOND
    return f"+{whole}.{micros // 1000:03d} {micros % 1000:03d} s"
