"""The queueing discipline sfq: flows that send in turns (sch_sfq.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.fifo import Fifo
from netsandbox.wire.ethernet import HEADER, Frame
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface

MOST_WAITING = 127
"""Frames in all, and of one flow (SFQ_MAX_DEPTH)."""
FLOWS, DIVISOR = 128, 1024
UNIT = 8
"""Bytes by which a turn is counted (SFQ_ALLOT_SIZE)."""
Held = tuple[int, int, "Frame"]


class Flow:
    """One flow (struct sfq_slot).

    Attributes:
        allot: units that it may still send in its turn.
    """

    def __init__(self, key: tuple[object, ...], allot: int) -> None:
        self.key, self.allot = key, allot
        self.waiting: list[Held] = []


def flow_of(frame: Frame) -> tuple[object, ...]:
    """What the frames of a flow have alike (skb_get_hash_perturb); two never share a queue by chance."""
    packet = frame.payload
    if not isinstance(packet, IPv4Packet):
        return frame.ethertype, frame.src, frame.dst
    ports = None if isinstance(packet.payload, IcmpMessage) else (
        getattr(packet.payload, "sport", None), getattr(packet.payload, "dport", None))
    return packet.src, packet.dst, packet.protocol, ports


class Sfq(Fifo):
    """One of them.

    Attributes:
        most: frames that may wait.  depth: those of one flow.  quantum: bytes of a turn.
        perturb: seconds after which flows are told apart anew; as none share a queue, it makes no difference.
        is_head_dropped: what goes where a flow is too long: its first frame, and not the last.
    """

    kind = "sfq"

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.most = self.depth = MOST_WAITING
        self.quantum, self.flows, self.divisor, self.perturb = interface.mtu + HEADER, FLOWS, DIVISOR, 0
        self.is_head_dropped = False
        self._turns: list[Flow] = []
        """The flow whose turn it is first."""

    @property
    def waiting(self) -> list[Held]:
        """In no order."""
        return [held for flow in self._turns for held in flow.waiting]

    @waiting.setter
    def waiting(self, _none: list[Held]) -> None:
        self._turns = []

    def keep(self, frame: Frame) -> bool:
        """sfq_enqueue."""
        key = flow_of(frame)
        flow = next((one for one in self._turns if one.key == key), None)
        if flow is None:
            if len(self._turns) >= self.flows:
                self.dropped += 1
                return False
            flow = Flow(key, self.quantum // UNIT + bool(self.quantum % UNIT))
            self._turns.append(flow)
        elif len(flow.waiting) >= self.depth and not self.is_head_dropped:
            self.dropped += 1
            return False
        elif len(flow.waiting) >= self.depth:
            self._lose(flow)
        self.serial += 1
        mine = self.interface.namespace.scheduler.now, self.serial, frame
        flow.waiting.append(mine)
        if self.held > self.most:
            longest = max(len(one.waiting) for one in self._turns)
            gone = self._lose(next(one for one in self._turns if len(one.waiting) == longest))
            return gone is not mine
        return True

    def _lose(self, flow: Flow) -> Held:
        """sfq_drop: a frame of a flow that is too long."""
        self.dropped += 1
        lost = flow.waiting.pop(0 if self.is_head_dropped else -1)
        if not flow.waiting:
            self._turns.remove(flow)
        return lost

    def _turn(self) -> None:
        """Who has sent enough comes last."""
        while self._turns and self._turns[0].allot <= 0:
            first = self._turns.pop(0)
            first.allot += self.quantum // UNIT + bool(self.quantum % UNIT)
            self._turns.append(first)

    @property
    def head(self) -> Frame | None:
        self._turn()
        return self._turns[0].waiting[0][2] if self._turns else None

    def take(self) -> tuple[int, Frame]:
        """sfq_dequeue."""
        self._turn()
        flow = self._turns[0]
        since, _serial, frame = flow.waiting.pop(0)
        if flow.waiting:
            flow.allot -= -(-self.length_of(frame) // UNIT)
        else:
            self._turns.remove(flow)
        return since, frame
