"""Captures: the exact bytes of the writer, the reader on files of every kind, and both together."""

from __future__ import annotations

import contextlib
import io
import struct
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.wire.pcapng import PcapngWriter
from tests.wire.pcapng_reader import CapturedPacket, PcapngError, read_pcapng

EPOCH = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z, where the lab's time begins."""


class Packet(NamedTuple):
    interface: int
    at_ns: int
    data: bytes
    outbound: bool | None
    comment: str | None


def written(names: list[str], packets: list[Packet]) -> bytes:
    stream = io.BytesIO()
    writer = PcapngWriter(stream)
    for name in names:
        writer.interface(name)
    for packet in packets:
        writer.packet(*packet)
    return stream.getvalue()


small_file = written(["nginx-1:eth0"], [Packet(0, EPOCH + 1, b"\x01\x02\x03\x04\x05", True, "why")])


def test_writer_makes_exactly_these_bytes() -> None:
    assert small_file == bytes.fromhex(
        # section header: 28 bytes, byte-order magic, version 1.0, section length not known
        "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"
        # interface: Ethernet, snaplen 262144, if_name, if_tsresol 9, end of options
        "01000000 30000000 0100 0000 00000400 0200 0c00 6e67696e782d313a65746830 0900 0100 09000000 0000 0000 30000000"
        # packet: interface 0, time, 5 bytes of 5, padding, epb_flags outbound, comment, end of options
        "06000000 3c000000 00000000 51728618 0100faed 05000000 05000000 0102030405 000000"
        "0200 0400 02000000 0100 0300 77687900 0000 0000 3c000000")


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
packets = st.lists(st.builds(Packet, st.integers(0, 2), st.integers(0, (1 << 64) - 1), st.binary(max_size=100),
                             st.none() | st.booleans(), st.none() | texts), max_size=6)


@given(st.lists(texts, min_size=3, max_size=3), packets)
def test_reader_gives_back_what_was_written(names: list[str], packets: list[Packet]) -> None:
    capture = read_pcapng(written(names, packets))
    assert [interface.name for interface in capture.interfaces] == names
    assert {(interface.link_type, interface.snaplen) for interface in capture.interfaces} == {(1, 262144)}
    assert list(capture.packets) == [
        CapturedPacket(packet.interface, packet.at_ns, packet.data, len(packet.data), packet.outbound, packet.comment)
        for packet in packets]


@pytest.mark.parametrize("kept", range(len(small_file)))
def test_a_file_cut_anywhere_inside_a_block_is_an_error_with_its_offset(kept: int) -> None:
    if kept in (28, 76):
        assert not read_pcapng(small_file[:kept]).packets
        return
    with pytest.raises(PcapngError) as caught:
        read_pcapng(small_file[:kept])
    assert caught.value.offset in (0, 28, 76)
    assert str(caught.value).startswith(f"byte {caught.value.offset}: ")


@given(st.data(), st.integers(1, 6))
def test_damage_never_raises_anything_else(draw: st.DataObject, changes: int) -> None:
    data = bytearray(small_file)
    for _ in range(changes):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    with contextlib.suppress(PcapngError):
        read_pcapng(bytes(data))


@given(st.binary(max_size=100))
def test_random_bytes_never_raise_anything_else(data: bytes) -> None:
    with contextlib.suppress(PcapngError):
        read_pcapng(data)
    with contextlib.suppress(PcapngError):
        read_pcapng(small_file + data)


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def section(order: str, major: int = 1) -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, major, 0, -1))


def option(order: str, code: int, value: bytes) -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def interface(order: str, *options: bytes, snaplen: int = 0) -> bytes:
    return block(order, 1, struct.pack(order + "HHI", 1, 0, snaplen) + b"".join(options))


def enhanced(order: str, stamp: int, data: bytes, *options: bytes, number: int = 0) -> bytes:
    head = struct.pack(order + "IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
    return block(order, 6, head + data + bytes(-len(data) % 4) + b"".join(options))


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders(order: str) -> None:
    flags, comment = option(order, 2, struct.pack(order + "I", 1)), option(order, 1, b"first")
    capture = read_pcapng(section(order) + interface(order, option(order, 2, b"eth0"))
                          + enhanced(order, 7, b"frame", flags, comment, option(order, 1, b"second")))
    assert capture.interfaces[0].name == "eth0"
    assert capture.packets == (CapturedPacket(0, 7000, b"frame", 5, False, "first\nsecond"),)


@pytest.mark.parametrize(("options", "stamp", "at_ns"), [
    ((), 3, 3000),
    ((option("<", 9, b"\x09"),), 3, 3),
    ((option("<", 9, b"\x00"),), 3, 3_000_000_000),
    ((option("<", 9, b"\x8a"),), 1024, 1_000_000_000),
    ((option("<", 9, b"\x0c"),), 1999, 1),
    ((option("<", 9, b"\x09"), option("<", 14, struct.pack("<q", 2))), 3, 2_000_000_003),
], ids=["microseconds unless told", "nanoseconds", "seconds", "2**-10 s", "picoseconds", "with an offset"])
def test_time_stamps_in_every_unit(options: tuple[bytes, ...], stamp: int, at_ns: int) -> None:
    capture = read_pcapng(section("<") + interface("<", *options) + enhanced("<", stamp, b""))
    assert capture.packets[0].at_ns == at_ns


def test_interfaces_of_a_second_section_are_its_own() -> None:
    part = section("<") + interface("<", option("<", 2, b"a")) + enhanced("<", 1, b"x")
    other = section(">") + interface(">", option(">", 2, b"b")) + enhanced(">", 2, b"y")
    capture = read_pcapng(part + other)
    assert [(capture.interfaces[packet.interface].name, packet.data) for packet in capture.packets] == [
        ("a", b"x"), ("b", b"y")]
    with pytest.raises(PcapngError, match="packet of interface 0, where the section has described 0"):
        read_pcapng(part + section("<") + enhanced("<", 1, b"x"))


def test_simple_and_obsolete_packet_blocks() -> None:
    capture = read_pcapng(section("<") + interface("<", snaplen=4) + block("<", 3, struct.pack("<I", 6) + b"abcd")
                          + block("<", 2, struct.pack("<HHIIII", 0, 0, 0, 5, 2, 2) + b"xy"))
    assert capture.packets == (CapturedPacket(0, None, b"abcd", 6, None, None),
                               CapturedPacket(0, 5000, b"xy", 2, None, None))


def test_unknown_blocks_and_options_are_skipped() -> None:
    capture = read_pcapng(section("<") + block("<", 4, b"names") + interface("<", option("<", 12, b"an OS"))
                          + block("<", 0x80000001, b"") + enhanced("<", 1, b"x", option("<", 4, bytes(8))))
    assert [packet.data for packet in capture.packets] == [b"x"]


@pytest.mark.parametrize(("data", "offset", "message"), [
    (b"", 0, "the file is empty"),
    (b"#!/bin/sh\necho", 0, "this is not a pcapng file"),
    (b"\xd4\xc3\xb2\xa1" + bytes(20), 0, "this is not a pcapng file"),
    (section("<")[:8] + b"\x00\x01\x02\x03" + section("<")[12:], 8, "byte-order magic is 00010203"),
    (section("<", major=2), 12, "version 2.0"),
    (section("<") + struct.pack("<III", 6, 14, 14) + bytes(2), 32, "block length of 14"),
    (section("<") + struct.pack("<III", 6, 8, 8), 32, "block length of 8"),
    (section("<") + struct.pack("<III", 6, 16, 16), 28, "the block says 16 bytes, and only 12 are left"),
    (section("<") + struct.pack("<III", 6, 12, 16), 36, "ends with the length 16"),
    (section("<") + interface("<") + block("<", 6, bytes(8)), 56, "20 bytes wanted, and the block has 8 more"),
    (section("<") + interface("<") + block("<", 6, struct.pack("<IIIII", 0, 0, 0, 9, 9)), 76, "9 bytes wanted"),
    (section("<") + interface("<") + enhanced("<", 1, b"", number=1), 76, "interface 1"),
    (section("<") + interface("<", b"\x02\x00\x09\x00eth0"), 48, "9 bytes wanted"),
    (section("<") + interface("<", option("<", 9, b"\x06\x06")), 44, "if_tsresol has 2 bytes"),
    (section("<") + interface("<", option("<", 14, b"\x06")), 44, "if_tsoffset has 1 bytes"),
    (section("<") + interface("<") + enhanced("<", 1, b"", option("<", 2, b"")), 76, "epb_flags has 0 bytes"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_errors_name_the_place(data: bytes, offset: int, message: str) -> None:
    with pytest.raises(PcapngError) as caught:
        read_pcapng(data)
    assert message in str(caught.value)
    assert caught.value.offset == offset


def test_writer_refuses_what_does_not_fit() -> None:
    writer = PcapngWriter(io.BytesIO())
    with pytest.raises(ValueError, match="interface 0 was not described"):
        writer.packet(0, EPOCH, b"")
    writer.interface("eth0")
    with pytest.raises(ValueError, match="does not fit into 64 bits"):
        writer.packet(0, -1, b"")
    with pytest.raises(ValueError, match="at most 65535 bytes, here are 65536"):
        writer.packet(0, EPOCH, b"", comment="x" * 65536)
    with pytest.raises(ValueError, match="at most 65535"):
        writer.interface("x" * 65536)


def test_writer_keeps_no_more_than_the_snaplen() -> None:
    stream = io.BytesIO()
    writer = PcapngWriter(stream)
    writer.packet(writer.interface("eth0", link_type=113, snaplen=3), 5, b"frame")
    capture = read_pcapng(stream.getvalue())
    assert capture.interfaces[0].link_type == 113
    assert capture.packets == (CapturedPacket(0, 5, b"fra", 5, None, None),)
