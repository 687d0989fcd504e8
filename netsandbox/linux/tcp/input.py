"""TCP as far as it goes today: listeners hold their port, and stray segments are refused.

Connections are not modelled: a SYN for a listener is dropped with a reason of
our own, and nothing pretends to answer it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import RouteChosen, SocketMatched
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import route_output
from netsandbox.wire.addresses import MAC_GROUP_BIT
from netsandbox.wire.ipv4 import TCP, IPv4Packet
from netsandbox.wire.tcp import ACK, RST, TcpSegment

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface, Verdict
    from netsandbox.wire.ethernet import Frame


def receive(interface: Interface, frame: Frame, packet: IPv4Packet) -> Verdict:
    """tcp_v4_rcv for a namespace without connections."""
    segment = packet.payload
    if frame.dst & MAC_GROUP_BIT:
        return Dropped(DropReason.OTHERHOST, ("TCP", "broadcast frame"))
    if not isinstance(segment, TcpSegment):
        return Dropped(DropReason.PKT_TOO_SMALL, (packet.total_length,))
    if segment.checksum is not None and not segment.is_checksum_right(packet.src, packet.dst):
        return Dropped(DropReason.TCP_CSUM, (segment.checksum,))
    namespace = interface.namespace
    listener = next((s for s in namespace.sockets.at_port("tcp", segment.dport)
                     if s.listening and s.address in (0, packet.dst)), None)
    if listener is not None and not segment.flags & (RST | ACK):
        namespace.record(SocketMatched(namespace, "tcp", listener.address, listener.port, listener.process.name))
        return Dropped(DropReason.TCP_NOT_MODELLED, (segment.dport,))
    if packet.dst in namespace.routes.local or packet.dst >> 24 == 127:
        _send_reset(interface, packet, segment)
    return Dropped(DropReason.NO_SOCKET, ("tcp", segment.dport))


def _send_reset(interface: Interface, packet: IPv4Packet, segment: TcpSegment) -> None:
    """tcp_v4_send_reset (RFC 9293, 3.5.2): never in answer to a RST; id 0, DF, no options."""
    if segment.flags & RST:
        return
    namespace = interface.namespace
    route = route_output(namespace, packet.src, packet.dst)
    if not isinstance(route, RouteChosen):
        namespace.record(route)
        return
    if segment.flags & ACK:
        reset = TcpSegment(segment.dport, segment.sport, segment.ack, 0, RST, 0)
    else:
        ack = (segment.seq + segment.sequence_length) & 0xFFFFFFFF
        reset = TcpSegment(segment.dport, segment.sport, 0, ack, RST | ACK, 0)
    answer = IPv4Packet(packet.dst, packet.src, TCP, reset, namespace.default_ttl, 0, True, packet.tos)
    ip_output.send(namespace, answer, route)
