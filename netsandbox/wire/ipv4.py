"""IPv4 packets (RFC 791), and the transport message inside an unfragmented one."""

from __future__ import annotations

from struct import Struct
from typing import ClassVar, NamedTuple, TypeAlias

from netsandbox.wire import tcp, udp
from netsandbox.wire.checksum import internet_checksum
from netsandbox.wire.errors import ParseError
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

HEADER = 20
ICMP, TCP, UDP = 1, tcp.PROTOCOL, udp.PROTOCOL
DEFAULT_TTL = 64  # net.ipv4.ip_default_ttl
MAX_LENGTH = 0xFFFF  # Bytes; a burst that is cut on its way out may be longer, and says 0 until then (iph_set_totlen)

Transport: TypeAlias = IcmpMessage | UdpDatagram | TcpSegment | bytes

NO_FIELDS = ("beside", "confirms")  # What is known of a packet that none of its bytes tells

_LAYOUT = Struct("!BBHHHBBHII")
_blank = object.__new__


class Beside(NamedTuple):
    """What a host notes beside a packet, which no other host sees (skb->mark, skb->priority)."""

    namespace: str = ""  # the only one in which it counts (skb_scrub_packet)
    mark: int = 0
    priority: int | None = None  # None: that of its type of service


class IPv4Packet:
    """One IPv4 packet or fragment.

    Attributes:
        df, mf: don't-fragment and more-fragments bits.
        offset: fragment offset in bytes (a multiple of 8).
        payload: the parsed transport message; plain bytes for a fragment, for
            an unknown protocol, and where the bytes do not make a message.
        checksum: None where emitting computes it; else the value found on the
            wire, which is wrong or the other spelling of zero (0xFFFF).
        total_length: the header's length field, in bytes.
        reserved: the bit before don't-fragment, zero by RFC 791.
        confirms: its sender has heard from the other end (dst_pending_confirm): the next hop must be there. The mark is
            the sk_buff's, so it crosses veth pairs, and every router on the way takes it for its own next hop too
            (sock_confirm_neigh); no byte of the packet tells it.
    """

    reserved: ClassVar[bool] = False

    __slots__ = ("beside", "checksum", "confirms", "df", "dst", "ident", "mf", "offset", "options", "payload",
                 "protocol", "size", "src", "tos", "total_length", "ttl")

    beside: Beside  # Only there where a rule wrote something: most packets do without, and what is made of one has none
    caches: ClassVar[dict[str, str]] = {"beside": "getattr(it, 'beside', NOTHING)"}

    def __init__(self, src: int, dst: int, protocol: int, payload: Transport, ttl: int = DEFAULT_TTL, ident: int = 0,
                 df: bool = False, tos: int = 0, mf: bool = False, offset: int = 0, options: bytes = b"",
                 checksum: int | None = None, total_length: int | None = None) -> None:
        self.src = src
        self.dst = dst
        self.protocol = protocol
        self.payload = payload
        self.ttl = ttl
        self.ident = ident
        self.df = df
        self.tos = tos
        self.mf = mf
        self.offset = offset
        self.options = options
        self.checksum = checksum
        self.confirms = False
        if total_length is None:
            size = len(payload) if type(payload) is bytes else payload.size  # type: ignore[union-attr]
            total_length = HEADER + size + len(options) if options else HEADER + size
        self.size = self.total_length = total_length

    @property
    def header_size(self) -> int:
        return HEADER + len(self.options)

    @property
    def is_fragment(self) -> bool:
        return self.mf or self.offset > 0

    @classmethod
    def parse(cls, data: bytes, quoted: bool = False) -> IPv4Packet:
        """The packet that some bytes hold; bytes beyond its total length are ignored.

        Args:
            quoted: the bytes come from an ICMP error and may end early.

        Raises:
            ParseError: with the kernel's reason IP_INHDR, IP_CSUM or
                PKT_TOO_SMALL, looked for in the order of ip_rcv_core().
        """
        if len(data) < HEADER:
            raise ParseError("IP_INHDR", f"IPv4 needs {HEADER} bytes, here are {len(data)}")
        version, tos, total, ident, flags, ttl, protocol, found, src, dst = _LAYOUT.unpack_from(data)
        header = (version & 15) * 4
        if version >> 4 != 4 or header < HEADER or len(data) < header:
            raise ParseError("IP_INHDR", f"IP version {version >> 4}, header length {header} of {len(data)} bytes")
        if total < header or (total > len(data) and not quoted):
            reason = "PKT_TOO_SMALL" if total > len(data) else "IP_INHDR"
            raise ParseError("IP_CSUM" if internet_checksum(data[:header]) else reason,
                             f"total length {total} in {len(data)} bytes")
        mf, offset = bool(flags & 0x2000), (flags & 0x1FFF) * 8
        body = data[header:total]
        payload = body if mf or offset or quoted else parse_transport(protocol, body, src, dst)
        kind = ReservedBitPacket if flags & 0x8000 else cls
        packet = kind(src, dst, protocol, payload, ttl, ident, bool(flags & 0x4000), tos, mf, offset,
                      data[HEADER:header], None, total)
        if found == 0xFFFF or internet_checksum(data[:header]):
            packet.checksum = found
        return packet

    @property
    def is_checksum_right(self) -> bool:
        """Whether a receiver accepts the header: for its sum 0xFFFF and 0 are one number (RFC 1071)."""
        return self.checksum is None or self.checksum % 0xFFFF == self.right_checksum()

    def right_checksum(self) -> int:
        """The header checksum that belongs to the other fields."""
        return int.from_bytes(self.with_ttl(self.ttl).header_bytes()[10:12], "big")

    def payload_bytes(self) -> bytes:
        payload = self.payload
        if isinstance(payload, bytes):
            return payload
        if isinstance(payload, IcmpMessage):
            return payload.emit()
        return payload.emit(self.src, self.dst)

    def header_bytes(self) -> bytes:
        options = self.options
        version = 0x45 + len(options) // 4
        flags = self.reserved << 15 | self.df << 14 | self.mf << 13 | self.offset >> 3
        total = self.total_length if self.total_length <= MAX_LENGTH else 0
        found = self.checksum
        if found is None:
            words = (version << 8 | self.tos) + total + self.ident + flags + (self.ttl << 8 | self.protocol)
            found = -(words + self.src + self.dst + int.from_bytes(options, "big")) % 0xFFFF
        return _LAYOUT.pack(version, self.tos, total, self.ident, flags, self.ttl, self.protocol, found,
                            self.src, self.dst) + options

    def emit(self) -> bytes:
        return self.header_bytes() + self.payload_bytes()

    def trace_key(self) -> bytes:
        """What stands for the packet in a trace's digest."""
        return self.emit()

    def with_ttl(self, ttl: int) -> IPv4Packet:
        """The same packet one hop on (RFC 1812, 5.3.1)."""
        kind = self.__class__
        twin = _blank(kind)  # not by __init__, which takes half as long again
        twin.src, twin.dst, twin.protocol = self.src, self.dst, self.protocol
        twin.payload, twin.ttl, twin.ident = self.payload, ttl, self.ident
        twin.df, twin.tos, twin.mf = self.df, self.tos, self.mf
        twin.offset, twin.options, twin.checksum = self.offset, self.options, None
        twin.confirms, twin.size, twin.total_length = self.confirms, self.total_length, self.total_length
        return twin

    def fields(self) -> tuple[object, ...]:
        return (self.reserved, *(getattr(self, name) for name in IPv4Packet.__slots__ if name not in NO_FIELDS))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IPv4Packet) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(self.fields())

    def __repr__(self) -> str:
        return f"IPv4Packet({self.src:#x} > {self.dst:#x}, protocol={self.protocol}, ttl={self.ttl}, {self.payload!r})"


class ReservedBitPacket(IPv4Packet):
    """A packet with the reserved flag set. Linux forwards it unchanged, so it must survive.

    A class of its own, because a field that is nearly always zero would cost every packet that is made.
    """

    reserved = True

    __slots__ = ()


def parse_transport(protocol: int, data: bytes, src: int, dst: int) -> Transport:
    """The message of a whole packet's payload, or the bytes themselves where they make none."""
    try:
        if protocol == ICMP:
            return IcmpMessage.parse(data)
        if protocol == UDP:
            return UdpDatagram.parse(data, src, dst)
        if protocol == TCP:
            return TcpSegment.parse(data, src, dst)
    except ParseError:
        return data
    return data
