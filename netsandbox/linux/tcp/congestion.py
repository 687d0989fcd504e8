"""How much may be under way: slow start, Reno (RFC 5681) and CUBIC (RFC 9438), as functions of one connection.

Each takes the number of segments that an ACK has newly acknowledged and sets `window` (in segments).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

INITIAL = 10
"""Segments that may leave before the first ACK (RFC 6928, TCP_INIT_CWND)."""
NEVER = 0x7FFFFFFF
"""A threshold that is never reached: slow start goes on until something is lost."""
CUBIC_C = 0.4
CUBIC_BETA = 717 / 1024


class Congestion:
    """The congestion window of one connection.

    Attributes:
        window, threshold: segments.  algorithm: reno or cubic.
        initial: the window that it begins with.
        limited: whether what was sent last filled the window; else it does not grow (tcp_is_cwnd_limited).
        most: segments that were under way at most in the present round.
        used: segments that were under way at most since the window was last full, or `used_since` (ns).
        held_back: what is left of the window is too little for a burst (tcp_tso_should_defer).
    """

    __slots__ = ("_acked", "_epoch", "_origin", "_reno", "_time", "_usage", "algorithm", "held_back", "initial",
                 "largest", "limited", "most", "prior", "prior_threshold", "threshold", "used", "used_since", "window")

    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm
        self.window = self.initial = INITIAL
        self.threshold = NEVER
        self.limited = self.held_back = False
        self.most = self.used = self.used_since = 0
        self.prior = 0
        self.prior_threshold = 0
        """Window and threshold before the present loss, to go back to if nothing was lost after all; 0: not to."""
        self.largest = 0.0
        """CUBIC's W_max."""
        self._acked = 0
        self._usage = 0
        self._epoch: int | None = None
        self._origin = self._time = self._reno = 0.0

    @property
    def in_slow_start(self) -> bool:
        return self.window < self.threshold

    @property
    def is_limited(self) -> bool:
        """Whether the window keeps the sender back; in slow start half of it is enough (tcp_is_cwnd_limited)."""
        return self.limited or (self.in_slow_start and self.window < 2 * self.most)

    @property
    def present_threshold(self) -> int:
        """What the threshold would be if it began anew outside of a reduction (tcp_current_ssthresh)."""
        return max(self.threshold, (self.window >> 1) + (self.window >> 2))

    def begin(self, is_slow: bool, now: int) -> None:
        """The handshake is done; slowly after a SYN that was lost twice (tcp_init_transfer, tcp_init_metrics)."""
        self.window, self.threshold = 1 if is_slow else self.initial, NEVER
        self.used_since = now

    def grow(self, acked: int, now: int, round_trip: int) -> None:
        """An ACK came: `acked` segments, at `now` (ns), with a smoothed round trip in microseconds."""
        if not self.is_limited:
            return
        if self.in_slow_start:
            grown = min(self.window + acked, self.threshold)
            acked -= grown - self.window
            self.window = grown
            if not acked:
                return
        GROWTH[self.algorithm](self, acked, now, round_trip)

    def note_use(self, out: int, is_full: bool, una: int, nxt: int) -> None:
        """`out` segments are under way after something was sent (tcp_cwnd_validate)."""
        is_new_round = (una - self._usage) & 0xFFFFFFFF < 0x80000000
        if is_new_round or is_full or (not self.limited and out > self.most):
            self.limited, self.most, self._usage = is_full, out, nxt

    def fit_use(self) -> None:
        """A timeout long the program used less (tcp_cwnd_application_limited)."""
        use = max(self.used, self.initial)
        if use < self.window:
            self.threshold = self.present_threshold
            self.window = (self.window + use) >> 1
        self.used = 0

    def restarted(self, now: int) -> None:
        """The window begins anew after a time without sending."""
        self.used, self.used_since = 0, now

    def shrink(self, now: int) -> None:
        """Something was lost: the threshold for the recovery to come."""
        self.prior = self.window
        self._acked = 0
        self.threshold = SHRINKING[self.algorithm](self, now)

    def _add(self, per: int, acked: int) -> None:
        """One segment more for each `per` that were acknowledged (tcp_cong_avoid_ai)."""
        if self._acked >= per:
            self._acked = 0
            self.window += 1
        self._acked += acked
        if self._acked >= per:
            more = self._acked // per
            self._acked -= more * per
            self.window += more


def _grow_reno(state: Congestion, acked: int, _now: int, _round_trip: int) -> None:
    state._add(state.window, acked)


def _shrink_reno(state: Congestion, _now: int) -> int:
    return max(state.window >> 1, 2)


def _grow_cubic(state: Congestion, acked: int, now: int, round_trip: int) -> None:
    """RFC 9438, 4.2: a cubic curve around the window of the last loss, and never slower than Reno."""
    if state._epoch is None:
        state._epoch = now
        state._reno = float(state.window)
        if state.largest <= state.window:
            state._time, state._origin = 0.0, float(state.window)
        else:
            state._time = ((state.largest - state.window) / CUBIC_C) ** (1 / 3)
            state._origin = state.largest
    offset = (now - state._epoch) / SECOND + round_trip / 1_000_000 - state._time
    target = state._origin + CUBIC_C * offset ** 3
    state._reno += 3 * (1 - CUBIC_BETA) / (1 + CUBIC_BETA) * acked / state.window
    target = min(max(target, state._reno), 1.5 * state.window)
    per = state.window / (target - state.window) if target > state.window else 100 * state.window
    state._add(max(int(per), 2), acked)


def _shrink_cubic(state: Congestion, _now: int) -> int:
    state._epoch = None
    window = state.window
    state.largest = window * (1 + CUBIC_BETA) / 2 if window < state.largest else float(window)
    return max(int(window * CUBIC_BETA), 2)


GROWTH: dict[str, Callable[[Congestion, int, int, int], None]] = {"reno": _grow_reno, "cubic": _grow_cubic}
SHRINKING: dict[str, Callable[[Congestion, int], int]] = {"reno": _shrink_reno, "cubic": _shrink_cubic}
