"""IPv4 out: from a finished packet to the next hop (net/ipv4/ip_output.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import PacketDropped, PacketFragmented, RouteMissing
from netsandbox.linux.ipv4 import ip_options
from netsandbox.linux.ipv4.fragment import fragment
from netsandbox.linux.ipv4.multipath import NO_FLOW, Flow, flow_of
from netsandbox.linux.ipv4.offload import cut
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.place import LOOPED_BACK, Place
from netsandbox.wire.addresses import BROADCAST_MAC, is_multicast, multicast_mac
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import ICMP, Beside, IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import OffloadedDatagram, UdpDatagram

PREROUTING, OUTPUT, POSTROUTING = Hook.PREROUTING, Hook.OUTPUT, Hook.POSTROUTING
OK = ""  # What the functions here return when the packet left or waits; else an errno name
NO_WAY = "no way"


class LoopedBack:
    """A broadcast's or multicast's copy for its own sender; no tap sees it (PACKET_LOOPBACK)."""

    __slots__ = ("buffer", "interface")

    def __init__(self, interface: Interface, buffer: SocketBuffer | None = None) -> None:
        self.interface = interface
        self.buffer = buffer  # what is noted beside it, where hooks look

    def receive(self, frame: Frame) -> Any:
        """The copy enters the stack where it left; its route is known, so its source is not doubted."""
        namespace, buffer = self.interface.namespace, self.buffer
        packet: IPv4Packet = frame.payload  # type: ignore[assignment]
        if buffer is not None:
            buffer.frame = frame
            verdict = namespace.netfilter.traverse(namespace, PREROUTING, buffer, self.interface, None)
            if verdict is not None:
                return verdict
            packet = buffer.packet
        if packet.options:
            packet = ip_options.hold(namespace, self.interface, packet, is_ours=False)
        return namespace.deliver_local(self.interface, frame, packet, buffer)

    @property
    def place(self) -> Place:
        return self.interface.place._replace(kind=LOOPED_BACK, ifindex=0)


def send(namespace: NetworkNamespace, packet: IPv4Packet, route: OutputRoute,
         buffer: SocketBuffer | None = None) -> str:
    """Send a packet of our own by a route: OUTPUT, POSTROUTING, then the wire (ip_local_out).

    Args:
        buffer: holds the packet, where something is noted beside it already.

    Returns:
        OK, or the errno name that the sending program gets.
    """
    if route.rule is not None or route.path is not None:
        route.record(namespace)
    else:
        namespace.trace.events.append(route.chosen)
    master = route.interface.master if route.interface.stack is not None else None
    if master is not None:
        if master.l3mdev is master and namespace.netfilter.functions:
            buffer = namespace.netfilter.holding(buffer, packet)
            buffer.bound = route.bound
            verdict = _leave_vrf(namespace, buffer, master)
            if verdict is not None:
                return _refused(namespace, buffer.packet, verdict)
            route, packet = _other_way(namespace, buffer, route), buffer.packet
        master.show(packet)
    next_hop = route.next_hop
    if next_hop is not None and packet.total_length <= route.mtu and not namespace.netfilter.functions:
        return OK if namespace.neighbours.output(route.interface, next_hop, packet, route.route) else "ENOBUFS"
    if namespace.netfilter.functions:
        buffer = namespace.netfilter.holding(buffer, packet)
        buffer.mtu, buffer.bound = route.mtu, route.bound
        verdict = namespace.netfilter.traverse(namespace, OUTPUT, buffer, None, route.interface)
        if verdict is not None:
            return _refused(namespace, buffer.packet, verdict)
        route, packet = _other_way(namespace, buffer, route), buffer.packet
    return output(namespace, packet, route, buffer)


def _other_way(namespace: NetworkNamespace, buffer: SocketBuffer, route: OutputRoute) -> OutputRoute:
    """The way that OUTPUT has found for what it has changed, or the one from before."""
    other, buffer.route = buffer.route, None
    if other is None:
        return route
    other.record(namespace)
    namespace.count("IpOutRequests", -1)  # by this record it would be a second packet
    return other


def _leave_vrf(namespace: NetworkNamespace, buffer: SocketBuffer, vrf: Interface) -> Dropped | Outcome | None:
    """vrf_ip_out_direct: OUTPUT and POSTROUTING see it leave by the VRF first, as a packet of no connection."""
    buffer.is_untracked, was_untracked = buffer.connection is None, buffer.is_untracked
    for hook in (OUTPUT, POSTROUTING):
        verdict = namespace.netfilter.traverse(namespace, hook, buffer, None, vrf)
        if verdict is not None:
            return verdict
    buffer.is_untracked = was_untracked
    return None


def reroute(namespace: NetworkNamespace, buffer: SocketBuffer) -> Dropped | None:
    """ip_route_me_harder: OUTPUT made another packet of it, which may have another way to go, or none.

    Its socket may be bound to an interface, and what leaves by a VRF asks for the VRF's ways.
    """
    packet = buffer.packet
    asked = buffer.bound or (buffer.leaves.l3mdev if buffer.leaves is not None else None)
    source = packet.src if namespace.routes.address_type(packet.src) == "local" else 0
    route = route_output(namespace, packet.dst, source, asked, mark=buffer.mark, flow=flow_of(packet))
    if isinstance(route, RouteMissing):
        namespace.record(route)
        return Dropped(DropReason.NETFILTER_DROP, (NO_WAY, route.error))
    payload = packet.payload
    if isinstance(payload, OffloadedDatagram) and not route.interface.is_loopback:  # its next device fills it in
        buffer.packet = packet.with_ttl(packet.ttl)
        buffer.packet.payload = UdpDatagram(payload.sport, payload.dport, payload.data)
    buffer.route = route
    return None


def output(namespace: NetworkNamespace, packet: IPv4Packet, route: OutputRoute,
           buffer: SocketBuffer | None = None) -> str:
    """POSTROUTING, the sender's own copy, fragmentation where needed, and the neighbour (ip_output)."""
    loops = route.next_hop is None and _loops_back(namespace, packet, route.interface)
    if loops:
        _loop_back(namespace, packet, route, buffer)
    if namespace.netfilter.functions:
        if buffer is None:
            buffer = SocketBuffer(packet)
        buffer.packet, buffer.mtu, buffer.next_hop = packet, route.mtu, route.gateway or 0
        verdict = namespace.netfilter.traverse(namespace, POSTROUTING, buffer, buffer.entered, route.interface)
        if verdict is not None:
            return _refused(namespace, buffer.packet, verdict)
        packet = buffer.packet
        if buffer.mark or buffer.priority is not None:
            packet.beside = Beside(namespace.name, buffer.mark, buffer.priority)
        if route.interface.is_loopback:
            namespace.netfilter.loop(buffer)
    next_hop = route.next_hop
    is_behind = buffer is not None and buffer.is_copied and not buffer.segment_size and namespace.scheduler.in_process
    if next_hop is not None and not is_behind and packet.total_length <= route.mtu and (
            buffer is None or not (buffer.largest_piece or buffer.segment_size)):
        return OK if namespace.neighbours.output(route.interface, next_hop, packet, route.route) else "ENOBUFS"
    if is_behind or (loops and namespace.scheduler.in_process):  # of what went first everything is done by then
        namespace.scheduler.go_on(_emit_later, (namespace, packet, route))
        return OK
    if buffer is not None and buffer.segment_size:
        if route.interface.is_loopback:  # which takes it whole (NETIF_F_GSO_SOFTWARE)
            return _finish(namespace, packet, route)
        return _emit_segments(namespace, _like(packet, cut(packet, buffer.segment_size)), route)
    return _emit(namespace, packet, route, buffer.largest_piece if buffer is not None else 0,
                 buffer.pieces if buffer is not None else ())


def _loop_back(namespace: NetworkNamespace, packet: IPv4Packet, route: OutputRoute,
               buffer: SocketBuffer | None) -> None:
    """The sender's copy passes POSTROUTING by itself, and belongs to the same connection (ip_mc_output)."""
    twin = None
    if namespace.netfilter.functions:
        twin = namespace.netfilter.holding(buffer, packet).clone()
        verdict = namespace.netfilter.traverse(namespace, POSTROUTING, twin, twin.entered, route.interface)
        if verdict is not None:
            _refused(namespace, twin.packet, verdict)
            return
        packet = twin.packet
    namespace.scheduler.transmit((LoopedBack(route.interface, twin),), _group_frame(route.interface, packet))


def _like(packet: IPv4Packet, pieces: list[IPv4Packet]) -> list[IPv4Packet]:
    """What was noted beside a packet stands beside each of its pieces (ip_copy_metadata)."""
    noted = getattr(packet, "beside", None)
    if noted:
        for piece in pieces:
            piece.beside = noted
    return pieces


def _emit_segments(namespace: NetworkNamespace, segments: list[IPv4Packet], route: OutputRoute) -> str:
    """What was one packet so far leaves as its segments (validate_xmit_skb); `lo` takes it as it is."""
    payload = segments[0].payload
    assert isinstance(payload, TcpSegment)
    count_as_one(namespace, len(segments), segments[0].total_length - len(payload.data))
    problems = [_emit(namespace, segment, route) for segment in segments]
    return problems[-1]


def count_as_one(namespace: NetworkNamespace, segments: int, headers: int) -> None:
    """They are cut on their way out: to IP they are one packet, whose headers are there once (ip_finish_output2)."""
    namespace.count("IpOutTransmits", 1 - segments)
    namespace.count("IpExtOutOctets", (1 - segments) * headers)


def _emit_later(what: tuple[NetworkNamespace, IPv4Packet, OutputRoute]) -> None:
    _emit(*what)


def _loops_back(namespace: NetworkNamespace, packet: IPv4Packet, interface: Interface) -> bool:
    """A sender's own listeners are done with a copy of a broadcast before it leaves (ip_mc_output)."""
    if interface.is_loopback or not namespace.routes.is_local(packet.src):
        return False
    return not is_multicast(packet.dst) or namespace.is_group_member(interface, packet.dst)


def _emit(namespace: NetworkNamespace, packet: IPv4Packet, route: OutputRoute, largest: int = 0,
          came: tuple[int, ...] = ()) -> str:
    """Whole, or in pieces, which are no longer than those that the packet came in (ip_finish_output)."""
    if packet.total_length <= route.mtu and not largest:
        return _finish(namespace, packet, route)
    mtu = min(route.mtu, largest) if largest else route.mtu
    pieces = _like(packet, fragment(packet, mtu, came))
    namespace.record(PacketFragmented(namespace.name, packet, len(pieces), mtu))
    return _send_pieces(namespace, pieces, route)


def _send_pieces(namespace: NetworkNamespace, pieces: list[IPv4Packet], route: OutputRoute) -> str:
    """Fragments in order; the first that cannot go ends the datagram.

    A program's own are handed over one by one: the queue runs empty after each, as after every packet that a program
    sends; not so those of a tunnel, nor those that a queueing discipline takes, which may refuse one.
    """
    scheduler = namespace.scheduler
    for number, piece in enumerate(pieces, 1):
        problem = _finish(namespace, piece, route)
        if problem:
            _give_up(namespace, 1 + len(pieces) - number)
            return problem
        if scheduler.in_process and number < len(pieces) and not namespace.depth and route.interface.shaper is None:
            scheduler.go_on(_send_rest, (namespace, pieces[number:], route))
            break
    return OK


def _give_up(namespace: NetworkNamespace, missing: int) -> None:
    """A fragment could not go, and so the datagram does not, whatever its record says (ip_do_fragment)."""
    namespace.count("IpFragFails")
    namespace.count("IpFragOKs", -1)
    namespace.count("IpFragCreates", -missing)


def _send_rest(what: tuple[NetworkNamespace, list[IPv4Packet], OutputRoute]) -> None:
    _send_pieces(*what)


def _finish(namespace: NetworkNamespace, packet: IPv4Packet, route: OutputRoute) -> str:
    """ip_finish_output2: the MAC of the next hop, then the interface."""
    interface, next_hop = route.interface, route.next_hop
    if next_hop is not None:
        sent = namespace.neighbours.output(interface, next_hop, packet, route.route)
    else:
        known = _note_group(interface, packet.dst)
        sent = interface.transmit(Frame(known.mac or 0 if known else 0, 0, ETH_P_IP, packet) if interface.is_loopback
                                  else _group_frame(interface, packet))
    return OK if sent else "ENOBUFS"


def _note_group(interface: Interface, destination: int) -> Neighbour | None:
    """What needs no ARP has a row of the neighbour table as well, in state NOARP (arp_constructor)."""
    address = 0 if interface.is_loopback else destination
    return interface.neighbours.get(address) or interface.namespace.neighbours.ensure(interface, address)


def _group_frame(interface: Interface, packet: IPv4Packet) -> Frame:
    """Broadcast and multicast need no ARP."""
    mac = multicast_mac(packet.dst) if is_multicast(packet.dst) else (
        interface.mac if interface.noarp else BROADCAST_MAC)
    return Frame(mac, interface.mac, ETH_P_IP, packet)


def _refused(namespace: NetworkNamespace, packet: IPv4Packet, verdict: Dropped | Outcome) -> str:
    """What the sender of a packet that did not pass a hook gets to hear."""
    if not isinstance(verdict, Dropped):
        return OK
    namespace.record(PacketDropped(namespace.name, packet, verdict))
    return str(verdict.operands[1]) if verdict.operands[:1] == (NO_WAY,) else "EPERM"


def find_route(namespace: NetworkNamespace, destination: int, source: int = 0,
               interface: Interface | None = None, direct: bool = False, flow: Flow = NO_FLOW,
               mark: int = 0) -> OutputRoute | str:
    """The output route, or the errno name when there is none (recorded); see route_output."""
    route = route_output(namespace, destination, source, interface, direct, mark, flow)
    if isinstance(route, RouteMissing):
        namespace.record(route)
        note_no_route(namespace, route.error)
        return route.error
    return route


def note_no_route(namespace: NetworkNamespace, error: str) -> None:
    """A program's packet has no way; where a route forbids it, nothing is counted."""
    if error == "ENETUNREACH":
        namespace.count("IpOutNoRoutes")


def note_discarded(namespace: NetworkNamespace, problem: str) -> str:
    """ip_send_skb: what became of a packet, which is counted if it did not leave."""
    if problem:
        namespace.count("IpOutDiscards")
    return problem


def send_datagram(namespace: NetworkNamespace, packet: IPv4Packet, route: OutputRoute, keep_whole: bool,
                  mark: int = 0) -> str:
    """Send what a program wrote as one packet: id and DF are the caller's, the size is checked here.

    Args:
        keep_whole: the socket forbids fragments (IP_PMTUDISC_DO or PROBE).  mark: of the socket (SO_MARK).

    Returns:
        OK, EMSGSIZE, or what `send` returns.
    """
    if keep_whole and packet.total_length > route.mtu:
        namespace.record(PacketDropped(namespace.name, packet, Dropped(DropReason.PKT_TOO_BIG,
                                                                  (packet.total_length, route.mtu))))
        return "EMSGSIZE"
    if packet.protocol == ICMP and isinstance(packet.payload, IcmpMessage):
        namespace.count("IcmpOutMsgs")
        namespace.count(f"IcmpMsgOutType{packet.payload.type}")
    if not mark:
        return note_discarded(namespace, send(namespace, packet, route))
    buffer = SocketBuffer(packet)
    buffer.mark = mark
    packet.beside = Beside(namespace.name, mark)
    return note_discarded(namespace, send(namespace, packet, route, buffer))
