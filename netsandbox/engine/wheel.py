"""When a kernel timer really fires: Linux rounds its timers up, the later the coarser.

kernel/time/timer.c keeps timers in a wheel of eight levels whose slots are 1, 8, 64 … ticks wide.  A timer goes into
the slot behind its time, and of those in one slot the one armed last fires first.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer

HZ = 250  # Ticks a second (CONFIG_HZ)
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


class Wheel:
    """Timers in their slots, of which each is the list of those that fire at one time."""

    __slots__ = ("due", "slots")

    def __init__(self) -> None:
        self.slots: dict[int, list[Timer]] = {}  # by the time at which they fire
        self.due: list[int] = []  # those times, as a heap

    def put(self, timer: Timer) -> None:
        """Arm a timer."""
        slot = self.slots.get(timer.when)
        if slot is None:
            slot = self.slots[timer.when] = []
            heappush(self.due, timer.when)
        slot.append(timer)

    def next_due(self) -> int | None:
        """When the first one fires that is not cancelled; those before it are forgotten."""
        while self.due:
            when = self.due[0]
            slot = self.slots[when]
            while slot:
                if slot[-1].callback is not None:
                    return when
                slot.pop()
            heappop(self.due)
            del self.slots[when]
        return None

    def take(self) -> Timer:
        """The one that fires next, once `next_due` has found it."""
        return self.slots[self.due[0]].pop()

    def forget_cancelled(self) -> int:
        """Keep only what is not cancelled; how many that are."""
        kept = {when: [timer for timer in slot if timer.callback is not None] for when, slot in self.slots.items()}
        self.slots = {when: slot for when, slot in kept.items() if slot}
        self.due = list(self.slots)
        heapify(self.due)
        return sum(map(len, self.slots.values()))
