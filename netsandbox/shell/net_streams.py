"""bash's /dev/tcp/HOST/PORT and /dev/udp/HOST/PORT: a redirection that opens a connection (bash, lib/sh/netopen.c)."""

from __future__ import annotations

import re

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Context, Task
from netsandbox.apps.resolver import Lookup, Reply
from netsandbox.apps.stream import Stream
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.linux.core.socket import Process, SocketError
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.services import port_number

PATH = re.compile(r"/dev/(tcp|udp)/([^/]+)/([^/]+)")


class NetStream(Pipe):
    """A socket as a descriptor: what is written is sent, and what came can be read."""

    def release(self) -> None:
        """The last descriptor is closed."""


class Datagrams(NetStream):
    """/dev/udp: each write is a datagram."""

    def __init__(self, socket: UdpSocket) -> None:
        super().__init__()
        self._socket = socket
        socket.on_event = self._look

    def write(self, text: str) -> None:
        try:
            self._socket.send(to_bytes(text))
        except SocketError:
            self.close()

    def _look(self) -> None:
        while True:
            try:
                datagram = self._socket.recv()
            except SocketError as error:
                self.error = error.name
                self.close()
                return
            if datagram is None:
                return
            super().write(to_text(datagram.data))

    def release(self) -> None:
        self._socket.on_event = None
        self._socket.close()


class Connection(NetStream):
    """/dev/tcp (apps.stream.StreamOwner) (opening: who waits until it is connected)."""

    def __init__(self, socket: StreamSocket, opening: Opening) -> None:
        super().__init__()
        self.opening = opening
        self.stream = Stream(socket, self)

    def connected(self, stream: Stream) -> None:
        self.opening.exit(0)

    def received(self, stream: Stream, data: bytes) -> None:
        super().write(to_text(data))

    def ended(self, stream: Stream) -> None:
        self.close()

    def failed(self, stream: Stream, error: str) -> None:
        self.close()
        if self.opening.is_running:
            self.opening.fail(error)

    def write(self, text: str) -> None:
        self.stream.write(to_bytes(text))

    def release(self) -> None:
        self.stream.close()


class Opening(Task):
    """The wait for a connection, at the end of which there is one or none."""

    name = "bash"

    def __init__(self, context: Context, path: str) -> None:
        super().__init__(context.namespace.scheduler)
        self.context = context
        self.process: Process = Process("bash", context.next_pid())
        self.made: NetStream | None = None  # the connection
        self.error = ""  # why there is none
        found = PATH.fullmatch(path)
        self._protocol, self._host, self._port = found.groups() if found is not None else ("", "", "")
        self._lookup: Lookup | None = None

    def start(self) -> None:
        self._lookup = Lookup(self.context, self.process, self._host, self._resolved)
        self._lookup.start()

    def _resolved(self, reply: Reply) -> None:
        self._lookup = None
        port = port_number(self._port)
        if reply.error or port is None:
            self.complain(f"bash: {self._host}: {reply.error}" if reply.error else
                          f"bash: {self._port}: Servname not supported for ai_socktype")
            self.error = "Invalid argument"
            self.exit(1)
            return
        try:
            self._open(reply.addresses[0], port)
        except SocketError as error:
            self.fail(error.name)

    def _open(self, address: int, port: int) -> None:
        namespace = self.context.namespace
        if self._protocol == "udp":
            socket = UdpSocket(namespace, self.process)
            socket.bind(0, 0)
            socket.connect(address, port)
            self.made = Datagrams(socket)
            self.exit(0)
            return
        stream = StreamSocket(namespace, self.process)
        self.made = Connection(stream, self)
        stream.connect(address, port)

    def fail(self, error: str) -> None:
        """bash says it twice, the second time with the path."""
        self.made, self.error = None, TEXTS[error]
        self.complain(f"bash: connect: {self.error}")
        self.exit(1)

    def stop(self) -> None:
        if self._lookup is not None:
            self._lookup.stop()
        if isinstance(self.made, Connection) and self.made.stream.socket.is_connecting:
            self.made.stream.drop()
            self.made = None
