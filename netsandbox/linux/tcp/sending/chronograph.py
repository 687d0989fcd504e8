"""For how long a connection had data to send, and what kept it back meanwhile (enum tcp_chrono)."""

from __future__ import annotations

from netsandbox.engine.wheel import TICK

IDLE, BUSY, WINDOW, BUFFER = range(4)  # Nothing to send; something; the peer's window, or the send buffer, kept it back


class Chronograph:
    """Only one of the reasons runs, the greatest; all are counted in whole ticks."""

    __slots__ = ("_since", "kind", "ticks")

    def __init__(self) -> None:
        self.kind = IDLE  # what runs
        self.ticks = [0, 0, 0, 0]  # of each reason so far
        self._since = 0

    def start(self, kind: int, now: int) -> None:
        """tcp_chrono_start."""
        if kind > self.kind:
            self._set(kind, now)

    def stop(self, kind: int, is_empty: bool, now: int) -> None:
        """tcp_chrono_stop (is_empty: nothing waits, and nothing is under way)."""
        if is_empty:
            self._set(IDLE, now)
        elif kind == self.kind:
            self._set(BUSY, now)

    def _set(self, kind: int, now: int) -> None:
        tick = now // TICK
        self.ticks[self.kind] += tick - self._since
        self.kind, self._since = kind, tick

    def milliseconds(self, now: int) -> tuple[int, int, int]:
        """For how long it was busy, kept back by the window, and by the buffer (tcp_get_info_chrono_stats)."""
        ticks = list(self.ticks)
        ticks[self.kind] += now // TICK - self._since
        unit = TICK // 1_000_000
        return sum(ticks[BUSY:]) * unit, ticks[WINDOW] * unit, ticks[BUFFER] * unit
