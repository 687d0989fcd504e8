"""UDP sockets (RFC 768; net/ipv4/udp.c, datagram.c, ip_output.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.queue import buffer_size
from netsandbox.linux.core.socket import ANY, DO, DONT, PROBE, WANT, Process, Socket, SocketError
from netsandbox.linux.drop import Dropped, DropReason, Operand, Outcome
from netsandbox.linux.events import SocketMatched
from netsandbox.linux.ipv4 import icmp, ip_output
from netsandbox.linux.ipv4.address import MIN_MTU
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import LIMITED_BROADCAST, is_multicast
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.icmp import PARAMETER_PROBLEM, PORT_UNREACHABLE, REDIRECT, UNREACHABLE, IcmpMessage
from netsandbox.wire.ipv4 import UDP, IPv4Packet
from netsandbox.wire.udp import OffloadedDatagram, UdpDatagram

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

MAX_DATA = 65507  # What fits into one IPv4 packet, in bytes
FATAL_UNREACHABLE: dict[int, str] = {
    2: "ENOPROTOOPT", 3: "ECONNREFUSED", 6: "ENETUNREACH", 7: "EHOSTDOWN", 8: "ENONET", 9: "ENETUNREACH",
    10: "EHOSTUNREACH", 13: "EHOSTUNREACH", 14: "EHOSTUNREACH", 15: "EHOSTUNREACH"}
"""icmp_err_convert: the errors that a connected socket is told of (those with `fatal` set)."""
PMTU_MODES = {"dont": DONT, "want": WANT, "do": DO, "probe": PROBE}


class Datagram(NamedTuple):
    """What a program receives."""

    data: bytes
    source: int
    port: int
    destination: int
    memory: int = 0  # Bytes of socket buffer that it takes (skb->truesize)


class ReportedError(NamedTuple):
    """One entry of a socket's error queue (struct sock_extended_err)."""

    type: int
    code: int
    info: int  # The MTU of a "fragmentation needed", else 0
    offender: int  # Who sent the ICMP error
    ttl: int
    at: int  # When it came, in virtual nanoseconds
    port: int = 0  # Where the packet was to go


RECEIVE_BUFFER = 212_992  # net.core.rmem_default: bytes of socket buffer that wait for a program to read


class UdpSocket(Socket):
    """A UDP socket."""

    protocol = "udp"

    __slots__ = ("_ident", "broadcast", "drops", "encapsulated", "errors", "freed", "interface", "on_event", "pmtudisc",
                 "received", "recverr", "source", "tos", "ttl")

    def __init__(self, namespace: NetworkNamespace, process: Process, reuse: bool = False) -> None:
        super().__init__(namespace, process, reuse)
        self.source = ANY  # of what it sends (inet_saddr); ANY for the one that the route names
        # ttl, tos: of what it sends; a ttl of None is ip_default_ttl, whatever that is then
        self.ttl: int | None = None
        self.tos = 0
        self.pmtudisc = DONT if namespace.sysctls.get("net.ipv4.ip_no_pmtu_disc") else WANT  # IP_MTU_DISCOVER (0 to 3)
        self.broadcast = False  # SO_BROADCAST
        self.interface: Interface | None = namespace.vrf_processes.get(process.pid)
        self.received: list[Datagram] = []
        self.recverr = False  # IP_RECVERR: every ICMP error goes to `errors` instead
        self.errors: list[ReportedError] = []
        # called, once the queue is empty, when there is something to receive
        self.on_event: Callable[[], None] | None = None
        # takes what comes instead of a program: a tunnel's (encap_rcv)
        self.encapsulated: Callable[[UdpSocket, IPv4Packet, bytes], Verdict] | None = None
        self._ident = self.drops = 0
        self.freed: int | None = None
        """Bytes that were read and are still counted (forward_deficit); None before anything has come."""

    def bind(self, address: int, port: int) -> None:
        """As every socket; from a broadcast or multicast address, which it then receives for, nothing is sent."""
        super().bind(address, port)
        is_own = self.namespace.routes.address_type(address) not in ("broadcast", "multicast")
        self.source = address if is_own else ANY

    @property
    def is_connected(self) -> bool:
        """Whether it has a peer, be it at port 0."""
        return self.peer != ANY

    def connect(self, address: int, port: int) -> None:
        """Fix the peer, and the source address by the route to it (SocketError: no route, or EACCES for a broadcast
        address without SO_BROADCAST)."""
        if not self.port:
            self.bind(ANY, 0)
        route = self._route(address, port, self.source)
        self.peer, self.peer_port = route.destination, port
        self.source = self.source or route.source
        self.address = self.address or self.source
        self._ident = self.namespace.chance.stream(f"{self.namespace.name}/udp/{self.port}/{address}/{port}").bits(16)

    def _route(self, address: int, port: int, source: int) -> OutputRoute:
        route = route_output(self.namespace, address, source, self.interface, flow=(UDP, self.port, port, self.tos, 0))
        if not isinstance(route, OutputRoute):
            self.namespace.record(route)
            ip_output.note_no_route(self.namespace, route.error)
            raise SocketError(route.error)
        is_broadcast = address == LIMITED_BROADCAST or route.route.type == "broadcast"
        if is_broadcast and not self.broadcast:
            raise SocketError("EACCES")
        return route

    def send(self, data: bytes, address: int | None = None, port: int | None = None, source: int = ANY) -> int:
        """Send one datagram, to the peer or to an address; returns how many bytes.

        Args:
            source: from which of the host's addresses (IP_PKTINFO); ANY for the socket's.

        Raises:
            SocketError: a pending error, no route, EMSGSIZE, EACCES or EPERM.
        """
        self.raise_pending()
        connected = address is None
        to, to_port = (self.peer, self.peer_port) if address is None or port is None else (address, port)
        if len(data) > MAX_DATA:
            raise SocketError("EMSGSIZE")
        if not connected and not to_port:
            raise SocketError("EINVAL")
        if not self.port:
            self.bind(ANY, 0)
        route = self._route(to, to_port, source or self.source)
        if self.pmtudisc == PROBE:
            route = route.with_mtu(route.interface.mtu)
        if route.mtu < MIN_MTU:  # ip_setup_cork
            raise SocketError("ENETUNREACH")
        packet = self._packet(route, source or self.source or route.source, to_port, data, connected)
        problem = ip_output.send_datagram(self.namespace, packet, route, self.pmtudisc >= DO)
        if not problem:
            self.namespace.count("UdpOutDatagrams")
        elif problem != "ENOBUFS" or self.recverr:
            raise SocketError(problem)
        else:
            self.namespace.count("UdpSndbufErrors")
        return len(data)

    def _packet(self, route: OutputRoute, source: int, port: int, data: bytes, connected: bool) -> IPv4Packet:
        to = route.destination
        fits = len(data) + 28 <= route.mtu
        df = self.pmtudisc >= DO or (self.pmtudisc == WANT and fits and not route.locked)
        if connected:
            self._ident = self._ident % 0xFFFF + 1
            ident = self._ident
        else:
            ident = 0 if self.pmtudisc >= DO else self.namespace.next_ident(source, to, UDP)
        usual = route.hops or self.namespace.default_ttl if self.ttl is None else self.ttl
        ttl = 1 if is_multicast(to) else usual
        if route.interface.is_loopback and fits:
            datagram: UdpDatagram = OffloadedDatagram.between(source, to, self.port, port, data)
        else:
            datagram = UdpDatagram(self.port, port, data)
        return IPv4Packet(source, to, UDP, datagram, ttl, ident, df, self.tos)

    def recv(self) -> Datagram | None:
        """The next datagram, or None (SocketError: a pending error)."""
        self.raise_pending()
        if not self.received:
            return None
        self.namespace.count("UdpInDatagrams")
        datagram = self.received.pop(0)
        freed = (self.freed or 0) + datagram.memory
        self.freed = freed if self.received and freed < RECEIVE_BUFFER >> 2 else 0
        return datagram

    def has_room(self, length: int) -> bool:
        """Whether one more packet fits behind what nobody has read; one always does (__udp_enqueue_schedule_skb)."""
        waiting = self.memory
        return not waiting or waiting + buffer_size(length) <= RECEIVE_BUFFER

    @property
    def memory(self) -> int:
        """Bytes that wait for the program (udp_rqueue_get)."""
        return sum(datagram.memory for datagram in self.received)

    def close(self) -> None:
        self.on_event = None
        super().close()

    def wake(self) -> None:
        if self.on_event is not None:
            self.namespace.scheduler.soon(_wake, self)


def _wake(socket: UdpSocket) -> None:
    if socket.on_event is not None:
        socket.on_event()


def receive(interface: Interface, frame: Frame, packet: IPv4Packet) -> Verdict:
    """udp_rcv: to the best matching socket, or to every one for broadcast and multicast."""
    datagram = packet.payload
    if not isinstance(datagram, UdpDatagram) or not datagram.is_length_right:
        return Dropped(DropReason.PKT_TOO_SMALL, (packet.total_length,))
    if datagram.checksum and not datagram.is_checksum_offloaded:
        return Dropped(DropReason.UDP_CSUM, (datagram.checksum,))
    namespace = interface.namespace
    group = not namespace.routes.is_local(packet.dst)
    matches = _group_matches(namespace, packet, datagram) if group else _best(interface, packet, datagram)
    taken = [socket for socket in matches if socket.has_room(packet.total_length)]
    if len(taken) < len(matches):
        for socket in matches:
            socket.drops += socket not in taken
    for socket in taken:
        namespace.record(SocketMatched(namespace.name, "udp", socket.address, socket.port, socket.process.name))
        data = datagram.data[:datagram.length - 8]
        if socket.encapsulated is not None:
            return socket.encapsulated(socket, packet, data)
        memory = _memory(packet, interface.mtu)
        socket.received.append(Datagram(data, packet.src, datagram.sport, packet.dst, memory))
        socket.freed = socket.freed or 0
        socket.wake()
    if taken:
        return Outcome.ACCEPTED
    if matches:
        return Dropped(DropReason.SOCKET_RCVBUFF, (datagram.dport,))
    if group:
        return Dropped(DropReason.NO_SOCKET, ("udp", datagram.dport))
    return _refuse(interface, frame, packet, datagram)


def _refuse(interface: Interface, frame: Frame, packet: IPv4Packet, datagram: UdpDatagram) -> Dropped:
    """No socket has the port: its sender is told."""
    namespace, port = interface.namespace, datagram.dport
    icmp.send_error(interface, namespace, _trimmed(packet, datagram), UNREACHABLE, PORT_UNREACHABLE, 0, frame)
    found: tuple[Operand, ...] = namespace.sockets.elsewhere("udp", port, packet.dst) or (
        namespace.sockets.of_another_peer("udp", (packet.dst, port), (packet.src, datagram.sport)))
    return Dropped(DropReason.NO_SOCKET, ("udp", port, *found))


def _memory(packet: IPv4Packet, most: int) -> int:
    """Bytes of socket buffer for a packet, or for the fragments that were put together: each keeps its own."""
    size = packet.total_length
    if size <= most:
        return buffer_size(size)
    step = max(most - packet.header_size & ~7, 8)
    rest = size - packet.header_size
    return sum(buffer_size(packet.header_size + min(step, rest - at)) for at in range(0, rest, step))


def _trimmed(packet: IPv4Packet, datagram: UdpDatagram) -> IPv4Packet:
    """The packet without what follows its datagram, as the kernel holds it by then."""
    extra = datagram.size - datagram.length
    if not extra:
        return packet
    body = packet.payload_bytes()[:datagram.length]
    return IPv4Packet(packet.src, packet.dst, packet.protocol, body, packet.ttl, packet.ident, packet.df, packet.tos,
                      options=packet.options, total_length=packet.total_length)


def _best(interface: Interface, packet: IPv4Packet, datagram: UdpDatagram) -> list[UdpSocket]:
    socket = interface.namespace.sockets.best("udp", packet.dst, datagram.dport, packet.src, datagram.sport, interface)
    return [socket] if socket is not None else []


def _group_matches(namespace: NetworkNamespace, packet: IPv4Packet, datagram: UdpDatagram) -> list[UdpSocket]:
    return [socket for socket in namespace.sockets.at_port("udp", datagram.dport)
            if isinstance(socket, UdpSocket) and socket.address in (ANY, packet.dst)
            and socket.peer in (ANY, packet.src) and socket.peer_port in (0, datagram.sport)]


def _fatal(message: IcmpMessage) -> str:
    """The errno that a connected socket gets; empty for an error that is not final."""
    if message.type == UNREACHABLE:
        return "EMSGSIZE" if icmp.is_fragmentation_needed(message) else FATAL_UNREACHABLE.get(message.code, "")
    return "EPROTO" if message.type == PARAMETER_PROBLEM else ""


def receive_error(interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
    """udp_err: only a connected socket is told, and only of errors that are final, unless it asked for all."""
    head = quoted.payload_bytes()
    if len(head) < 4:
        return
    sport, dport = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:4], "big")
    socket = interface.namespace.sockets.best("udp", quoted.src, sport, quoted.dst, dport)
    if not isinstance(socket, UdpSocket):
        if any(isinstance(one, UdpSocket) and one.encapsulated is not None
               for one in interface.namespace.sockets.at_port("udp", dport)):
            icmp.learn_way(interface, packet, message, quoted)
        else:
            interface.namespace.count("IcmpInErrors")
        return
    icmp.learn_way(interface, packet, message, quoted)
    if message.type == REDIRECT:
        return
    is_too_big = icmp.is_fragmentation_needed(message)
    if is_too_big and socket.is_connected:
        route_output(interface.namespace, quoted.dst)
    if is_too_big and socket.pmtudisc == DONT:
        return
    name, mtu = _fatal(message), message.rest & 0xFFFF if is_too_big else 0
    if socket.recverr:
        socket.errors.append(ReportedError(message.type, message.code, mtu, packet.src, packet.ttl,
                                           interface.namespace.scheduler.clock, dport))
        socket.wake()
    elif name and socket.is_connected:
        socket.error = name
        socket.wake()
