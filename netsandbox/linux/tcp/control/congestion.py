"""How much may be under way: slow start and Reno (RFC 5681); CUBIC has a file of its own."""

from __future__ import annotations

from netsandbox.linux.tcp.control.cubic import Cubic

ALGORITHMS = ("reno", "cubic")
INITIAL = 10  # Segments that may leave before the first ACK (RFC 6928, TCP_INIT_CWND)
NEVER = 0x7FFFFFFF  # A threshold that is never reached: slow start goes on until something is lost


class Congestion:
    """The congestion window of one connection.

    Attributes:
        window, threshold: segments.  algorithm: one of ALGORITHMS.  cubic: what CUBIC knows; None for Reno.
        initial: the window that it begins with.
        limited: whether what was sent last filled the window; else it does not grow (tcp_is_cwnd_limited).
        most: segments that were under way at most in the present round.
        used: segments that were under way at most since the window was last full, or `used_since` (ns).
        held_back: what is left of the window is too little for a burst (tcp_tso_should_defer).
    """

    __slots__ = ("_acked", "_usage", "algorithm", "cubic", "held_back", "initial", "limited", "most", "prior",
                 "prior_threshold", "threshold", "used", "used_since", "window")

    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm
        self.cubic = Cubic() if algorithm == "cubic" else None
        self.window = self.initial = INITIAL
        self.threshold = NEVER
        self.limited = self.held_back = False
        self.most = self.used = self.used_since = 0
        self.prior = 0
        self.prior_threshold = 0
        """Window and threshold before the present loss, to go back to if nothing was lost after all; 0: not to."""
        self._acked = 0
        self._usage = 0

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

    def grow(self, acked: int, now: int) -> None:
        """An ACK came for `acked` segments, at `now` (ns)."""
        if not self.is_limited:
            return
        if self.in_slow_start:
            grown = min(self.window + acked, self.threshold)
            acked -= grown - self.window
            self.window = grown
            if not acked:
                return
        self._add(self.window if self.cubic is None else self.cubic.per(self.window, acked, now), acked)

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

    def shrink(self) -> None:
        """Something was lost: the threshold for the recovery to come."""
        self.prior = self.window
        self._acked = 0
        self.threshold = max(self.window >> 1, 2) if self.cubic is None else self.cubic.shrink(self.window)

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
