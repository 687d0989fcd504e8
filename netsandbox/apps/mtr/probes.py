"""How mtr probes: what its child mtr-packet sends and hears (packet/construct_unix.c, probe_unix.c)."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from netsandbox.apps.mtr.options import MtrOptions
from netsandbox.apps.program import Program
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire import icmp
from netsandbox.wire.checksum import internet_checksum, pseudo_header
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.udp import UdpDatagram

FIRST, LAST = 33000, 65535  # Numbers of probes: sequence numbers, or ports
IP_HEADER, HEADER, NUMBER = 20, 8, 4
BUFFER = 9000  # A probe is not longer (PACKET_BUFFER_SIZE)
UNHEARD = ("ENETDOWN", "ENETUNREACH", "EHOSTUNREACH")  # What a send may fail with that no hop is blamed for


class Answer(NamedTuple):
    """What came of a probe: who sent it, in how many microseconds, and whether it says that there is no way on."""

    token: int
    sender: int
    micros: int
    is_end: bool


class Listener(Protocol):
    """Who hears of answers."""

    def answered(self, answer: Answer) -> None:
        """One came."""


class Open(NamedTuple):
    """A probe under way: mtr's number for it, when it was sent, and its socket where it has one of its own."""

    token: int
    at: int
    ports: tuple[int, int]
    socket: StreamSocket | None = None
    timer: Timer | None = None


class Probes:
    """The probes of one run, and the raw socket that hears of them.

    Args:
        source: of the packets; 0 leaves it to the route.
    """

    def __init__(self, program: Program, listener: Listener, options: MtrOptions, source: int, target: int) -> None:
        self.program = program
        self.namespace = program.namespace
        self.listener: Listener | None = listener
        self.options = options
        self.source, self.target = source, target
        self.ident = program.process.pid & 0xFFFF
        self._number = FIRST
        self._open: dict[int, Open] = {}
        self._chance = self.namespace.chance.stream(f"{self.namespace.name}/mtr/{program.process.pid}")
        self.namespace.open_raw(self)

    def send(self, token: int, ttl: int) -> str:
        """One probe; returns an errno's name, or nothing."""
        number = self._next_number()
        if self.options.method == "tcp":
            return self._connect(token, number, ttl)
        size = max(self.options.size, IP_HEADER + HEADER + (NUMBER if self.options.method == "udp" else 0))
        if size > BUFFER:
            return "EINVAL"
        self._open[number] = Open(token, self._now, self._ports(number))
        problem = self._send_packet(number, ttl, size)
        if problem:
            self._open.pop(number, None)
        return problem

    @property
    def _now(self) -> int:
        return self.namespace.scheduler.clock

    def _next_number(self) -> int:
        number, self._number = self._number, self._number + 1 if self._number < LAST else FIRST
        return number

    def _ports(self, number: int) -> tuple[int, int]:
        """Source and destination of a datagram; the number is in one of them, or in the checksum."""
        options = self.options
        if options.port:
            return options.local_port or number, options.port
        return options.local_port or self.ident, number

    def _send_packet(self, number: int, ttl: int, size: int) -> str:
        route = ip_output.find_route(self.namespace, self.target, 0,
                                     self.namespace.vrf_processes.get(self.program.process.pid),
                                     mark=self.options.mark)
        if isinstance(route, str):
            return route
        if size > route.interface.mtu:
            return "EMSGSIZE"
        source = self.source or route.source
        protocol = UDP if self.options.method == "udp" else ICMP
        data = bytes([self._pattern()]) * (size - IP_HEADER - HEADER)
        payload = (self._datagram(source, number, data) if protocol == UDP
                   else icmp.echo(icmp.ECHO_REQUEST, self.ident, number, data))
        ident = self.namespace.next_ident(source, self.target, protocol)
        packet = IPv4Packet(source, self.target, protocol, payload, ttl, ident, False, self.options.tos)
        return ip_output.send_datagram(self.namespace, packet, route, False, self.options.mark)

    def _pattern(self) -> int:
        return self.options.pattern if self.options.pattern >= 0 else self._chance.bits(8)

    def _datagram(self, source: int, number: int, data: bytes) -> UdpDatagram:
        """With both ports given, the first bytes make the number come out as the checksum."""
        sport, dport = self._open[number].ports
        if not (self.options.port and self.options.local_port):
            return UdpDatagram(sport, dport, data)
        length = HEADER + len(data)
        head = b"".join(part.to_bytes(2, "big") for part in (sport, dport, length, number))
        filler = internet_checksum(pseudo_header(source, self.target, UDP, length) + head + bytes(2) + data[2:])
        return UdpDatagram(sport, dport, filler.to_bytes(2, "big") + data[2:])

    # -- connections

    def _connect(self, token: int, number: int, ttl: int) -> str:
        """A SYN from a port of its own; another port where that one is taken."""
        for _ in range(FIRST, LAST):
            socket = StreamSocket(self.namespace, self.program.process, reuse=True)
            socket.ttl, socket.tos = ttl, self.options.tos
            try:
                socket.bind(self.source, number)
                socket.connect(self.target, self.options.port)
            except SocketError as error:
                socket.close()
                if error.name not in ("EADDRINUSE", "EADDRNOTAVAIL"):
                    return error.name
                number = self._next_number()
                continue
            timer = self.namespace.scheduler.wake_after(self.options.timeout * SECOND, self._give_up, number,
                                                        self.program.foreground)
            self._open[number] = Open(token, self._now, (number, self.options.port), socket, timer)
            socket.on_event = self._look
            return ""
        return "EADDRINUSE"

    def _look(self) -> None:
        """A connection was made or refused."""
        for number, probe in list(self._open.items()):
            socket = probe.socket
            if socket is not None and not socket.is_connecting:
                if socket.is_connected or socket.error == "ECONNREFUSED":
                    self._answer(number, self.target, False)
                else:
                    self._give_up(number)

    def _give_up(self, number: int) -> None:
        probe = self._open.pop(number, None)
        if probe is not None:
            self._close(probe)

    def _close(self, probe: Open) -> None:
        self.namespace.scheduler.cancel(probe.timer)
        if probe.socket is not None:
            probe.socket.on_event = None
            probe.socket.close()

    # -- the raw socket

    def deliver(self, interface: Interface, packet: IPv4Packet) -> bool:
        """A packet for the namespace; True for ICMP."""
        message = packet.payload
        if packet.protocol != ICMP or not isinstance(message, icmp.IcmpMessage):
            return False
        if message.type == icmp.ECHO_REPLY and message.ident == self.ident and self.options.method == "icmp":
            self._hear(message.seq, packet.src, False)
        return True

    def error(self, interface: Interface, packet: IPv4Packet, message: icmp.IcmpMessage, quoted: IPv4Packet) -> None:
        """An ICMP error: a hop's, the target's own, or that there is no way on."""
        head = quoted.payload_bytes()
        if message.type not in (icmp.TIME_EXCEEDED, icmp.UNREACHABLE) or len(head) < HEADER:
            return
        number = self._quoted(quoted, head)
        if number is not None:
            self._hear(number, packet.src, message.type == icmp.UNREACHABLE and message.code != icmp.PORT_UNREACHABLE)

    def _quoted(self, quoted: IPv4Packet, head: bytes) -> int | None:
        """The number of the probe that is quoted."""
        first, second, fourth = (int.from_bytes(head[at:at + 2], "big") for at in (0, 2, 6))
        if quoted.protocol == ICMP and self.options.method == "icmp":
            return fourth if int.from_bytes(head[4:6], "big") == self.ident else None
        if quoted.protocol == TCP and self.options.method == "tcp":
            return first
        if quoted.protocol == UDP and self.options.method == "udp" and quoted.dst == self.target:
            return next((number for number in (second, first, fourth)
                         if number in self._open and self._open[number].ports == (first, second)), None)
        return None

    def _hear(self, number: int, sender: int, is_end: bool) -> None:
        self.namespace.scheduler.soon(self._take, (number, sender, is_end, self._now))

    def _take(self, what: tuple[int, int, bool, int]) -> None:
        number, sender, is_end, at = what
        self._answer(number, sender, is_end, at)

    def _answer(self, number: int, sender: int, is_end: bool, at: int | None = None) -> None:
        probe = self._open.pop(number, None)
        if probe is None or self.listener is None:
            return
        self._close(probe)
        waited = (self._now if at is None else at) - probe.at
        if waited <= self.options.timeout * SECOND:
            self.listener.answered(Answer(probe.token, sender, waited // 1000, is_end))

    def close(self) -> None:
        """Give everything back."""
        self.listener = None
        while self._open:
            self._close(self._open.popitem()[1])
        self.namespace.close_raw(self)
