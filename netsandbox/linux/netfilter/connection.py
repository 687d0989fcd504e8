"""Connections as the tracker knows them: their two tuples, their state, and how long they are kept.

include/net/netfilter/nf_conntrack.h, nf_conntrack_tuple.h.
"""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from netsandbox.engine.made import made_as
from netsandbox.engine.nothing import NOTHING
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, TIMESTAMP_REPLY, TIMESTAMP_REQUEST, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.flowtable import Way
    from netsandbox.linux.netfilter.listing import Belonging

ESTABLISHED, RELATED, NEW, ESTABLISHED_REPLY, RELATED_REPLY = range(5)
"""How a packet belongs to its connection (enum ip_conntrack_info)."""
ORIGINAL, REPLY = 0, 1  # Directions (enum ip_conntrack_dir)
INFORMATION_REQUEST, INFORMATION_REPLY, MASK_REQUEST, MASK_REPLY = 15, 16, 17, 18
INVERSE_TYPES = {ECHO_REQUEST: ECHO_REPLY, TIMESTAMP_REQUEST: TIMESTAMP_REPLY, INFORMATION_REQUEST: INFORMATION_REPLY,
                 MASK_REQUEST: MASK_REPLY}
INVERSE_TYPES |= {answer: question for question, answer in INVERSE_TYPES.items()}
QUESTIONS = frozenset({ECHO_REQUEST, TIMESTAMP_REQUEST, INFORMATION_REQUEST, MASK_REQUEST})
"""The ICMP types that a connection can begin with."""
DCCP, GRE, SCTP, UDP_LITE = 33, 47, 132, 136
WITH_MESSAGE = (TcpSegment, UdpDatagram)
WITH_PORTS = frozenset({TCP, UDP, SCTP, UDP_LITE})
"""TCP, UDP, SCTP and UDP-Lite: the first four bytes of the header are the ports. (DCCP's are not tracked any more.)"""
TOLD_WITH_PORTS = WITH_PORTS | {DCCP}  # What conntrack asks and tells the ports of


PPTP = 1  # The version of GRE whose key is a call's number, and which carries PPP alone
PPTP_HEADER, GRE_PPP = 8, 0x880B


class Status(IntFlag):
    """enum ip_conntrack_status."""

    EXPECTED = 1
    SEEN_REPLY = 2
    ASSURED = 4
    CONFIRMED = 8
    SRC_NAT = 16
    DST_NAT = 32
    SRC_NAT_DONE = 128
    DST_NAT_DONE = 256
    DYING = 512


SEEN_REPLY, ASSURED, CONFIRMED = int(Status.SEEN_REPLY), int(Status.ASSURED), int(Status.CONFIRMED)
SRC_NAT, DST_NAT = int(Status.SRC_NAT), int(Status.DST_NAT)
SRC_NAT_DONE, DST_NAT_DONE, DYING = int(Status.SRC_NAT_DONE), int(Status.DST_NAT_DONE), int(Status.DYING)
NAT_MASK = SRC_NAT | DST_NAT
NAT_DONE = SRC_NAT_DONE | DST_NAT_DONE


class FlowTuple(NamedTuple):
    """Who talks to whom, seen from the sender (struct nf_conntrack_tuple).

    For ICMP the source port is the identifier, and the destination port is type << 8 | code.
    """

    protocol: int
    src: int
    dst: int
    sport: int
    dport: int
    zone: int = 0  # Connections of different zones may be alike (struct nf_conntrack_zone)

    def to(self, address: int, port: int) -> FlowTuple:
        """The same to another end."""
        return made_as(FlowTuple, (self.protocol, self.src, address, self.sport, port, self.zone))

    def inverted(self) -> FlowTuple:
        """What a reply looks like (nf_ct_invert_tuple)."""
        if self.protocol == ICMP:
            kind = INVERSE_TYPES.get(self.dport >> 8, self.dport >> 8)
            return FlowTuple(ICMP, self.dst, self.src, self.sport, kind << 8 | self.dport & 0xFF, self.zone)
        return made_as(FlowTuple, (self.protocol, self.dst, self.src, self.dport, self.sport, self.zone))


def tuple_of(packet: IPv4Packet) -> FlowTuple | None:
    """The tuple of a packet that is not a later fragment (nf_ct_get_tuple); None where its header is cut off,
    or says what there cannot be."""
    payload = packet.payload
    if isinstance(payload, WITH_MESSAGE):
        return made_as(FlowTuple, (packet.protocol, packet.src, packet.dst, payload.sport, payload.dport, 0))
    if isinstance(payload, IcmpMessage):
        ident = payload.ident if payload.type in INVERSE_TYPES else 0
        return FlowTuple(ICMP, packet.src, packet.dst, ident, payload.type << 8 | payload.code)
    return _tuple_of_bytes(packet, payload)


def _tuple_of_bytes(packet: IPv4Packet, data: bytes) -> FlowTuple | None:
    protocol = packet.protocol
    if packet.offset:
        return None
    if protocol == ICMP:
        if len(data) < 8:
            return None
        ident = int.from_bytes(data[4:6], "big") if data[0] in INVERSE_TYPES else 0
        return FlowTuple(ICMP, packet.src, packet.dst, ident, data[0] << 8 | data[1])
    if protocol in WITH_PORTS:
        if len(data) < 4:
            return None
        ports = int.from_bytes(data[:4], "big")
        return FlowTuple(protocol, packet.src, packet.dst, ports >> 16, ports & 0xFFFF)
    call = 0
    if protocol == GRE and len(data) >= PPTP_HEADER and data[1] & 7 == PPTP:
        if int.from_bytes(data[2:4], "big") != GRE_PPP:
            return None
        call = int.from_bytes(data[6:8], "big")
    return FlowTuple(protocol, packet.src, packet.dst, 0, call)


class Connection:
    """One tracked connection (struct nf_conn).

    Attributes:
        original, reply: the tuples of both directions; `reply` is what answers look like on the wire.
        status: bits of Status.
        expires: virtual nanoseconds.  lifetime: nanoseconds that it was given last.
        state: a TCP state's number, else 0.
        stream_from: since when a UDP conversation counts as a stream.
        masquerade: index of the interface whose address it borrows, or 0.
        tcp: what the TCP tracker knows; None for other protocols.
        began: when it was entered, where that is kept (nf_conntrack_timestamp).
        made_at: the trace's record number when its first packet came.
        counts: [packets, bytes] of each direction, where they are counted (nf_conntrack_acct).
        words: how its packets are told of, by what they are to it.
        ways: through a router, of the packets of each direction, known to others as well (flowtable).
    """

    __slots__ = ("began", "counts", "expires", "lifetime", "made_at", "mark", "masquerade", "original", "reply",
                 "serial", "state", "status", "stream_from", "tcp", "ways", "words")

    caches: ClassVar = {"words": "{}", "ways": "NOTHING"}

    def __init__(self, original: FlowTuple, serial: int, made_at: int) -> None:
        self.original = original
        self.alter_reply(original.inverted())
        self.serial = serial
        self.made_at = made_at
        self.status = 0
        self.expires = self.lifetime = 0
        self.state = 0
        self.mark = 0
        self.masquerade = 0
        self.stream_from = 0
        self.tcp: object = None
        self.counts: tuple[list[int], list[int]] | None = None
        self.began: int | None = None

    def alter_reply(self, reply: FlowTuple) -> None:
        """From now on answers look so (nf_conntrack_alter_reply)."""
        self.reply = reply
        self.words: dict[int, Belonging] = {}
        self.ways: dict[int, Way] = NOTHING

    def tuple(self, direction: int) -> FlowTuple:
        return self.reply if direction else self.original

    @property
    def is_confirmed(self) -> bool:
        return bool(self.status & CONFIRMED)


def direction_of(info: int) -> int:
    """CTINFO2DIR."""
    return REPLY if info >= ESTABLISHED_REPLY else ORIGINAL
