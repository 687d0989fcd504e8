"""The queueing discipline prio: bands, each with a discipline of its own (sch_prio.c)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.queueing.discipline import Discipline
from netsandbox.linux.core.queueing.fifo import plain_queue
from netsandbox.linux.ipv4.classful import Classful
from netsandbox.linux.ipv4.priority import priority
from netsandbox.wire.ethernet import Frame

PRIOMAP: tuple[int, ...] = (1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
"""Which band a packet's priority means, where no filter knows it."""
MIN_BANDS, MAX_BANDS = 2, 16
class Prio(Classful):
    """One of them."""

    kind = "prio"

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.priomap = PRIOMAP  # of each priority, its band
        self.bands: list[Discipline] = []  # what the frames of each band go through, the best first
        self.resize(3)

    def resize(self, count: int) -> None:
        """prio_tune: bands that are new have a plain queue."""
        self.adopted = [child for child in self.adopted if child not in self.bands[count:]]
        del self.bands[count:]
        while len(self.bands) < count:
            self.bands.append(plain_queue(self))

    def has_class(self, number: int) -> bool:
        return 1 <= number <= len(self.bands)

    def adopt(self, child: Discipline, parent_class: str) -> None:
        child.parent, child.parent_class = self, parent_class
        self.adopted.append(child)
        self.bands[int(parent_class.partition(":")[2], 16) - 1] = child

    def forget(self, child: Discipline) -> None:
        self.adopted.remove(child)
        if child in self.bands:
            self.bands[self.bands.index(child)] = plain_queue(self)

    def enqueue(self, frame: Frame) -> bool:
        """prio_enqueue."""
        band = self._classify(frame)
        self.interface.namespace.record(self.sorted_into(f"{self.handle:x}:{band + 1:x}"))
        child = self.bands[band]
        before = child.packets
        is_taken = child.enqueue(frame)
        is_gone = child.packets > before
        for at, other in enumerate(self.bands):  # prio_dequeue asks each in turn until one has something, and once more
            if other is not child:
                other.look(1 + (is_gone and at < band))
        return is_taken

    def _classify(self, frame: Frame) -> int:
        """prio_classify: the class that the packet's priority is, a filter's, or what that priority means."""
        classid = priority(frame, self.interface)
        if classid >> 16 != self.handle:
            found = self.find_filter(frame)
            if found is None:
                return min(self.priomap[0 if classid >> 16 else classid & 15], len(self.bands) - 1)
            classid = found.classid
        band = (classid & 0xFFFF) - 1
        return band if 0 <= band < len(self.bands) else self.priomap[0]

    def admit(self, frame: Frame) -> bool:
        self.release(frame)
        return True
