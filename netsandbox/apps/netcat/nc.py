"""nc: OpenBSD's netcat, and BusyBox's smaller one."""

from __future__ import annotations

from netsandbox.apps.client import StreamClient
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.netcat.nc_options import NcOptions, parse, parse_busybox
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolver import Reply
from netsandbox.apps.stream import Stream
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import seconds
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.ipv4.udp import Datagram, UdpSocket
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import format_ipv4, ipv4_or_none
from netsandbox.wire.services import service_name

PROBES = 4  # Datagrams that -zu sends before it says that a port is open


class Netcat(StreamClient):
    """One run of nc."""

    name = "nc"

    def __init__(self, context: Context, options: NcOptions) -> None:
        super().__init__(context)
        self.options = options
        self.stdin = context.stdin
        self.udp: UdpSocket | None = None
        self.listener: StreamSocket | None = None
        self._timer: Timer | None = None
        self._quit: Timer | None = None  # -q's, behind the end of the input
        self.address = 0
        self._connected: Stream | None = None
        self._ports = list(options.ports)
        self.port = 0
        self._status = 1 if options.ports else 0

    @property
    def is_endless(self) -> bool:
        return self.options.listens or not self.options.scans

    @property
    def listens(self) -> bool:
        return self.options.listens

    def start(self) -> None:
        if self.options.listens:
            self._listen()
            return
        if self.options.numeric and not self.options.is_busybox and ipv4_or_none(self.options.host) is None:
            self.unresolved(Reply((), "Name or service not known"))
            return
        self.look_up(self.options.host)

    # -- listening

    def _listen(self) -> None:
        self.listen_on(ipv4_or_none(self.options.source) or 0, self.options.ports[0] if self.options.ports else 0)

    def listen_on(self, address: int, port: int) -> None:
        """Take a port."""
        socket = (UdpSocket if self.options.udp else StreamSocket)(self.namespace, self.process, True)
        try:
            socket.bind(address, port)
            if isinstance(socket, StreamSocket):
                socket.listen(self.options.backlog)
        except SocketError as error:
            self.taken(f"{format_ipv4(address)}:{port}", error.name)
            return
        if self.options.verbose and not self.options.is_busybox:
            self.say_listening(address, socket.port)
        if isinstance(socket, StreamSocket):
            self.listener = socket
            socket.on_event = self._accept
        else:
            self.udp = socket
            socket.on_event = self._heard
            self.stdin.on_change = self._read_input

    def _accept(self) -> None:
        if self.stream is not None or self.listener is None:
            return
        child = self.listener.accept()
        if child is None:
            return
        if not self.options.keeps:
            self.listener.close()
            self.listener = None
        if self.options.verbose and not self.options.is_busybox:
            self.say_accepted(child.peer, child.peer_port)
        self.stream = self._connected = Stream(child, self)
        self.stream.begin()
        self._begin_input()

    def taken(self, _where: str, error: str) -> None:
        """A port cannot be had."""
        self.complain(f"nc: {TEXTS[error]}")
        self.exit(1)

    def say_listening(self, address: int, port: int) -> None:
        self.complain(f"{'Bound' if self.options.udp else 'Listening'} on {format_ipv4(address)} {port}")

    def say_accepted(self, address: int, port: int) -> None:
        self.complain(f"Connection received on {format_ipv4(address)} {port}")

    # -- connecting

    @property
    def is_connected(self) -> bool:
        """A connection was made, whatever has become of it."""
        return self._connected is not None

    def resolved(self, reply: Reply) -> None:
        self.address = reply.addresses[0]
        self._next_port(None)

    def _next_port(self, _argument: object) -> None:
        if not self._ports:
            self.exit(self._status)
            return
        self.port = self._ports.pop(0)
        if self.options.udp:
            self._begin_udp()
            return
        socket = StreamSocket(self.namespace, self.process)
        self.stream = Stream(socket, self)
        if self.options.timeout:
            self._timer = self.scheduler.wake_after(seconds(self.options.timeout), self._time_out,
                                                    foreground=self.foreground)
        try:
            if not self._bind(socket):
                return
            socket.connect(self.address, self.port)
        except SocketError as error:
            self.failed(self.stream, error.name)

    def _bind(self, socket: StreamSocket | UdpSocket) -> bool:
        """-s and -p; False where they are not to be had, and it is over."""
        source = ipv4_or_none(self.options.source) or 0
        if not source and not self.options.source_port:
            return True
        try:
            socket.bind(source, self.options.source_port)
        except SocketError as error:
            self.complain(f"nc: bind failed: {TEXTS[error.name]}")
            self.exit(1)
            return False
        return True

    def connected(self, stream: Stream) -> None:
        self.scheduler.cancel(self._timer)
        self._timer = None
        self._status, self._connected = 0, stream
        if self.options.verbose:
            self.say_open()
        if self.options.scans:
            stream.close()
            self.scheduler.soon(self._next_port)
            return
        self._begin_input()

    def unresolved(self, reply: Reply) -> None:
        """There is no such host."""
        self.complain(f"nc: bad address '{self.options.host}'" if self.options.is_busybox else
                      f"nc: getaddrinfo for host \"{self.options.host}\" port {self._ports[0]}: {reply.error}")
        self.exit(1)

    def say_open(self) -> None:
        protocol = "udp" if self.options.udp else "tcp"
        service = "*" if self.options.numeric else service_name(self.port, protocol)
        service = "*" if service == str(self.port) else service
        address = format_ipv4(self.address)
        where = self.options.host if self.options.host != address else address
        named = address if where == address or self.options.numeric else f"{where} ({address})"
        self.complain(f"{self.options.host} ({address}:{self.port}) open" if self.options.is_busybox else
                      f"Connection to {named} {self.port} port [{protocol}/{service}] succeeded!")

    # -- what comes and goes

    def _begin_input(self) -> None:
        self.stdin.on_change = self._read_input
        self._read_input()

    def _read_input(self) -> None:
        if self.options.is_mute:
            return
        text = self.stdin.read()
        if text:
            self.send(to_bytes(text))
        options = self.options
        if self.stdin.is_at_end and self.stream is not None and (options.shuts or options.is_busybox):
            self.stream.finish()
        elif self.stdin.is_at_end and options.udp and not options.listens and not options.idles:
            self._be_patient(options.lingers or options.timeout)
        if self.stdin.is_at_end and options.quits is not None and self._quit is None:
            self._quit = self.scheduler.wake_after(seconds(options.quits), self._time_out, foreground=self.foreground)
        self._wait_on()

    def _wait_on(self) -> None:
        """Something came or went: -w counts anew from here, where it is about more than the connection's beginning."""
        if self.options.idles and self.options.timeout and self.code is None:
            self.scheduler.cancel(self._timer)
            self._timer = None
            self._be_patient(self.options.timeout)

    def _be_patient(self, patience: float) -> None:
        if patience and self._timer is None:
            self._timer = self.scheduler.wake_after(seconds(patience), self._time_out, foreground=self.foreground)

    def send(self, data: bytes) -> None:
        if self.stream is not None:
            self.stream.write(data)
        elif self.udp is not None and self.udp.peer_port:
            try:
                self.udp.send(data)
            except SocketError as error:
                self._refused_datagram(error.name)

    def received(self, stream: Stream, data: bytes) -> None:
        self.output.append(("out", to_text(data)))
        self._wait_on()

    def ended(self, stream: Stream) -> None:
        stream.close()
        self.stream = None
        if self.options.keeps and self.listener is not None:
            self._accept()
            return
        self.scheduler.soon(self._leave)

    def _leave(self, _argument: object) -> None:
        self.exit(0)

    def failed(self, stream: Stream, error: str) -> None:
        self.scheduler.cancel(self._timer)
        self.stream = None
        if stream is self._connected:
            self._connected = None
            if not self.options.keeps:
                self.scheduler.soon(self._leave)
            return
        if self.options.verbose or self.options.speaks or (self.options.is_busybox and not self.options.scans):
            self.say_failed(error)
        self.scheduler.soon(self._next_port)

    def say_failed(self, error: str) -> None:
        address, text = format_ipv4(self.address), TEXTS[error]
        if self.options.is_busybox:
            self.complain(f"nc: {self.options.host} ({address}:{self.port}): {text}" if self.options.scans else
                          f"nc: can't connect to remote host ({address}): {text}")
            return
        named = self.options.host if self.options.host == address else f"{self.options.host} ({address})"
        self.complain(f"nc: connect to {named} port {self.port} (tcp) failed: {text}")

    def say_timed_out(self) -> None:
        self.complain(f"nc: connect to {self.options.host} port {self.port} (tcp) timed out: Operation now in progress")

    def _time_out(self, _argument: object) -> None:
        if self.stream is not None and self.stream.socket.is_connecting:
            if self.options.verbose or self.options.speaks:
                self.say_timed_out()
            self.stream.drop()
            self.stream = None
            self._next_port(None)
            return
        self.exit(0 if self.is_connected else self._status)

    # -- UDP

    def _begin_udp(self) -> None:
        socket = self.udp = UdpSocket(self.namespace, self.process)
        try:
            if not self._bind(socket):
                return
            socket.connect(self.address, self.port)
        except SocketError as error:
            if self.options.verbose:
                self.complain(f"nc: connect to {self.options.host} port {self.port} (udp) failed: {TEXTS[error.name]}")
            self.exit(1)
            return
        socket.on_event = self._heard
        if self.options.scans or self.options.verbose:
            self._probe(PROBES)
            return
        self._status = 0
        self._begin_input()

    def _probe(self, left: int) -> None:
        """-v and -z send a few datagrams to hear whether the port is closed."""
        if self.udp is None or self.code is not None:
            return
        try:
            if not left:
                self._status = 0
                if self.options.verbose:
                    self.say_open()
                if self.options.scans:
                    self._close_udp()
                    self._next_port(None)
                else:
                    self._begin_input()
                return
            self.udp.send(b"X")
        except SocketError as error:
            self._refused_datagram(error.name)
            return
        self._timer = self.scheduler.wake_after(seconds(1 if left == 1 else 0.01), self._probe, left - 1,
                                                foreground=self.foreground)

    def _refused_datagram(self, _error: str) -> None:
        self.scheduler.cancel(self._timer)
        self._close_udp()
        if self.options.scans:
            self.scheduler.soon(self._next_port)
        else:
            self.exit(1)

    def _close_udp(self) -> None:
        if self.udp is not None:
            self.udp.on_event = None
            self.udp.close()
            self.udp = None

    def _heard(self) -> None:
        while self.udp is not None:
            try:
                datagram = self.udp.recv()
            except SocketError as error:
                self._refused_datagram(error.name)
                return
            if datagram is None:
                return
            self._take_datagram(datagram)

    def _take_datagram(self, datagram: Datagram) -> None:
        if self.options.listens and self.udp is not None and not self.udp.peer_port and not self.options.keeps:
            self.udp.connect(datagram.source, datagram.port)
            if self.options.verbose:
                self.say_accepted(datagram.source, datagram.port)
            self._begin_input()
        self.output.append(("out", to_text(datagram.data)))
        if self.options.udp and (self.udp is not None and self.udp.peer_port):
            self._wait_on()

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)
        self.scheduler.cancel(self._quit)
        self.stdin.on_change = None
        super().stop()
        if self.listener is not None:
            self.listener.close()
        self._close_udp()


def program(context: Context) -> Program:
    """nc(1) of OpenBSD (program.Maker)."""
    return Netcat(context, parse(context.arguments))


def busybox(context: Context) -> Program:
    """BusyBox's nc (program.Maker)."""
    return Netcat(context, parse_busybox(context.arguments))
