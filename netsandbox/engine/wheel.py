"""When a kernel timer really fires: Linux rounds its timers up, the later the coarser.

kernel/time/timer.c keeps timers in a wheel of eight levels whose slots are 1,
8, 64 … ticks wide.  A timer goes into the slot behind its time, and of those
in one slot the one armed last fires first.
"""

from __future__ import annotations

HZ = 250
"""Ticks a second (CONFIG_HZ)."""
TICK = 1_000_000_000 // HZ
LEVEL_SIZE = 64
LEVEL_SHIFT = 3
LEVELS = 8


def expiry(now: int, delay: int) -> int:
    """The virtual nanosecond at which a timer fires that is armed now for `delay` from now (calc_wheel_index)."""
    clock = now // TICK
    expires = clock + -(-delay // TICK)
    distance = expires - clock
    level, start = 0, LEVEL_SIZE - 1
    while level < LEVELS - 1 and distance >= start:
        level += 1
        start = (LEVEL_SIZE - 1) << (LEVEL_SHIFT * level)
    shift = LEVEL_SHIFT * level
    return ((expires + (1 << shift)) >> shift << shift) * TICK
