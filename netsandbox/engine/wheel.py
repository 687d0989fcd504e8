"""When a kernel timer really fires: Linux rounds its timers up, the later the coarser.

kernel/time/timer.c keeps timers in a wheel of eight levels whose slots are 1,
8, 64 … ticks wide.  A timer goes into the slot behind its time, and of those
in one slot the one armed last fires first.
"""

from __future__ import annotations

HZ = 250
"""Ticks a second (CONFIG_HZ)."""
TICK = 1_000_000_000 // HZ
LEVEL_SPAN = 63
"""Ticks ahead from which a level is too fine (LVL_START): so many for the first, eight times as many for the next."""
LEVEL_SHIFT = 3
LEVELS = 8
SHIFTS = tuple(LEVEL_SHIFT * min((bits + LEVEL_SHIFT - 1) // LEVEL_SHIFT, LEVELS - 1) for bits in range(64))
"""How wide slots are, as a power of two, by the bits of the delay in spans of the first level."""


def expiry(now: int, delay: int) -> int:
    """The virtual nanosecond at which a timer fires that is armed now for `delay` from now (calc_wheel_index)."""
    ticks = -(-delay // TICK)
    if ticks < LEVEL_SPAN:
        return (now // TICK + ticks + 1) * TICK
    shift = SHIFTS[(ticks // LEVEL_SPAN).bit_length()]
    return ((now // TICK + ticks + (1 << shift)) >> shift << shift) * TICK
