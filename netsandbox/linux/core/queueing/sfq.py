"""The queueing discipline sfq: flows that send in turns (sch_sfq.c)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.queueing.discipline import Held, Xmit, largest_packet
from netsandbox.linux.core.queueing.fifo import PeekedFifo
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet

MOST_WAITING = 127  # Frames in all, and of one flow (SFQ_MAX_DEPTH)
FLOWS, DIVISOR = 128, 1024
UNIT = 8  # Bytes by which a turn is counted (SFQ_ALLOT_SIZE)


class Flow:
    """One flow (struct sfq_slot) (allot: units that it may still send in its turn)."""

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


class Sfq(PeekedFifo):
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
        self.quantum, self.flows, self.divisor, self.perturb = largest_packet(interface), FLOWS, DIVISOR, 0
        self.is_head_dropped = False
        self._turns: list[Flow] = []  # The flow whose turn it is first

    @property
    def waiting(self) -> list[Held]:
        """In no order."""
        return [held for flow in self._turns for held in flow.waiting] + (
            [self.peeked] if self.peeked is not None else [])

    def purge(self) -> None:
        super().purge()
        self._turns = []

    def keep(self, frame: Frame) -> Xmit:
        """sfq_enqueue."""
        key = flow_of(frame)
        flow = next((one for one in self._turns if one.key == key), None)
        if flow is None:
            if len(self._turns) >= self.flows:
                self.drop(frame, "flows")
                return Xmit.DROP
            flow = Flow(key, self.quantum // UNIT + bool(self.quantum % UNIT))
            self._turns.append(flow)
        elif len(flow.waiting) >= self.depth and not self.is_head_dropped:
            self.drop(frame, "depth")
            return Xmit.DROP
        elif len(flow.waiting) >= self.depth:
            self._lose(flow)
        flow.waiting.append(self.as_held(frame))
        if self.taken > self.most:
            longest = max(len(one.waiting) for one in self._turns)
            fat = next(one for one in self._turns if len(one.waiting) == longest)
            self._lose(fat)
            return Xmit.CN if fat is flow else Xmit.SUCCESS
        return Xmit.SUCCESS

    def _lose(self, flow: Flow) -> None:
        """sfq_drop: a frame of a flow that is too long."""
        _since, _serial, frame = flow.waiting.pop(0 if self.is_head_dropped else -1)
        if not flow.waiting:
            self._turns.remove(flow)
        self.drop(frame, "limit")

    def _turn(self) -> None:
        """Who has sent enough comes last."""
        while self._turns and self._turns[0].allot <= 0:
            first = self._turns.pop(0)
            first.allot += self.quantum // UNIT + bool(self.quantum % UNIT)
            self._turns.append(first)

    def dequeue(self) -> Held | None:
        """sfq_dequeue."""
        self._turn()
        if not self._turns:
            return None
        flow = self._turns[0]
        held = flow.waiting.pop(0)
        if flow.waiting:
            flow.allot -= -(-self.length_of(held[2]) // UNIT)
        else:
            self._turns.remove(flow)
        return held
