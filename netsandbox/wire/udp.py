"""UDP datagrams (RFC 768)."""

from __future__ import annotations

from struct import Struct

from netsandbox.wire.checksum import internet_checksum, pseudo_header
from netsandbox.wire.errors import ParseError

PROTOCOL = 17
HEADER = 8
NO_CHECKSUM = 0

CHECKSUM_AT = 6  # Where it stands in the header

_LAYOUT = Struct("!HHHH")


def partial_checksum(source: int, destination: int, length: int) -> int:
    """The pseudo header's sum, which stands in the checksum's place until somebody adds the rest (CHECKSUM_PARTIAL)."""
    return ~internet_checksum(pseudo_header(source, destination, PROTOCOL, length)) & 0xFFFF


class UdpDatagram:
    """One UDP datagram."""

    __slots__ = ("checksum", "data", "dport", "length", "sport")

    def __init__(self, sport: int, dport: int, data: bytes, checksum: int | None = None,
                 length: int | None = None) -> None:
        self.sport = sport
        self.dport = dport
        self.data = data
        # None where emitting computes it; 0 when the sender left it out, which is accepted; else the wrong value found
        # on the wire
        self.checksum = checksum
        # the header's length field, in bytes, header included
        self.length = HEADER + len(data) if length is None else length

    @property
    def size(self) -> int:
        return HEADER + len(self.data)

    @classmethod
    def parse(cls, data: bytes, source: int, destination: int) -> UdpDatagram:
        if len(data) < HEADER:
            raise ParseError("PKT_TOO_SMALL", f"UDP needs {HEADER} bytes, here are {len(data)}")
        sport, dport, length, found = _LAYOUT.unpack_from(data)
        datagram = cls(sport, dport, data[HEADER:], None, length)
        if found == NO_CHECKSUM or found != datagram.right_checksum(source, destination):
            datagram.checksum = found
        return datagram

    @property
    def is_length_right(self) -> bool:
        """Whether the length field fits the bytes that are there (fewer is padding)."""
        return HEADER <= self.length <= HEADER + len(self.data)

    def right_checksum(self, source: int, destination: int) -> int:
        covered = self.length if self.is_length_right else self.size
        head = pseudo_header(source, destination, PROTOCOL, covered)
        body = _LAYOUT.pack(self.sport, self.dport, self.length, 0) + self.data
        return internet_checksum(head + body[:covered]) or 0xFFFF

    def emit(self, source: int, destination: int) -> bytes:
        found = self.right_checksum(source, destination) if self.checksum is None else self.checksum
        return _LAYOUT.pack(self.sport, self.dport, self.length, found) + self.data

    @property
    def is_checksum_offloaded(self) -> bool:
        """Whether its checksum was left to an interface that needs none (`lo`)."""
        return False

    @property
    def leaves_checksum(self) -> bool:
        """Whether the device that sends it fills the checksum in, and not its maker (CHECKSUM_PARTIAL)."""
        return False

    def fields(self) -> tuple[int, int, bytes, int | None, int]:
        return self.sport, self.dport, self.data, self.checksum, self.length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UdpDatagram) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(self.fields())

    def __repr__(self) -> str:
        return f"UdpDatagram({self.sport} > {self.dport}, {len(self.data)} bytes)"


class OffloadedDatagram(UdpDatagram):
    """A datagram over `lo`, whose checksum nobody fills in: it holds the pseudo header's sum alone."""

    __slots__ = ()

    @classmethod
    def between(cls, source: int, destination: int, sport: int, dport: int, data: bytes) -> OffloadedDatagram:
        """The datagram as the kernel hands it to `lo` (CHECKSUM_PARTIAL)."""
        datagram = cls(sport, dport, data)
        datagram.checksum = partial_checksum(source, destination, datagram.length)
        return datagram

    @property
    def is_checksum_offloaded(self) -> bool:
        return True


class OuterDatagram(UdpDatagram):
    """What a tunnel wraps a frame in (udp_set_csum)."""

    __slots__ = ()

    @property
    def leaves_checksum(self) -> bool:
        return self.checksum is None
