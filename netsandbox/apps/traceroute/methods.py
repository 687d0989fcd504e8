"""How traceroute sends its probes and hears of them: a UDP socket for each, or one raw ICMP socket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from netsandbox.apps.traceroute.options import FIRST_PORT, IP_HEADER, TRANSPORT_HEADER, UDP_PORT, TracerouteOptions
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import ANY, DONT, PROBE, Process, SocketError
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.ipv4.udp import ReportedError, UdpSocket
from netsandbox.wire.icmp import TIME_EXCEEDED, TTL_EXCEEDED, UNREACHABLE

MARKS = {0: "!N", 6: "!N", 8: "!N", 11: "!N", 1: "!H", 7: "!H", 12: "!H", 9: "!X", 10: "!X", 13: "!X", 2: "!P", 3: "",
         5: "!S", 14: "!V", 15: "!C"}
"""What the codes of Destination Unreachable are printed as; port unreachable is the answer one hopes for."""
FRAGMENTATION_NEEDED = 4


class ProbeError(Exception):
    """A system call that traceroute cannot go on without (call: its name.  error: the errno's name)."""

    def __init__(self, call: str, error: str) -> None:
        super().__init__(call, error)
        self.call = call
        self.error = error


@dataclass
class Probe:
    """One probe, and what came back."""

    # sent, received: virtual nanoseconds, or None
    sent: int | None = None
    received: int | None = None
    responder: int | None = None  # who answered, or None; ttl: of the answer
    ttl: int = 0
    mark: str = ""  # `!H` and the like
    done: bool = False  # answered or given up
    final: bool = False  # nothing behind this hop is to be tried
    handle: Any = None  # what the method knows it by, while it is under way

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


def pattern(size: int, first: int) -> bytes:
    """`@ABC…`: what fills a probe."""
    return bytes(0x40 + (index & 0x3F) for index in range(first, first + size))


def device_named(namespace: NetworkNamespace, name: str) -> Interface | None:
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
        self._data = pattern(options.size - IP_HEADER - TRANSPORT_HEADER, 0)
        self._open: list[Probe] = []

    def prepare(self) -> None:
        """Nothing: every probe opens its own socket."""

    def send(self, probe: Probe, ttl: int) -> int | None:
        options = self.options
        socket = UdpSocket(self.namespace, self.process)
        socket.interface = device_named(self.namespace, options.device) or socket.interface
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
