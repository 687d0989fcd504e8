"""docker-proxy: carries what comes to a published port of the host's to the container (moby, cmd/docker-proxy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.stream import Stream
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp.stream import StreamSocket

if TYPE_CHECKING:
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.core.socket import Process

BACKLOG = 4096
"""net.core.somaxconn, which it asks for."""
MOST_CLIENTS = 1024
"""UDP clients that it remembers; the one that came first is forgotten for another one."""


class StreamProxy:
    """One TCP port.

    Args:
        address, port: where the host listens.  family: inet or inet6.
        target: the container's address and port.

    Attributes:
        has_carried: it was asked once.

    Raises:
        SocketError: the port cannot be had.
    """

    has_carried = False

    def __init__(self, namespace: NetworkNamespace, process: Process, family: str, address: int, port: int,
                 target: tuple[int, int]) -> None:
        self.namespace = namespace
        self.process = process
        self.target = target
        self.pairs: list[Pair] = []
        socket = self.socket = StreamSocket(namespace, process, reuse=True)
        socket.family, socket.foreground = family, False
        socket.bind(address, port)
        socket.listen(BACKLOG)
        socket.on_event = self._accept

    def _accept(self) -> None:
        while (client := self.socket.accept()) is not None:
            self.has_carried = True
            pair = Pair(self, client)
            self.pairs.append(pair)
            pair.begin()

    def forget(self, pair: Pair) -> None:
        """It is over."""
        if pair in self.pairs:
            self.pairs.remove(pair)

    def close(self) -> None:
        """The program ends."""
        self.socket.on_event = None
        self.socket.close()
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            pair.drop()


class Pair:
    """A client's connection and the one to the container (apps.stream.StreamOwner)."""

    def __init__(self, proxy: StreamProxy, client: StreamSocket) -> None:
        self._proxy = proxy
        self._back = StreamSocket(proxy.namespace, proxy.process)
        self._back.foreground = False
        self._container = Stream(self._back, self)
        self._client = Stream(client, self)
        self._ended = 0

    def begin(self) -> None:
        """Connect to the container, and take what the client has sent."""
        try:
            self._back.connect(*self._proxy.target)
        except SocketError:
            self.failed(self._container, "")
            return
        self._client.begin()

    def _other(self, stream: Stream) -> Stream:
        return self._container if stream is self._client else self._client

    def connected(self, stream: Stream) -> None:
        """What waits is sent by the stream itself."""

    def received(self, stream: Stream, data: bytes) -> None:
        self._other(stream).write(data)

    def ended(self, stream: Stream) -> None:
        self._ended += 1
        if self._ended == len((self._client, self._container)):
            self._client.close()
            self._container.close()
            self._proxy.forget(self)
        else:
            self._other(stream).finish()

    def failed(self, stream: Stream, _error: str) -> None:
        self.drop()
        self._proxy.forget(self)

    def drop(self) -> None:
        """Both connections go."""
        self._client.drop()
        self._container.drop()


class DatagramProxy:
    """One UDP port: each client has a socket of its own towards the container.

    Args:
        address, port: where the host listens.  family: inet or inet6.
        target: the container's address and port.

    Attributes:
        has_carried: it was asked once.

    Raises:
        SocketError: the port cannot be had.
    """

    has_carried = False

    def __init__(self, namespace: NetworkNamespace, process: Process, family: str, address: int, port: int,
                 target: tuple[int, int]) -> None:
        self.namespace = namespace
        self.process = process
        self.target = target
        self._clients: dict[tuple[int, int], UdpSocket] = {}
        socket = self.socket = UdpSocket(namespace, process)
        socket.family = family
        socket.bind(address, port)
        socket.on_event = self._take

    def _take(self) -> None:
        while True:
            try:
                datagram = self.socket.recv()
                if datagram is None:
                    return
                self.has_carried = True
                self._towards((datagram.source, datagram.port)).send(datagram.data)
            except SocketError:
                continue

    def _towards(self, client: tuple[int, int]) -> UdpSocket:
        found = self._clients.get(client)
        if found is None:
            if len(self._clients) >= MOST_CLIENTS:
                self._forget(next(iter(self._clients)))
            found = UdpSocket(self.namespace, self.process)
            found.bind(0, 0)
            found.connect(*self.target)
            found.on_event = lambda: self._answer(client)
            self._clients[client] = found
        return found

    def _answer(self, client: tuple[int, int]) -> None:
        while client in self._clients:
            try:
                datagram = self._clients[client].recv()
                if datagram is None:
                    return
                self.socket.send(datagram.data, *client)
            except SocketError:
                continue

    def _forget(self, client: tuple[int, int]) -> None:
        socket = self._clients.pop(client)
        socket.on_event = None
        socket.close()

    def close(self) -> None:
        """The program ends."""
        self.socket.on_event = None
        self.socket.close()
        for client in list(self._clients):
            self._forget(client)


Proxy = StreamProxy | DatagramProxy
