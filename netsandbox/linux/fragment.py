"""Fragmentation and reassembly of IPv4 (RFC 791, 3.2; net/ipv4/ip_fragment.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import FragmentHeld, PacketDropped, PacketReassembled
from netsandbox.wire.ipv4 import IPv4Packet, parse_transport

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Timer
    from netsandbox.linux.interface import Interface
    from netsandbox.linux.namespace import NetworkNamespace
    from netsandbox.wire.ethernet import Frame

MAX_LENGTH = 65535
Key = tuple[int, int, int, int]


def fragment(packet: IPv4Packet, mtu: int) -> list[IPv4Packet]:
    """Cut a packet into pieces that fit an MTU, in order; all but the last hold a multiple of 8 bytes."""
    data = packet.payload_bytes()
    room = (mtu - packet.header_size) & ~7
    pieces = []
    for start in range(0, len(data), room):
        more = start + room < len(data) or packet.mf
        pieces.append(IPv4Packet(packet.src, packet.dst, packet.protocol, data[start:start + room], packet.ttl,
                                 packet.ident, packet.df, packet.tos, more, packet.offset + start, packet.options))
    return pieces


class _Queue:
    """The fragments of one packet that are there so far."""

    __slots__ = ("first", "pieces", "timer", "total")

    def __init__(self) -> None:
        self.pieces: dict[int, IPv4Packet] = {}
        self.total: int | None = None
        self.first: tuple[Interface, Frame, IPv4Packet] | None = None
        self.timer: Timer | None = None

    @property
    def have(self) -> int:
        return sum(len(piece.payload_bytes()) for piece in self.pieces.values())


class Reassembler:
    """The incomplete packets of one namespace.

    `on_timeout` is told of the first fragment of a packet that stays
    incomplete for net.ipv4.ipfrag_time seconds, if that fragment is there.
    """

    def __init__(self, namespace: NetworkNamespace,
                 on_timeout: Callable[[Interface, Frame, IPv4Packet], None]) -> None:
        self.namespace = namespace
        self._on_timeout = on_timeout
        self._queues: dict[Key, _Queue] = {}

    def add(self, interface: Interface, frame: Frame, packet: IPv4Packet) -> IPv4Packet | Dropped | None:
        """Take a fragment: the whole packet once it is complete, None while pieces are missing."""
        key = (packet.src, packet.dst, packet.protocol, packet.ident)
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = _Queue()
            seconds = self.namespace.sysctls.get("net.ipv4.ipfrag_time")
            queue.timer = self.namespace.scheduler.kernel_timer(seconds * SECOND, self._expire, key, foreground=True)
        size = len(packet.payload_bytes())
        end = packet.offset + size
        refusal = self._refusal(queue, packet, end)
        if refusal is not None:
            if refusal.reason is not DropReason.DUP_FRAG:
                self._discard(key)
            return refusal
        if not packet.mf:
            queue.total = end
        queue.pieces[packet.offset] = packet
        if packet.offset == 0:
            queue.first = (interface, frame, packet)
        have = queue.have
        if queue.total is None or have < queue.total:
            self.namespace.record(FragmentHeld(self.namespace, packet, have))
            return None
        return self._complete(key, queue)

    @staticmethod
    def _refusal(queue: _Queue, packet: IPv4Packet, end: int) -> Dropped | None:
        """Overlaps end the whole packet (RFC 5722 as Linux applies it); an exact copy is only dropped."""
        if end + packet.header_size > MAX_LENGTH:
            return Dropped(DropReason.FRAG_TOO_FAR, (end,))
        if packet.mf and (end - packet.offset) % 8:
            return Dropped(DropReason.IP_INHDR, ("fragment", end - packet.offset))
        for offset, piece in queue.pieces.items():
            piece_end = offset + len(piece.payload_bytes())
            if offset <= packet.offset and end <= piece_end:
                return Dropped(DropReason.DUP_FRAG, (packet.offset,))
            if packet.offset < piece_end and offset < end:
                return Dropped(DropReason.IP_INHDR, ("overlap", packet.offset))
        if queue.total is not None and (end > queue.total or (not packet.mf and end != queue.total)):
            return Dropped(DropReason.IP_INHDR, ("beyond the end", end))
        return None

    def _complete(self, key: Key, queue: _Queue) -> IPv4Packet:
        self._discard(key)
        data = b"".join(queue.pieces[offset].payload_bytes() for offset in sorted(queue.pieces))
        assert queue.first is not None, "the bytes from 0 on are there"
        head = queue.first[2]
        payload = parse_transport(head.protocol, data, head.src, head.dst)
        whole = IPv4Packet(head.src, head.dst, head.protocol, payload, head.ttl, head.ident, False, head.tos,
                           options=head.options)
        self.namespace.record(PacketReassembled(self.namespace, whole))
        return whole

    def _discard(self, key: Key) -> None:
        queue = self._queues.pop(key)
        self.namespace.scheduler.cancel(queue.timer)

    def _expire(self, key: Key) -> None:
        queue = self._queues.pop(key)
        for piece in queue.pieces.values():
            self.namespace.record(PacketDropped(self.namespace, piece,
                                                Dropped(DropReason.FRAG_REASM_TIMEOUT, (queue.have,))))
        if queue.first is not None:
            self._on_timeout(*queue.first)
