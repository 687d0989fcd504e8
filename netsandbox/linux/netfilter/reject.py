"""REJECT's answers: an ICMP error or a TCP reset in the name of the receiver (net/ipv4/netfilter/nf_reject_ipv4.c)."""

from __future__ import annotations

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.events import RouteMissing
from netsandbox.linux.ipv4 import icmp, ip_output
from netsandbox.linux.ipv4.routing import route_output
from netsandbox.linux.netfilter import track_tcp
from netsandbox.linux.netfilter.tcp_window import TcpTracking
from netsandbox.wire import udp
from netsandbox.wire.checksum import internet_checksum, pseudo_header
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.icmp import UNREACHABLE, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import RST, TcpSegment

WITHOUT_SUM = frozenset({47, 50, 51, 132, 136})
"""Protocols whose checksum is optional, partial or another: GRE, ESP, AH, SCTP, UDP-Lite."""


def send_unreachable(namespace: NetworkNamespace, buffer: SocketBuffer, code: int) -> None:
    """nf_send_unreach: nothing is said about a later fragment, nor about a packet whose checksum is wrong."""
    packet = buffer.packet
    if packet.offset or not _is_sound(namespace, buffer):
        return
    icmp.send_error(buffer.entered, namespace, packet, UNREACHABLE, code, 0, buffer.frame, buffer)


def _is_sound(namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
    """nf_reject_verify_csum: what is in no list of protocols is taken to sum up to zero, as ICMP does.

    The sum goes over the IP header as well, whose own one is wrong once this host has written into its options.
    """
    packet, frame = buffer.packet, buffer.frame
    payload = packet.payload
    if _was_checked(namespace, buffer):
        return True
    if packet.options and packet.protocol not in WITHOUT_SUM and frame is not None and (
            isinstance(frame.payload, IPv4Packet) and frame.payload.options != packet.options):
        return False
    if isinstance(payload, IcmpMessage):
        return payload.checksum is None or payload.is_checksum_right
    if isinstance(payload, bytes):
        return _is_sum_right(packet, payload)
    if isinstance(payload, TcpSegment):
        return payload.is_checksum_right(packet.src, packet.dst)
    return not payload.checksum or payload.is_checksum_offloaded


def _was_checked(namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
    """The tracker has found the sum right when the packet came in, and noted that (CHECKSUM_UNNECESSARY)."""
    return buffer.connection is not None and buffer.packet.protocol in (ICMP, TCP, UDP) and bool(
        namespace.sysctls.get("net.netfilter.nf_conntrack_checksum"))


def _is_sum_right(packet: IPv4Packet, data: bytes) -> bool:
    """nf_ip_checksum, of a payload that is no whole message: a first fragment's never is."""
    protocol = packet.protocol
    if protocol in WITHOUT_SUM or (protocol == UDP and len(data) >= udp.HEADER and data[6:8] == b"\0\0"):
        return True
    header = pseudo_header(packet.src, packet.dst, protocol, len(data)) if protocol in (TCP, UDP) else b""
    return internet_checksum(header + data) in (0, 0xFFFF)


def send_reset(namespace: NetworkNamespace, buffer: SocketBuffer) -> None:
    """nf_send_reset: a RST as the receiver would send it, never in answer to one."""
    packet, segment = buffer.packet, buffer.packet.payload
    if packet.offset or not isinstance(segment, TcpSegment) or segment.flags & RST or not _is_sound(namespace, buffer):
        return
    source = packet.dst if namespace.routes.address_type(packet.dst) == "local" else 0
    route = route_output(namespace, packet.src, source)
    if isinstance(route, RouteMissing):
        namespace.record(route)
        return
    answer = IPv4Packet(packet.dst, packet.src, TCP, segment.reset(), route.hops or namespace.default_ttl, 0, True, 0)
    _close(namespace, buffer)
    port, frame = buffer.physical_in, buffer.frame
    if port is not None and frame is not None:
        port.transmit(Frame(frame.src, frame.dst, ETH_P_IP, answer))
        return
    twin = buffer.of_answer(answer)
    twin.is_forged = True
    ip_output.send(namespace, answer, route, twin)


def _close(namespace: NetworkNamespace, buffer: SocketBuffer) -> None:
    """nf_ct_set_closing: the connection is over."""
    connection, table = buffer.connection, namespace.netfilter.connections
    if connection is None or table is None or not connection.is_confirmed:
        return
    if isinstance(connection.tcp, TcpTracking):
        track_tcp.close(connection)
        table.refresh(connection, namespace.sysctls.get("net.netfilter.nf_conntrack_tcp_timeout_close") * SECOND)
