"""ICMP messages (RFC 792): echo, and the errors that quote a packet."""

from __future__ import annotations

from struct import Struct

from netsandbox.wire.errors import ParseError

ECHO_REPLY = 0
UNREACHABLE = 3
SOURCE_QUENCH = 4
REDIRECT = 5
ECHO_REQUEST = 8
TIME_EXCEEDED = 11
PARAMETER_PROBLEM = 12
TIMESTAMP_REQUEST = 13
TIMESTAMP_REPLY = 14
ERRORS = frozenset({UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM})
"""Types that report on another packet, and so are never answered by an error (RFC 1122, 3.2.2)."""

QUERIES = frozenset({ECHO_REPLY, ECHO_REQUEST, *range(TIMESTAMP_REQUEST, 19)})
"""Types that report on nothing; Linux takes any other one for an error."""

NET_UNREACHABLE, HOST_UNREACHABLE, PROTOCOL_UNREACHABLE, PORT_UNREACHABLE = range(4)
FRAGMENTATION_NEEDED, SOURCE_ROUTE_FAILED = 4, 5
ADMIN_PROHIBITED = 13
TTL_EXCEEDED, REASSEMBLY_EXCEEDED = 0, 1
REDIRECT_HOST = 1
HEADER = 8

_LAYOUT = Struct("!BBHI")


class IcmpMessage:
    """One ICMP message."""

    __slots__ = ("checksum", "code", "data", "rest", "size", "type")

    def __init__(self, type: int, code: int, rest: int, data: bytes, checksum: int | None = None) -> None:
        self.type = type
        self.code = code
        # the 32 bits behind the checksum: identifier and sequence number of an echo, next-hop MTU or gateway of an
        # error
        self.rest = rest
        self.data = data  # echo payload, or the quoted packet of an error
        # None where emitting computes it; else the value found on the wire, which is wrong or the other spelling of
        # zero
        self.checksum = checksum
        self.size = HEADER + len(data)

    @property
    def ident(self) -> int:
        return self.rest >> 16

    @property
    def seq(self) -> int:
        return self.rest & 0xFFFF

    @property
    def is_error(self) -> bool:
        return self.type in ERRORS

    @classmethod
    def parse(cls, data: bytes) -> IcmpMessage:
        if len(data) < HEADER:
            raise ParseError("PKT_TOO_SMALL", f"ICMP needs {HEADER} bytes, here are {len(data)}")
        kind, code, found, rest = _LAYOUT.unpack_from(data)
        message = cls(kind, code, rest, data[HEADER:])
        if found != message.right_checksum():
            message.checksum = found
        return message

    @property
    def is_checksum_right(self) -> bool:
        """Whether a receiver accepts the message (0xFFFF and 0 are one number to its sum)."""
        return self.checksum is None or self.checksum % 0xFFFF == self.right_checksum() % 0xFFFF

    def right_checksum(self) -> int:
        head = (self.type << 8 | self.code) + (self.rest >> 16) + (self.rest & 0xFFFF)
        number = int.from_bytes(self.data, "big")
        if len(self.data) & 1:
            number <<= 8
        total = head + number
        return -total % 0xFFFF if total else 0xFFFF

    def emit(self) -> bytes:
        found = self.right_checksum() if self.checksum is None else self.checksum
        return _LAYOUT.pack(self.type, self.code, found, self.rest) + self.data

    def fields(self) -> tuple[int, int, int, bytes, int | None]:
        return self.type, self.code, self.rest, self.data, self.checksum

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IcmpMessage) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(self.fields())

    def __repr__(self) -> str:
        return f"IcmpMessage(type={self.type}, code={self.code}, rest={self.rest:#x}, {len(self.data)} bytes)"


def echo(kind: int, ident: int, seq: int, data: bytes) -> IcmpMessage:
    return IcmpMessage(kind, 0, ident << 16 | seq, data)
