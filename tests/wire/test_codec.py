"""What was parsed is emitted again byte for byte, and what was built is parsed again value for value."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import Frame, Malformed
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet, ReservedBitPacket
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram
from tests.wire import strategies
from tests.wire.samples import kernel_frames


@given(strategies.arp_packets)
def test_arp_packet_is_parsed_as_it_was_built(packet: ArpPacket) -> None:
    assert ArpPacket.parse(packet.emit()) == packet
    assert len(packet.emit()) == packet.size


@given(strategies.icmp_messages())
def test_icmp_message_is_parsed_as_it_was_built(message: IcmpMessage) -> None:
    assert IcmpMessage.parse(message.emit()) == message
    assert len(message.emit()) == message.size


@given(st.data(), strategies.u32, strategies.u32)
def test_udp_datagram_is_parsed_as_it_was_built(draw: st.DataObject, src: int, dst: int) -> None:
    datagram = draw.draw(strategies.udp_datagrams(src, dst))
    assert UdpDatagram.parse(datagram.emit(src, dst), src, dst) == datagram
    assert len(datagram.emit(src, dst)) == datagram.size


@given(st.data(), strategies.u32, strategies.u32)
def test_tcp_segment_is_parsed_as_it_was_built(draw: st.DataObject, src: int, dst: int) -> None:
    segment = draw.draw(strategies.tcp_segments(src, dst))
    assert TcpSegment.parse(segment.emit(src, dst), src, dst) == segment
    assert len(segment.emit(src, dst)) == segment.size


@given(strategies.ipv4_packets())
def test_ipv4_packet_is_parsed_as_it_was_built(packet: IPv4Packet) -> None:
    assert IPv4Packet.parse(packet.emit()) == packet
    assert len(packet.emit()) == packet.size


@given(strategies.ipv4_packets(), st.integers(0, 60))
def test_quoted_packet_may_end_early(packet: IPv4Packet, kept: int) -> None:
    quote = packet.emit()[:packet.header_size + kept]
    assert IPv4Packet.parse(quote, quoted=True).emit() == quote


def test_a_burst_that_is_cut_later_has_no_length_in_its_header() -> None:
    """Over lo two segments are longer than a packet can be; such a trace had no digest."""
    packet = IPv4Packet(1, 2, 6, TcpSegment(1, 2, 0, 0, 16, 512, data=bytes(0x10000)))
    assert packet.emit()[2:4] == b"\0\0"


@given(strategies.frames())
def test_frame_is_parsed_as_it_was_built(frame: Frame) -> None:
    assert Frame.parse(frame.wire()) == frame
    assert len(frame.wire()) == frame.size


@given(strategies.any_frame_bytes)
def test_any_bytes_come_back_exactly(data: bytes) -> None:
    frame = Frame.parse(data)
    assert frame.encode() == data
    assert frame.size == len(data)


@given(st.binary(max_size=100))
def test_parsers_raise_nothing_but_parse_error(data: bytes) -> None:
    for parse in (Frame.parse, ArpPacket.parse, IPv4Packet.parse, IcmpMessage.parse,
                  lambda octets: IPv4Packet.parse(octets, quoted=True),
                  lambda octets: UdpDatagram.parse(octets, 1, 2), lambda octets: TcpSegment.parse(octets, 1, 2)):
        with contextlib.suppress(ParseError):
            parse(data)


@given(strategies.ipv4_packets(), strategies.u8)
def test_next_hop_changes_the_ttl_and_the_checksum_alone(packet: IPv4Packet, ttl: int) -> None:
    old, new = packet.emit(), packet.with_ttl(ttl).emit()
    assert new[8] == ttl
    assert (old[:8], old[9], old[12:]) == (new[:8], new[9], new[12:])
    assert IPv4Packet.parse(new).checksum is None


def ipv4_header(**changed: int) -> bytearray:
    """A right header of 20 bytes alone, protocol 253, with some bytes changed and no checksum made anew."""
    header = bytearray(IPv4Packet(0x0A000001, 0x0A000002, 253, b"").emit())
    for name, value in changed.items():
        header[{"version": 0, "length": 3, "flags": 6}[name]] = value
    return header


@pytest.mark.parametrize(("data", "reason"), [
    (b"\x45" + bytes(10), "IP_INHDR"),
    (ipv4_header(version=0x65), "IP_INHDR"),
    (ipv4_header(version=0x44), "IP_INHDR"),
    (ipv4_header(version=0x46), "IP_INHDR"),
    (ipv4_header(length=40), "IP_CSUM"),
    (IPv4Packet(1, 2, 253, b"", total_length=40).emit(), "PKT_TOO_SMALL"),
    (IPv4Packet(1, 2, 253, b"", total_length=19).emit(), "IP_INHDR"),
], ids=["short", "version 6", "header of 16 bytes", "options missing", "checksum before length", "cut off",
        "total length below the header's"])
def test_ipv4_reasons_are_the_kernels_in_its_order(data: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        IPv4Packet.parse(bytes(data))
    assert caught.value.reason == reason


def test_reserved_flag_survives_a_hop() -> None:
    packet = IPv4Packet.parse(ReservedBitPacket(1, 2, 253, b"data", df=True).emit())
    assert packet.reserved
    assert packet.with_ttl(9).emit()[6] == 0xC0
    assert packet != IPv4Packet(1, 2, 253, b"data", df=True)


def test_checksum_of_all_ones_is_kept_and_accepted() -> None:
    """RFC 1071 has two zeros: a receiver's sum takes either, and the bytes must come back as they were."""
    ident = next(number for number in range(0x10000)
                 if IPv4Packet(1, 2, 253, b"", ident=number).right_checksum() == 0)
    wire = IPv4Packet(1, 2, 253, b"", ident=ident, checksum=0xFFFF).emit()
    packet = IPv4Packet.parse(wire)
    assert packet.emit() == wire
    assert packet.is_checksum_right
    assert not IPv4Packet(1, 2, 253, b"", ident=ident, checksum=1).is_checksum_right


def test_icmp_and_tcp_accept_either_zero_too() -> None:
    message = IcmpMessage(8, 0, 0xF7FF, b"")
    assert message.right_checksum() == 0
    assert IcmpMessage(8, 0, 0xF7FF, b"", checksum=0xFFFF).is_checksum_right
    assert not IcmpMessage(8, 0, 0xF7FF, b"", checksum=2).is_checksum_right
    segment = TcpSegment(1, 2, 0, 0, 0, 0)
    assert segment.is_checksum_right(1, 2)
    segment.window = segment.right_checksum(1, 2)
    assert segment.right_checksum(1, 2) == 0
    segment.checksum = 0xFFFF
    assert segment.is_checksum_right(1, 2)
    segment.checksum = 7
    assert not segment.is_checksum_right(1, 2)


def test_udp_without_checksum_is_told_from_a_wrong_one() -> None:
    assert UdpDatagram.parse(bytes.fromhex("0001000200080000"), 1, 2).checksum == 0
    assert UdpDatagram.parse(bytes.fromhex("0001000200081234"), 1, 2).checksum == 0x1234
    assert UdpDatagram.parse(UdpDatagram(1, 2, b"").emit(1, 2), 1, 2).checksum is None


def test_udp_checksum_that_comes_out_as_zero_is_sent_as_all_ones() -> None:
    """RFC 768: zero on the wire means that there is none."""
    plain = UdpDatagram(1, 2, b"\x00\x00")
    datagram = UdpDatagram(1, 2, plain.right_checksum(3, 4).to_bytes(2, "big"))
    assert datagram.emit(3, 4)[6:8] == b"\xff\xff"
    assert UdpDatagram.parse(datagram.emit(3, 4), 3, 4).checksum is None


def test_udp_checksum_covers_what_the_length_says_and_no_padding_behind() -> None:
    exact = UdpDatagram(7, 9, b"data").emit(3, 4)
    padded = UdpDatagram.parse(exact + b"padding", 3, 4)
    assert padded.checksum is None
    assert padded.length == 12
    assert padded.emit(3, 4) == exact + b"padding"


def test_bytes_without_their_header_are_malformed_and_kept() -> None:
    frame = Frame.parse(bytes(12) + b"\x08\x06" + b"\x00\x01")
    assert isinstance(frame.payload, Malformed)
    assert frame.payload.reason == "PKT_TOO_SMALL"
    assert frame.payload.data == b"\x00\x01"
    assert frame.trailer == b""


def test_padding_belongs_to_the_frame_and_not_to_the_packet() -> None:
    frame = Frame.parse(Frame(1, 2, 0x0806, ArpPacket(1, 2, 3, 4, 5)).wire() + bytes(18))
    assert isinstance(frame.payload, ArpPacket)
    assert frame.trailer == bytes(18)
    assert frame.size == 60


def test_every_frame_of_the_kernel_comes_back_exactly() -> None:
    for data in kernel_frames():
        frame = Frame.parse(data)
        assert frame.encode() == data
        assert frame.size == len(data)
