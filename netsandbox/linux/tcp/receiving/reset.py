"""Segments that no socket sends: the RST for what is nobody's, and ACKs of half-open or closed connections."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.tcp.control import ecn
from netsandbox.linux.tcp.events import TcpResetSent
from netsandbox.wire.ipv4 import TCP, IPv4Packet
from netsandbox.wire.tcp import RST, SYN, TcpSegment


def answer(namespace: NetworkNamespace, packet: IPv4Packet, segment: TcpSegment, why: str = "no socket",
           vrf: Interface | None = None) -> None:
    """tcp_v4_send_reset (RFC 9293, 3.5.2): never in answer to a RST; id 0, DF, no options (vrf: of which the segment
    came, whose table knows the way back)."""
    if segment.flags & RST or not namespace.routes.is_local(packet.dst):
        return
    namespace.record(TcpResetSent(namespace.name, packet.dst, segment.dport, packet.src, segment.sport, why))
    send_alone(namespace, packet.dst, packet.src, segment.reset(), packet.tos & ~ecn.BITS, vrf)


def send_alone(namespace: NetworkNamespace, source: int, to: int, segment: TcpSegment, tos: int = 0,
               vrf: Interface | None = None, ttl: int | None = None) -> str:
    """ip_send_unicast_reply: a segment with IP id 0 and DF; OK or the errno name of what kept it back.

    A SYN,ACK leaves by ip_build_and_send_pkt, which does not count what was kept back.
    """
    namespace.count("TcpOutSegs")
    route = route_output(namespace, to, source, vrf)
    if not isinstance(route, OutputRoute):
        namespace.record(route)
        return route.error
    ttl = ttl or route.hops or namespace.default_ttl
    problem = ip_output.send(namespace, IPv4Packet(source, to, TCP, segment, ttl, 0, True, tos), route)
    return problem if segment.flags & SYN else ip_output.note_discarded(namespace, problem)
