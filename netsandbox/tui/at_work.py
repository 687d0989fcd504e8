"""A clock beside the app: what is at work for long is marked in the journal, so that recovery does not run into it.

It stops nothing: what a line may use is counted (engine.budget), and a key stops it.  It is for the line that neither
of them ends, after which only a kill helps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

LONG = 3.0  # Seconds after which a line is marked
LOOK = 0.5


class AtWork:
    """Knows since when the app is at work.

    Args:
        mark: called, in another thread, when that has become long.
        unmark: called when the work is done after all.
    """

    def __init__(self, mark: Callable[[], None], unmark: Callable[[], None]) -> None:
        self._mark, self._unmark = mark, unmark
        self._since: float | None = None
        self._lock = Lock()
        self._is_marked = False
        self._over = Event()

    @property
    def is_long(self) -> bool:
        """It has been for so long that a person waits for it."""
        return self._is_marked

    def start(self) -> None:
        """Look on from now on."""
        Thread(target=self._look_on, name="at-work", daemon=True).start()

    def end(self) -> None:
        """Nobody has to look on any more."""
        self._over.set()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """What is done within is work."""
        if self._since is not None:
            yield
            return
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._since = None
            if self._is_marked:
                with self._lock:
                    self._is_marked = False
                    self._unmark()

    def _look_on(self) -> None:
        while not self._over.wait(LOOK):
            with self._lock:
                self.look(time.monotonic())

    def look(self, now: float) -> None:
        """Mark what is at work for long by now, once."""
        since = self._since
        if since is not None and now - since > LONG and not self._is_marked:
            self._is_marked = True
            self._mark()
