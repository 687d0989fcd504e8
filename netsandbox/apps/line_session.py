"""A server's side of a connection whose protocol is made of lines or packets: read, answer, forget."""

from __future__ import annotations

from typing import Any

from netsandbox.apps.http_server import Host
from netsandbox.apps.stream import Stream
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import format_ipv4

LONGEST = 1 << 20  # Bytes of one request that anybody here reads


class LineSession:
    """One connection (apps.stream.StreamOwner); a protocol says how it greets and what it makes of the bytes."""

    def __init__(self, host: Host, store: dict[bytes, Any], socket: StreamSocket, number: int) -> None:
        self.host = host
        self.store = store  # what the server keeps, shared by its connections
        self.number = number
        self.peer = format_ipv4(socket.peer)
        self.stream = Stream(socket, self)
        self.data = b""

    def begin(self) -> None:
        self.greet()
        self.stream.begin()

    def drop(self) -> None:
        self.stream.drop()

    def connected(self, _stream: Stream) -> None:
        """It was, before it was accepted."""

    def ended(self, _stream: Stream) -> None:
        self.leave()

    def failed(self, _stream: Stream, _error: str) -> None:
        self.host.forget(self)

    def received(self, _stream: Stream, data: bytes) -> None:
        self.data += data
        if len(self.data) > LONGEST:
            self.leave()
        while not self.stream.is_over and self.take_one():
            pass

    def leave(self) -> None:
        """End the connection, once all is sent."""
        self.stream.close()
        self.host.forget(self)

    def greet(self) -> None:
        """What the server says first."""

    def take_one(self) -> bool:
        """Answer one request of `data`; False when there is no whole one."""
        raise NotImplementedError


class SilentSession(LineSession):
    """Of a protocol that nobody speaks here: it takes what is sent and says nothing, until the client ends it."""

    def take_one(self) -> bool:
        self.data = b""
        return False
