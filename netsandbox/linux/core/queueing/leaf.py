"""What a class holds its frames in until they may leave."""

from __future__ import annotations

from netsandbox.linux.core.queueing.discipline import Discipline, Xmit
from netsandbox.linux.core.queueing.fifo import Fifo
from netsandbox.wire.ethernet import Frame


class Leaf:
    """A discipline, and behind one that has times of its own the frames that it has done with (ready: those frames)."""

    def __init__(self, discipline: Discipline) -> None:
        self.discipline = discipline
        self.ready: list[Frame] = []

    def put(self, frame: Frame) -> Xmit:
        """qdisc_enqueue."""
        found = self.discipline
        if isinstance(found, Fifo):
            return found.keep(frame)
        before = found.dropped
        is_taken = found.enqueue(frame)
        return Xmit.SUCCESS if found.dropped == before else Xmit.CN if is_taken else Xmit.DROP

    @property
    def is_empty(self) -> bool:
        found = self.discipline
        return not self.ready and not (isinstance(found, Fifo) and found.waiting)

    def peek(self) -> Frame | None:
        """What would leave it next."""
        found = self.discipline
        return self.ready[0] if self.ready else found.peek() if isinstance(found, Fifo) else None

    def take(self, now: int) -> tuple[Frame, int]:
        """What leaves it, and for how long that has waited in its queue."""
        found = self.discipline
        if self.ready or not isinstance(found, Fifo):
            return self.ready.pop(0), 0
        since, frame = found.take()
        found.bytes += found.length_of(frame)
        found.packets += 1
        return frame, now - since

    def purge(self) -> None:
        """What waits is lost."""
        self.discipline.purge()
        self.ready = []

    @property
    def frames(self) -> list[Frame]:
        """All that it holds."""
        return [frame for _since, _serial, frame in self.discipline.waiting] + self.ready
