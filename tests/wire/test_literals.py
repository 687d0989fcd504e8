"""Frames written down byte by byte: built from their fields, and taken apart into them."""

from __future__ import annotations

import pytest

from netsandbox.wire.addresses import BROADCAST_MAC, parse_ipv4, parse_mac
from netsandbox.wire.arp import REQUEST, ArpPacket
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.icmp import ECHO_REQUEST, PORT_UNREACHABLE, UNREACHABLE, IcmpMessage, echo
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram

MAC_1, MAC_2 = parse_mac("02:42:ac:11:00:02"), parse_mac("02:42:ac:11:00:03")
IP_1, IP_2 = parse_ipv4("172.17.0.2"), parse_ipv4("172.17.0.3")

ARP_REQUEST = """
ffffffffffff 0242ac110002 0806
0001 0800 06 04 0001  0242ac110002 ac110002  000000000000 ac110003"""

ECHO = """
0242ac110003 0242ac110002 0800
45 00 0020 5e3c 4000 40 01 8479 ac110002 ac110003
08 00 f17f 41b8 0001 61626364"""

DATAGRAM = """
0242ac110003 0242ac110002 0800
45 00 0021 409b 4000 40 11 a209 ac110002 ac110003
9c40 0009 000d c790 68656c6c6f"""

SYN_SEGMENT = """
0242ac110003 0242ac110002 0800
45 00 003c 2aef 4000 40 06 b7a5 ac110002 ac110003
9c40 0050 0117ad1a 00000000 a0 02 faf0 b91d 0000
020405b4 0402 080a 756e7b97 00000000 01 030309"""

FRAGMENT = """
0242ac110003 0242ac110002 0800
45 00 001c 0007 20b9 40 01 01fa ac110002 ac110003
0001020304050607"""

UNREACHABLE_PORT = """
0242ac110002 0242ac110003 0800
45 c0 003d 13b0 0000 40 01 0e29 ac110003 ac110002
03 03 5543 00000000
45 00 0021 409b 4000 40 11 a209 ac110002 ac110003
9c40 0009 000d c790 68656c6c6f"""


def _frame(packet: IPv4Packet) -> Frame:
    return Frame(MAC_2, MAC_1, 0x0800, packet)


BUILT = {
    ARP_REQUEST: Frame(BROADCAST_MAC, MAC_1, 0x0806, ArpPacket(REQUEST, MAC_1, IP_1, 0, IP_2)),
    ECHO: _frame(IPv4Packet(IP_1, IP_2, ICMP, echo(ECHO_REQUEST, 0x41B8, 1, b"abcd"), 64, 0x5E3C, df=True)),
    DATAGRAM: _frame(IPv4Packet(IP_1, IP_2, UDP, UdpDatagram(40000, 9, b"hello"), 64, 0x409B, df=True)),
    SYN_SEGMENT: _frame(IPv4Packet(IP_1, IP_2, TCP, TcpSegment(
        40000, 80, 0x0117AD1A, 0, SYN, 64240, bytes.fromhex("020405b4 0402 080a 756e7b97 00000000 01 030309")),
        64, 0x2AEF, df=True)),
    FRAGMENT: _frame(IPv4Packet(IP_1, IP_2, ICMP, bytes(range(8)), 64, 7, mf=True, offset=1480)),
    UNREACHABLE_PORT: Frame(MAC_1, MAC_2, 0x0800, IPv4Packet(
        IP_2, IP_1, ICMP, IcmpMessage(UNREACHABLE, PORT_UNREACHABLE, 0, bytes.fromhex(DATAGRAM)[14:]), 64, 0x13B0,
        tos=0xC0)),
}
NAMES = ["ARP request", "echo request", "datagram", "SYN", "fragment", "port unreachable"]


@pytest.mark.parametrize(("literal", "frame"), BUILT.items(), ids=NAMES)
def test_fields_make_these_bytes(literal: str, frame: Frame) -> None:
    assert frame.wire().hex() == bytes.fromhex(literal).hex()


@pytest.mark.parametrize(("literal", "frame"), BUILT.items(), ids=NAMES)
def test_these_bytes_make_the_fields(literal: str, frame: Frame) -> None:
    assert Frame.parse(bytes.fromhex(literal)) == frame


def test_fields_of_the_arp_request() -> None:
    packet = Frame.parse(bytes.fromhex(ARP_REQUEST)).payload
    assert isinstance(packet, ArpPacket)
    assert packet.fields() == (1, MAC_1, IP_1, 0, IP_2)


def test_fields_of_the_segment() -> None:
    packet = Frame.parse(bytes.fromhex(SYN_SEGMENT)).payload
    assert isinstance(packet, IPv4Packet)
    assert (packet.df, packet.mf, packet.offset, packet.ttl, packet.total_length) == (True, False, 0, 64, 60)
    segment = packet.payload
    assert isinstance(segment, TcpSegment)
    assert (segment.sport, segment.dport, segment.seq, segment.window) == (40000, 80, 18328858, 64240)
    assert (segment.flags, segment.checksum, len(segment.options)) == (SYN, None, 20)


def test_fields_of_the_fragment() -> None:
    packet = Frame.parse(bytes.fromhex(FRAGMENT)).payload
    assert isinstance(packet, IPv4Packet)
    assert (packet.is_fragment, packet.mf, packet.offset, packet.payload) == (True, True, 1480, bytes(range(8)))


def test_quoted_packet_of_the_error() -> None:
    error = Frame.parse(bytes.fromhex(UNREACHABLE_PORT)).payload
    assert isinstance(error, IPv4Packet)
    message = error.payload
    assert isinstance(message, IcmpMessage)
    assert message.is_error
    quoted = IPv4Packet.parse(message.data, quoted=True)
    assert (quoted.src, quoted.dst, quoted.protocol) == (IP_1, IP_2, UDP)
    assert quoted.emit() == bytes.fromhex(DATAGRAM)[14:]
