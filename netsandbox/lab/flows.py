"""A connection as one thing to look at: its segments in order, each with its fate, and the streams that they carry.

A read model of the trace: a segment is seen where it first leaves, and its fate where it was last heard of. What NAT
rewrites is another connection there, as a capture would show it too; a segment that is dropped behind it is dropped in
both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from netsandbox.engine.trace import Record, Trace
from netsandbox.lab.journeys import Journeys
from netsandbox.linux.drop import OTHERHOST, OVERHEARD, Dropped
from netsandbox.linux.events import FrameReceived, FrameSent, PacketDropped, SendFailed
from netsandbox.linux.tcp.events import TcpStateChanged
from netsandbox.linux.tcp.state import TcpState
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.sequence import MASK, after
from netsandbox.wire.tcp import ACK, FIN, RST, SYN, TcpSegment

End = tuple[int, int]  # An address and a port


class Segment(NamedTuple):
    """One segment as it left."""

    seq: int  # the record's number
    at: int  # virtual nanoseconds
    from_client: bool  # its direction
    flags: int
    offset: int  # where its first byte stands in its direction's stream; -1 for a SYN, and where none was seen
    acked: int | None  # how much of the other direction it acknowledges, in bytes; None without ACK
    window: int
    data: bytes
    again: int  # the record of the segment that first had what it begins with, where it had left before; else -1
    fate: str  # the drop reason's name that ended it; empty when it arrived, or is on its way


class Flow(NamedTuple):
    """A connection."""

    client: End  # the end whose SYN, or else whose first segment, was seen first
    server: End
    segments: tuple[Segment, ...]
    state: str  # open, closed, reset, refused, opening, or given up: its program has ended before anybody answered

    @property
    def name(self) -> str:
        return f"{end_name(self.client)} → {end_name(self.server)}"

    def stream(self, from_client: bool) -> bytes:
        """The bytes of one direction, in order, each once; what never left is missing."""
        parts: dict[int, bytes] = {}
        for segment in self.segments:
            if segment.from_client is from_client and segment.data and segment.offset >= 0:
                known = parts.get(segment.offset, b"")
                parts[segment.offset] = max(known, segment.data, key=len)
        out = bytearray()
        for offset in sorted(parts):
            data = parts[offset]
            if offset <= len(out):
                out += data[len(out) - offset:]
            else:
                out += bytes(offset - len(out)) + data
        return bytes(out)

    def turns(self) -> list[tuple[bool, bytes]]:
        """What was said, one after the other: (whether by the client, bytes); nothing twice."""
        said: list[tuple[bool, bytes]] = []
        counts = {True: 0, False: 0}
        for segment in self.segments:
            start = counts[segment.from_client]
            if not segment.data or segment.offset < 0 or segment.offset + len(segment.data) <= start:
                continue
            data = segment.data[max(start - segment.offset, 0):]
            counts[segment.from_client] = segment.offset + len(segment.data)
            if said and said[-1][0] is segment.from_client:
                data = said.pop()[1] + data
            said.append((segment.from_client, data))
        return said


def end_name(end: End) -> str:
    return f"{format_ipv4(end[0])}:{end[1]}"


class _Building:
    """A flow as its segments come."""

    def __init__(self, client: End, server: End) -> None:
        self.client = client
        self.server = server
        self.found: list[tuple[int, int, bool, TcpSegment]] = []
        self.fates: dict[int, str] = {}
        self.is_given_up = False


def flows(trace: Trace, since: int = 0) -> list[Flow]:
    """Every connection that the trace still knows, or knows from a record on, in the order of their first segments."""
    found = _Flows()
    for record in trace.since(max(trace.first, since)):
        if isinstance(record.event, TcpStateChanged):
            found.note_end(record.event)
        else:
            found.take(record)
    found.ways.give_up_together()
    return [_finished(one) for one in found.order]


class _Flows:
    """The connections of a trace as its records come, in the order of their first segments."""

    def __init__(self) -> None:
        self.order: list[_Building] = []
        self.ways = _Ways()
        self._by_ends: dict[frozenset[End], list[_Building]] = {}
        self._seen: dict[int, tuple[_Building, int, TcpSegment]] = {}

    def note_end(self, event: TcpStateChanged) -> None:
        known = self._by_ends.get(frozenset(((event.local, event.port), (event.peer, event.peer_port))))
        if known and (event.old, event.new) == (TcpState.SYN_SENT.name, TcpState.CLOSE.name):
            known[-1].is_given_up = True

    def take(self, record: Record) -> None:
        """What a record tells of a segment, if it is about one."""
        segment, packet, fate = _segment_of(record)
        if segment is None or packet is None:
            return
        way = self.ways.of(record)
        if fate:
            for one, place in way:
                one.fates[place] = fate
        known = self._seen.get(id(segment))
        if known is not None and known[2] is segment:
            if fate is not None:
                known[0].fates[known[1]] = fate
        elif isinstance(record.event, FrameSent | SendFailed):  # a queue at its own card may have lost it
            owner = self._owner(packet, segment)
            place = len(owner.found)
            self._seen[id(segment)] = owner, place, segment
            way.append((owner, place))
            owner.found.append((record.seq, record.at, (packet.src, segment.sport) == owner.client, segment))
            if fate:
                owner.fates[place] = fate

    def _owner(self, packet: IPv4Packet, segment: TcpSegment) -> _Building:
        """The flow that it belongs to; a SYN after the end begins the next one of the same four numbers."""
        source, target = (packet.src, segment.sport), (packet.dst, segment.dport)
        known = self._by_ends.setdefault(frozenset((source, target)), [])
        begins = segment.flags & (SYN | ACK) == SYN
        over = known and any(old.flags & (FIN | RST) for _seq, _at, _client, old in known[-1].found)
        if not known or (begins and over):
            answers = segment.flags & (SYN | ACK) == SYN | ACK
            made = _Building(target, source) if answers else _Building(source, target)
            known.append(made)
            self.order.append(made)
        return known[-1]


class _Ways:
    """Where the frames of one journey stand in the flows: what NAT rewrites on its way is in several."""

    def __init__(self) -> None:
        self._journeys = Journeys()
        self._known: dict[int, list[tuple[_Building, int]]] = {}
        self._came = -1, -1  # The latest arrival's step and journey: what a rule drops in that step is what came

    def give_up_together(self) -> None:
        """What NAT has made of a connection ends with it."""
        for places in self._known.values():
            if any(one.is_given_up for one, _place in places):
                for one, _place in places:
                    one.is_given_up = True

    def of(self, record: Record) -> list[tuple[_Building, int]]:
        """The places that a record of a segment tells of."""
        if isinstance(record.event, PacketDropped):
            step, journey = self._came
            return self._known.get(journey, []) if step == record.step else []
        journey = self._journeys.of(record)
        if isinstance(record.event, FrameReceived):
            self._came = record.step, journey
        return self._known.setdefault(journey, [])


def _segment_of(record: Record) -> tuple[TcpSegment | None, IPv4Packet | None, str | None]:
    """(segment, its packet, how it ended there: a drop reason, empty when it was taken, None when neither)."""
    event = record.event
    fate: str | None = None
    packet: object
    if isinstance(event, (FrameSent, FrameReceived, SendFailed)):
        packet = event.frame.payload
        if not isinstance(event, FrameSent):
            verdict = event.verdict
            fate = verdict.reason.name if isinstance(verdict, Dropped) else ""
            if verdict in (OTHERHOST, OVERHEARD):
                fate = None  # another station's, which heard it
    elif isinstance(event, PacketDropped):
        packet, fate = event.packet, event.verdict.reason.name
    else:
        return None, None, None
    if isinstance(packet, IPv4Packet) and isinstance(packet.payload, TcpSegment):
        return packet.payload, packet, fate
    return None, None, None


def _finished(one: _Building) -> Flow:
    starts: dict[bool, int] = {}
    sent: dict[bool, int] = {}
    segments = []
    for place, (seq, at, from_client, segment) in enumerate(one.found):
        syn = bool(segment.flags & SYN)
        start = starts.setdefault(from_client, (segment.seq + syn) & MASK)
        if not from_client and segment.flags & ACK:
            starts.setdefault(True, segment.ack)
        end = (segment.seq + segment.sequence_length) & MASK
        newest = sent.get(from_client)
        is_again = newest is not None and segment.sequence_length > 0 and not after(end, newest)
        before = (number for number, _at, its, old in one.found[:place] if its is from_client and _has(old, segment))
        again = next(before, seq) if is_again else -1
        if newest is None or after(end, newest):
            sent[from_client] = end
        other = starts.get(not from_client)
        acked = (segment.ack - other) & MASK if segment.flags & ACK and other is not None else None
        offset = -1 if syn else (segment.seq - start) & MASK
        segments.append(Segment(seq, at, from_client, segment.flags, offset if offset < 1 << 31 else -1,
                                acked if acked is None or acked < 1 << 31 else 0, segment.window, segment.data, again,
                                one.fates.get(place, "")))
    return Flow(one.client, one.server, tuple(segments), _state(segments, one.is_given_up))


def _has(one: TcpSegment, other: TcpSegment) -> bool:
    """Whether a segment carried what another begins with."""
    return (other.seq - one.seq) & MASK < one.sequence_length


def _state(segments: Iterable[Segment], is_given_up: bool) -> str:
    opened, ends, last = 0, set(), ""
    for segment in segments:
        if segment.flags & RST:
            last = "reset" if opened > 1 or segment.data else "refused"
        if segment.flags & SYN:
            opened += segment.again < 0
        elif segment.flags & ACK and opened == 2 and segment.from_client:
            opened = 3
        if segment.flags & FIN:
            ends.add(segment.from_client)
    if last:
        return last
    if len(ends) == 2:
        return "closed"
    return "open" if opened > 1 else "given up" if is_given_up else "opening"
