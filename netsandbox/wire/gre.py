"""Generic routing encapsulation (RFC 2784), with key and sequence number (RFC 2890)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.wire.checksum import internet_checksum
from netsandbox.wire.errors import ParseError

PROTOCOL = 47
CHECKSUM, KEY, SEQUENCE = 0x8000, 0x2000, 0x1000
ETHERNET = 0x6558  # EtherType of a frame inside (ETH_P_TEB)
HEADER = 4


class GrePacket(NamedTuple):
    """One header and what is behind it."""

    ethertype: int  # of the data
    data: bytes
    # key, sequence: None where there is none
    key: int | None = None
    sequence: int | None = None
    has_checksum: bool = False  # it carries one, which emitting computes; parsing has found it right

    @property
    def size(self) -> int:
        optional = (self.has_checksum, self.key is not None, self.sequence is not None)
        return HEADER + 4 * sum(optional) + len(self.data)

    @classmethod
    def parse(cls, data: bytes) -> GrePacket:
        """The packet that some bytes hold (ParseError: too few bytes, another version, or a wrong checksum)."""
        flags = int.from_bytes(data[:2], "big")
        needed = HEADER + 4 * sum(bool(flags & bit) for bit in (CHECKSUM, KEY, SEQUENCE))
        if len(data) < needed:
            raise ParseError("PKT_TOO_SMALL", f"GRE needs {needed} bytes, here are {len(data)}")
        if flags & ~(CHECKSUM | KEY | SEQUENCE):
            raise ParseError("NOT_SPECIFIED", f"GRE flags 0x{flags:04x}")
        if flags & CHECKSUM and internet_checksum(data):
            raise ParseError("NOT_SPECIFIED", "the GRE checksum is wrong")
        at = HEADER + 4 * bool(flags & CHECKSUM)
        key = sequence = None
        if flags & KEY:
            key, at = int.from_bytes(data[at:at + 4], "big"), at + 4
        if flags & SEQUENCE:
            sequence, at = int.from_bytes(data[at:at + 4], "big"), at + 4
        return cls(int.from_bytes(data[2:4], "big"), data[at:], key, sequence, bool(flags & CHECKSUM))

    def emit(self) -> bytes:
        flags = (CHECKSUM * self.has_checksum | KEY * (self.key is not None) | SEQUENCE * (self.sequence is not None))
        head = flags.to_bytes(2, "big") + self.ethertype.to_bytes(2, "big")
        rest = b"".join(number.to_bytes(4, "big") for number in (self.key, self.sequence) if number is not None)
        if not self.has_checksum:
            return head + rest + self.data
        found = internet_checksum(head + bytes(4) + rest + self.data)
        return head + found.to_bytes(2, "big") + bytes(2) + rest + self.data
