"""ARP for IPv4 over Ethernet (RFC 826)."""

from __future__ import annotations

from struct import Struct

from netsandbox.wire.errors import ParseError

REQUEST = 1
REPLY = 2
SIZE = 28  # Bytes of an Ethernet/IPv4 ARP packet

_LAYOUT = Struct("!HHBBH6sI6sI")
_FIXED = (0x0800, 6, 4)
ETHERNET, IEEE802 = 1, 6  # Hardware types that an Ethernet device takes for its own (arp_process)


class ArpPacket:
    """One ARP packet; the fields have the names of RFC 826 (ar$sha is `sha`)."""

    __slots__ = ("hardware", "op", "sha", "spa", "tha", "tpa")

    size = SIZE

    def __init__(self, op: int, sha: int, spa: int, tha: int, tpa: int, hardware: int = ETHERNET) -> None:
        self.hardware = hardware  # the type that it names, Ethernet or IEEE 802
        self.op = op
        self.sha = sha
        self.spa = spa
        self.tha = tha
        self.tpa = tpa

    @classmethod
    def parse(cls, data: bytes) -> ArpPacket:
        """Raises ParseError for another hardware or protocol type, or too few bytes."""
        if len(data) < SIZE:
            raise ParseError("PKT_TOO_SMALL", f"ARP needs {SIZE} bytes, here are {len(data)}")
        htype, ptype, hlen, plen, op, sha, spa, tha, tpa = _LAYOUT.unpack_from(data)
        if htype not in (ETHERNET, IEEE802) or (ptype, hlen, plen) != _FIXED:
            raise ParseError("NOT_SPECIFIED", f"ARP for hardware type {htype}, protocol 0x{ptype:04x}")
        return cls(op, int.from_bytes(sha, "big"), spa, int.from_bytes(tha, "big"), tpa, htype)

    def emit(self) -> bytes:
        return _LAYOUT.pack(self.hardware, *_FIXED, self.op, self.sha.to_bytes(6, "big"), self.spa,
                            self.tha.to_bytes(6, "big"), self.tpa)

    def fields(self) -> tuple[int, ...]:
        return self.op, self.sha, self.spa, self.tha, self.tpa

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ArpPacket) and self.fields() == other.fields() and self.hardware == other.hardware

    def __hash__(self) -> int:
        return hash(self.fields())

    def __repr__(self) -> str:
        return f"ArpPacket(op={self.op}, sha={self.sha:#x}, spa={self.spa:#x}, tha={self.tha:#x}, tpa={self.tpa:#x})"
