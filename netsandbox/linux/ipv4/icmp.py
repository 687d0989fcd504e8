"""ICMP in and out (RFC 792, RFC 1122 3.2.2; net/ipv4/icmp.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import EPOCH, MILLISECOND
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.linux.core.neighbours.nud import VALID
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import IcmpErrorSent, IcmpSuppressed
from netsandbox.linux.ipv4 import icmp_limit, ip_options, ip_output
from netsandbox.linux.ipv4.input_route import forwards_broadcasts, route_input
from netsandbox.linux.ipv4.next_hop import learn_gateway
from netsandbox.linux.ipv4.routing import OutputRoute, learn_mtu, route_output, select_address
from netsandbox.wire import udp
from netsandbox.wire.addresses import LIMITED_BROADCAST, MAC_GROUP_BIT, is_multicast
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.icmp import (
    ECHO_REPLY,
    ECHO_REQUEST,
    ERRORS,
    FRAGMENTATION_NEEDED,
    HOST_UNREACHABLE,
    QUERIES,
    REASSEMBLY_EXCEEDED,
    REDIRECT,
    REDIRECT_HOST,
    TIME_EXCEEDED,
    TIMESTAMP_REPLY,
    TIMESTAMP_REQUEST,
    UNREACHABLE,
    IcmpMessage,
)
from netsandbox.wire.ipv4 import ICMP, IPv4Packet
from netsandbox.wire.udp import UdpDatagram

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

ERROR_SIZE = 576  # An error is at most so many bytes of IP packet (RFC 1812, 4.3.2.3)
HEADERS = 28
LEAST_QUOTE = 8  # Bytes behind the quoted IP header without which an error is of no use
LAST_UNREACHABLE, LAST_REDIRECT = 15, 3
GROUP = 0xE  # How 224.0.0.0/4 begins, in which an own address may be (autojoin); asked about each ping
DUMMY = 0xC0000008  # 192.0.0.8 (RFC 7600), who reports an error when a host has no address at all
TIMESTAMP = 4
MILLISECONDS_OF_DAY = 86_400_000
INTERNETWORK_CONTROL = 0xC0
TOS_MASK = 0x1E
ACCEPTED, ANSWERED = Outcome.ACCEPTED, Outcome.ANSWERED


# -- in

def receive(interface: Interface, frame: Frame, packet: IPv4Packet) -> Verdict:
    """icmp_rcv: echo is answered, errors are handed to whoever sent the quoted packet."""
    message = packet.payload
    if not isinstance(message, IcmpMessage):
        return Dropped(DropReason.PKT_TOO_SMALL, (packet.total_length,))
    if message.checksum is not None and not message.is_checksum_right:
        return Dropped(DropReason.ICMP_CSUM, (message.checksum, message.right_checksum()))
    namespace = interface.namespace
    kind, to = message.type, packet.dst
    if to >> 28 == GROUP or (to not in namespace.routes.local and not namespace.routes.is_local(to)):
        refusal = _ignores_group(namespace, kind)
        if refusal is not None:
            return refusal
    if kind == ECHO_REQUEST:
        if namespace.sysctls.echo_is_ignored:
            return Dropped(DropReason.ICMP_IGNORED, ("icmp_echo_ignore_all",))
        return _reply(interface, packet, IcmpMessage(ECHO_REPLY, message.code, message.rest, message.data))
    if kind == ECHO_REPLY:
        return ACCEPTED
    if kind in ERRORS:
        return _deliver_error(interface, packet, message)
    if kind == TIMESTAMP_REQUEST:
        return _answer_timestamp(interface, packet, message)
    return Dropped(DropReason.INVALID_PROTO, (kind,))


def _ignores_group(namespace: NetworkNamespace, kind: int) -> Dropped | None:
    """RFC 1122, 3.2.2.6: a broadcast echo may be ignored, and Linux does (icmp_echo_ignore_broadcasts)."""
    if kind not in (ECHO_REQUEST, TIMESTAMP_REQUEST):
        return Dropped(DropReason.INVALID_PROTO, (kind, "broadcast"))
    if namespace.sysctls.get("net.ipv4.icmp_echo_ignore_broadcasts"):
        return Dropped(DropReason.ICMP_IGNORED, ("icmp_echo_ignore_broadcasts",))
    return None


def _reply(interface: Interface, packet: IPv4Packet, reply: IcmpMessage) -> Verdict:
    """icmp_reply: addresses swapped, the same TOS; out of a VRF by its own table."""
    namespace, vrf = interface.namespace, interface.l3mdev
    source, destination = packet.dst, ip_options.first_stop_back(packet) if packet.options else packet.src
    if source >> 28 == GROUP or (source not in namespace.routes.local and not namespace.routes.is_local(source)):
        source = 0
    route = route_output(namespace, destination, 0, vrf)
    if not isinstance(route, OutputRoute) or route.source != source:
        route = route_output(namespace, destination, source, vrf)
        if not isinstance(route, OutputRoute):
            namespace.record(route)
            return ACCEPTED
    source = source or route.source
    ident = namespace.next_ident(source, destination, ICMP)
    options = packet.options and ip_options.echoed(namespace, packet, source)
    answer = IPv4Packet(source, destination, ICMP, reply, route.hops or namespace.default_ttl, ident, False,
                        packet.tos, False, 0, options)
    namespace.icmp_is_busy = True
    if ip_output.send(namespace, answer, route):
        namespace.count("IpOutDiscards")
    namespace.icmp_is_busy = False
    return ANSWERED


def _answer_timestamp(interface: Interface, packet: IPv4Packet, message: IcmpMessage) -> Verdict:
    """icmp_timestamp: milliseconds since midnight UT, twice, behind what the asker sent."""
    if len(message.data) < TIMESTAMP:
        return Dropped(DropReason.PKT_TOO_SMALL, (packet.total_length,))
    now = ((EPOCH + interface.namespace.scheduler.now) // MILLISECOND % MILLISECONDS_OF_DAY).to_bytes(TIMESTAMP, "big")
    return _reply(interface, packet, IcmpMessage(TIMESTAMP_REPLY, 0, message.rest, message.data[:TIMESTAMP] + now * 2))


def _quoted(message: IcmpMessage) -> IPv4Packet | None:
    try:
        return IPv4Packet.parse(message.data, quoted=True)
    except ParseError:
        return None


def _deliver_error(interface: Interface, packet: IPv4Packet, message: IcmpMessage) -> Verdict:
    """icmp_unreach, icmp_redirect, icmp_socket_deliver: the quoted packet names the socket, and nobody else is told."""
    namespace = interface.namespace
    quoted = _quoted(message)
    if quoted is None or len(message.data) < quoted.header_size + LEAST_QUOTE:
        return Dropped(DropReason.PKT_TOO_SMALL, (len(message.data),))
    if _is_kept_back(namespace, message):
        return ACCEPTED
    if is_fragmentation_needed(message) and namespace.sysctls.get("net.ipv4.ip_no_pmtu_disc"):
        message = IcmpMessage(message.type, message.code, 0, message.data, message.checksum)  # nobody hears which MTU
    for socket in namespace.raw_sockets:
        socket.error(interface, packet, message, quoted)
    if quoted.protocol == ICMP and (namespace.raw_sockets or message.data[quoted.header_size] == ECHO_REPLY):
        return learn_way(interface, packet, message, quoted)
    handler = namespace.error_handlers.get(quoted.protocol)
    if handler is not None:
        handler(interface, packet, message, quoted)
    return ACCEPTED


def _is_kept_back(namespace: NetworkNamespace, message: IcmpMessage) -> bool:
    """What icmp_unreach tells no socket of."""
    if message.type == TIME_EXCEEDED:
        return message.code == REASSEMBLY_EXCEEDED
    if message.type != UNREACHABLE:
        return False
    return message.code > LAST_UNREACHABLE or (
        message.code == FRAGMENTATION_NEEDED and namespace.sysctls.get("net.ipv4.ip_no_pmtu_disc") >= 2)


def is_fragmentation_needed(message: IcmpMessage) -> bool:
    return message.type == UNREACHABLE and message.code == FRAGMENTATION_NEEDED


def learn_way(interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> Verdict:
    """What an error about a packet that somebody here sent says of its way: a smaller MTU, a shorter route."""
    namespace = interface.namespace
    if is_fragmentation_needed(message):
        learn_mtu(namespace, quoted.dst, message.rest & 0xFFFF, interface.l3mdev)
    elif message.type == REDIRECT and message.code & 7 <= LAST_REDIRECT:
        return _take_redirect(interface, packet, message.rest, quoted.dst)
    return ACCEPTED


def _take_redirect(interface: Interface, packet: IPv4Packet, gateway: int, destination: int) -> Verdict:
    """__ip_do_redirect: only from the gateway in use, and only once the new one's MAC is known."""
    namespace = interface.namespace
    chosen = route_output(namespace, destination, 0, interface.l3mdev)
    if not isinstance(chosen, OutputRoute) or chosen.gateway != packet.src or gateway == packet.src:
        return Dropped(DropReason.ICMP_IGNORED, ("redirect", packet.src))
    if not _accepts_redirects(interface) or not _may_be_gateway(interface, gateway, packet.src):
        return Dropped(DropReason.ICMP_IGNORED, ("accept_redirects",))
    entry = namespace.neighbours.ensure(chosen.interface, gateway)
    if entry is None:
        return Dropped(DropReason.NEIGH_CREATEFAIL, (gateway,))
    if entry.state in VALID:
        learn_gateway(namespace, destination, chosen.route, gateway)
    namespace.neighbours.event_send(entry, None)
    return ACCEPTED


def _may_be_gateway(interface: Interface, gateway: int, old: int) -> bool:
    """Without shared_media it must be on the old one's subnet, and with secure_redirects a default gateway."""
    namespace = interface.namespace
    if namespace.sysctls.either(interface.conf, "shared_media"):
        return namespace.routes.address_type(gateway) == "unicast"
    if not any(gateway in own.network and old in own.network for own in interface.addresses):
        return False
    if not namespace.sysctls.either(interface.conf, "secure_redirects"):
        return True
    return any(route.destination.length == 0 and route.gateway == gateway and route.interface is interface
               for route in namespace.routes.all())


def _accepts_redirects(interface: Interface) -> bool:
    """IN_DEV_RX_REDIRECTS: a router wants both settings on, a host either."""
    both = interface.conf.accept_redirects, interface.namespace.sysctls.all.accept_redirects
    return all(both) if interface.conf.forwarding else any(both)


# -- out

def send_error(interface: Interface | None, namespace: NetworkNamespace, packet: IPv4Packet, kind: int, code: int,
               rest: int = 0, frame: Frame | None = None, buffer: SocketBuffer | None = None,
               vrf: Interface | None = None) -> bool:
    """icmp_send: tell a packet's sender what became of it, unless RFC 1122 or a rate limit forbids it.

    Args:
        interface: where the packet came in; None for one of our own.
        packet: as the kernel holds it now: it is quoted so.
        frame: the frame it came in, to see whether it was sent to us alone.
        buffer: what is noted beside it, which its error inherits.
        vrf: by whose table the error goes, unless it is the one that the interface belongs to.
    """
    why = _why_silent(namespace, packet, frame, interface)
    if why:
        namespace.record(IcmpSuppressed(namespace.name, kind, code, packet, why))
        return False
    local = _leaves_by_lo(buffer) if interface is None else _is_ours(interface, packet)
    source = packet.dst if local else 0
    if not local and interface is not None and namespace.sysctls.get("net.ipv4.icmp_errors_use_inbound_ifaddr"):
        source = select_address(interface, packet.src, "link")
    to = ip_options.first_stop_back(packet) if packet.options else packet.src
    route = route_output(namespace, to, source, interface.l3mdev if interface is not None else vrf)
    if not isinstance(route, OutputRoute):
        namespace.record(route)
        return False
    if not _within_limits(namespace, route, kind, code, packet.src):
        namespace.record(IcmpSuppressed(namespace.name, kind, code, packet, "rate"))
        return False
    namespace.record(IcmpErrorSent(namespace.name, kind, code, packet, packet.src))
    source = source or route.source or DUMMY
    options = packet.options and ip_options.echoed(namespace, packet, source)
    held = packet.emit() if interface is not None else _unfinished(packet)
    quote = held[:min(route.mtu, ERROR_SIZE) - HEADERS - len(options)]
    tos = packet.tos & TOS_MASK | INTERNETWORK_CONTROL
    error = IPv4Packet(source, to, ICMP, IcmpMessage(kind, code, rest, quote), route.hops or namespace.default_ttl,
                       namespace.next_ident(source, to, ICMP), False, tos, options=options)
    sent = ip_output.send(namespace, error, route, None if buffer is None else buffer.of_answer(error))
    ip_output.note_discarded(namespace, sent)
    return True


def _unfinished(packet: IPv4Packet) -> bytes:
    """A packet of our own that no device has sent yet: a datagram's checksum may be its pseudo header's sum so far."""
    data, datagram = packet.emit(), packet.payload
    if not isinstance(datagram, UdpDatagram) or not datagram.leaves_checksum:
        return data
    at = packet.header_size + udp.CHECKSUM_AT
    return data[:at] + udp.partial_checksum(packet.src, packet.dst, datagram.length).to_bytes(2, "big") + data[at + 2:]


def _leaves_by_lo(buffer: SocketBuffer | None) -> bool:
    """A packet of our own to ourselves."""
    out = None if buffer is None else buffer.leaves if buffer.route is None else buffer.route.interface
    return out is not None and out.is_loopback


def _is_ours(interface: Interface, packet: IPv4Packet) -> bool:
    """Whether the packet was for this host (RTCF_LOCAL): an address of another VRF is not."""
    routes = interface.namespace.routes
    if not routes.is_local(packet.dst) or not routes.has_custom_local:
        return routes.is_local(packet.dst)
    return route_input(interface, packet.src, packet.dst).type == "local"


def _why_silent(namespace: NetworkNamespace, packet: IPv4Packet, frame: Frame | None,
                interface: Interface | None) -> str:
    """RFC 1122, 3.2.2: no error about a broadcast, a later fragment, or another error; and while the kernel's ICMP
    socket is at an answer, it sends nothing else (icmp_xmit_lock)."""
    if namespace.icmp_is_busy:
        return "busy"
    if frame is not None and frame.dst & MAC_GROUP_BIT:
        return "broadcast"
    if is_multicast(packet.dst) or packet.dst == LIMITED_BROADCAST or (
            namespace.routes.address_type(packet.dst) == "broadcast" and not (
                interface is not None and forwards_broadcasts(interface))):
        return "broadcast"
    if packet.offset:
        return "fragment"
    if packet.protocol == ICMP and not QUERIES.intersection(packet.payload_bytes()[:1]):
        return "error"
    return ""


def _within_limits(namespace: NetworkNamespace, route: OutputRoute, kind: int, code: int, receiver: int) -> bool:
    """icmpv4_xrlim_allow: neither lo nor "fragmentation needed" is limited."""
    masked = namespace.sysctls.get("net.ipv4.icmp_ratemask") >> kind & 1
    if not masked or (kind == UNREACHABLE and code == FRAGMENTATION_NEEDED) or route.interface.is_loopback:
        return True
    if not icmp_limit.allows_all(namespace):
        namespace.count("IcmpOutRateLimitGlobal")
        return False
    is_allowed = icmp_limit.allows_error(namespace, receiver)
    if not is_allowed:
        namespace.count("IcmpOutRateLimitHost")
    return is_allowed


def report_unresolved(entry: Neighbour, packet: IPv4Packet) -> None:
    """Nobody answered ARP: the packet's sender gets Host Unreachable, even if that is ourselves (ipv4_link_failure)."""
    namespace = entry.interface.namespace
    if packet.options:
        packet = ip_options.hold(namespace, None, packet, is_ours=False)
    send_error(None, namespace, packet, UNREACHABLE, HOST_UNREACHABLE, vrf=entry.interface.l3mdev)


def send_redirect(interface: Interface, frame: Frame, packet: IPv4Packet, gateway: int,
                  buffer: SocketBuffer | None = None) -> None:
    """The sender has a shorter way: by `gateway` (RFC 1812, 5.2.7.2)."""
    namespace = interface.namespace
    if icmp_limit.allows_redirect(namespace, packet.src):
        send_error(interface, namespace, packet, REDIRECT, REDIRECT_HOST, gateway, frame, buffer)
    else:
        namespace.record(IcmpSuppressed(namespace.name, REDIRECT, REDIRECT_HOST, packet, "rate"))
