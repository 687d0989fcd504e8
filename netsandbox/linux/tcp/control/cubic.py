"""CUBIC as Linux reckons it: whole numbers, times in ticks and in 1/1024 s (RFC 9438; net/ipv4/tcp_cubic.c)."""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND, SECOND
from netsandbox.engine.wheel import TICK

HZ = SECOND // TICK
BETA, UNIT = 717, 1024  # What is left of the window after a loss, in 1/1024
C = 410  # RFC 9438's C of 0.4, in 1/1024
FRIENDLY = 8 * (UNIT + BETA) // 3 // (UNIT - BETA)
"""Eight times the segments of a window that Reno needs to grow by one, beside such a CUBIC."""
FRACTION = 10  # Bits of a second that times have


class Cubic:
    """A curve around the window of the last loss.

    Attributes:
        least: the shortest round trip, in microseconds; 0 before the first.
        epoch: the tick in which the present curve began; None before.
        largest: W_max, in segments.
        has_left: slow start has ended before a loss did so (hystart.py).
        round_began, last_ack: in microseconds.  round_end: a sequence number.  trip, samples: of the present round.
    """

    __slots__ = ("_acks", "_at", "_peak", "_per", "_reno", "_rise", "_window", "epoch", "has_left", "largest",
                 "last_ack", "least", "round_began", "round_end", "samples", "trip")

    def __init__(self) -> None:
        self.round_began = self.last_ack = self.round_end = self.samples = 0
        self.trip: int | None = None
        self.reset()

    def reset(self) -> None:
        """After a timeout nothing counts that was known (bictcp_reset)."""
        self.least = self.largest = 0
        self.epoch: int | None = None
        self.has_left = False
        self._acks = self._at = self._per = self._peak = self._reno = self._rise = self._window = 0

    def shrink(self, window: int) -> int:
        """The threshold after a loss; two losses soon after each other lower W_max (fast convergence)."""
        self.epoch = None
        self.largest = window * (UNIT + BETA) // (2 * UNIT) if window < self.largest else window
        return max(window * BETA // UNIT, 2)

    def skip(self, last_sent: int, now: int) -> None:
        """Time without anything under way is none of the curve's (CA_EVENT_TX_START)."""
        if self.epoch is not None:
            self.epoch = min(self.epoch + max(now // TICK - last_sent // TICK, 0), now // TICK)

    def per(self, window: int, acked: int, now: int) -> int:
        """After how many acknowledged segments the window grows by one (bictcp_update)."""
        tick = now // TICK
        self._acks += acked
        if self._window == window and tick - self._at <= HZ // 32:
            return self._per
        if self.epoch is None or tick != self._at:
            self._window, self._at = window, tick
            self._follow(window, acked, tick)
        self._befriend(window)
        self._per = max(self._per, 2)
        return self._per

    def _follow(self, window: int, acked: int, tick: int) -> None:
        if self.epoch is None:
            self.epoch, self._acks, self._reno = tick, acked, window
            self._rise, self._peak = 0, window
            if self.largest > window:
                self._rise = cube_root((1 << 4 * FRACTION) // C * (self.largest - window))
                self._peak = self.largest
        ticks = tick - self.epoch + -(-self.least * MICROSECOND // TICK)
        distance = (ticks << FRACTION) // HZ - self._rise
        step = C * abs(distance) ** 3 >> 4 * FRACTION
        target = self._peak - step if distance < 0 else self._peak + step
        self._per = window // (target - window) if target > window else 100 * window
        if not self.largest and self._per > 20:
            self._per = 20

    def _befriend(self, window: int) -> None:
        """Never slower than Reno would be."""
        needed = window * FRIENDLY >> 3
        while needed and self._acks > needed:
            self._acks -= needed
            self._reno += 1
        if self._reno > window:
            self._per = min(self._per, window // (self._reno - window))


def cube_root(value: int) -> int:
    """The nearest whole number below, by Newton's way."""
    if value < 2:
        return value
    root = 1 << -(-value.bit_length() // 3)
    while (better := (2 * root + value // (root * root)) // 3) < root:
        root = better
    return root
