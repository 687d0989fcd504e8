"""Source routes: a sender names the stops that its packet makes (RFC 791, RFC 1812 5.2.4.1; net/ipv4/ip_options.c).

They are refused unless accept_source_route is on, for all interfaces and for the one that the packet came in by.
"""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.ipv4 import icmp
from netsandbox.linux.ipv4.input_route import InputRoute, route_input
from netsandbox.linux.ipv4.ip_options import ADDRESS, HeldPacket
from netsandbox.wire.addresses import MAC_GROUP_BIT
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.icmp import PARAMETER_PROBLEM
from netsandbox.wire.ipv4 import HEADER

DESTINATION_AT = 16
"""Where the destination address stands in the header: it is no neighbour's, as a strict route asks for."""


def follow(interface: Interface, frame: Frame, packet: HeldPacket,
           route: InputRoute) -> tuple[HeldPacket, InputRoute] | Dropped:
    """ip_options_rcv_srr: at a stop, the route to the next one takes the place of the route to here."""
    marks, refused = packet.marks, Dropped(DropReason.IP_INHDR, ("source route", packet.dst))
    at, everywhere = marks.source_route, interface.namespace.sysctls.all
    if at is None:
        return packet, route
    if not (interface.conf.accept_source_route and everywhere.accept_source_route) or frame.dst & MAC_GROUP_BIT:
        return refused
    if route.type == "unicast" and not marks.is_strict:
        return packet, route
    if route.type == "unicast":
        _complain(interface, frame, packet, DESTINATION_AT)
    if route.type != "local":
        return refused
    place, size = packet.options[at + 2], packet.options[at + 1]
    while place <= size and marks.next_stop is None:
        if place + ADDRESS - 1 > size:
            _complain(interface, frame, packet, HEADER + at + 2)
            return refused
        stop = int.from_bytes(packet.options[at + place - 1:at + place - 1 + ADDRESS], "big")
        route = route_input(interface, packet.src, stop)
        if route.refusal is not None or route.type not in ("unicast", "local"):
            return refused
        if route.type == "local":
            packet = packet.sent_to(stop)
            place += ADDRESS
        else:
            marks.next_stop = stop
    return packet, route


def _complain(interface: Interface, frame: Frame, packet: HeldPacket, at: int) -> None:
    icmp.send_error(interface, interface.namespace, packet, PARAMETER_PROBLEM, 0, at << 24, frame)
