"""A program of the benchmarks that pings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace

PAYLOAD = bytes(range(56))


class Pinger:
    """A program with a raw socket: the next echo request leaves when the last reply is in."""

    def __init__(self, namespace: NetworkNamespace, targets: Iterable[int]) -> None:
        self.namespace = namespace
        self.targets = iter(targets)
        self.sent = self.replies = 0
        namespace.open_raw(self)

    def send(self, _argument: object = None) -> None:
        """One request to the next target."""
        target = next(self.targets, None)
        if target is None:
            return
        namespace = self.namespace
        self.sent += 1
        route = route_output(namespace, target)
        assert isinstance(route, OutputRoute), "all are on one subnet"
        message = IcmpMessage(ECHO_REQUEST, 0, 1 << 16 | self.sent & 0xFFFF, PAYLOAD)
        ident = namespace.next_ident(route.source, target, ICMP)
        ip_output.send(namespace, IPv4Packet(route.source, target, ICMP, message, 64, ident, True), route)

    def deliver(self, _interface: Interface, packet: IPv4Packet) -> bool:
        """A packet for the namespace."""
        message = packet.payload
        if isinstance(message, IcmpMessage) and message.type == ECHO_REPLY:
            self.replies += 1
            self.namespace.scheduler.soon(self.send)
        return True

    def close(self) -> None:
        """It has no socket any more."""
        self.namespace.close_raw(self)

    def error(self, _interface: Interface, _packet: IPv4Packet, _message: IcmpMessage, _quoted: IPv4Packet) -> None:
        """No error is expected here."""
