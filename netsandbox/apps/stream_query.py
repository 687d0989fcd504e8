"""One question to a name server by TCP (RFC 7766)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.apps.resolver import Settings
from netsandbox.apps.stream import Stream
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire import dns
from netsandbox.wire.errors import ParseError

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Timer
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.core.socket import Process

LENGTH = 2
"""Bytes before a message by TCP that say how long it is (RFC 1035, 4.2.2)."""


class StreamQuery:
    """As resolver.Query, of one type of record, by a connection for each try."""

    def __init__(self, namespace: NetworkNamespace, process: Process, settings: Settings, name: str,
                 types: tuple[int, ...], done: Callable[[dict[int, dns.Message] | None, int], None],
                 flags: int = dns.RECURSION_DESIRED) -> None:
        self.namespace = namespace
        self.process = process
        self.settings = settings
        self.name = name
        self.type = types[0]
        self.done = done
        self.flags = flags
        self.tries = 0
        self.started = namespace.scheduler.clock
        self.sizes: dict[int, int] = {}
        self.failures: list[tuple[int, str]] = []
        self._stream: Stream | None = None
        self._timer: Timer | None = None
        self._ident = 0
        self._data = b""

    @property
    def server(self) -> int:
        """Who is asked now."""
        return self.settings.servers[self.tries % len(self.settings.servers)]

    def start(self, _argument: object = None) -> None:
        """Ask a server."""
        if self.tries >= self.settings.attempts * len(self.settings.servers):
            self.done(None, 0)
            return
        scheduler = self.namespace.scheduler
        self._data = b""
        self._ident = self.namespace.chance.stream(
            f"{self.namespace.name}/dns-tcp/{self.name}/{scheduler.now}/{self.tries}").bits(16)
        self._timer = scheduler.wake_after(self.settings.timeout * SECOND, self._next, "timed out")
        socket = StreamSocket(self.namespace, self.process)
        self._stream = Stream(socket, self)
        try:
            socket.connect(self.server, dns.PORT)
        except SocketError:
            scheduler.soon(self._next, "network unreachable")

    def _next(self, why: str) -> None:
        self.failures.append((self.server, why))
        self.stop()
        self.tries += 1
        self.start()

    def stop(self) -> None:
        """Give the connection and the timer back."""
        self.namespace.scheduler.cancel(self._timer)
        if self._stream is not None:
            self._stream.drop()
            self._stream = None

    # -- apps.stream.StreamOwner

    def connected(self, stream: Stream) -> None:
        data = dns.Message(self._ident, self.flags, (dns.Question(self.name, self.type),)).emit()
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
        server = self.server
        self.sizes[self.type] = size
        self.stop()
        self.done({self.type: message}, server)

    def ended(self, stream: Stream) -> None:
        self._next("end of file")

    def failed(self, stream: Stream, error: str) -> None:
        self._next("connection refused" if error == "ECONNREFUSED" else "timed out")
