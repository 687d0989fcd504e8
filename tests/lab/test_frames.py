"""Every frame of every lab is real bytes: encoded, decoded, read by dpkt, and the same again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from netsandbox.engine import scheduler as scheduling
from netsandbox.lab.lab import Lab
from netsandbox.linux.events import FrameBridged, FrameReceived, FrameSent, SendFailed
from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.runner import Line, Runner
from netsandbox.session.scenario import load_scenario
from netsandbox.session.session import Session
from netsandbox.wire import ipv4
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, Frame
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.udp import UdpDatagram
from netsandbox.wire.vlan import VlanTag
from tests.lab.labs import BASE, histories

dpkt: Any = pytest.importorskip("dpkt")


def frames_of(lab: Lab) -> list[Frame]:
    """Each frame of a lab's trace once, in the order in which they were made."""
    assert not lab.trace.first, "the trace has forgotten some"
    events = (record.event for record in lab.trace.since(0))
    kinds = FrameSent, FrameReceived, FrameBridged, SendFailed
    return list({id(event.frame): event.frame for event in events if isinstance(event, kinds)}.values())


TAG_SIZE = 4
LEAST_TYPE = 0x600
"""Below it the field is a length, and LLC follows (IEEE 802.3, 3.2.6)."""


def check_frame(frame: Frame) -> None:
    wire = frame.encode()
    assert frame.wire() == wire, "changed after it was first looked at"
    tags = TAG_SIZE * isinstance(frame.payload, VlanTag)
    assert frame.size == len(wire) - tags, "the outermost tag stands beside a frame, not in it"
    again = Frame.parse(wire)
    assert again.encode() == wire
    assert isinstance(frame.payload, type(again.payload)), "the bytes say something else than the headers"
    assert again == frame
    check_with_dpkt(frame, wire)


def check_with_dpkt(frame: Frame, wire: bytes) -> None:
    if frame.ethertype < LEAST_TYPE:
        return  # it takes every spanning tree message for a configuration
    read = dpkt.ethernet.Ethernet(wire)
    assert bytes(read) == wire
    assert (read.dst, read.src) == (frame.dst.to_bytes(6, "big"), frame.src.to_bytes(6, "big"))
    if frame.ethertype == ETH_P_ARP:
        arp, packet = read.data, frame.payload
        assert isinstance(packet, ArpPacket)
        assert isinstance(arp, dpkt.arp.ARP)
        assert (arp.hrd, arp.pro, arp.hln, arp.pln) == (1, ETH_P_IP, 6, 4)
        mine = (packet.op, packet.sha.to_bytes(6, "big"), packet.spa.to_bytes(4, "big"),
                packet.tha.to_bytes(6, "big"), packet.tpa.to_bytes(4, "big"))
        assert (arp.op, arp.sha, arp.spa, arp.tha, arp.tpa) == mine
    elif frame.ethertype == ETH_P_IP:
        assert isinstance(read.data, dpkt.ip.IP)
        assert isinstance(frame.payload, IPv4Packet)
        check_ip(frame.payload, read.data)


def check_ip(packet: IPv4Packet, read: Any) -> None:
    mine = (packet.src.to_bytes(4, "big"), packet.dst.to_bytes(4, "big"), packet.ttl, packet.protocol, packet.ident)
    assert (read.src, read.dst, read.ttl, read.p, read.id) == mine
    assert (read.len, read.hl * 4) == (packet.total_length, packet.total_length - len(read.data))
    assert (bool(read.df), bool(read.mf), read.offset * 8) == (packet.df, packet.mf, packet.offset)
    assert dpkt.in_cksum(read.pack_hdr() + read.opts) == 0, "the header's checksum"
    if packet.mf or packet.offset:
        return
    if packet.protocol == ipv4.ICMP:
        assert isinstance(packet.payload, IcmpMessage)
        assert isinstance(read.data, dpkt.icmp.ICMP)
        assert (read.data.type, read.data.code) == (packet.payload.type, packet.payload.code)
        assert dpkt.in_cksum(bytes(read.data)) == 0, "the ICMP checksum"
    elif packet.protocol == ipv4.UDP:
        assert isinstance(read.data, dpkt.udp.UDP)
        pseudo = read.src + read.dst + bytes([0, ipv4.UDP]) + read.data.ulen.to_bytes(2, "big")
        if isinstance(packet.payload, UdpDatagram) and packet.payload.is_checksum_offloaded:
            assert read.data.sum == ~dpkt.in_cksum(pseudo) & 0xFFFF, "the pseudo header's sum alone"
        else:
            assert dpkt.in_cksum(pseudo + bytes(read.data)) == 0, "the UDP checksum"


WITHOUT_FRAMES = {"no-free-pool"}
"""Docker refuses before anything is sent."""


@pytest.mark.parametrize("name", bundled())
def test_every_frame_of_a_bundled_scenario(name: str) -> None:
    scenario = load_scenario(find_scenario(name))
    runner = Runner.of(scenario)
    lines = [event for event in runner.scenario(scenario) if isinstance(event, Line)]
    assert all(line.job.crash is None for line in lines)
    assert not runner.failed
    frames = frames_of(runner.session.lab)
    assert frames or name in WITHOUT_FRAMES
    for frame in frames:
        check_frame(frame)


@settings(max_examples=60)
@given(histories)
def test_every_frame_of_a_random_lab(lines: list[str]) -> None:
    session = Session()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scheduling, "STORM_STEPS", 100)
        patch.setattr(scheduling, "DROP_STEPS", 1000)
        for line in lines:
            assert session.run(line).crash is None
    for frame in frames_of(session.lab):
        check_frame(frame)


def test_fragments_errors_and_datagrams_are_among_them() -> None:
    session = Session()
    for line in [*BASE, "ping h1 h2 -c 1 -s 4000", "exec h1 ping -c 1 -M do -s 1472 10.0.0.2",
                 "exec h1 traceroute 10.0.0.2", "ping h1 10.0.0.77 -c 1", "ping c1 172.17.0.9 -c 1"]:
        session.run(line)
    frames = frames_of(session.lab)
    for frame in frames:
        check_frame(frame)
    packets = [frame.payload for frame in frames if isinstance(frame.payload, IPv4Packet)]
    assert any(packet.offset for packet in packets)
    assert any(packet.protocol == ipv4.UDP for packet in packets)
    assert any(isinstance(packet.payload, IcmpMessage) and packet.payload.type == 3 for packet in packets)
