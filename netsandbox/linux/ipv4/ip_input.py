"""IPv4 in: checks, the choice between us and the next hop, and forwarding.

net/ipv4/ip_input.c and ip_forward.c, in their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.ipv4 import icmp, icmp_limit, ip_options, ip_output, martian, source_route
from netsandbox.linux.ipv4.input_route import ORDINARY, InputRoute, route_input
from netsandbox.linux.ipv4.ip_options import HeldPacket
from netsandbox.linux.ipv4.routing import OutputRoute, select_address
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, is_multicast
from netsandbox.wire.ethernet import ETH_P_IP, Frame, Malformed
from netsandbox.wire.icmp import (
    ADMIN_PROHIBITED,
    FRAGMENTATION_NEEDED,
    HOST_UNREACHABLE,
    NET_UNREACHABLE,
    PARAMETER_PROBLEM,
    PROTOCOL_UNREACHABLE,
    REASSEMBLY_EXCEEDED,
    SOURCE_ROUTE_FAILED,
    TIME_EXCEEDED,
    TTL_EXCEEDED,
    UNREACHABLE,
)
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

PREROUTING, INPUT, FORWARD = Hook.PREROUTING, Hook.INPUT, Hook.FORWARD
ACCEPTED, FORWARDED = Outcome.ACCEPTED, Outcome.FORWARDED
SILENT_PROTOCOLS = frozenset({2, 103, 136})
"""IGMP, PIM and UDP-Lite: the kernel has handlers for them, which answer to nothing here."""
UNREACHABLE_CODES = {"EHOSTUNREACH": HOST_UNREACHABLE, "ENETUNREACH": NET_UNREACHABLE, "EACCES": ADMIN_PROHIBITED}


def receive(interface: Interface, frame: Frame, packet: IPv4Packet) -> Verdict:
    """ip_rcv: a packet from a wire (or from lo)."""
    if packet.checksum is not None and not packet.is_checksum_right:
        return Dropped(DropReason.IP_CSUM, (packet.checksum,))
    namespace = interface.namespace
    if namespace.netfilter.functions:
        return _receive_hooked(interface, frame, packet)
    source, destination, local = packet.src, packet.dst, namespace.routes.local
    if (destination in local and interface.trusts_sources and ORDINARY[source >> 24] and ORDINARY[destination >> 24]
            and source not in local and not (packet.mf or packet.offset or packet.options)):
        return _deliver(interface, frame, packet)
    return _route(interface, frame, packet, None)


def _receive_hooked(interface: Interface, frame: Frame, packet: IPv4Packet) -> Verdict:
    """The same where something looks at packets."""
    namespace = interface.namespace
    netfilter = namespace.netfilter
    if netfilter.handed is None and not netfilter.looped:
        if netfilter.pass_on(interface, frame, packet):
            return FORWARDED
        buffer = SocketBuffer(packet)
    else:
        buffer = netfilter.buffer_of(packet, interface)
    buffer.frame = frame
    if buffer.skips_prerouting:
        return _route(interface, frame, buffer.packet, buffer)
    verdict = netfilter.traverse(namespace, PREROUTING, buffer, interface, None)
    if verdict is None and interface.l3mdev not in (None, interface):
        verdict = _enter_vrf(interface, frame, buffer)
    return _route(interface, frame, buffer.packet, buffer) if verdict is None else verdict


def _enter_vrf(interface: Interface, frame: Frame, buffer: SocketBuffer) -> Verdict | None:
    """vrf_ip_rcv: the packet, whole by now, is its VRF's from here on, and PREROUTING sees it once more."""
    vrf, packet = interface.l3mdev, buffer.packet
    assert vrf is not None, "it belongs to one"
    vrf.hear(frame if packet is frame.payload else Frame(frame.dst, frame.src, ETH_P_IP, packet))
    if is_multicast(packet.dst):
        return None
    buffer.zone = None  # the tracker has taken it: what has no connection yet is looked for among all others
    return vrf.namespace.netfilter.traverse(vrf.namespace, PREROUTING, buffer, vrf, None)


def _route(interface: Interface, frame: Frame, packet: IPv4Packet, buffer: SocketBuffer | None) -> Verdict:
    """ip_rcv_finish: the input route says whether the packet is for us, to be forwarded, or lost."""
    if interface.stack is not None and interface.stack.routed is not None:
        child = interface.stack.routed.routed_child(packet)
        if child is not None and route_input(child, packet.src, packet.dst, 0, packet).refusal is None:
            return deliver_local(interface, frame, packet, buffer, child)
    route = route_input(interface, packet.src, packet.dst, buffer.mark if buffer is not None else 0, packet)
    if route.refusal is not None:
        martian.note(interface, frame, packet, route.refusal)
        return route.refusal
    kind = route.type
    if packet.options:
        held = _read_options(interface, frame, packet, kind == "local")
        followed = held if isinstance(held, Dropped) else source_route.follow(interface, frame, held, route)
        if isinstance(followed, Dropped):
            return followed
        packet, route = followed
        kind = route.type
    if (frame.dst & MAC_GROUP_BIT and kind not in ("broadcast", "multicast")
            and interface.namespace.sysctls.either(interface.conf, "drop_unicast_in_l2_multicast")):
        return Dropped(DropReason.UNICAST_IN_L2_MULTICAST, (packet.dst,))
    if kind == "local" or kind == "broadcast" or kind == "multicast":
        if packet.mf or packet.offset or buffer is not None:
            return deliver_local(interface, frame, packet, buffer)
        return _deliver(interface, frame, packet)
    if kind == "unreachable":
        return _no_route(interface, frame, packet, route, buffer)
    return _forward(interface, frame, packet, route, buffer)


def receive_malformed(interface: Interface, _frame: Frame, payload: Malformed) -> Verdict:
    """A header that makes no sense: dropped in silence, for the reason that the parser found."""
    return Dropped(DropReason[payload.reason] if payload.reason in DropReason.__members__
                   else DropReason.ARP_INVALID, (payload.message,))


def _read_options(interface: Interface, frame: Frame, packet: IPv4Packet, is_ours: bool) -> HeldPacket | Dropped:
    """ip_rcv_options: nonsense is a parameter problem."""
    namespace = interface.namespace
    held = ip_options.hold(namespace, interface, packet, is_ours)
    if held.marks.problem is not None:
        icmp.send_error(interface, namespace, held, PARAMETER_PROBLEM, 0, held.marks.problem << 24, frame)
        return Dropped(DropReason.IP_INHDR, ("options", held.marks.problem))
    return held


def deliver_local(interface: Interface, frame: Frame, packet: IPv4Packet,
                  buffer: SocketBuffer | None = None, child: Interface | None = None) -> Verdict:
    """ip_local_deliver: reassembly, then INPUT (child: whose packet it is after that (ipvlan_nf_input))."""
    namespace = interface.namespace
    if packet.mf or packet.offset:
        whole = namespace.fragments.add(interface, frame, packet)
        if whole is None:
            return Outcome.QUEUED
        if isinstance(whole, Dropped):
            return whole
        packet = whole
    if namespace.netfilter.functions:
        buffer = namespace.netfilter.holding(buffer, packet)
        verdict = namespace.netfilter.traverse(namespace, INPUT, buffer, interface.l3mdev or interface, None)
        if verdict is not None:
            return verdict
        packet = buffer.packet
    return _deliver(child or interface, frame, packet)


def _deliver(interface: Interface, frame: Frame, packet: IPv4Packet) -> Verdict:
    """ip_local_deliver_finish: raw sockets, then the transport protocol."""
    namespace = interface.namespace
    wanted = False
    for socket in namespace.raw_sockets:
        wanted = socket.deliver(interface, packet) or wanted
    handler = namespace.kernel.transports.get(packet.protocol)
    if handler is not None:
        verdict: Verdict = handler(interface, frame, packet)
        return verdict
    if wanted or packet.protocol in SILENT_PROTOCOLS:
        return ACCEPTED
    icmp.send_error(interface, namespace, packet, UNREACHABLE, PROTOCOL_UNREACHABLE, 0, frame)
    return Dropped(DropReason.IP_NOPROTO, (packet.protocol,))


def _no_route(interface: Interface, frame: Frame, packet: IPv4Packet, route: InputRoute,
              buffer: SocketBuffer | None) -> Verdict:
    """ip_error: a router answers, at most so often; a host stays silent."""
    if not interface.conf.forwarding:
        return Dropped(DropReason.IP_INADDRERRORS, (packet.dst, "ip_forward"))
    operands: tuple[int | str, ...] = (packet.dst, str(route.route) if route.route else "")
    if route.rule is not None and not route.rule.looks_up:
        operands = packet.dst, f"{route.rule.priority}: {route.rule.rule}", "rule"
    verdict = Dropped(DropReason.IP_INNOROUTES, operands)
    code = UNREACHABLE_CODES.get(route.error)
    if code is not None and icmp_limit.allows_route_error(interface.namespace, packet.src):
        icmp.send_error(interface, interface.namespace, packet, UNREACHABLE, code, 0, frame, buffer)
    return verdict


def _forward(interface: Interface, frame: Frame, packet: IPv4Packet, route: InputRoute,
             buffer: SocketBuffer | None) -> Verdict:
    """ip_forward: TTL, MTU, redirect, FORWARD, and on to the next hop."""
    namespace, chosen = interface.namespace, route.chosen
    assert chosen is not None, "a unicast input route names its way out"
    out, mtu = chosen.interface, chosen.mtu
    if frame.dst & MAC_GROUP_BIT:
        return Dropped(DropReason.IP_INADDRERRORS, (packet.dst, "broadcast frame"
                                                    if frame.dst == BROADCAST_MAC else "multicast frame"))
    if packet.ttl <= 1:
        icmp.send_error(interface, namespace, packet, TIME_EXCEEDED, TTL_EXCEEDED, 0, frame, buffer)
        return Dropped(DropReason.IP_INHDR, ("TTL", packet.ttl))
    marks = packet.marks if packet.options and isinstance(packet, HeldPacket) else None
    if marks is not None and marks.is_strict and chosen.gateway is not None:
        icmp.send_error(interface, namespace, packet, UNREACHABLE, SOURCE_ROUTE_FAILED, 0, frame, buffer)
        return Dropped(DropReason.IP_INHDR, ("source route", packet.dst))
    size = buffer.largest_piece or packet.total_length if buffer is not None else packet.total_length
    if size > mtu and packet.df:
        icmp.send_error(interface, namespace, packet, UNREACHABLE, FRAGMENTATION_NEEDED, mtu, frame, buffer)
        return Dropped(DropReason.PKT_TOO_BIG, (packet.total_length, mtu))
    onward = packet.with_ttl(packet.ttl - 1)
    if route.redirect and (marks is None or marks.source_route is None):
        icmp.send_redirect(interface, frame, onward, chosen.next_hop or packet.dst, buffer)
    if namespace.netfilter.functions:
        if buffer is None:
            buffer = SocketBuffer(onward)
        buffer.packet, buffer.mtu = onward, mtu
        verdict = namespace.netfilter.traverse(namespace, FORWARD, buffer, interface.l3mdev or interface, out)
        if verdict is not None:
            namespace.count("IpForwDatagrams")
            return verdict
        onward = buffer.packet
    if chosen.rule is not None or chosen.path is not None:
        chosen.record(namespace)
    else:
        namespace.trace.events.append(chosen.chosen)
    if onward.options and isinstance(onward, HeldPacket):
        onward = ip_options.forwarded(onward, _address_of(chosen))
    ip_output.output(namespace, onward, chosen, buffer)
    if buffer is not None and buffer.connection is not None and interface.l3mdev is None:
        namespace.netfilter.learn(interface, route, onward, buffer)
    return FORWARDED


def _address_of(chosen: OutputRoute) -> int:
    """ip_rt_get_source: what we are to those that a route leads to."""
    return chosen.route.source or select_address(chosen.interface, chosen.gateway or chosen.destination, "global")


def reassembly_timed_out(interface: Interface, frame: Frame, first: IPv4Packet) -> None:
    """ip_expire: only if the first fragment is there, and only for packets to this host."""
    icmp.send_error(interface, interface.namespace, first, TIME_EXCEEDED, REASSEMBLY_EXCEEDED, 0, frame)
