"""Queues, which hold nothing back unless what they stand in does, as no device takes time to send (sch_fifo.c)."""

from __future__ import annotations

from typing import ClassVar

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.queueing.discipline import Discipline, Held, Xmit, largest_packet
from netsandbox.wire.ethernet import Frame


class Fifo(Discipline):
    """First in, first out: the queue is empty whenever a frame comes, so only what fits in no queue at all is lost."""

    kind = "pfifo"

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.most = interface.queue_length or 1  # packets that may wait; of a bfifo, bytes

    @property
    def taken(self) -> int:
        """How much of the queue is."""
        return len(self.waiting)

    def needs(self, _frame: Frame) -> int:
        """How much of the queue a frame would take."""
        return 1

    def keep(self, frame: Frame) -> Xmit:
        """Let a frame wait until it is taken, if there is room."""
        if self.taken + self.needs(frame) > self.most:
            self.drop(frame, "limit")
            return Xmit.DROP
        self.held.append(self.as_held(frame))
        return Xmit.SUCCESS

    def as_held(self, frame: Frame) -> Held:
        """A frame that begins to wait."""
        self.serial += 1
        return self.interface.namespace.scheduler.now, self.serial, frame

    def peek(self) -> Frame | None:
        """The one that would be taken."""
        return self.held[0][2] if self.held else None

    def take(self) -> tuple[int, Frame]:
        """The first, and since when it has waited."""
        since, _serial, frame = self.held.pop(0)
        return since, frame

    def enqueue(self, frame: Frame) -> bool:
        """pfifo_enqueue, bfifo_enqueue."""
        if self.needs(frame) > self.most:
            self.drop(frame, "limit")
            return False
        self.release(frame)
        return True


class ByteFifo(Fifo):
    """The same by bytes."""

    kind = "bfifo"

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.most = (interface.queue_length or 1) * largest_packet(interface)

    @property
    def taken(self) -> int:
        return sum(frame.size for _since, _serial, frame in self.waiting)

    def needs(self, frame: Frame) -> int:
        return frame.size


def plain_queue(parent: Discipline, kind: type[Fifo] = Fifo) -> Fifo:
    """What something classful holds frames in until it is given another (fifo_create_dflt)."""
    queue = kind(parent.interface, 0)
    queue.parent = parent
    return queue


class NoQueue(Fifo):
    """None at all: what a virtual device has from the start."""

    kind = "noqueue"


class PeekedFifo(Fifo):
    """One that has no order to look at: who asks for the next has it taken out (qdisc_peek_dequeued)."""

    state: ClassVar[tuple[str, ...]] = (*Fifo.state, "peeked")

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.peeked: Held | None = None  # what was taken out so

    def purge(self) -> None:
        self.peeked = None

    def dequeue(self) -> Held | None:
        """Its own order."""
        raise NotImplementedError

    def peek(self) -> Frame | None:
        if self.peeked is None:
            self.peeked = self.dequeue()
        return self.peeked[2] if self.peeked is not None else None

    def take(self) -> tuple[int, Frame]:
        held = self.peeked or self.dequeue()
        assert held is not None, "nobody takes of an empty queue"
        self.peeked = None
        return held[0], held[2]
