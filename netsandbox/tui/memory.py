"""When the app looks for garbage: never while somebody waits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from netsandbox.engine import collector

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.timer import Timer

PAUSED = 1.0
"""Seconds without a step back after which a person has paused."""
SLICES = 0.02
"""Seconds between two slices of what is taken away then: a key comes in between."""
AWAY = 60.0
"""Seconds without any key after which nobody waits even if one looks through everything for garbage, up to a second."""


class Tidying:
    """Takes away the labs that were left, a little at a time: of ten labs it takes as long as ten steps back."""

    def __init__(self, screen: MessagePump, heard: Callable[[], int]) -> None:
        """Make it.

        Args:
            screen: whose timers it takes.
            heard: how many keys were pressed so far.
        """
        self._screen = screen
        self._heard = heard
        self._timer: Timer | None = None

    def soon(self) -> None:
        """A lab was left: when the person pauses, it goes."""
        self._after(PAUSED, self._tidy)

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(seconds, what)

    def _tidy(self) -> None:
        if collector.tidy_some():
            self._after(SLICES, self._tidy)
        elif collector.is_untidy():
            self._await_leave()

    def _await_leave(self) -> None:
        self._after(AWAY, partial(self._look_through, self._heard()))

    def _look_through(self, heard: int) -> None:
        """Look for what is left, if nobody has pressed a key meanwhile; else they may again."""
        if heard == self._heard():
            collector.tidy()
        else:
            self._await_leave()
