"""Room in the neighbour table: what is collected when it fills up (net/core/neighbour.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.neighbours.nud import FAILED, IN_TIMER, PERMANENT
from netsandbox.linux.core.neighbours.parameters import NeighbourParameters

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer
    from netsandbox.linux.core.neighbours.table import NeighbourTable

FORCED_EVERY = 5 * SECOND  # Between the two upper thresholds, a collection is forced this often at most


THRESHOLDS = (128, 512, 1024)


class GarbageCollector:
    """Collects the entries of a table that nobody has used for long, as its thresholds ask."""

    __slots__ = ("_last_forced", "_timer", "scheduler", "table", "thresholds")

    def __init__(self, table: NeighbourTable) -> None:
        self.table = table
        self.scheduler = table.scheduler
        self.thresholds = THRESHOLDS  # net.ipv4.neigh.default.gc_thresh1, 2 and 3
        self._timer: Timer | None = None
        self._last_forced = -(1 << 62)

    def make_room(self) -> bool:
        """neigh_alloc, from gc_thresh2 entries on: over gc_thresh3 a forced collection must.  False: there is none."""
        table, now, limit = self.table, self.scheduler.now, self.thresholds[2]
        if table.count >= limit or now > self._last_forced + FORCED_EVERY:
            self._last_forced = now
            self.collect(0)
        return table.count < limit

    def collect(self, unused_for: int) -> None:
        """Delete what is FAILED, or was not used for so many nanoseconds."""
        now = self.scheduler.now
        for interface in self.table.namespace.interfaces.values():
            for entry in list(interface.neighbours.values()):
                if entry.state is PERMANENT or entry.state in IN_TIMER or "extern_learn" in entry.flags:
                    continue
                if entry.state is FAILED or now > max(entry.used, entry.confirmed) + unused_for:
                    self.table.remove(entry, "garbage collected")

    def come_by(self, parameters: NeighbourParameters) -> None:
        """From gc_thresh1 entries on, collect now and then."""
        if self._timer is None or self._timer.callback is None:
            delay = parameters.base_reachable_time_ms * MILLISECOND // 2
            self._timer = self.scheduler.kernel_timer(max(delay, SECOND), self._periodic, parameters)

    def _periodic(self, parameters: NeighbourParameters) -> None:
        """neigh_periodic_work: nothing below gc_thresh1 entries."""
        if self.table.count >= self.thresholds[0]:
            self.collect(parameters.gc_stale_time * SECOND)
            self.come_by(parameters)
