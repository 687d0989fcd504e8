"""Scapy reads and builds the same packets (skipped where it is missing)."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.wire import ipv4
from netsandbox.wire.addresses import format_ipv4, format_mac
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, Frame
from netsandbox.wire.icmp import PORT_UNREACHABLE, UNREACHABLE, IcmpMessage, echo
from netsandbox.wire.ipv4 import IPv4Packet, Transport
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram
from tests.wire import strategies
from tests.wire.samples import SAMPLES, kernel_frames
from tests.wire.strategies import data, macs, u8, u16, u32

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the libraries that Scapy loads
    scapy: Any = pytest.importorskip("scapy.layers.inet")
    layer2: Any = pytest.importorskip("scapy.layers.l2")

FEWER = settings(max_examples=40)
"""Scapy needs a millisecond to build what takes two microseconds here."""


def scapy_frame(frame: Frame, inside: Any) -> bytes:
    return bytes(layer2.Ether(dst=format_mac(frame.dst), src=format_mac(frame.src), type=frame.ethertype) / inside)


def scapy_ip(packet: IPv4Packet) -> Any:
    flags = "+".join(name for name, is_set in (("DF", packet.df), ("MF", packet.mf)) if is_set)
    return scapy.IP(src=format_ipv4(packet.src), dst=format_ipv4(packet.dst), proto=packet.protocol, ttl=packet.ttl,
                    id=packet.ident, tos=packet.tos, flags=flags, frag=packet.offset // 8)


def wrap(src: int, dst: int, protocol: int, payload: Transport) -> tuple[Frame, IPv4Packet]:
    packet = IPv4Packet(src, dst, protocol, payload)
    return Frame(1, 2, ETH_P_IP, packet), packet


@FEWER
@given(strategies.arp_packets, macs, macs)
def test_arp(packet: ArpPacket, dst: int, src: int) -> None:
    frame = Frame(dst, src, ETH_P_ARP, packet)
    arp = layer2.ARP(op=packet.op, hwsrc=format_mac(packet.sha), psrc=format_ipv4(packet.spa),
                     hwdst=format_mac(packet.tha), pdst=format_ipv4(packet.tpa))
    assert scapy_frame(frame, arp) == frame.wire()


@FEWER
@given(st.sampled_from([0, 8]), u16, u16, data, u32, u32, u8, u16, st.booleans(), u8)
def test_icmp_echo(kind: int, ident: int, seq: int, payload: bytes, src: int, dst: int, ttl: int, number: int, df: bool,
                   tos: int) -> None:
    packet = IPv4Packet(src, dst, ipv4.ICMP, echo(kind, ident, seq, payload), ttl, number, df, tos)
    frame = Frame(1, 2, ETH_P_IP, packet)
    assert scapy_frame(frame, scapy_ip(packet) / scapy.ICMP(type=kind, id=ident, seq=seq) / payload) == frame.wire()


@FEWER
@given(u16, u16, data, u32, u32)
def test_udp(sport: int, dport: int, payload: bytes, src: int, dst: int) -> None:
    frame, packet = wrap(src, dst, ipv4.UDP, UdpDatagram(sport, dport, payload))
    assert scapy_frame(frame, scapy_ip(packet) / scapy.UDP(sport=sport, dport=dport) / payload) == frame.wire()


@FEWER
@given(u16, u16, u32, u32, u8, u16, data, u32, u32)
def test_tcp(sport: int, dport: int, seq: int, ack: int, flags: int, window: int, payload: bytes, src: int,
             dst: int) -> None:
    frame, packet = wrap(src, dst, ipv4.TCP, TcpSegment(sport, dport, seq, ack, flags, window, data=payload))
    segment = scapy.TCP(sport=sport, dport=dport, seq=seq, ack=ack, flags=flags, window=window)
    assert scapy_frame(frame, scapy_ip(packet) / segment / payload) == frame.wire()


@FEWER
@given(st.booleans(), st.integers(0, 0x1FFF).map(lambda units: units * 8), data, u32, u32)
def test_fragments(mf: bool, offset: int, payload: bytes, src: int, dst: int) -> None:
    packet = IPv4Packet(src, dst, 253, payload, mf=mf, offset=offset)
    frame = Frame(1, 2, ETH_P_IP, packet)
    assert scapy_frame(frame, scapy_ip(packet) / payload) == frame.wire()


def test_errors_quote_alike() -> None:
    quoted = SAMPLES["datagram"].wire()[14:]
    frame, packet = wrap(3, 4, ipv4.ICMP, IcmpMessage(UNREACHABLE, PORT_UNREACHABLE, 0, quoted))
    error = scapy.ICMP(type=UNREACHABLE, code=PORT_UNREACHABLE) / scapy.IPerror(quoted)
    assert scapy_frame(frame, scapy_ip(packet) / error) == frame.wire()


def test_frames_are_read_alike() -> None:
    for wire in (*(frame.wire() for frame in SAMPLES.values()), *kernel_frames()[::5]):
        ours = Frame.parse(wire)
        if ours.ethertype < 0x600 or (ours.ethertype == ETH_P_ARP and wire[14:16] != b"\0\1"):
            continue  # scapy calls the one Dot3, without a type, and shows the other's addresses as bytes
        theirs = layer2.Ether(wire)
        assert (theirs.dst, theirs.src, theirs.type) == (format_mac(ours.dst), format_mac(ours.src), ours.ethertype)
        match ours.payload:
            case ArpPacket() as packet:
                arp = theirs[layer2.ARP]
                assert (arp.op, arp.hwsrc, arp.psrc, arp.hwdst, arp.pdst) == (
                    packet.op, format_mac(packet.sha), format_ipv4(packet.spa), format_mac(packet.tha),
                    format_ipv4(packet.tpa))
            case IPv4Packet() as packet:
                compare_packets(theirs[scapy.IP], packet)


def compare_packets(theirs: Any, ours: IPv4Packet) -> None:
    assert (theirs.src, theirs.dst, theirs.proto, theirs.ttl, theirs.id, theirs.len, theirs.frag * 8) == (
        format_ipv4(ours.src), format_ipv4(ours.dst), ours.protocol, ours.ttl, ours.ident, ours.total_length,
        ours.offset)
    match ours.payload:
        case IcmpMessage() as message:
            assert (theirs[scapy.ICMP].type, theirs[scapy.ICMP].code) == (message.type, message.code)
        case UdpDatagram() as datagram:
            assert (theirs[scapy.UDP].sport, theirs[scapy.UDP].dport, theirs[scapy.UDP].len) == (
                datagram.sport, datagram.dport, datagram.length)
        case TcpSegment() as segment:
            assert (theirs[scapy.TCP].seq, theirs[scapy.TCP].ack, int(theirs[scapy.TCP].flags)) == (
                segment.seq, segment.ack, segment.flags)
