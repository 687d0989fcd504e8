"""When the app looks for garbage: never while somebody waits."""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer

from netsandbox.engine import collector

PAUSED = 1.0  # Seconds without a step back after which a person has paused
SLICES = 0.02  # Seconds between two slices of what is taken away then: a key comes in between


class Tidying:
    """Takes away the labs that were left, a little at a time: of ten labs it takes as long as ten steps back.

    Before that it does what else has waited for a pause.
    """

    def __init__(self, screen: MessagePump, before: Callable[[], None]) -> None:
        """Make it; it takes the screen's timers."""
        self._screen = screen
        self._before = before
        self._timer: Timer | None = None

    def soon(self) -> None:
        """A lab was left: when the person pauses, it goes."""
        self._after(PAUSED, self._begin)

    def in_time(self) -> None:
        """Something waits that a key shall not wait for: it is done in a second, or once the person pauses."""
        if self._timer is None:
            self.soon()

    def _begin(self) -> None:
        self._before()
        self._tidy()

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(seconds, what)

    def _tidy(self) -> None:
        self._timer = None
        if collector.tidy_some():
            self._after(SLICES, self._tidy)
