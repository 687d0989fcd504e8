"""The workloads of TCP: short connections through a published port, and much data over one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.stream import Stream
from netsandbox.docker import containers
from netsandbox.docker.config import HostConfig, Published
from netsandbox.linux.core.devices import cable, link
from netsandbox.linux.core.socket import ANY, Process
from netsandbox.linux.drivers.veth import VethInterface
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import parse_network

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab
    from netsandbox.linux.core.namespace import NetworkNamespace

LAN = parse_network("192.168.77.1/24"), parse_network("192.168.77.2/24")  # The host's address, and the client's
PORT, PUBLISHED = 80, 8080
REQUEST, ANSWER = b"GET / HTTP/1.0\r\n\r\n", bytes(1024)
PROCESS = Process("bench", 1)
MEGABYTE = 1_000_000


class Server:
    """Answers each connection once, and closes it (apps.stream.StreamOwner)."""

    def __init__(self, namespace: NetworkNamespace, answer: bytes) -> None:
        self._answer = answer
        socket = self._socket = StreamSocket(namespace, PROCESS)
        socket.foreground = False
        socket.bind(ANY, PORT)
        socket.listen(1024)
        socket.on_event = self._accept

    def _accept(self) -> None:
        while (child := self._socket.accept()) is not None:
            Stream(child, self).begin()

    def connected(self, stream: Stream) -> None:
        """It was when it was accepted."""

    def received(self, stream: Stream, _data: bytes) -> None:
        stream.write(self._answer)
        stream.close()

    def ended(self, stream: Stream) -> None:
        stream.close()

    def failed(self, stream: Stream, error: str) -> None:
        raise AssertionError(error)


class Client:
    """Fetches so many times, each with a connection of its own (apps.stream.StreamOwner)."""

    def __init__(self, namespace: NetworkNamespace, address: int, port: int, count: int) -> None:
        self._namespace = namespace
        self._server = address, port
        self._left = count
        self.received_bytes = 0

    def fetch(self, _argument: object = None) -> None:
        """Open the next connection."""
        if not self._left:
            return
        self._left -= 1
        socket = StreamSocket(self._namespace, PROCESS)
        Stream(socket, self)
        socket.connect(*self._server)

    def connected(self, stream: Stream) -> None:
        stream.write(REQUEST)

    def received(self, _stream: Stream, data: bytes) -> None:
        self.received_bytes += len(data)

    def ended(self, stream: Stream) -> None:
        stream.close()
        self._namespace.scheduler.soon(self.fetch)

    def failed(self, stream: Stream, error: str) -> None:
        raise AssertionError(error)


def publish(lab: Lab) -> tuple[NetworkNamespace, NetworkNamespace]:
    """(a client on the host's LAN, a container whose port 80 is the host's 8080)."""
    engine = lab.docker()
    container = containers.create(engine, "web", "registry.k8s.io/pause", "bridge")
    container.host_config = HostConfig([Published("", str(PUBLISHED), PORT, "tcp")])
    engine.start(container)
    client = lab.add_host("client").namespace
    ends = [VethInterface(namespace, "lan0", lab.new_mac()) for namespace in (engine.namespace, client)]
    for end in ends:
        end.namespace.add_interface(end)
    cable.plug(ends[0], ends[1])
    for end, own in zip(ends, LAN, strict=True):
        addresses.add(end, own, own.broadcast)
        link.set_up(end)
    assert container.namespace is not None
    return client, container.namespace


def fetch(lab: Lab, client: Client, expected: int) -> None:
    """Let a client do all of its work."""
    client.fetch()
    lab.scheduler.run_until_quiet()
    assert client.received_bytes == expected, "an answer is missing"


def connections(lab: Lab, count: int) -> Client:
    """A client of a published port, ready to begin; Docker's rules lead to the container."""
    client, server = publish(lab)
    Server(server, ANSWER)
    return Client(client, LAN[0].address, PUBLISHED, count)


def bulk(lab: Lab, megabytes: int) -> Client:
    """The same with one connection and much data."""
    client, server = publish(lab)
    Server(server, bytes(megabytes * MEGABYTE))
    return Client(client, LAN[0].address, PUBLISHED, 1)
