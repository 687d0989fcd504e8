"""How long the answer takes: smoothed round-trip time and retransmission timeout (RFC 6298; tcp_rtt_estimator).

All times are microseconds; the smoothed time is kept eightfold and the deviation fourfold, as the kernel has them.
"""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND, MILLISECOND, SECOND
from netsandbox.engine.wheel import TICK

RTO_MIN_US = 200_000  # TCP_RTO_MIN: 200 ms
RTO_MAX = 120 * SECOND  # TCP_RTO_MAX_SEC, what tcp_rto_max_ms is at first, in nanoseconds
RTO_INITIAL = SECOND  # TCP_TIMEOUT_INIT (RFC 6298, 2.1), in nanoseconds
RTO_FALLBACK = 3 * SECOND
"""TCP_TIMEOUT_FALLBACK: where the handshake tells no round trip (RFC 6298, 5.7), in nanoseconds."""
TIMEOUT_MIN = 8 * MILLISECOND  # TCP_TIMEOUT_MIN: two ticks


class RoundTrip:
    """What one connection has measured."""

    __slots__ = ("_largest", "_sequence", "ceiling", "deviation", "floor", "least", "smoothed", "timeout", "variation")

    def __init__(self, floor: int = RTO_MIN_US, ceiling: int = RTO_MAX) -> None:
        self.floor = floor  # what the timeout adds to SRTT at least, in microseconds
        self.ceiling = ceiling  # its most, in nanoseconds
        self.smoothed = 0  # 8 * SRTT, in microseconds; 0 before the first sample
        self.deviation = 0  # 4 * the mean deviation
        self.variation = 0  # what the timeout adds to SRTT, in microseconds
        self.least: int | None = None  # the shortest sample, in microseconds; None before the first
        self.timeout = RTO_INITIAL  # RTO in nanoseconds, backed off as timers expire
        self._largest = 0
        self._sequence = 0

    def sample(self, microseconds: int, una: int, nxt: int) -> None:
        """Take a measurement in; `una` and `nxt` tell one round trip from the next (sequence numbers)."""
        found = microseconds if microseconds > 0 else 1
        if self.least is None or found < self.least:
            self.least = found
        if not self.smoothed:
            self.smoothed = found << 3
            self.deviation = found << 1
            self.variation = self._largest = max(self.deviation, self.floor)
            self._sequence = nxt
        else:
            self._update(found, una, nxt)
        self.timeout = self.computed()

    def _update(self, found: int, una: int, nxt: int) -> None:
        found -= self.smoothed >> 3
        self.smoothed += found
        if found < 0:
            found = -found - (self.deviation >> 2)
            if found > 0:
                found >>= 3
        else:
            found -= self.deviation >> 2
        self.deviation += found
        if self.deviation > self._largest:
            self._largest = self.deviation
            self.variation = max(self.variation, self._largest)
        if (una - self._sequence) & 0xFFFFFFFF < 0x80000000 and una != self._sequence:
            if self._largest < self.variation:
                self.variation -= (self.variation - self._largest) >> 2
            self._sequence = nxt
            self._largest = self.floor

    def computed(self) -> int:
        """The timeout without any backing off, in nanoseconds; whole ticks (__tcp_set_rto)."""
        if not self.smoothed:
            return RTO_INITIAL
        timeout = -(-((self.smoothed >> 3) + self.variation) * MICROSECOND // TICK) * TICK
        return min(self.ceiling, timeout)

    def back_off(self) -> None:
        """RFC 6298, 5.5: twice as long, up to two minutes unless tcp_rto_max_ms says less."""
        self.timeout = min(self.timeout * 2, self.ceiling)
