"""When the app looks for garbage: never while somebody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine import collector

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.timer import Timer

PAUSED = 1.0
"""Seconds without a step back after which a person has paused."""


class Tidying:
    """Takes away the labs that were left: of ten labs it takes as long as ten steps back."""

    def __init__(self, screen: MessagePump) -> None:
        self._screen = screen
        self._timer: Timer | None = None

    def soon(self) -> None:
        """A lab was left: when the person pauses, it goes."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(PAUSED, self._tidy)

    def _tidy(self) -> None:
        collector.tidy()
