"""docker-proxy: carries what comes to a published port of the host's to the container (moby, cmd/docker-proxy)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.stream import Stream
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process, SocketError
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp.state import Keepalive
from netsandbox.linux.tcp.stream import StreamSocket

KEEPALIVE = Keepalive(15, 15, 9)  # What Go's net package asks for on every connection
BACKLOG = 4096  # net.core.somaxconn, which it asks for
MOST_CLIENTS = 1024  # UDP clients that it remembers; the one that came first is forgotten for another one
MOST_RECENT = 16  # Of what it has carried, so much is kept for who looks


class Carried(NamedTuple):
    """A client's address and port, the address that it asked, and what the container sees in the client's place."""

    client: int
    client_port: int
    asked: int
    source: int
    source_port: int


class Proxy:
    """One port.

    Args:
        target: the container's address and port.
        address, port: where the host listens.  address6: the address, where it is one of IPv6.

    Attributes:
        has_carried: it was asked once.
        recent: what it carried last, the newest at the end.

    Raises:
        SocketError: the port cannot be had.
    """

    has_carried = False

    def __init__(self, namespace: NetworkNamespace, process: Process, target: tuple[int, int], address6: str,
                 address: int, port: int) -> None:
        self.namespace = namespace
        self.process = process
        self.target = target
        self.recent: list[Carried] = []
        self._listen(address6, address, port)

    def _listen(self, address6: str, address: int, port: int) -> None:
        raise NotImplementedError

    def note(self, client: tuple[int, int], asked: int, back: StreamSocket | UdpSocket) -> None:
        """A client is carried by a socket towards the container."""
        self.recent = [*self.recent[1 - MOST_RECENT:], Carried(*client, asked, back.address, back.port)]

    def close(self) -> None:
        """The program ends."""
        raise NotImplementedError


class StreamProxy(Proxy):
    """One TCP port."""

    def _listen(self, address6: str, address: int, port: int) -> None:
        self.pairs: list[Pair] = []
        socket = self.socket = StreamSocket(self.namespace, self.process, reuse=True)
        socket.foreground = False
        socket.use_ipv6(address6)
        socket.keep_alive(KEEPALIVE)
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
        self._back.keep_alive(KEEPALIVE)
        self._container = Stream(self._back, self)
        self._client = Stream(client, self)
        self._from = (client.peer, client.peer_port), client.address
        self._ended = 0

    def begin(self) -> None:
        """Connect to the container, and take what the client has sent."""
        try:
            self._back.connect(*self._proxy.target)
            self._proxy.note(*self._from, self._back)
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


class DatagramProxy(Proxy):
    """One UDP port: each client has a socket of its own towards the container.

    Attributes:
        answers_as_asked: answers come from the address that was asked (since 28), not from one that the route names.
    """

    answers_as_asked = True

    def _listen(self, address6: str, address: int, port: int) -> None:
        self._clients: dict[tuple[int, int], Client] = {}
        socket = self.socket = UdpSocket(self.namespace, self.process)
        socket.use_ipv6(address6)
        socket.bind(address, port)
        socket.on_event = self._take

    def _take(self) -> None:
        while True:
            try:
                datagram = self.socket.recv()
                if datagram is None:
                    return
                self.has_carried = True
                client = self._client((datagram.source, datagram.port), datagram.destination)
                client.asked = datagram.destination
                client.socket.send(datagram.data)
            except SocketError:
                continue

    def _client(self, address: tuple[int, int], asked: int) -> Client:
        found = self._clients.get(address)
        if found is None:
            if len(self._clients) >= MOST_CLIENTS:
                self._clients.pop(next(iter(self._clients))).close()
            found = self._clients[address] = Client(self, address, asked)
        return found

    def close(self) -> None:
        self.socket.on_event = None
        self.socket.close()
        clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()


class Client:
    """A client's datagrams: sent on from a socket of their own, whose answers go back to the client."""

    def __init__(self, proxy: DatagramProxy, address: tuple[int, int], asked: int) -> None:
        self._proxy = proxy
        self._address = address
        self.asked = asked
        socket = self.socket = UdpSocket(proxy.namespace, proxy.process)
        socket.bind(0, 0)
        socket.connect(*proxy.target)
        proxy.note(address, asked, socket)
        socket.on_event = self._answer

    def _answer(self) -> None:
        while self.socket.on_event is not None:
            try:
                datagram = self.socket.recv()
                if datagram is None:
                    return
                source = self.asked if self._proxy.answers_as_asked else 0
                self._proxy.socket.send(datagram.data, *self._address, source)
            except SocketError:
                continue

    def close(self) -> None:
        """It is forgotten, or the program ends."""
        self.socket.on_event = None
        self.socket.close()
