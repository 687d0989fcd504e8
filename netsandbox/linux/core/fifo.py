"""Queueing disciplines that hold nothing back here, as no device takes time to send (sch_fifo.c, sch_fq_codel.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.discipline import Discipline

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface
    from netsandbox.wire.ethernet import Frame

ETHERNET_FRAME = 1514


class Fifo(Discipline):
    """First in, first out: the queue is empty whenever a frame comes, so only what fits in no queue at all is lost.

    Attributes:
        most: packets that may wait; of a bfifo, bytes.
    """

    kind = "pfifo"

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.most = interface.queue_length or 1

    @property
    def held(self) -> int:
        """How much of the queue is taken."""
        return len(self.waiting)

    def needs(self, _frame: Frame) -> int:
        """How much of the queue a frame would take."""
        return 1

    def keep(self, frame: Frame) -> bool:
        """Let a frame wait until it is taken; False where there is no room."""
        if self.held + self.needs(frame) > self.most:
            self.dropped += 1
            return False
        self.serial += 1
        self.waiting.append((self.interface.namespace.scheduler.now, self.serial, frame))
        return True

    @property
    def head(self) -> Frame | None:
        """The one that would be taken."""
        return self.waiting[0][2] if self.waiting else None

    def take(self) -> tuple[int, Frame]:
        """The first, and since when it has waited."""
        since, _serial, frame = self.waiting.pop(0)
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
        self.most = (interface.queue_length or 1) * (interface.mtu + 14)

    @property
    def held(self) -> int:
        return sum(frame.size for _since, _serial, frame in self.waiting)

    def needs(self, frame: Frame) -> int:
        return frame.size


class FastFifo(Fifo):
    """Three bands by priority, which makes no difference while none of them fills."""

    kind = "pfifo_fast"


class FqCodel(Fifo):
    """Fair queues, whose frames are dropped when they have waited for too long, which none does here.

    Attributes:
        target, interval: nanoseconds.
    """

    kind = "fq_codel"

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.most, self.flows, self.quantum = 10240, 1024, ETHERNET_FRAME
        self.target, self.interval = 5 * MILLISECOND, 100 * MILLISECOND


class NoQueue(Fifo):
    """None at all: what a virtual device has from the start."""

    kind = "noqueue"
