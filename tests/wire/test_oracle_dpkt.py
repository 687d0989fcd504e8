"""dpkt, written by others, reads and builds the same packets (skipped where it is missing)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.wire import ipv4, stp
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, Frame
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, IcmpMessage, echo
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram
from tests.wire import strategies
from tests.wire.samples import SAMPLES, kernel_frames
from tests.wire.strategies import data, macs, u8, u16, u32

dpkt: Any = pytest.importorskip("dpkt")


def octets(number: int, size: int) -> bytes:
    return number.to_bytes(size, "big")


def dpkt_ip(packet: IPv4Packet, protocol: int, payload: Any) -> Any:
    built = dpkt.ip.IP(src=octets(packet.src, 4), dst=octets(packet.dst, 4), p=protocol, ttl=packet.ttl,
                       id=packet.ident, tos=packet.tos, data=payload)
    built.len = packet.total_length
    built.df = int(packet.df)
    return built


@given(strategies.arp_packets, macs, macs)
def test_arp(packet: ArpPacket, dst: int, src: int) -> None:
    arp = dpkt.arp.ARP(op=packet.op, sha=octets(packet.sha, 6), spa=octets(packet.spa, 4), tha=octets(packet.tha, 6),
                       tpa=octets(packet.tpa, 4))
    built = dpkt.ethernet.Ethernet(dst=octets(dst, 6), src=octets(src, 6), type=ETH_P_ARP, data=arp)
    frame = Frame(dst, src, ETH_P_ARP, packet)
    assert bytes(built) == frame.wire()
    read = dpkt.ethernet.Ethernet(frame.wire()).data
    assert (read.op, read.sha, read.spa, read.tha, read.tpa) == (arp.op, arp.sha, arp.spa, arp.tha, arp.tpa)


@given(st.sampled_from([ECHO_REQUEST, ECHO_REPLY]), u16, u16, data, u32, u32, u8, u16, st.booleans(), u8)
def test_icmp_echo(kind: int, ident: int, seq: int, payload: bytes, src: int, dst: int, ttl: int, number: int, df: bool,
                   tos: int) -> None:
    packet = IPv4Packet(src, dst, ipv4.ICMP, echo(kind, ident, seq, payload), ttl, number, df, tos)
    icmp = dpkt.icmp.ICMP(type=kind, data=dpkt.icmp.ICMP.Echo(id=ident, seq=seq, data=payload))
    assert bytes(dpkt_ip(packet, ipv4.ICMP, icmp)) == packet.emit()
    read = dpkt.ip.IP(packet.emit())
    assert (read.ttl, read.id, read.tos, bool(read.df)) == (ttl, number, tos, df)
    assert (read.data.type, read.data.data.id, read.data.data.seq, read.data.data.data) == (kind, ident, seq, payload)


@given(u16, u16, data, u32, u32)
def test_udp(sport: int, dport: int, payload: bytes, src: int, dst: int) -> None:
    packet = IPv4Packet(src, dst, ipv4.UDP, UdpDatagram(sport, dport, payload))
    datagram = dpkt.udp.UDP(sport=sport, dport=dport, ulen=8 + len(payload), data=payload)
    assert bytes(dpkt_ip(packet, ipv4.UDP, datagram)) == packet.emit()
    read = dpkt.ip.IP(packet.emit()).data
    assert (read.sport, read.dport, read.ulen, bytes(read.data)) == (sport, dport, 8 + len(payload), payload)


@given(u16, u16, u32, u32, u8, u16, strategies.options, data, u32, u32)
def test_tcp(sport: int, dport: int, seq: int, ack: int, flags: int, window: int, options: bytes, payload: bytes,
             src: int, dst: int) -> None:
    packet = IPv4Packet(src, dst, ipv4.TCP, TcpSegment(sport, dport, seq, ack, flags, window, options, payload))
    segment = dpkt.tcp.TCP(sport=sport, dport=dport, seq=seq, ack=ack, flags=flags, win=window, data=payload)
    segment.off = 5 + len(options) // 4
    segment.opts = options
    assert bytes(dpkt_ip(packet, ipv4.TCP, segment)) == packet.emit()
    read = dpkt.ip.IP(packet.emit()).data
    assert (read.sport, read.dport, read.seq, read.ack, read.flags, read.win, read.opts, bytes(read.data)) == (
        sport, dport, seq, ack, flags, window, options, payload)


def test_frames_are_read_alike() -> None:
    for wire in (*(frame.wire() for frame in SAMPLES.values()), *kernel_frames()):
        ours = Frame.parse(wire)
        if isinstance(ours.payload, bytes) and ours.payload.startswith(stp.LLC):
            continue  # dpkt knows no topology change notifications
        theirs = dpkt.ethernet.Ethernet(wire)
        assert (theirs.dst, theirs.src, theirs.type) == (octets(ours.dst, 6), octets(ours.src, 6), ours.ethertype)
        if isinstance(ours.payload, IPv4Packet):
            compare_packets(theirs.data, ours.payload)


def compare_packets(theirs: Any, ours: IPv4Packet) -> None:
    assert (theirs.src, theirs.dst, theirs.p, theirs.ttl, theirs.id, theirs.tos, theirs.len, theirs.opts) == (
        octets(ours.src, 4), octets(ours.dst, 4), ours.protocol, ours.ttl, ours.ident, ours.tos, ours.total_length,
        ours.options)
    assert (bool(theirs.df), bool(theirs.mf), theirs.offset * 8) == (ours.df, ours.mf, ours.offset)
    match ours.payload:
        case IcmpMessage() as message:
            assert (theirs.data.type, theirs.data.code) == (message.type, message.code)
        case UdpDatagram() as datagram:
            assert (theirs.data.sport, theirs.data.dport, bytes(theirs.data.data)) == (
                datagram.sport, datagram.dport, datagram.data)
        case TcpSegment() as segment:
            assert (theirs.data.seq, theirs.data.ack, theirs.data.flags, theirs.data.opts) == (
                segment.seq, segment.ack, segment.flags, segment.options)
