"""How traceroute sends its probes and hears of them: a UDP socket for each, or one raw ICMP socket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from netsandbox.apps.traceroute_options import FIRST_PORT, FIRST_SEQ, IP_HEADER, TRANSPORT_HEADER, UDP_PORT
from netsandbox.linux.core.socket import ANY, SocketError
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.ipv4.udp import DONT, PROBE, ReportedError, UdpSocket
from netsandbox.wire.addresses import is_multicast
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, TIME_EXCEEDED, TTL_EXCEEDED, UNREACHABLE, IcmpMessage, echo
from netsandbox.wire.ipv4 import ICMP, IPv4Packet

if TYPE_CHECKING:
    from netsandbox.apps.traceroute_options import TracerouteOptions
    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.core.socket import Process

MARKS = {0: "!N", 6: "!N", 8: "!N", 11: "!N", 1: "!H", 7: "!H", 12: "!H", 9: "!X", 10: "!X", 13: "!X", 2: "!P", 3: "",
         5: "!S", 14: "!V", 15: "!C"}
"""What the codes of Destination Unreachable are printed as; port unreachable is the answer one hopes for."""
FRAGMENTATION_NEEDED = 4


class ProbeError(Exception):
    """A system call that traceroute cannot go on without.

    Attributes:
        call: its name.  error: the errno's name.
    """

    def __init__(self, call: str, error: str) -> None:
        super().__init__(call, error)
        self.call = call
        self.error = error


@dataclass
class Probe:
    """One probe, and what came back.

    Attributes:
        sent, received: virtual nanoseconds, or None.
        responder: who answered, or None; ttl: of the answer.
        mark: `!H` and the like.
        done: answered or given up.
        final: nothing behind this hop is to be tried.
        handle: what the method knows it by, while it is under way.
    """

    sent: int | None = None
    received: int | None = None
    responder: int | None = None
    ttl: int = 0
    mark: str = ""
    done: bool = False
    final: bool = False
    handle: Any = None

    def take_report(self, report: ReportedError) -> None:
        """An ICMP error about this probe."""
        self.responder, self.received, self.ttl = report.offender, report.at, report.ttl
        if (report.type, report.code) == (TIME_EXCEEDED, TTL_EXCEEDED):
            return
        self.final = True
        if report.type != UNREACHABLE:
            self.mark = f"!<{report.type}-{report.code}>"
        elif report.code == FRAGMENTATION_NEEDED:
            self.mark = f"!F-{report.info}"
        else:
            self.mark = MARKS.get(report.code, f"!<{report.code}>")

    def take_local_refusal(self, mtu: int, at: int) -> None:
        """It was too long to be sent, and must not be fragmented."""
        self.mark, self.received, self.final = f"!F-{mtu}", at, True


class Method(Protocol):
    """A way of probing."""

    def prepare(self) -> None:
        """Before the first line is printed; raises ProbeError."""

    def send(self, probe: Probe, ttl: int) -> int | None:
        """Send a probe; returns when, or None when the device has no room for it.  Raises ProbeError."""

    @property
    def is_ready(self) -> bool:
        """Whether poll() would return at once."""

    def collect(self) -> None:
        """Take what poll() has found."""

    def listen(self, callback: Callable[[], None] | None) -> None:
        """Call back, in the program's turn, when something comes; None: no more."""

    def give_up(self, probe: Probe) -> None:
        """Its time is over."""

    def close(self) -> None:
        """Give everything back."""


def _pattern(size: int, first: int) -> bytes:
    """`@ABC…`: what fills a probe."""
    return bytes(0x40 + (index & 0x3F) for index in range(first, first + size))


def _device(namespace: NetworkNamespace, name: str) -> Interface | None:
    if not name:
        return None
    if name not in namespace.interfaces:
        raise ProbeError("setsockopt SO_BINDTODEVICE", "ENODEV")
    return namespace.interfaces[name]


class UdpMethod:
    """A datagram to an unlikely port, each from a socket and to a port of its own (or, with -U, to one port)."""

    def __init__(self, namespace: NetworkNamespace, process: Process, options: TracerouteOptions) -> None:
        self.namespace = namespace
        self.process = process
        self.options = options
        first = UDP_PORT if options.constant_port else FIRST_PORT
        self._port = (first if options.port is None else options.port) & 0xFFFF
        self._data = _pattern(options.size - IP_HEADER - TRANSPORT_HEADER, 0)
        self._open: list[Probe] = []
        self._callback: Callable[[], None] | None = None

    def prepare(self) -> None:
        """Nothing: every probe opens its own socket."""

    def send(self, probe: Probe, ttl: int) -> int | None:
        options = self.options
        socket = UdpSocket(self.namespace, self.process)
        socket.interface = _device(self.namespace, options.device) or socket.interface
        self._call("bind", lambda: socket.bind(options.source or ANY, 0))
        socket.pmtudisc = PROBE if options.dont_fragment else DONT
        socket.tos, socket.ttl, socket.recverr = options.tos & 0xFF, ttl, True
        probe.handle = socket
        self._open.append(probe)
        self._call("connect", lambda: socket.connect(options.address, self._port))
        probe.sent = self.namespace.scheduler.clock
        self._write(probe, socket)
        if not options.constant_port:
            self._port = (self._port + 1) & 0xFFFF
        return probe.sent

    def _write(self, probe: Probe, socket: UdpSocket) -> None:
        try:
            socket.send(self._data)
        except SocketError as error:
            if error.name == "ENOBUFS":
                self.give_up(probe)
                probe.sent, probe.done = None, False
                return
            if error.name != "EMSGSIZE":
                raise ProbeError("send", error.name) from None
            route = route_output(self.namespace, socket.peer, socket.address, socket.interface)
            if isinstance(route, OutputRoute):
                probe.take_local_refusal(route.interface.mtu, self.namespace.scheduler.clock)

    @staticmethod
    def _call(name: str, call: Callable[[], None]) -> None:
        try:
            call()
        except SocketError as error:
            raise ProbeError(name, error.name) from None

    @property
    def is_ready(self) -> bool:
        return any(self._has_something(probe) for probe in self._open)

    @staticmethod
    def _has_something(probe: Probe) -> bool:
        return bool(probe.handle.errors or probe.handle.received or probe.final)

    def collect(self) -> None:
        """One message from every socket that has one, errors first."""
        for probe in [probe for probe in self._open if self._has_something(probe)]:
            socket: UdpSocket = probe.handle
            if socket.errors:
                probe.take_report(socket.errors.pop(0))
            elif socket.received:
                answer = socket.received.pop(0)
                probe.responder, probe.received, probe.final = answer.source, self.namespace.scheduler.clock, True
            self.give_up(probe)

    def listen(self, callback: Callable[[], None] | None) -> None:
        for probe in self._open:
            probe.handle.on_event = callback

    def give_up(self, probe: Probe) -> None:
        probe.done = True
        if probe.handle is not None:
            probe.handle.on_event = None
            probe.handle.close()
            probe.handle = None
            self._open.remove(probe)

    def close(self) -> None:
        for probe in list(self._open):
            self.give_up(probe)


class IcmpMethod:
    """-I: echo requests from one raw socket, told apart by their sequence numbers."""

    def __init__(self, namespace: NetworkNamespace, process: Process, options: TracerouteOptions) -> None:
        self.namespace = namespace
        self.options = options
        self.process = process
        self.ident = process.pid & 0xFFFF
        self.interface: Interface | None = None
        self._seq = (FIRST_SEQ if options.port is None else options.port) & 0xFFFF
        self._ip_ident = namespace.chance.stream(f"{namespace.name}/traceroute/{process.pid}").bits(16)
        self._data = _pattern(options.size - IP_HEADER - TRANSPORT_HEADER, TRANSPORT_HEADER)
        self._open: dict[int, Probe] = {}
        self._errors: list[tuple[int, ReportedError]] = []
        self._replies: list[tuple[int, int, int]] = []
        """(sequence number, TTL, when) of each echo reply that nobody has read yet."""
        self._callback: Callable[[], None] | None = None
        self._destination = options.address

    def prepare(self) -> None:
        """Open the socket and connect it."""
        options = self.options
        self.interface = _device(self.namespace, options.device) or self.namespace.vrf_processes.get(self.process.pid)
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
        packet = IPv4Packet(options.source or route.source, self._destination, ICMP,
                            echo(ECHO_REQUEST, self.ident, self._seq, self._data),
                            1 if is_multicast(self._destination) else ttl, self._ip_ident, options.dont_fragment,
                            options.tos & 0xFF)
        probe.sent, probe.handle = namespace.scheduler.clock, self._seq
        self._open[self._seq] = probe
        self._seq = (self._seq + 1) & 0xFFFF
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

    # -- the raw socket

    def deliver(self, interface: Interface, packet: IPv4Packet) -> bool:
        """An ICMP message for this namespace; True if it is ICMP."""
        message = packet.payload
        if packet.protocol != ICMP or not isinstance(message, IcmpMessage):
            return False
        if (message.type == ECHO_REPLY and message.ident == self.ident and self._hears(interface)
                and packet.src == self._destination):
            self._replies.append((message.seq, packet.ttl, self.namespace.scheduler.clock))
            self._wake()
        return True

    def error(self, interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
        """An ICMP error about a packet of this namespace."""
        head = quoted.payload_bytes()
        if (quoted.protocol != ICMP or quoted.dst != self._destination or len(head) < 8 or head[0] != ECHO_REQUEST
                or int.from_bytes(head[4:6], "big") != self.ident or not self._hears(interface)):
            return
        info = message.rest & 0xFFFF if message.code == FRAGMENTATION_NEEDED and message.type == UNREACHABLE else 0
        self._errors.append((int.from_bytes(head[6:8], "big"), ReportedError(
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


def _call(callback: Callable[[], None]) -> None:
    callback()
