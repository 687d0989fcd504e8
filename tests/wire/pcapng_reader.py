"""Captures in pcapng: the reader, for files of any writer, machine and byte order."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from netsandbox.wire.pcapng import (
    BYTE_ORDER_MAGIC,
    ENHANCED_PACKET,
    EPB_FLAGS,
    IF_NAME,
    IF_TSOFFSET,
    IF_TSRESOL,
    INBOUND,
    INTERFACE_DESCRIPTION,
    OPT_COMMENT,
    OPT_END,
    OUTBOUND,
    SECTION_HEADER,
)

PACKET, SIMPLE_PACKET = 2, 3
"""The obsolete block and the one without a time: of other writers."""
_SECOND = 1_000_000_000
_SMALLEST_BLOCK = 12
"""Type, length, and the length again."""


class PcapngError(ValueError):
    """A file that is no pcapng, or breaks off.

    Attributes:
        offset: where in the file the trouble starts, in bytes.
    """

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(f"byte {offset}: {message}")
        self.offset = offset


class CapturedInterface(NamedTuple):
    """One interface block; `name` is empty where the writer gave none."""

    name: str
    link_type: int
    snaplen: int
    units: int
    """Time stamp units in a second."""
    shift: int
    """Seconds to add to every time stamp."""


class CapturedPacket(NamedTuple):
    """One packet.

    Attributes:
        interface: index into `Capture.interfaces`.
        at_ns: nanoseconds since 1970 (what is finer is cut off); None in a
            simple packet block, which has no time.
        data: the bytes that were kept.
        size: bytes that the packet had on the wire.
        outbound: the direction flag, None when there is none.
        comment: all comments, a line each; None when there is none.
    """

    interface: int
    at_ns: int | None
    data: bytes
    size: int
    outbound: bool | None
    comment: str | None


class Capture(NamedTuple):
    """All of a file: the interfaces of all its sections, in order, and its packets."""

    interfaces: tuple[CapturedInterface, ...]
    packets: tuple[CapturedPacket, ...]


def read_pcapng(data: bytes) -> Capture:
    """All interfaces and packets of a file; blocks of other kinds are skipped.

    Raises:
        PcapngError: with the offset, for a file that is broken, cut off or
            something else.
    """
    if not data:
        raise PcapngError(0, "the file is empty")
    reader = _Reader(data)
    while reader.offset < len(data):
        reader.read_block()
    return Capture(tuple(reader.interfaces), tuple(reader.packets))


class _Layouts:
    """The fixed parts of the blocks in one byte order, `<` or `>`."""

    def __init__(self, order: str) -> None:
        self.magic = Struct(order + "I").pack(BYTE_ORDER_MAGIC)
        self.block = Struct(order + "II")
        self.length = Struct(order + "I")
        self.version = Struct(order + "HH")
        self.interface = Struct(order + "HHI")
        self.enhanced = Struct(order + "IIIII")
        self.obsolete = Struct(order + "HHIIII")
        self.option = Struct(order + "HH")
        self.seconds = Struct(order + "q")


_LITTLE, _BIG = _Layouts("<"), _Layouts(">")


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0
        self.layouts: _Layouts | None = None
        self.first_of_section = 0
        self.interfaces: list[CapturedInterface] = []
        self.packets: list[CapturedPacket] = []

    def read_block(self) -> None:
        start = self.offset
        if len(self.data) - start < _SMALLEST_BLOCK:
            raise PcapngError(start, f"a block has at least {_SMALLEST_BLOCK} bytes, "
                                     f"and only {len(self.data) - start} are left")
        if int.from_bytes(self.data[start:start + 4], "big") == SECTION_HEADER:
            self._open_section(start)
        if self.layouts is None:
            raise PcapngError(start, "no section header: this is not a pcapng file")
        kind, length = self.layouts.block.unpack_from(self.data, start)
        if length < _SMALLEST_BLOCK or length % 4:
            raise PcapngError(start + 4, f"a block length of {length} (it must be a multiple of 4, 12 or more)")
        if length > len(self.data) - start:
            raise PcapngError(start, f"the block says {length} bytes, and only {len(self.data) - start} are left")
        again, = self.layouts.length.unpack_from(self.data, start + length - 4)
        if again != length:
            raise PcapngError(start + length - 4, f"the block of {length} bytes ends with the length {again}")
        self.offset = start + length
        _Block(self, self.layouts, start + 8, start + length - 4).read(kind)

    def _open_section(self, start: int) -> None:
        magic = self.data[start + 8:start + 12]
        for layouts in (_LITTLE, _BIG):
            if magic == layouts.magic:
                self.layouts = layouts
                self.first_of_section = len(self.interfaces)
                return
        raise PcapngError(start + 8, f"the byte-order magic is {magic.hex()}")


class _Block:
    """The body of one block, from `at` to `end`."""

    def __init__(self, reader: _Reader, layouts: _Layouts, at: int, end: int) -> None:
        self.reader = reader
        self.layouts = layouts
        self.at = at
        self.end = end

    def read(self, kind: int) -> None:
        if kind == SECTION_HEADER:
            self._section()
        elif kind == INTERFACE_DESCRIPTION:
            self._interface()
        elif kind == ENHANCED_PACKET:
            interface, high, low, kept, size = self._unpack(self.layouts.enhanced)
            self._timed_packet(interface, high << 32 | low, kept, size)
        elif kind == PACKET:
            interface, _drops, high, low, kept, size = self._unpack(self.layouts.obsolete)
            self._timed_packet(interface, high << 32 | low, kept, size)
        elif kind == SIMPLE_PACKET:
            self._simple_packet()

    def _section(self) -> None:
        self._take(4)
        at = self.at
        major, minor = self._unpack(self.layouts.version)
        if major != 1:
            raise PcapngError(at, f"pcapng version {major}.{minor} (only 1.x is known)")

    def _interface(self) -> None:
        link_type, _reserved, snaplen = self._unpack(self.layouts.interface)
        name, units, shift = "", 1_000_000, 0
        for code, value, at in self._options():
            if code == IF_NAME:
                name = value.decode(errors="replace")
            elif code == IF_TSRESOL:
                if len(value) != 1:
                    raise PcapngError(at, f"if_tsresol has {len(value)} bytes, not 1")
                units = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
            elif code == IF_TSOFFSET:
                if len(value) != 8:
                    raise PcapngError(at, f"if_tsoffset has {len(value)} bytes, not 8")
                shift, = self.layouts.seconds.unpack(value)
        self.reader.interfaces.append(CapturedInterface(name, link_type, snaplen, units, shift))

    def _timed_packet(self, number: int, stamp: int, kept: int, size: int) -> None:
        index = self._index(number)
        data = self._data(kept)
        outbound: bool | None = None
        comments: list[str] = []
        for code, value, at in self._options():
            if code == OPT_COMMENT:
                comments.append(value.decode(errors="replace"))
            elif code == EPB_FLAGS:
                if len(value) != 4:
                    raise PcapngError(at, f"epb_flags has {len(value)} bytes, not 4")
                flags, = self.layouts.length.unpack(value)
                outbound = {INBOUND: False, OUTBOUND: True}.get(flags & 3)
        interface = self.reader.interfaces[index]
        at_ns = stamp * _SECOND // interface.units + interface.shift * _SECOND
        comment = "\n".join(comments) if comments else None
        self.reader.packets.append(CapturedPacket(index, at_ns, data, size, outbound, comment))

    def _simple_packet(self) -> None:
        size, = self._unpack(self.layouts.length)
        index = self._index(0)
        snaplen = self.reader.interfaces[index].snaplen
        data = self._data(min(size, snaplen) if snaplen else size)
        self.reader.packets.append(CapturedPacket(index, None, data, size, None, None))

    def _index(self, number: int) -> int:
        index = self.reader.first_of_section + number
        if index >= len(self.reader.interfaces):
            known = len(self.reader.interfaces) - self.reader.first_of_section
            raise PcapngError(self.at, f"a packet of interface {number}, where the section has described {known}")
        return index

    def _unpack(self, layout: Struct) -> tuple[int, ...]:
        return layout.unpack(self._take(layout.size))

    def _data(self, length: int) -> bytes:
        data = self._take(length)
        self.at = min(self.end, self.at + -length % 4)
        return data

    def _take(self, length: int) -> bytes:
        if length > self.end - self.at:
            raise PcapngError(self.at, f"{length} bytes wanted, and the block has {self.end - self.at} more")
        self.at += length
        return self.reader.data[self.at - length:self.at]

    def _options(self) -> list[tuple[int, bytes, int]]:
        """Code, value and offset of each option that is left in the block."""
        options: list[tuple[int, bytes, int]] = []
        while self.at < self.end:
            at = self.at
            code, length = self._unpack(self.layouts.option)
            if code == OPT_END:
                break
            options.append((code, self._data(length), at))
        return options
