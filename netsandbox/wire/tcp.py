"""TCP segments: the header only (RFC 9293); connections live elsewhere."""

from __future__ import annotations

from struct import Struct

from netsandbox.wire.checksum import internet_checksum, pseudo_header
from netsandbox.wire.errors import ParseError

PROTOCOL = 6
HEADER = 20
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))

_LAYOUT = Struct("!HHIIBBHHH")
_blank = object.__new__


class TcpSegment:
    """One TCP segment."""

    __slots__ = ("ack", "checksum", "data", "dport", "flags", "options", "reserved", "seq", "sequence_length", "sport",
                 "urgent", "window")

    def __init__(self, sport: int, dport: int, seq: int, ack: int, flags: int, window: int, options: bytes = b"",
                 data: bytes = b"", urgent: int = 0, reserved: int = 0, checksum: int | None = None) -> None:
        self.sport = sport
        self.dport = dport
        self.seq = seq
        self.ack = ack
        self.flags = flags  # the low 8 bits; `reserved` keeps the 4 bits before them
        self.window = window
        self.options = options  # as on the wire, padded to a multiple of 4 bytes
        self.data = data
        self.urgent = urgent
        self.reserved = reserved
        # None where emitting computes it; else the value found on the wire, which is wrong or the other spelling of
        # zero
        self.checksum = checksum
        # how much sequence space it takes, its data, and one each for SYN and FIN
        self.sequence_length = len(data) + (flags & FIN) + (flags >> 1 & 1)

    @property
    def size(self) -> int:
        return HEADER + len(self.options) + len(self.data)

    def with_ports(self, sport: int, dport: int) -> TcpSegment:
        """The same between other ports."""
        kind = self.__class__
        twin = _blank(kind)  # not by __init__, which takes half as long again
        twin.sport, twin.dport, twin.seq = sport, dport, self.seq
        twin.ack, twin.flags, twin.window = self.ack, self.flags, self.window
        twin.options, twin.data, twin.urgent = self.options, self.data, self.urgent
        twin.reserved, twin.checksum, twin.sequence_length = self.reserved, self.checksum, self.sequence_length
        return twin

    def reset(self) -> TcpSegment:
        """The RST that answers it (RFC 9293, 3.5.2)."""
        if self.flags & ACK:
            return TcpSegment(self.dport, self.sport, self.ack, 0, RST, 0)
        ack = (self.seq + self.sequence_length) & 0xFFFFFFFF
        return TcpSegment(self.dport, self.sport, 0, ack, RST | ACK, 0)

    @classmethod
    def parse(cls, data: bytes, source: int, destination: int) -> TcpSegment:
        if len(data) < HEADER:
            raise ParseError("PKT_TOO_SMALL", f"TCP needs {HEADER} bytes, here are {len(data)}")
        sport, dport, seq, ack, offset, flags, window, found, urgent = _LAYOUT.unpack_from(data)
        header = (offset >> 4) * 4
        if not HEADER <= header <= len(data):
            raise ParseError("PKT_TOO_SMALL", f"TCP header length {header} in a segment of {len(data)} bytes")
        segment = cls(sport, dport, seq, ack, flags, window, data[HEADER:header], data[header:], urgent, offset & 15)
        if found != segment.right_checksum(source, destination):
            segment.checksum = found
        return segment

    def _pack(self, checksum: int) -> bytes:
        offset = (HEADER + len(self.options)) // 4 << 4 | self.reserved
        return _LAYOUT.pack(self.sport, self.dport, self.seq, self.ack, offset, self.flags, self.window, checksum,
                            self.urgent) + self.options + self.data

    def is_checksum_right(self, source: int, destination: int) -> bool:
        """Whether a receiver accepts the segment (0xFFFF and 0 are one number to its sum)."""
        return self.checksum is None or self.checksum % 0xFFFF == self.right_checksum(source, destination)

    def right_checksum(self, source: int, destination: int) -> int:
        return internet_checksum(pseudo_header(source, destination, PROTOCOL, self.size) + self._pack(0))

    def emit(self, source: int, destination: int) -> bytes:
        return self._pack(self.right_checksum(source, destination) if self.checksum is None else self.checksum)

    def fields(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in TcpSegment.__slots__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TcpSegment) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(self.fields())

    def __repr__(self) -> str:
        return f"TcpSegment({self.sport} > {self.dport}, flags={self.flags:#x}, seq={self.seq}, ack={self.ack})"


class BurstSegment(TcpSegment):
    """One of several that left their host as one, which the memory that it takes where it arrives tells."""

    __slots__ = ()
