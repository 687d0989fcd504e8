"""Hypothesis strategies: whole frames, their headers, and frames with something wrong in them."""

from __future__ import annotations

from hypothesis import strategies as st

from netsandbox.wire import ipv4
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, Frame
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet, ReservedBitPacket, Transport
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
macs = st.integers(0, 0xFFFFFFFFFFFF)
data = st.binary(max_size=80)
options = st.integers(0, 10).flatmap(lambda words: st.binary(min_size=4 * words, max_size=4 * words))

arp_packets = st.builds(ArpPacket, u16, macs, u32, macs, u32)


@st.composite
def icmp_messages(draw: st.DrawFn) -> IcmpMessage:
    message = IcmpMessage(draw(u8), draw(u8), draw(u32), draw(data))
    message.checksum = draw(st.none() | u16.filter(lambda found: found != message.right_checksum()))
    return message


@st.composite
def udp_datagrams(draw: st.DrawFn, src: int, dst: int) -> UdpDatagram:
    datagram = UdpDatagram(draw(u16), draw(u16), draw(data), length=draw(st.none() | u16))
    datagram.checksum = draw(st.none() | u16.filter(lambda found: found != datagram.right_checksum(src, dst)))
    return datagram


@st.composite
def tcp_segments(draw: st.DrawFn, src: int, dst: int) -> TcpSegment:
    segment = TcpSegment(draw(u16), draw(u16), draw(u32), draw(u32), draw(u8), draw(u16), draw(options), draw(data),
                         draw(u16), draw(st.integers(0, 15)))
    segment.checksum = draw(st.none() | u16.filter(lambda found: found != segment.right_checksum(src, dst)))
    return segment


@st.composite
def transports(draw: st.DrawFn, protocol: int, src: int, dst: int) -> Transport:
    if protocol == ipv4.ICMP:
        return draw(icmp_messages())
    if protocol == ipv4.UDP:
        return draw(udp_datagrams(src, dst))
    if protocol == ipv4.TCP:
        return draw(tcp_segments(src, dst))
    return draw(data)


@st.composite
def ipv4_packets(draw: st.DrawFn) -> IPv4Packet:
    src, dst = draw(u32), draw(u32)
    mf, offset = draw(st.sampled_from([(False, 0)] * 3 + [(True, 0), (True, 1480), (False, 2960)]))
    protocol = draw(st.sampled_from([ipv4.ICMP, ipv4.UDP, ipv4.TCP, 2, 47]))
    payload = draw(data) if mf or offset else draw(transports(protocol, src, dst))
    kind = draw(st.sampled_from([IPv4Packet, IPv4Packet, ReservedBitPacket]))
    packet = kind(src, dst, protocol, payload, draw(u8), draw(u16), draw(st.booleans()), draw(u8), mf, offset,
                  draw(options))
    packet.checksum = draw(st.none() | u16.filter(lambda found: found != packet.right_checksum()))
    return packet


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    dst, src = draw(macs), draw(macs)
    match draw(st.integers(0, 3)):
        case 0:
            return Frame(dst, src, ETH_P_ARP, draw(arp_packets), draw(data))
        case 1:
            ethertype = draw(u16.filter(lambda number: number not in (ETH_P_ARP, ETH_P_IP)))
            return Frame(dst, src, ethertype, draw(data))
        case _:
            return Frame(dst, src, ETH_P_IP, draw(ipv4_packets()), draw(st.just(b"") | data))


@st.composite
def damaged_frames(draw: st.DrawFn) -> bytes:
    """The bytes of a frame, some of them changed, and some of its end cut off: what random bytes never reach."""
    wire = bytearray(draw(frames()).wire())
    for _ in range(draw(st.integers(0, 4))):
        wire[draw(st.integers(0, len(wire) - 1))] = draw(u8)
    return bytes(wire[:draw(st.integers(14, len(wire)))])


any_frame_bytes = damaged_frames() | st.binary(min_size=14, max_size=200)
