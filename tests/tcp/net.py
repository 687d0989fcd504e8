"""Two hosts on one cable, which may lose, repeat and reorder what it carries; and programs that talk over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.apps.stream import Stream
from netsandbox.engine.chance import Chance
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import Trace
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process
from netsandbox.linux.drivers.veth import VethPair
from netsandbox.linux.drop import CASCADE_TOO_LONG, Outcome
from netsandbox.linux.events import FrameReceived
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.place import CABLE
from netsandbox.linux.stack import create_namespace
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import parse_ipv4, parse_network
from netsandbox.wire.ethernet import Frame

LEFT, RIGHT = parse_ipv4("10.0.0.1"), parse_ipv4("10.0.0.2")
PROCESS = Process("test", 1)
Fate = Callable[[int, Frame], list[int]]
"""From a frame's number and the frame: after how many nanoseconds each copy arrives; none for a loss."""


class BadCable:
    """One direction of a cable with a mind of its own."""

    def __init__(self, end: Interface, fate: Fate) -> None:
        self.end = end
        self.fate = fate
        self.count = 0
        self.place = end.place._replace(kind=CABLE, ifindex=0)

    def receive(self, frame: Frame) -> Outcome:
        for delay in self.fate(self.count, frame):
            self.end.namespace.scheduler.after(delay, self._emerge, frame, foreground=True)
        self.count += 1
        return Outcome.QUEUED

    def _emerge(self, frame: Frame) -> None:
        self.end.namespace.scheduler.transmit((self.end,), frame)


class Net:
    """left 10.0.0.1 ── 10.0.0.2 right."""

    def __init__(self, fate: Fate | None = None, seed: int = 1, **sysctls: int | str) -> None:
        self.trace = Trace()
        self.scheduler = Scheduler(self.trace, FrameReceived, CASCADE_TOO_LONG)
        chance = Chance(seed)
        self.left, self.right = (create_namespace(name, self.scheduler, chance) for name in ("left", "right"))
        pair = VethPair.create((self.left, "eth0", 0x020000000001), (self.right, "eth0", 0x020000000002))
        for end, address in ((pair.left, "10.0.0.1/24"), (pair.right, "10.0.0.2/24")):
            link.set_up(end)
            addresses.add(end, parse_network(address))
        for namespace in (self.left, self.right):
            for name, value in sysctls.items():
                namespace.write_sysctl(f"net.ipv4.{name}", value)
        if fate is not None:
            pair.left.wire = (BadCable(pair.right, fate),)
            pair.right.wire = (BadCable(pair.left, fate),)
        self.pair = pair

    def listen(self, namespace: NetworkNamespace, port: int = 80, backlog: int = 16) -> StreamSocket:
        socket = StreamSocket(namespace, PROCESS, True)
        socket.bind(0, port)
        socket.listen(backlog)
        return socket

    def connect(self, namespace: NetworkNamespace, address: int, port: int = 80) -> StreamSocket:
        socket = StreamSocket(namespace, PROCESS)
        self.scheduler.begin()
        socket.connect(address, port)
        return socket

    def run(self, seconds: float) -> None:
        self.scheduler.run_until(self.scheduler.now + round(seconds * SECOND))

    def events(self, kind: type) -> list[Any]:
        return [record.event for record in self.trace.since(0) if isinstance(record.event, kind)]


class Collector:
    """A stream's owner that keeps what it is told; it answers with what it was given, and closes at the end."""

    def __init__(self, answer: bytes = b"", closes: bool = True) -> None:
        self.data = b""
        self.answer = answer
        self.closes = closes
        self.has_ended = False
        self.error = ""

    def connected(self, stream: Stream) -> None:
        stream.write(self.answer)
        stream.finish()

    def received(self, stream: Stream, data: bytes) -> None:
        self.data += data

    def ended(self, stream: Stream) -> None:
        self.has_ended = True
        if self.closes:
            stream.close()

    def failed(self, stream: Stream, error: str) -> None:
        self.error = error


class Acceptor:
    """Gives each connection of a listener an owner."""

    def __init__(self, listener: StreamSocket, answer: bytes = b"") -> None:
        self.listener = listener
        self.answer = answer
        self.owners: list[Collector] = []
        listener.on_event = self.accept

    def accept(self) -> None:
        while (child := self.listener.accept()) is not None:
            owner = Collector(self.answer)
            self.owners.append(owner)
            stream = Stream(child, owner)
            owner.connected(stream)
            stream.begin()


def steady(_number: int, _frame: Frame) -> list[int]:
    """Ten milliseconds each way, and nothing is lost."""
    return [10 * MILLISECOND]
