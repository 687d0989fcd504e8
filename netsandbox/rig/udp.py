"""The sending side of a kernel lab's udp_send action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.units import MICROSECOND, SECOND, seconds
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.wire.addresses import format_ipv4, parse_ipv4

BETWEEN_SENDS = 60 * MICROSECOND
"""What the rig's process needs from one datagram to the next: a queue that delays them lets them go one by one."""


class UdpSender:
    """Sends datagrams and waits for one answer, or an error, after each."""

    def __init__(self, socket: UdpSocket, scheduler: Scheduler, action: dict[str, Any],
                 finish: Callable[[dict[str, Any]], None]) -> None:
        self.socket = socket
        self.scheduler = scheduler
        self.action = action
        self.finish = finish
        self.events: list[list[Any]] = []
        self.data = (action["data"].encode() if "data" in action
                     else bytes(i % 251 for i in range(action.get("size", 5))))
        self.connected = action.get("connected", True)
        self.sent = 0
        self.waiting: Any = None

    def start(self) -> None:
        action = self.action
        self.socket.bind(parse_ipv4(action.get("from", "0.0.0.0")), action.get("sport", 0))
        if self.connected:
            try:
                self.socket.connect(parse_ipv4(action["to"]), action["port"])
            except SocketError as error:
                self.note("connect", error.name)
                self.end()
                return
        self.socket.on_event = self.receive
        self.send(None)

    def note(self, what: str, value: Any) -> None:
        self.events.append([round(self.scheduler.now / SECOND, 6), what, value])

    def send(self, _argument: object) -> None:
        action = self.action
        try:
            to = None if self.connected else parse_ipv4(action["to"])
            self.note("sent", self.socket.send(self.data, to, action["port"]))
        except SocketError as error:
            self.note("send", error.name)
        wait = action.get("wait", 1.0)
        if wait <= 0:
            self.scheduler.wake_after(BETWEEN_SENDS, self.advance)
            return
        self.waiting = self.scheduler.wake_after(seconds(wait), self.time_out)
        self.scheduler.soon(lambda _argument: self.receive())

    def receive(self) -> None:
        """The process is in recvfrom: something came."""
        if self.waiting is None:
            return
        try:
            datagram = self.socket.recv()
            if datagram is None:
                return
            self.note("reply", [format_ipv4(datagram.source), datagram.port, len(datagram.data)])
        except SocketError as error:
            self.note("recv", error.name)
        self.scheduler.cancel(self.waiting)
        self.waiting = None
        self.advance(None)

    def time_out(self, _argument: object) -> None:
        self.waiting = None
        self.note("recv", "timeout")
        self.advance(None)

    def advance(self, _argument: object) -> None:
        self.sent += 1
        if self.sent >= self.action.get("count", 1):
            self.end()
            return
        interval = self.action.get("interval", 0)
        if interval:
            self.scheduler.wake_after(seconds(interval), self.send)
        else:
            self.send(None)

    def end(self) -> None:
        self.socket.on_event = None
        self.socket.close()
        self.finish({"events": self.events})
