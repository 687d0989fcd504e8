"""Timers in the order of their time, and of one time in that in which they were set.

Time only goes forward, so timers of one delay come due as they were set: they stand in a line, and only the first of
each line is compared with the others'.  A thousand containers that wait for the same second cost no more than ten.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush, heapreplace
from typing import Any

PUT_BACK = -1  # The line of those that were set aside: no delay tells their order


class Timer:
    """Work that waits for its time."""

    __slots__ = ("argument", "callback", "cause", "foreground", "serial", "when")

    def __init__(self, when: int, callback: Callable[[Any], object], argument: Any, cause: int, foreground: bool,
                 serial: int = 0) -> None:
        self.when = when  # virtual nanoseconds
        self.callback: Callable[[Any], object] | None = callback
        self.argument = argument
        self.cause = cause
        self.foreground = foreground  # whether the lab is not quiet while this waits
        # which of one time was set first; of the kernel's timers, which have their own order, always 0
        self.serial = serial


class Timers:
    """All that wait, but for the kernel's (wheel.py)."""

    __slots__ = ("firsts", "lines", "serial")

    def __init__(self) -> None:
        self.lines: dict[int, deque[Timer]] = {}  # by delay, in order; none is empty
        # of each line the first one's time and serial, and the delay, as a heap
        self.firsts: list[tuple[int, int, int]] = []
        self.serial = 0

    def __iter__(self) -> Iterator[Timer]:
        for line in self.lines.values():
            yield from line

    def __len__(self) -> int:
        return sum(map(len, self.lines.values()))

    def put(self, now: int, delay: int, callback: Callable[[Any], object], argument: Any, cause: int,
            foreground: bool) -> Timer:
        """Set a timer."""
        self.serial = serial = self.serial + 1
        timer = Timer(now + delay, callback, argument, cause, foreground, serial)
        line = self.lines.get(delay)
        if line is None:
            self.lines[delay] = deque((timer,))
            heappush(self.firsts, (timer.when, serial, delay))
        else:
            line.append(timer)
        return timer

    def next_due(self) -> int | None:
        """When the first one fires that is not cancelled; those before it are forgotten."""
        firsts = self.firsts
        while firsts:
            when, _serial, delay = firsts[0]
            if self.lines[delay][0].callback is not None:
                return when
            self.take()
        return None

    def take(self) -> Timer:
        """The first one, which is there."""
        delay = self.firsts[0][2]
        line = self.lines[delay]
        timer = line.popleft()
        if line:
            following = line[0]
            heapreplace(self.firsts, (following.when, following.serial, delay))
        else:
            heappop(self.firsts)
            del self.lines[delay]
        return timer

    def put_aside(self, is_wanted: Callable[[Timer], bool]) -> list[Timer]:
        """Take some of them out."""
        aside = [timer for timer in self if is_wanted(timer)]
        gone = {timer.serial for timer in aside}
        self._keep(lambda timer: timer.serial not in gone)
        return aside

    def put_back(self, timers: list[Timer]) -> None:
        """What was put aside waits again; the time of some may have come meanwhile."""
        self.lines[PUT_BACK] = deque(sorted([*self.lines.get(PUT_BACK, ()), *timers], key=_order))
        self._keep(lambda _timer: True)

    def forget_cancelled(self) -> int:
        """Keep only what is not cancelled; how many that are."""
        self._keep(lambda timer: timer.callback is not None)
        return len(self)

    def _keep(self, is_kept: Callable[[Timer], bool]) -> None:
        lines = {delay: deque(filter(is_kept, line)) for delay, line in self.lines.items()}
        self.lines = {delay: line for delay, line in lines.items() if line}
        self.firsts = [(*_order(line[0]), delay) for delay, line in self.lines.items()]
        heapify(self.firsts)


def _order(timer: Timer) -> tuple[int, int]:
    return timer.when, timer.serial
