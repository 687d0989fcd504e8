"""The priority of a packet inside the host (skb->priority), which comes of its type of service."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.icmp import ECHO_REQUEST, IcmpMessage
from netsandbox.wire.ipv4 import Beside, IPv4Packet
from netsandbox.wire.vlan import VlanTag

BEST_EFFORT, BULK, INTERACTIVE_BULK, INTERACTIVE = 0, 2, 4, 6  # TC_PRIO_*
BY_TOS = (BEST_EFFORT,) * 4 + (BULK,) * 4 + (INTERACTIVE,) * 4 + (INTERACTIVE_BULK,) * 4
"""ip_tos2prio (net/ipv4/route.c), by the four bits of RFC 1349."""


NOTHING_BESIDE = Beside()


def beside(frame: Frame, interface: Interface) -> Beside:
    """What rules of this namespace wrote beside the packet in a frame; those of others are forgotten on the way."""
    packet: object = frame.payload
    while isinstance(packet, VlanTag):
        packet = packet.payload
    noted = getattr(packet, "beside", None) or NOTHING_BESIDE
    return noted if noted.namespace == interface.namespace.name else NOTHING_BESIDE


def priority(frame: Frame, interface: Interface) -> int:
    """What a frame that leaves by an interface carries: 0 for ARP, and for what a bridge has only passed on.

    A rule sets it (`-j CLASSIFY`); else a socket and ip_forward do, by the type of service; the kernel's own ICMP
    socket has none, although its replies copy that type.
    """
    classified = beside(frame, interface).priority
    if classified is not None:
        return classified
    packet = frame.payload
    if not isinstance(packet, IPv4Packet) or not packet.tos or frame.src != interface.mac:
        return BEST_EFFORT
    message = packet.payload
    if isinstance(message, IcmpMessage) and message.type != ECHO_REQUEST and interface.namespace.holders_of(packet.src):
        return BEST_EFFORT
    return BY_TOS[packet.tos >> 1 & 15]
