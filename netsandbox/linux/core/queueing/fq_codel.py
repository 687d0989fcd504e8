"""The queueing discipline fq_codel: flows in turns, none of which may stand for too long (sch_fq_codel.c)."""

from __future__ import annotations

from typing import ClassVar
from zlib import crc32

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.neighbours.queue import buffer_size
from netsandbox.linux.core.queueing.codel import Codel, Counts, Parameters
from netsandbox.linux.core.queueing.discipline import Held, Xmit, largest_packet
from netsandbox.linux.core.queueing.fifo import PeekedFifo
from netsandbox.linux.core.queueing.sfq import flow_of
from netsandbox.wire.ethernet import HEADER, Frame


class Flow(Codel):
    """One flow (struct fq_codel_flow) (number: which queue.  deficit: bytes that it may still send in its turn)."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number, self.deficit = number, 0
        self.waiting: list[Held] = []


class FqCodel(PeekedFifo):
    """One of them.

    Attributes:
        flows: how many queues there are; which one a flow has is chance, and two may share one.
        quantum: bytes of a turn.  drop_batch: frames that a full queue loses at most at once.
        memory_limit: bytes of socket buffers that may wait.
        new, old: the flows whose turns come, new ones first.
    """

    kind = "fq_codel"

    state: ClassVar[tuple[str, ...]] = (*PeekedFifo.state, "_flows", "new", "old", "counts", "drop_overlimit",
                                        "drop_overmemory", "new_flow_count")

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self._flows: dict[int, Flow] = {}
        self.new: list[Flow] = []
        self.old: list[Flow] = []
        self.most, self.flows, self.quantum, self.drop_batch = 10240, 1024, largest_packet(interface), 64
        self.memory_limit = 32 << 20
        self.said = Parameters(largest_packet(interface))
        self.counts = Counts()
        self.drop_overlimit = self.drop_overmemory = self.new_flow_count = 0

    @property
    def waiting(self) -> list[Held]:
        """In no order."""
        return [held for flow in self._flows.values() for held in flow.waiting] + (
            [self.peeked] if self.peeked is not None else [])

    def purge(self) -> None:
        super().purge()
        self._flows, self.new, self.old = {}, [], []

    @property
    def backlog(self) -> int:
        return sum(self.length_of(frame) for _since, _serial, frame in self.waiting)

    @property
    def memory_used(self) -> int:
        return sum(buffer_size(frame.size - HEADER) for _since, _serial, frame in self.waiting)

    @property
    def active(self) -> list[Flow]:
        """The flows whose turns come, by number."""
        return sorted(self.new + self.old, key=lambda flow: flow.number)

    def enqueue(self, frame: Frame) -> bool:
        """Alone nothing ever waits in it, and a frame passes it by (TCQ_F_CAN_BYPASS)."""
        if self.parent is None:
            return super().enqueue(frame)
        taken = self.keep(frame)
        while self.peek() is not None:
            self.release(self.take()[1])
        return taken is not Xmit.DROP

    def keep(self, frame: Frame) -> Xmit:
        """fq_codel_enqueue."""
        flow = self._flow_of(frame)
        flow.waiting.append(self.as_held(frame))
        if flow not in self.new and flow not in self.old:
            self.new.append(flow)
            self.new_flow_count += 1
            flow.deficit = self.quantum
        is_too_much = self.memory_used > self.memory_limit
        if self.taken <= self.most and not is_too_much:
            return Xmit.SUCCESS
        before = self.drop_overlimit
        fattest = self._drop_of_fattest()
        self.drop_overmemory += (self.drop_overlimit - before) * is_too_much
        return Xmit.CN if fattest is flow else Xmit.SUCCESS

    def _flow_of(self, frame: Frame) -> Flow:
        """fq_codel_hash."""
        number = crc32(repr(flow_of(frame)).encode()) * self.flows >> 32
        return self._flows.setdefault(number, Flow(number))

    def _drop_of_fattest(self) -> Flow:
        """fq_codel_drop: up to half of what waits in the flow with the most bytes."""
        sizes = {flow.number: sum(self.length_of(held[2]) for held in flow.waiting) for flow in self._flows.values()}
        flow = self._flows[max(sorted(sizes), key=sizes.__getitem__)]
        lost = number = 0
        while not number or (number < self.drop_batch and lost < sizes[flow.number] >> 1):
            _since, _serial, frame = flow.waiting.pop(0)
            lost += self.length_of(frame)
            number += 1
            self.drop(frame, "limit")
        flow.count += number
        self.drop_overlimit += number
        return flow

    def next_of(self, codel: Codel) -> Held | None:
        """dequeue_func."""
        assert isinstance(codel, Flow)
        return codel.waiting.pop(0) if codel.waiting else None

    def dequeue(self) -> Held | None:
        """fq_codel_dequeue."""
        now = self.interface.namespace.scheduler.now
        while self.new or self.old:
            turns = self.new or self.old
            flow = turns[0]
            if flow.deficit <= 0:
                flow.deficit += self.quantum
                self.old.append(turns.pop(0))
                continue
            held = flow.dequeue(self, self.said, self.counts, now)
            if held is not None:
                flow.deficit -= self.length_of(held[2])
                return held
            is_new = turns is self.new
            turns.pop(0)
            if is_new and self.old:
                self.old.append(flow)
        return None
