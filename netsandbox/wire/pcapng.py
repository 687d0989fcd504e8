"""Captures in pcapng (draft-ietf-opsawg-pcapng): the writer.

A file is one section with one interface block for each interface, and one enhanced packet block for each frame at each
interface it passes. Nothing of the machine that writes is in it (no clock, host, operating system or program), so that
the same packets always make the same bytes.
"""

from __future__ import annotations

from struct import Struct
from typing import BinaryIO

SECTION_HEADER = 0x0A0D0D0A
INTERFACE_DESCRIPTION = 1
ENHANCED_PACKET = 6
BYTE_ORDER_MAGIC = 0x1A2B3C4D

OPT_END, OPT_COMMENT = 0, 1
IF_NAME, IF_TSRESOL, IF_TSOFFSET = 2, 9, 14
EPB_FLAGS = 2
INBOUND, OUTBOUND = 1, 2  # The two low bits of epb_flags

LINKTYPE_ETHERNET = 1
SNAPLEN = 262144  # What tcpdump asks for: more than any frame has
NANOSECONDS = 9  # if_tsresol: time stamps count units of 10**-9 s

_BLOCK = Struct("<II")
_SECTION = Struct("<IHHq")
_INTERFACE = Struct("<HHI")
_PACKET = Struct("<IIIII")
_OPTION = Struct("<HH")
_LENGTH = Struct("<I")
_LONGEST = 0xFFFF  # The length field of an option has 16 bits


class PcapngWriter:
    """Writes one capture to a binary stream, which stays the caller's to close."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._snaplens: list[int] = []
        unknown_length = -1
        self._block(SECTION_HEADER, _SECTION.pack(BYTE_ORDER_MAGIC, 1, 0, unknown_length))

    def interface(self, name: str, link_type: int = LINKTYPE_ETHERNET, snaplen: int = SNAPLEN) -> int:
        """Describe an interface, and return the number that its packets carry (ValueError: the name takes more than
        65,535 bytes)."""
        options = _option(IF_NAME, name.encode()) + _option(IF_TSRESOL, bytes([NANOSECONDS])) + _option(OPT_END, b"")
        self._block(INTERFACE_DESCRIPTION, _INTERFACE.pack(link_type, 0, snaplen) + options)
        self._snaplens.append(snaplen)
        return len(self._snaplens) - 1

    def packet(self, interface: int, at_ns: int, data: bytes, outbound: bool | None = None,
               comment: str | None = None) -> None:
        """Write a frame as it passed one interface.

        Args:
            interface: what `interface()` returned.
            at_ns: nanoseconds since 1970-01-01T00:00:00Z.
            data: the frame; what exceeds the interface's snaplen is not kept.
            outbound: whether the interface sent the frame; None leaves the direction out.
            comment: why the frame is there, for people; None or nothing leaves it out.

        Raises:
            ValueError: an interface that was not described, a time before
                1970 or beyond 64 bits, a comment of more than 65,535 bytes.
        """
        if not 0 <= interface < len(self._snaplens):
            raise ValueError(f"interface {interface} was not described (there are {len(self._snaplens)})")
        if not 0 <= at_ns < 1 << 64:
            raise ValueError(f"the time stamp {at_ns} does not fit into 64 bits")
        kept = data[:self._snaplens[interface]]
        options = b"" if outbound is None else _option(EPB_FLAGS, _LENGTH.pack(OUTBOUND if outbound else INBOUND))
        if comment:
            options += _option(OPT_COMMENT, comment.encode())
        if options:
            options += _option(OPT_END, b"")
        head = _PACKET.pack(interface, at_ns >> 32, at_ns & 0xFFFFFFFF, len(kept), len(data))
        self._block(ENHANCED_PACKET, head + _padded(kept) + options)

    def _block(self, kind: int, body: bytes) -> None:
        length = _BLOCK.size + len(body) + _LENGTH.size
        self._stream.write(_BLOCK.pack(kind, length) + body + _LENGTH.pack(length))


def _option(code: int, value: bytes) -> bytes:
    if len(value) > _LONGEST:
        raise ValueError(f"a pcapng option holds at most {_LONGEST} bytes, here are {len(value)}")
    return _OPTION.pack(code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    """The data, filled up with zeros to a multiple of 32 bits."""
    return data + bytes(-len(data) % 4)
