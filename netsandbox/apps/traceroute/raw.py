"""traceroute's probes by a raw socket: echo requests with -I, the first segment of a connection with -T."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.traceroute.methods import FRAGMENTATION_NEEDED, Probe, ProbeError, device_named, pattern
from netsandbox.apps.traceroute.options import FIRST_SEQ, IP_HEADER, TCP_PORT, TRANSPORT_HEADER, TracerouteOptions
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.ipv4.udp import ReportedError
from netsandbox.wire.addresses import is_multicast
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, UNREACHABLE, IcmpMessage, echo
from netsandbox.wire.ipv4 import ICMP, IPv4Packet
from netsandbox.wire.tcp import PROTOCOL, SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram

EPHEMERAL, PORTS = 32768, 28232  # The first of ip_local_port_range, and how many there are
SHIFT, HEADERS, LONGEST = 2, 40, 0xFFFF  # What a segment announces (mod-tcp.c)


class RawMethod:
    """Probes that are sent and heard of by one raw socket; a number of 16 bits in each tells them apart."""

    protocol: int

    def __init__(self, namespace: NetworkNamespace, process: Process, options: TracerouteOptions) -> None:
        self.namespace = namespace
        self.options = options
        self.process = process
        self.interface: Interface | None = None
        self._ip_ident = namespace.chance.stream(f"{namespace.name}/traceroute/{process.pid}").bits(16)
        self._open: dict[int, Probe] = {}
        self._errors: list[tuple[int, ReportedError]] = []
        self._replies: list[tuple[int, int, int]] = []  # (number, TTL, when) of each answer that nobody has read yet
        self._callback: Callable[[], None] | None = None
        self._destination = options.address

    def prepare(self) -> None:
        """Open the socket and connect it."""
        options = self.options
        vrf = self.namespace.vrf_processes.get(self.process.pid)
        self.interface = device_named(self.namespace, options.device) or vrf
        if options.source and self.namespace.holder_of(options.source) is None:
            raise ProbeError("bind", "EADDRNOTAVAIL")
        route = route_output(self.namespace, options.address, options.source, self.interface)
        if not isinstance(route, OutputRoute):
            self.namespace.record(route)
            raise ProbeError("connect", route.error)
        if route.route.type == "broadcast" or route.destination == 0xFFFFFFFF:
            raise ProbeError("connect", "EACCES")
        self._destination = route.destination
        self.namespace.open_raw(self)

    def send(self, probe: Probe, ttl: int) -> int | None:
        options, namespace = self.options, self.namespace
        route = ip_output.find_route(namespace, self._destination, options.source, self.interface)
        if isinstance(route, str):
            raise ProbeError("send", route)
        self._ip_ident = self._ip_ident % 0xFFFF + 1
        number, payload = self.next_probe()
        packet = IPv4Packet(options.source or route.source, self._destination, self.protocol, payload,
                            1 if is_multicast(self._destination) else ttl, self._ip_ident, options.dont_fragment,
                            options.tos & 0xFF)
        probe.sent, probe.handle = namespace.scheduler.clock, number
        self._open[number] = probe
        problem = ip_output.send_datagram(namespace, packet, route, options.dont_fragment)
        if problem == "EMSGSIZE":
            probe.take_local_refusal(route.interface.mtu, namespace.scheduler.clock)
            self.give_up(probe)
        elif problem == "ENOBUFS":
            self.give_up(probe)
            probe.sent, probe.done = None, False
        elif problem:
            raise ProbeError("send", problem)
        return probe.sent

    def next_probe(self) -> tuple[int, IcmpMessage | TcpSegment | UdpDatagram]:
        """The number of another probe, and what is in it."""
        raise NotImplementedError

    def answered(self, packet: IPv4Packet) -> int | None:
        """Of which probe a packet is the target's own answer; None for any other."""
        raise NotImplementedError

    def quoted(self, head: bytes) -> int | None:
        """Which probe an error is about, by the first 8 bytes of what it quotes."""
        raise NotImplementedError

    # -- the raw socket

    def deliver(self, interface: Interface, packet: IPv4Packet) -> bool:
        """A packet for this namespace; True if it is of the socket's protocol."""
        if packet.protocol != self.protocol:
            return False
        number = self.answered(packet) if packet.src == self._destination and self._hears(interface) else None
        if number is not None:
            self._replies.append((number, packet.ttl, self.namespace.scheduler.clock))
            self._wake()
        return True

    def error(self, interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
        """An ICMP error about a packet of this namespace."""
        head = quoted.payload_bytes()
        is_ours = quoted.protocol == self.protocol and quoted.dst == self._destination and len(head) >= 8
        number = self.quoted(head) if is_ours and self._hears(interface) else None
        if number is None:
            return
        info = message.rest & 0xFFFF if message.code == FRAGMENTATION_NEEDED and message.type == UNREACHABLE else 0
        self._errors.append((number, ReportedError(
            message.type, message.code, info, packet.src, packet.ttl, self.namespace.scheduler.clock)))
        self._wake()

    def _hears(self, interface: Interface) -> bool:
        return self.interface is None or interface is self.interface

    def _wake(self) -> None:
        if self._callback is not None:
            callback, self._callback = self._callback, None
            self.namespace.scheduler.soon(_call, callback)

    @property
    def is_ready(self) -> bool:
        return bool(self._errors or self._replies)

    def collect(self) -> None:
        """One message, errors first."""
        if self._errors:
            seq, report = self._errors.pop(0)
            if seq in self._open:
                self._open[seq].take_report(report)
                self.give_up(self._open[seq])
        elif self._replies:
            seq, ttl, at = self._replies.pop(0)
            probe = self._open.get(seq)
            if probe is not None:
                probe.responder, probe.ttl, probe.received, probe.final = self._destination, ttl, at, True
                self.give_up(probe)

    def listen(self, callback: Callable[[], None] | None) -> None:
        self._callback = callback

    def give_up(self, probe: Probe) -> None:
        probe.done = True
        if probe.handle is not None:
            del self._open[probe.handle]
            probe.handle = None

    def close(self) -> None:
        self._callback = None
        self._open.clear()
        self.namespace.close_raw(self)


class IcmpMethod(RawMethod):
    """-I: echo requests, told apart by their sequence numbers."""

    protocol = ICMP

    def __init__(self, namespace: NetworkNamespace, process: Process, options: TracerouteOptions) -> None:
        super().__init__(namespace, process, options)
        self.ident = process.pid & 0xFFFF
        self._seq = (FIRST_SEQ if options.port is None else options.port) & 0xFFFF
        self._data = pattern(options.size - IP_HEADER - TRANSPORT_HEADER, TRANSPORT_HEADER)

    def next_probe(self) -> tuple[int, IcmpMessage]:
        number, self._seq = self._seq, (self._seq + 1) & 0xFFFF
        return number, echo(ECHO_REQUEST, self.ident, number, self._data)

    def answered(self, packet: IPv4Packet) -> int | None:
        message = packet.payload
        is_reply = isinstance(message, IcmpMessage) and message.type == ECHO_REPLY and message.ident == self.ident
        return message.seq if is_reply and isinstance(message, IcmpMessage) else None

    def quoted(self, head: bytes) -> int | None:
        is_ours = head[0] == ECHO_REQUEST and int.from_bytes(head[4:6], "big") == self.ident
        return int.from_bytes(head[6:8], "big") if is_ours else None


class TcpMethod(RawMethod):
    """-T: the SYN of a connection that is never made, each from a port of its own; any answer of the target's will do.

    What the target answers is no connection's of this host, so that the kernel resets it.
    """

    protocol = PROTOCOL

    def __init__(self, namespace: NetworkNamespace, process: Process, options: TracerouteOptions) -> None:
        super().__init__(namespace, process, options)
        self._port = (TCP_PORT if options.port is None else options.port) & 0xFFFF
        self._chance = namespace.chance.stream(f"{namespace.name}/traceroute-tcp/{process.pid}")
        self._mss = 0

    def prepare(self) -> None:
        super().prepare()
        route = ip_output.find_route(self.namespace, self._destination, self.options.source, self.interface)
        if isinstance(route, str):
            raise ProbeError("connect", route)
        self._mss = min(route.mtu, LONGEST) - HEADERS

    def next_probe(self) -> tuple[int, TcpSegment]:
        source = EPHEMERAL + self._chance.below(PORTS)
        while source in self._open:
            source = EPHEMERAL + (source - EPHEMERAL + 1) % PORTS
        stamp = (self.namespace.scheduler.clock // 1_000_000 & 0xFFFFFFFF).to_bytes(4, "big")
        options = (b"\x02\x04" + self._mss.to_bytes(2, "big") + b"\x04\x02\x08\x0a" + stamp + bytes(4)
                   + b"\x01\x03\x03" + bytes([SHIFT]))
        return source, TcpSegment(source, self._port, self._chance.bits(32), 0, SYN, 4 * self._mss & LONGEST, options)

    def answered(self, packet: IPv4Packet) -> int | None:
        segment = packet.payload
        is_answer = isinstance(segment, TcpSegment) and segment.sport == self._port
        return segment.dport if is_answer and isinstance(segment, TcpSegment) else None

    def quoted(self, head: bytes) -> int | None:
        return int.from_bytes(head[:2], "big") if int.from_bytes(head[2:4], "big") == self._port else None


def _call(callback: Callable[[], None]) -> None:
    callback()
