"""The queueing discipline prio: bands, each with a discipline of its own, and filters that choose one (sch_prio.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.core.fifo import Fifo
from netsandbox.linux.core.queueing import Discipline
from netsandbox.linux.ipv4.priority import priority

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface
    from netsandbox.wire.ethernet import Frame

PRIOMAP: tuple[int, ...] = (1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
"""Which band a packet's priority means, where no filter knows it."""
MIN_BANDS, MAX_BANDS = 2, 16
ANY_PROTOCOL = 3
"""ETH_P_ALL."""


class MatchKey(NamedTuple):
    """32 bits of a packet, counted from its network header (struct tc_u32_key)."""

    value: int
    mask: int
    offset: int

    def fits(self, data: bytes) -> bool:
        word = data[self.offset:self.offset + 4]
        return len(word) == 4 and int.from_bytes(word, "big") & self.mask == self.value


class Filter:
    """One filter, and how often it was asked and fitted (struct tc_u_knode).

    Attributes:
        handle: its number among those of its group.  keys: none, and it takes everything (matchall).
        fits: how often each key did.
    """

    def __init__(self, handle: int, classid: int, keys: tuple[MatchKey, ...]) -> None:
        self.handle, self.classid, self.keys = handle, classid, keys
        self.asked = self.taken = 0
        self.fits = [0] * len(keys)

    def takes(self, data: bytes) -> bool:
        self.asked += 1
        for number, key in enumerate(self.keys):
            if not key.fits(data):
                return False
            self.fits[number] += 1
        self.taken += 1
        return True


class FilterGroup:
    """The filters of one preference and protocol (struct tcf_proto).

    Attributes:
        kind: u32 or matchall.  table: of u32, the number of its hash table.
    """

    def __init__(self, pref: int, protocol: int, kind: str, table: int) -> None:
        self.pref, self.protocol, self.kind, self.table = pref, protocol, kind, table
        self.filters: list[Filter] = []

    def find(self, ethertype: int, data: bytes) -> Filter | None:
        if self.protocol not in (ANY_PROTOCOL, ethertype):
            return None
        return next((one for one in self.filters if one.takes(data)), None)


class Prio(Discipline):
    """One of them.

    Attributes:
        bands: what the frames of each band go through, the best first.  priomap: of each priority, its band.
        groups: of filters, in the order in which they are asked.  adopted: what was put into bands, in that order.
    """

    kind = "prio"
    is_before_child = False

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.priomap = PRIOMAP
        self.groups: list[FilterGroup] = []
        self.adopted: list[Discipline] = []
        self.bands: list[Discipline] = []
        self.resize(3)

    def resize(self, count: int) -> None:
        """prio_tune: bands that are new have a plain queue."""
        self.adopted = [child for child in self.adopted if child not in self.bands[count:]]
        del self.bands[count:]
        while len(self.bands) < count:
            self.bands.append(self._plain())

    def _plain(self) -> Discipline:
        queue = Fifo(self.interface, 0)
        queue.parent = self
        return queue

    @property
    def children(self) -> list[Discipline]:
        return self.adopted

    def adopt(self, child: Discipline, parent_class: str) -> None:
        child.parent, child.parent_class = self, parent_class
        self.adopted.append(child)
        self.bands[int(parent_class.partition(":")[2], 16) - 1] = child

    def forget(self, child: Discipline) -> None:
        self.adopted.remove(child)
        if child in self.bands:
            self.bands[self.bands.index(child)] = self._plain()

    def enqueue(self, frame: Frame) -> bool:
        """prio_enqueue."""
        band = self._classify(frame)
        self.interface.namespace.record(self.sorted_into(f"{self.handle:x}:{band + 1:x}"))
        is_taken = self.bands[band].enqueue(frame)
        self.dropped += not is_taken
        return is_taken

    def _classify(self, frame: Frame) -> int:
        """prio_classify: a filter's class, or what the packet's priority means."""
        data = frame.wire()[14:] if self.groups else b""
        found = next(filter(None, (group.find(frame.ethertype, data) for group in self.groups)), None)
        if found is None:
            return min(self.priomap[priority(frame, self.interface) & 15], len(self.bands) - 1)
        band = (found.classid & 0xFFFF) - 1
        return band if 0 <= band < len(self.bands) else self.priomap[0]

    def admit(self, frame: Frame) -> bool:
        self.release(frame)
        return True
