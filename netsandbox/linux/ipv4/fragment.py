"""Fragmentation and reassembly of IPv4 (RFC 791, 3.2; net/ipv4/ip_fragment.c)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.queue import buffer_size
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import FragmentHeld, PacketDropped, PacketReassembled
from netsandbox.linux.ipv4.ip_options import HeldPacket, of_later_fragment, with_marks
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet, parse_transport

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer

MAX_LENGTH = 65535
QUEUE_SIZE = 208  # Bytes that the kernel reckons for a packet without its fragments (struct ipq)
Key = tuple[int, int, int, int]


def fragment(packet: IPv4Packet, mtu: int, came: tuple[int, ...] = ()) -> list[IPv4Packet]:
    """Cut a packet into pieces that fit an MTU, in order; all but the last hold a multiple of 8 bytes.

    Args:
        mtu: one too small even for 8 bytes, as onlink and by hand it may be, is taken for one that has room for them.
        came: bytes of data in each of the pieces that it was put together from. Where these fit it leaves in the same,
            and without "do not fragment" (the fast path of ip_do_fragment).
    """
    data, options, most = packet.payload_bytes(), packet.options, max(mtu - packet.header_size, 8)
    fits = bool(came) and max(came) <= most and sum(came) == len(data)
    ends = list(accumulate(came)) if fits else [*range(most & ~7, len(data), most & ~7), len(data)]
    pieces = []
    for start, end in pairwise([0, *ends]):
        more = end < len(data) or packet.mf
        pieces.append(IPv4Packet(packet.src, packet.dst, packet.protocol, data[start:end], packet.ttl, packet.ident,
                                 packet.df and not fits, packet.tos, more, packet.offset + start, options))
        options = options and of_later_fragment(options)
    return pieces


class _Queue:
    """The fragments of one packet that are there so far.

    Attributes:
        length: where the last byte known of ends.  has_last: the last fragment is there, so that `length` is final.
        runs: [from, to) of what came in order, the one furthest on last.
        heard: how many fragments of its sender, of any packet, had come when the last of this one did.
    """

    __slots__ = ("first", "has_last", "have", "heard", "length", "pieces", "runs", "timer")

    def __init__(self) -> None:
        self.heard = 0
        self.timer: Timer | None = None
        self.begin_anew()

    def begin_anew(self) -> None:
        """ip_frag_reinit: nothing of it is there any more."""
        self.pieces: dict[int, tuple[IPv4Packet, bytes]] = {}
        self.runs: list[tuple[int, int]] = []
        self.length = self.have = 0
        self.has_last = False
        self.first: tuple[Interface, Frame, IPv4Packet] | None = None

    @property
    def is_complete(self) -> bool:
        return self.has_last and self.have == self.length

    def refusal(self, start: int, end: int, is_last: bool) -> Dropped | None:
        """Why a fragment cannot belong to the rest; all of it is then given up, unless this is a mere copy.

        Overlaps end the whole packet, as RFC 5722 has it for IPv6 (ip_frag_queue, inet_frag_queue_insert).
        """
        if is_last and (end < self.length or (self.has_last and end != self.length)):
            return Dropped(DropReason.IP_INHDR, ("beyond the end", end))
        if not is_last and self.has_last and end > self.length:
            return Dropped(DropReason.IP_INHDR, ("beyond the end", end))
        if end == start:
            return Dropped(DropReason.IP_INHDR, ("empty", start))
        if self.runs and start < self.runs[-1][1] < end:
            return Dropped(DropReason.IP_INHDR, ("overlap", start))
        for begin, stop in self.runs:
            if start < stop and begin < end:
                if begin <= start and end <= stop:
                    return Dropped(DropReason.DUP_FRAG, (start,))
                return Dropped(DropReason.IP_INHDR, ("overlap", start))
        return None

    @property
    def is_kept_whole(self) -> bool:
        """Whether the longest fragments said "do not fragment", which then holds for the packet."""
        longest = max(packet.total_length for packet, _data in self.pieces.values())
        return any(packet.df and packet.total_length == longest for packet, _data in self.pieces.values())

    def insert(self, packet: IPv4Packet, data: bytes) -> None:
        start = packet.offset
        end = start + len(data)
        self.length = max(self.length, end)
        self.has_last = self.has_last or not packet.mf
        self.pieces[start] = (packet, data)
        self.have += len(data)
        if self.runs and self.runs[-1][1] == start:
            self.runs[-1] = (self.runs[-1][0], end)
        else:
            self.runs.append((start, end))
            self.runs.sort()


class Reassembler:
    """The incomplete packets of one namespace.

    `on_timeout` is told of the first fragment of a packet that stays
    incomplete for net.ipv4.ipfrag_time seconds, if that fragment is there.
    """

    __slots__ = ("_heard", "_queues", "largest", "namespace", "on_timeout", "sizes")

    def __init__(self, namespace: NetworkNamespace, on_timeout: Callable[[Interface, Frame, IPv4Packet], None]) -> None:
        self.namespace = namespace
        self.on_timeout = on_timeout
        self._queues: dict[Key, _Queue] = {}
        self._heard: dict[int, int] = {}  # Fragments of each sender so far
        self.largest = 0  # Bytes of the longest fragment of the packet that became whole last
        self.sizes: tuple[int, ...] = ()  # Bytes of data in each of its fragments, in order

    def add(self, interface: Interface, frame: Frame, packet: IPv4Packet) -> IPv4Packet | Dropped | None:
        """Take a fragment: the whole packet once it is complete, None while pieces are missing."""
        key = (packet.src, packet.dst, packet.protocol, packet.ident)
        limit = self.namespace.sysctls.get("net.ipv4.ipfrag_high_thresh")
        self.namespace.count("IpReasmReqds")
        if not limit or self.memory > limit:
            self.namespace.count("IpReasmFails")
            return Dropped(DropReason.FRAG_TOO_FAR, ("memory", limit))
        queue = self._queues.get(key) or self._begin(key)
        self._note_distance(packet, queue)
        data = packet.payload_bytes()
        if packet.mf:
            data = data[:len(data) & ~7]
        end = packet.offset + len(data)
        refusal = queue.refusal(packet.offset, end, not packet.mf)
        if end + packet.header_size > MAX_LENGTH:
            refusal = Dropped(DropReason.FRAG_TOO_FAR, (end,))
        if refusal is not None:
            self._give_up(key, refusal)
            return refusal
        queue.insert(packet, data)
        if packet.offset == 0:
            queue.first = (interface, frame, packet)
        if not queue.is_complete:
            self.namespace.record(FragmentHeld(self.namespace.name, packet, queue.have))
            return None
        return self._complete(key, queue)

    def _begin(self, key: Key) -> _Queue:
        """The first fragment of a packet has come."""
        queue = self._queues[key] = _Queue()
        seconds = self.namespace.sysctls.get("net.ipv4.ipfrag_time")
        queue.timer = self.namespace.scheduler.kernel_timer(seconds * SECOND, self._expire, key, foreground=True)
        return queue

    def _give_up(self, key: Key, refusal: Dropped) -> None:
        """With a fragment that does not fit go the others, but for one that is there already."""
        if refusal.reason is DropReason.DUP_FRAG:
            return
        self._discard(key)
        self.namespace.count("IpReasmFails")
        if refusal.operands[0] == "overlap":
            self.namespace.count("IpExtReasmOverlaps")

    @property
    def waiting(self) -> int:
        """Packets of which some fragments are missing."""
        return len(self._queues)

    @property
    def memory(self) -> int:
        """Bytes that wait (frag_mem_limit)."""
        return sum(QUEUE_SIZE + sum(buffer_size(piece.total_length) for piece, _data in queue.pieces.values())
                   for queue in self._queues.values())

    def _note_distance(self, packet: IPv4Packet, queue: _Queue) -> None:
        """ip_frag_too_far: when a sender's fragments come so much later than the others, its ids have gone round."""
        count = self._heard[packet.src] = self._heard.get(packet.src, 0) + 1
        last, queue.heard = queue.heard, count
        most = self.namespace.sysctls.get("net.ipv4.ipfrag_max_dist")
        if most and queue.pieces and count - last > most:
            for piece, _data in queue.pieces.values():
                verdict = Dropped(DropReason.FRAG_TOO_FAR, ("distance", piece.offset))
                self.namespace.record(PacketDropped(self.namespace.name, piece, verdict))
            self.namespace.count("IpReasmFails")
            queue.begin_anew()

    def _complete(self, key: Key, queue: _Queue) -> IPv4Packet:
        self._discard(key)
        self.namespace.count("IpReasmOKs")
        self.largest = max(piece.total_length for piece, _data in queue.pieces.values())
        parts = [queue.pieces[offset][1] for offset in sorted(queue.pieces)]
        self.sizes, data = tuple(map(len, parts)), b"".join(parts)
        assert queue.first is not None, "the bytes from 0 on are there"
        head = queue.first[2]
        payload = parse_transport(head.protocol, data, head.src, head.dst)
        whole = IPv4Packet(head.src, head.dst, head.protocol, payload, head.ttl, head.ident, queue.is_kept_whole,
                           head.tos, options=head.options)
        if isinstance(head, HeldPacket):
            whole = with_marks(whole, head.options, head.marks)
        self.namespace.record(PacketReassembled(self.namespace.name, whole))
        return whole

    def _discard(self, key: Key) -> None:
        queue = self._queues.pop(key)
        self.namespace.scheduler.cancel(queue.timer)

    def _expire(self, key: Key) -> None:
        queue = self._queues.pop(key)
        self.namespace.count("IpReasmFails")
        self.namespace.count("IpReasmTimeout")
        for piece, _data in queue.pieces.values():
            self.namespace.record(PacketDropped(self.namespace.name, piece,
                                                Dropped(DropReason.FRAG_REASM_TIMEOUT, (queue.have,))))
        if queue.first is not None:
            self.on_timeout(*queue.first)
