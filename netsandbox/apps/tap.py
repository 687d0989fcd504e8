"""A packet socket (AF_PACKET): a program that is told of every frame that passes interfaces of its namespace.

It reads the trace and is no part of what happens: with a tap or without, the
lab does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.capture import Passing, passings
from netsandbox.linux.events import LinkChanged
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.wire.ethernet import Frame

OUT, HOST, BROADCAST, MULTICAST, OTHER = "Out", "In", "B", "M", "P"
"""Packet types as tcpdump abbreviates them: sent, for this host, to all, to a group, for another station."""


class Seen(NamedTuple):
    """A frame at an interface.

    Attributes:
        at: virtual nanoseconds.
        kind: OUT, HOST, BROADCAST, MULTICAST or OTHER.
    """

    at: int
    interface: Interface
    kind: str
    frame: Frame


class Tap:
    """An open packet socket.

    Args:
        interface: None for all of the namespace.
        is_promiscuous: whether a bridge shows what passes between its ports.
        take: called with what passed since the last time, in order, whenever the lab's queue has run empty.
        on_gone: called when the interface is removed.
    """

    def __init__(self, namespace: NetworkNamespace, interface: Interface | None, is_promiscuous: bool,
                 take: Callable[[list[Seen]], object], on_gone: Callable[[], object]) -> None:
        self.namespace = namespace
        self.interface = interface
        self._bridge = interface if is_promiscuous and isinstance(interface, Bridge) else None
        self._take = take
        self._on_gone = on_gone
        self._cursor = namespace.trace.end
        namespace.scheduler.watchers.append(self.read)

    def close(self) -> None:
        if self.read in self.namespace.scheduler.watchers:
            self.namespace.scheduler.watchers.remove(self.read)

    def read(self) -> None:
        """Look at what was recorded since the last time."""
        trace = self.namespace.trace
        if trace.end == self._cursor:
            return
        records = list(trace.since(self._cursor))
        self._cursor = trace.end
        seen = [self._seen(passing) for passing in passings(iter(records), self._bridge) if self._is_wanted(passing)]
        if seen:
            self._take(seen)
        if self.interface is not None and any(
                isinstance(record.event, LinkChanged) and record.event.interface is self.interface
                and record.event.what == "removed" for record in records):
            self._on_gone()

    def _is_wanted(self, passing: Passing) -> bool:
        if self.interface is not None:
            return passing.interface is self.interface
        return passing.interface.namespace is self.namespace

    @staticmethod
    def _seen(passing: Passing) -> Seen:
        return Seen(passing.record.at, passing.interface,
                    OUT if passing.is_out else packet_type(passing.interface, passing.frame), passing.frame)


def packet_type(interface: Interface, frame: Frame) -> str:
    """Whom a frame that comes in is for (eth_type_trans): told by the MAC of the interface itself.

    What a bridge's host gets was told by the port that took it in.
    """
    destination = frame.dst
    if interface.is_loopback or destination == interface.mac:
        return HOST
    if destination & MAC_GROUP_BIT:
        return BROADCAST if destination == BROADCAST_MAC else MULTICAST
    if isinstance(interface, Bridge) and any(port.interface.mac == destination for port in interface.ports):
        return HOST
    return OTHER
