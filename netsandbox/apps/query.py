"""One question to name servers, by UDP or by TCP (RFC 1035, 4.2; RFC 7766)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from netsandbox.apps.resolv_conf import Settings
from netsandbox.apps.stream import Stream
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import DONT, Process, SocketError
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp.state import Tuning
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire import dns
from netsandbox.wire.errors import ParseError

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer

LENGTH = 2  # Bytes before a message by TCP that say how long it is (RFC 1035, 4.2.2)
TIMED_OUT = "timed out"
Answers = dict[int, dns.Message] | None  # The responses by type of record; None when nobody answers


def _nobody(_found: Answers, _server: int) -> None:
    """Who waits for a question that is answered."""


class Query:
    """One question: sent, repeated, and answered once by a call of `done`.

    Args:
        types: of records, asked for at once.
        done: called with the answers and the server that gave them, or (None, 0).
        ident: the ID of a question that is passed on; else chance gives each type its own, which stays for all tries.
    """

    def __init__(self, namespace: NetworkNamespace, process: Process, settings: Settings, name: str,
                 types: tuple[int, ...], done: Callable[[Answers, int], None],
                 flags: int = dns.RECURSION_DESIRED, cls: int = dns.IN,
                 additional: tuple[dns.Answer, ...] = (), ident: int | None = None) -> None:
        self.namespace = namespace
        self.process = process
        self.settings = settings
        self.name = name
        self.types = types
        self.done = done
        self.flags = flags
        self.cls = cls
        self.additional = additional
        self.on_asked: Callable[[dns.Message, int], None] | None = None
        """Told of each question that leaves, with its bytes."""
        self.tries = 0
        self.started = namespace.scheduler.clock
        self.sizes: dict[int, int] = {}  # of the responses, in bytes, by type
        self.failures: list[tuple[int, str]] = []  # the servers that did not answer, and why, in order
        self._found: dict[int, dns.Message] = {}
        self._idents: dict[int, int] = dict.fromkeys(types, ident) if ident is not None else {}
        self._timer: Timer | None = None

    @property
    def server(self) -> int:
        """Who is asked now."""
        return self.settings.servers[self.tries % len(self.settings.servers)]

    def start(self, _argument: object = None) -> None:
        """Ask a server."""
        if self.tries >= self.settings.attempts * len(self.settings.servers):
            self._end(None, 0)
            return
        scheduler = self.namespace.scheduler
        self._timer = scheduler.wake_after(self.settings.timeout * SECOND, self._next, TIMED_OUT)
        try:
            self._send()
        except SocketError:
            scheduler.soon(self._next, "network unreachable")

    def _send(self) -> None:
        raise NotImplementedError

    def _next(self, why: str) -> None:
        self.failures.append((self.server, why))
        self.leave()
        self.tries += 1
        self.start()

    def _question(self, kind: int) -> bytes:
        if kind not in self._idents:
            scheduler = self.namespace.scheduler
            self._idents[kind] = self.namespace.chance.stream(
                f"{self.namespace.name}/dns/{self.name}/{scheduler.now}/{kind}/{self.started}").bits(16)
        message = dns.Message(self._idents[kind], self.flags, (dns.Question(self.name, kind, self.cls),),
                              additional=self.additional)
        data = message.emit()
        if self.on_asked is not None:
            self.on_asked(message, len(data))
        return data

    def _found_one(self, kind: int, message: dns.Message, size: int) -> None:
        self._found[kind] = message
        self.sizes[kind] = size
        if self._is_whole(message):
            server = self.server
            self.stop()
            self._end(self._found, server)

    def _is_whole(self, _last: dns.Message) -> bool:
        return len(self._found) == len(self.types)

    def _end(self, found: Answers, server: int) -> None:
        """Tell who has asked, and know them no more: they know this question, and both would stay for ever."""
        done, self.done = self.done, _nobody
        done(found, server)

    def leave(self) -> None:
        """This try is over."""
        self.namespace.scheduler.cancel(self._timer)
        self._timer = None

    def stop(self) -> None:
        """Give the sockets and the timer back."""
        self.leave()


class DatagramQuery(Query):
    """By UDP, as glibc asks: a datagram for each type of record, and one socket a server for all tries (res_send.c)."""

    _socket: UdpSocket | None = None
    _kept: dict[int, UdpSocket] | None = None

    def _send(self) -> None:
        socket = self._socket = self._open()
        socket.on_event = self._look
        for kind in self.types:
            if kind not in self._found:
                socket.send(self._question(kind))

    def _open(self) -> UdpSocket:
        """The socket for the server that is asked now."""
        kept = self._kept = {} if self._kept is None else self._kept
        if self.server not in kept:
            kept[self.server] = self._connected()
        return kept[self.server]

    def _connected(self) -> UdpSocket:
        socket = UdpSocket(self.namespace, self.process)
        socket.bind(0, 0)
        try:
            socket.connect(self.server, self.settings.port)
        except SocketError:
            socket.close()
            raise
        return socket

    def _look(self) -> None:
        socket = self._socket
        while socket is not None and socket is self._socket:
            try:
                datagram = socket.recv()
            except SocketError as error:
                self._close()
                self._next("connection refused" if error.name == "ECONNREFUSED" else "host unreachable")
                return
            if datagram is None:
                return
            self._take(datagram.data)

    def _take(self, data: bytes) -> None:
        try:
            message = dns.parse(data)
        except ParseError:
            return
        kind = next((kind for kind, ident in self._idents.items() if ident == message.ident), None)
        if kind is None or not message.is_response or kind in self._found:
            return
        if message.rcode in (dns.SERVFAIL, dns.NOTIMP, dns.REFUSED) and self._has_more():
            self._close()
            self._next(dns.RCODES[message.rcode])
            return
        self._found_one(kind, message, len(data))

    def _has_more(self) -> bool:
        return self.tries + 1 < len(self.settings.servers)

    def leave(self) -> None:
        super().leave()
        if self._socket is not None:
            self._socket.on_event = None
            self._socket = None

    def stop(self) -> None:
        super().stop()
        self._close()

    def _close(self) -> None:
        for socket in (self._kept or {}).values():
            socket.close()
        self._kept = None


class OneShotQuery(DatagramQuery):
    """By UDP, as BIND's tools ask: one type after another, a socket for each try, and no DF (IP_PMTUDISC_OMIT)."""

    def _send(self) -> None:
        socket = self._socket = self._open()
        socket.on_event = self._look
        socket.send(self._question(next(kind for kind in self.types if kind not in self._found)))

    def _open(self) -> UdpSocket:
        self._close()
        socket = self._connected()
        socket.pmtudisc = DONT
        self._kept = {self.server: socket}
        return socket

    def _is_whole(self, last: dns.Message) -> bool:
        """Of a name that there is not, nothing more is asked."""
        if super()._is_whole(last) or last.rcode == dns.NXDOMAIN:
            return True
        self.leave()
        self.tries = 0
        self.start()
        return False


class ShortSegments(StreamSocket):
    """The connections of BIND's tools, whose segments fit through tunnels (TCP_MAXSEG, lib/isc/netmgr/tcp.c)."""

    __slots__ = ()
    tuning = Tuning(mss=1220)


class StreamQuery(Query):
    """By TCP: one type of record, and a connection for each try (apps.stream.StreamOwner)."""

    _stream: Stream | None = None
    _data = b""
    kind: ClassVar[type[StreamSocket]] = StreamSocket

    def _send(self) -> None:
        self._data = b""
        socket = self.kind(self.namespace, self.process)
        self._stream = Stream(socket, self)
        socket.connect(self.server, self.settings.port)

    def connected(self, stream: Stream) -> None:
        data = self._question(self.types[0])
        stream.write(len(data).to_bytes(LENGTH, "big") + data)

    def received(self, stream: Stream, data: bytes) -> None:
        self._data += data
        size = int.from_bytes(self._data[:LENGTH], "big")
        if len(self._data) < LENGTH + max(size, 1):
            return
        try:
            message = dns.parse(self._data[LENGTH:LENGTH + size])
        except ParseError:
            self._next("unexpected end of input")
            return
        self._found_one(self.types[0], message, size)

    def ended(self, stream: Stream) -> None:
        self._next("end of file")

    def failed(self, stream: Stream, error: str) -> None:
        self._next("connection refused" if error == "ECONNREFUSED" else TIMED_OUT)

    def leave(self) -> None:
        super().leave()
        if self._stream is not None:
            self._stream.drop()
            self._stream = None


class OneShotStreamQuery(StreamQuery):
    """By TCP, as BIND's tools ask."""

    kind = ShortSegments
