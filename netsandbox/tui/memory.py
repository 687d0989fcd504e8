"""When the app looks for garbage: never while somebody waits."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.timer import Timer

RARELY = 50_000, 20, 100
"""After how many new objects, and collections of the younger ones, garbage is collected."""
PAUSED = 1.0
"""Seconds without a step back after which a person has paused."""


def settle() -> None:
    """What is there by now stays to the end: no collection needs to look at it again.

    What is frozen does not count when a full collection is due; with the usual thresholds one comes with every other
    step back in a large lab, and takes longer than the step.
    """
    gc.freeze()
    gc.set_threshold(*RARELY)
    gc.enable()


class Tidying:
    """Takes away the labs that were left, each a web that only the collector can: it takes as long as a step back, and
    of twenty labs ten times as long."""

    def __init__(self, screen: MessagePump) -> None:
        self._screen = screen
        self._timer: Timer | None = None

    def soon(self) -> None:
        """A lab was left: when the person pauses, it goes."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(PAUSED, self._tidy)

    def _tidy(self) -> None:
        gc.collect()
