"""Fields of events that are about a frame at an interface, and which case of its verdict it is."""

from __future__ import annotations

from typing import Any

from netsandbox.explain.voice import Voice, arp_kind
from netsandbox.linux.drop import Outcome
from netsandbox.linux.place import CABLE, Place
from netsandbox.wire.addresses import format_mac
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.udp import UdpDatagram


def fields(interface: Place, frame: Frame, voice: Voice) -> dict[str, str]:
    """What sentences about a frame may name; fields of other protocols than its own are empty."""
    texts = {"where": voice.label(interface), "frame": voice.frame(frame), "dst": voice.mac(frame.dst),
             "src": voice.mac(frame.src), "size": str(frame.size)}
    payload = frame.payload
    arp = payload if isinstance(payload, ArpPacket) else None
    packet = payload if isinstance(payload, IPv4Packet) else None
    inside = packet.payload if packet is not None else None
    return texts | {
        "spa": voice.ip(arp.spa) if arp else "", "tpa": voice.ip(arp.tpa) if arp else "",
        "sha": format_mac(arp.sha) if arp else "",
        "ip_dst": voice.ip(packet.dst) if packet else "", "ttl": str(packet.ttl) if packet else "",
        "offset": str(packet.offset) if packet else "",
        "more": voice.say("yes" if packet.mf else "no") if packet else "",
        "ident": str(inside.ident) if isinstance(inside, IcmpMessage) else "",
        "dport": str(inside.dport) if isinstance(inside, UdpDatagram) else ""}


def arp_case(frame: Frame) -> str:
    """`.arp-request` and so on; nothing for what is not ARP."""
    return f".{arp_kind(frame)}" if isinstance(frame.payload, ArpPacket) else ""


def outcome_case(receiver: Place, frame: Frame, outcome: Outcome) -> str:
    """Which words of an outcome fit the frame: `.echo-request`, `.arp` …"""
    payload = frame.payload
    if outcome is Outcome.QUEUED and receiver.kind == CABLE:
        return ".cable"
    if isinstance(payload, ArpPacket):
        return arp_case(frame) if outcome is Outcome.IGNORED else ".arp"
    if not isinstance(payload, IPv4Packet):
        return ""
    if outcome is Outcome.QUEUED:
        return ".fragment" if payload.mf or payload.offset else ".held"
    return _transport_case(payload.payload)


def _transport_case(inside: Any) -> str:
    if isinstance(inside, UdpDatagram):
        return ".udp"
    if isinstance(inside, IcmpMessage):
        if inside.type in (ECHO_REQUEST, ECHO_REPLY):
            return ".echo-request" if inside.type == ECHO_REQUEST else ".echo-reply"
        return ".icmp-error" if inside.is_error else ""
    return ""
