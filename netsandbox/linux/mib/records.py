"""What the records of a trace say of a namespace's counters: the fold of their ledger (engine.ledger).

IP, and what is above it, decides without counting.  Each packet that came in has its verdict, and each that left its
FrameSent; what kernel functions count on the way is read off these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, cast

from netsandbox.engine.ledger import Counts, Sums
from netsandbox.engine.trace import Alike
from netsandbox.linux.drop import Dropped, Outcome
from netsandbox.linux.drop import DropReason as R
from netsandbox.linux.events import (
    ArpWithheld,
    FrameReceived,
    FrameSent,
    IcmpErrorSent,
    PacketDropped,
    PacketFragmented,
    PacketReassembled,
    RouteChosen,
    SendFailed,
)
from netsandbox.linux.ipv4.ip_options import HeldPacket
from netsandbox.linux.mib.reasons import IN_IP, WITHOUT_ROUTE, is_of_device, refused_by_ip, refused_by_transport
from netsandbox.linux.place import CABLE, Place
from netsandbox.linux.tcp.events import TcpResetSent, TcpRetransmitted
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, is_multicast
from netsandbox.wire.ethernet import ETH_P_IP, HEADER, Frame, Malformed
from netsandbox.wire.icmp import ECHO_REPLY, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet, ReservedBitPacket

Verdict: TypeAlias = Outcome | Dropped
Found: TypeAlias = "defaultdict[str, defaultdict[str, int]]"
PACKETS = frozenset({IPv4Packet, ReservedBitPacket, HeldPacket})  # Classes of what ip_rcv gets
FOR_IP = PACKETS | {Malformed}
BRIDGED, PASSED_UP, FORWARDED, QUEUED = Outcome.BRIDGED, Outcome.PASSED_UP, Outcome.FORWARDED, Outcome.QUEUED
ELSEWHERE = frozenset({BRIDGED, PASSED_UP, Outcome.REPEATED, Outcome.IGNORED})  # Verdicts of devices, below IP
ECN = ("IpExtInNoECTPkts", "IpExtInECT1Pkts", "IpExtInECT0Pkts", "IpExtInCEPkts")
WAITED = frozenset({R.NEIGH_FAILED, R.NEIGH_QUEUEFULL, R.NEIGH_DEAD, R.NEIGH_CREATEFAIL})
"""Reasons of what has left IP, and ends for want of a neighbour."""


class Seen(NamedTuple):
    """What packets that came in have in common, as far as counters go."""

    namespace: str
    verdict: Outcome
    protocol: int
    ecn: int
    type: int  # Of an ICMP message; else -1


class Rest(NamedTuple):
    """What the next part has to know of the records before it."""

    sent: IPv4Packet | None = None  # What left last: a device that stands on another has it twice
    whole: tuple[str, Verdict] | None = None
    """The namespace and the verdict of the fragment that was the last to come of its packet."""


def fold(raws: list[Any], start: int, stop: int, sums: Sums) -> dict[str, Counts]:
    """See engine.ledger.Fold."""
    part = _Part(sums.rest or Rest())
    for raw in raws:
        kind = type(raw)
        if kind is tuple:
            kind = raw[0]
        if kind not in COUNTED:
            continue
        if kind is FrameReceived:
            if raw[3] is not BRIDGED and type(raw[2].payload) in FOR_IP:
                part.received(raw[1], raw[2], raw[3])
        elif kind is FrameSent:
            if type(raw[2].payload) in PACKETS:
                part.sent(raw[1], raw[2])
        elif kind is RouteChosen:
            part.routes[raw[0]] += 1
        elif kind is Alike:
            if type(raw[2].payload) in PACKETS:
                _of_many(part, raw, start, stop)
        else:
            RARE[kind](part, kind(*raw[1:]) if type(raw) is tuple else raw)
    sums.rest = Rest(part.last, part.whole)
    return part.settled()


def _of_many(part: _Part, run: Alike, start: int, stop: int) -> None:
    """The same frame came to many."""
    if run.kind is FrameReceived:
        for seq in range(max(run.first, start), min(run.end, stop)):
            part.received(run.receivers[run.start + seq - run.first], run.frame, run.verdict)


class _Part:
    """What some of the records add."""

    def __init__(self, rest: Rest) -> None:
        self.found: Found = defaultdict(lambda: defaultdict(int))
        self.routes: defaultdict[str, int] = defaultdict(int)
        self.usual: dict[tuple[str, Outcome, int, int, int], list[int]] = {}
        """Of what is no exception: how many, and bytes."""
        self.out: dict[str, list[int]] = {}
        self.last, self.whole = rest

    # -- in

    def received(self, place: Place, frame: Frame, verdict: Verdict) -> None:
        """A frame came in by a device; of most it is enough to know how many there were of their kind."""
        payload = frame.payload
        if type(payload) is Malformed:
            if frame.ethertype == ETH_P_IP:
                self._malformed(place, payload, frame.size - HEADER, verdict)
            return
        packet = cast(IPv4Packet, payload)
        if (type(verdict) is not Outcome or frame.dst & MAC_GROUP_BIT or packet.mf or packet.offset
                or verdict in ELSEWHERE or place[7] or place[2] == CABLE):
            if not self._is_elsewhere(place, verdict):
                self._unusual(place, frame, packet, verdict)
            return
        inner = packet.payload
        key = place[0], verdict, packet.protocol, packet.tos & 3, inner.type if type(inner) is IcmpMessage else -1
        found = self.usual.get(key)
        if found is None:
            self.usual[key] = [1, frame.size - HEADER]
        else:
            found[0] += 1
            found[1] += frame.size - HEADER

    @staticmethod
    def _is_elsewhere(place: Place, verdict: Verdict) -> bool:
        """A device's own affair: ip_rcv never sees it."""
        if place.master or place.kind == CABLE:
            return True
        return is_of_device(verdict) if isinstance(verdict, Dropped) else verdict in ELSEWHERE

    def _malformed(self, place: Place, payload: Malformed, size: int, verdict: Verdict) -> None:
        if self._is_elsewhere(place, verdict):
            return
        counts = self.found[place.namespace]
        _arrives(counts, 1, size)
        if isinstance(verdict, Dropped) and verdict.reason is R.PKT_TOO_SMALL:
            counts["IpExtInTruncatedPkts"] += 1
            counts[ECN[payload.data[1] & 3]] += 1
        else:
            counts["IpInHdrErrors"] += 1
            counts["IpExtInCsumErrors"] += isinstance(verdict, Dropped) and verdict.reason is R.IP_CSUM

    def _unusual(self, place: Place, frame: Frame, packet: IPv4Packet, verdict: Verdict) -> None:
        counts, size = self.found[place.namespace], frame.size - HEADER
        _arrives(counts, 1, size)
        counts[ECN[packet.tos & 3]] += 1
        reason = verdict.reason if isinstance(verdict, Dropped) else None
        if frame.dst & MAC_GROUP_BIT and reason not in WITHOUT_ROUTE:
            _group(counts, "In", "Mcast" if is_multicast(packet.dst) else "Bcast", size)
        if packet.mf or packet.offset:
            if verdict is FORWARDED:
                self._forwarded(place.namespace, 1)
            elif isinstance(verdict, Dropped) and reason in IN_IP:
                _fragment_refused(counts, verdict)
            elif verdict is not QUEUED:
                self.whole = place.namespace, verdict
            return
        self.ended(place.namespace, packet, verdict, bool(frame.dst & MAC_GROUP_BIT))

    def ended(self, namespace: str, packet: IPv4Packet, verdict: Verdict, is_group: bool) -> None:
        """A whole packet has its verdict."""
        counts, message = self.found[namespace], packet.payload
        kind = message.type if isinstance(message, IcmpMessage) else -1
        if not isinstance(verdict, Dropped):
            self._taken(Seen(namespace, verdict, packet.protocol, 0, kind), 1)
        elif verdict.reason in IN_IP:
            refused_by_ip(counts, verdict)
        else:
            counts["IpInDelivers"] += 1
            refused_by_transport(counts, packet.protocol, verdict, kind, is_group)

    def _taken(self, seen: Seen, many: int) -> None:
        """What was not dropped: it was delivered here, or sent on."""
        if seen.verdict is FORWARDED:
            self._forwarded(seen.namespace, many)
            return
        if seen.verdict is QUEUED and seen.protocol != TCP:
            return
        counts = self.found[seen.namespace]
        counts["IpInDelivers"] += many
        if seen.protocol == TCP:
            counts["TcpInSegs"] += many
        elif seen.verdict is Outcome.DECAPSULATED and seen.protocol == UDP:
            counts["UdpInDatagrams"] += many
        elif seen.protocol == ICMP and seen.type >= 0:  # icmp_reply names no type: any answer counts as an echo's
            counts["IcmpInMsgs"] += many
            counts[f"IcmpMsgInType{seen.type}"] += many
            if seen.verdict is Outcome.ANSWERED:
                _icmp_out(counts, ECHO_REPLY, many)

    def _forwarded(self, namespace: str, many: int) -> None:
        """Its route has a record, as that of a packet of our own."""
        self.found[namespace]["IpForwDatagrams"] += many
        self.routes[namespace] -= many

    # -- out

    def sent(self, place: Place, frame: Frame) -> None:
        """A frame left by a device."""
        packet = cast(IPv4Packet, frame.payload)
        if packet is self.last:
            return
        self.last = packet
        size = packet.total_length
        found = self.out.get(place[0])
        if found is None:
            self.out[place[0]] = [1, size]
        else:
            found[0] += 1
            found[1] += size
        if frame.dst & MAC_GROUP_BIT:
            group = is_multicast(packet.dst)
            if group or frame.dst == BROADCAST_MAC:
                _group(self.found[place[0]], "Out", "Mcast" if group else "Bcast", size)

    # -- all together

    def settled(self) -> dict[str, Counts]:
        for key, (many, size) in self.usual.items():
            seen = Seen(*key)
            counts = self.found[seen.namespace]
            _arrives(counts, many, size)
            counts[ECN[seen.ecn]] += many
            self._taken(seen, many)
        for name, (many, size) in self.out.items():
            self.found[name]["IpOutTransmits"] += many
            self.found[name]["IpExtOutOctets"] += size
        for name, many in self.routes.items():
            self.found[name]["IpOutRequests"] += many
        return {name: dict(counts) for name, counts in self.found.items()}


def _arrives(counts: Counts, many: int, size: int) -> None:
    """ip_rcv_core has it."""
    counts["IpInReceives"] += many
    counts["IpExtInOctets"] += size


def _group(counts: Counts, way: str, kind: str, size: int) -> None:
    counts[f"IpExt{way}{kind}Pkts"] += 1
    counts[f"IpExt{way}{kind}Octets"] += size


def _icmp_out(counts: Counts, kind: int, many: int = 1) -> None:
    """icmp_out_count."""
    counts["IcmpOutMsgs"] += many
    counts[f"IcmpMsgOutType{kind}"] += many


def _fragment_refused(counts: Counts, verdict: Dropped) -> None:
    """Whoever puts fragments together counts itself (fragment.py)."""
    if verdict.reason is not R.IP_INHDR or verdict.operands[0] == "TTL":
        refused_by_ip(counts, verdict)


# -- records of what is rare

def _reassembled(part: _Part, event: PacketReassembled) -> None:
    """The last fragment's verdict is that of the whole."""
    if part.whole is not None:
        (namespace, verdict), part.whole = part.whole, None
        part.ended(namespace, event.packet, verdict, is_multicast(event.packet.dst))


def _fragmented(part: _Part, event: PacketFragmented) -> None:
    counts = part.found[event.namespace]
    counts["IpFragOKs"] += 1
    counts["IpFragCreates"] += event.pieces


def _error_sent(part: _Part, event: IcmpErrorSent) -> None:
    _icmp_out(part.found[event.namespace], event.type)


def _dropped(part: _Part, event: PacketDropped) -> None:
    if event.verdict.reason in WAITED:
        _left(part.found[event.namespace], event.packet)


def _failed(part: _Part, event: SendFailed) -> None:
    """IP has sent it, and the device had no carrier, or its queueing discipline no room."""
    packet = event.frame.payload
    if event.verdict.reason in (R.DEV_READY, R.QDISC_DROP) and isinstance(packet, IPv4Packet):
        _left(part.found[event.interface.namespace], packet)


def _left(counts: Counts, packet: IPv4Packet) -> None:
    counts["IpOutTransmits"] += 1
    counts["IpExtOutOctets"] += packet.total_length


def _reset(part: _Part, event: TcpResetSent) -> None:
    part.found[event.namespace]["TcpOutRsts"] += 1


def _retransmitted(part: _Part, event: TcpRetransmitted) -> None:
    if event.what not in ("probe", "synack"):
        counts = part.found[event.namespace]
        counts["TcpRetransSegs"] += 1
        counts["TcpExtTCPSynRetrans"] += event.what == "syn"


def _withheld(part: _Part, event: ArpWithheld) -> None:
    part.found[event.interface.namespace]["TcpExtArpFilter"] += event.why == "arp_filter"


RARE: dict[type, Callable[[_Part, Any], None]] = {
    PacketReassembled: _reassembled, PacketFragmented: _fragmented, IcmpErrorSent: _error_sent,
    PacketDropped: _dropped, SendFailed: _failed, TcpResetSent: _reset, TcpRetransmitted: _retransmitted,
    ArpWithheld: _withheld}
COUNTED = frozenset({FrameReceived, FrameSent, RouteChosen, Alike, *RARE})
