"""What mtr knows of each hop: who answered, how often and how fast (net_process_ping of ui/net.c)."""

from __future__ import annotations

from collections.abc import Sequence

MOST_ADDRESSES = 8  # Addresses of one hop that are shown (MAX_PATH)


class Hop:
    """One hop.

    Attributes:
        address: who answered last, or 0.  addresses: all that answered, in their order.
        is_end: it answered that there is no way on.
        sent, returned: probes and answers.  transit: probes under way, as far as mtr counts them: one or none.
        last, best, worst, average, geometric, jitter, jitter_average, jitter_worst, interarrival: microseconds.
    """

    def __init__(self) -> None:
        self.address = 0
        self.addresses: list[int] = []
        self.is_end = False
        self.sent = self.returned = self.transit = 0
        self.last = self.best = self.worst = self.average = self.geometric = 0
        self.jitter = self.jitter_average = self.jitter_worst = self.interarrival = 0
        self._squares = 0

    def take(self, address: int, micros: int, is_end: bool) -> bool:
        """An answer; whether its sender is not the last one."""
        self.is_end = is_end
        is_new = address != self.address
        if is_new and address not in self.addresses and len(self.addresses) < MOST_ADDRESSES:
            self.addresses.append(address)
        self.address = address
        self._count(micros)
        self.transit = 0
        return is_new

    def _count(self, micros: int) -> None:
        self.jitter, self.last = abs(micros - self.last), micros
        if not self.returned:
            self.best = self.worst = self.geometric = micros
            self.jitter = 0
        self.best, self.worst = min(self.best, micros), max(self.worst, micros)
        self.jitter_worst = max(self.jitter_worst, self.jitter)
        self.returned += 1
        before, count = self.average, self.returned
        self.average = int(before + (micros - before) / count)
        self._squares = int(self._squares + float(micros - before) * (micros - self.average))
        self.jitter_average += int((self.jitter - self.jitter_average) / count)
        self.interarrival += self.jitter - ((self.interarrival + 8) >> 4)
        if count > 1:
            self.geometric = int(self.geometric ** ((count - 1) / count) * micros ** (1 / count))

    @property
    def deviation(self) -> int:
        """Microseconds."""
        return int((self._squares / (self.returned - 1)) ** 0.5) if self.returned > 1 else 0

    @property
    def dropped(self) -> int:
        return self.sent - self.transit - self.returned

    @property
    def loss(self) -> int:
        """Thousandths of a per cent."""
        counted = self.sent - self.transit
        return int(1000 * (100 - 100 * self.returned / counted)) if counted else 0


def reached(hops: Sequence[Hop], target: int, last: int) -> int:
    """How many hops are shown: to the target, to who ends the way, or to one behind the last known (net_max)."""
    shown = 0
    for index, hop in enumerate(hops[:last]):
        if hop.address == target or hop.is_end:
            return index + 1
        if hop.address:
            shown = index + 2
    return min(shown, last)
