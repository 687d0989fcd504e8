"""A packet socket (AF_PACKET): a program that is told of every frame that passes interfaces of its namespace.

It reads the trace and is no part of what happens: with a tap or without, the
lab does the same, though a card that is promiscuous says so of what it takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.capture import Passing, passings
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.events import LinkChanged
from netsandbox.linux.place import Place
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT
from netsandbox.wire.ethernet import Frame

OUT, HOST, BROADCAST, MULTICAST, OTHER = "Out", "In", "B", "M", "P"
"""Packet types as tcpdump abbreviates them: sent, for this host, to all, to a group, for another station."""


class Seen(NamedTuple):
    """A frame at an interface (at: virtual nanoseconds; kind: OUT, HOST, BROADCAST, MULTICAST or OTHER)."""

    at: int
    interface: Place
    kind: str
    frame: Frame


class Tap:
    """An open packet socket.

    Args:
        interface: None for all of the namespace.
        is_promiscuous: whether the interface takes frames for others, and a bridge what passes between its ports.
        take: called with what passed since the last time, in order, whenever the lab's queue has run empty.
        on_gone: called when the interface is removed.
    """

    def __init__(self, namespace: NetworkNamespace, interface: Interface | None, is_promiscuous: bool,
                 take: Callable[[list[Seen]], object], on_gone: Callable[[], object]) -> None:
        self.namespace = namespace
        self.interface = interface
        self._bridge = interface if is_promiscuous and isinstance(interface, Bridge) else None
        self._watched = interface if is_promiscuous else None
        if self._watched is not None:
            self._watched.taps += 1
        self._take = take
        self._on_gone = on_gone
        self._cursor = namespace.trace.end
        namespace.scheduler.watchers.append(self.read)

    def close(self) -> None:
        if self.read in self.namespace.scheduler.watchers:
            self.namespace.scheduler.watchers.remove(self.read)
            if self._watched is not None:
                self._watched.taps -= 1

    def read(self) -> None:
        """Look at what was recorded since the last time."""
        trace = self.namespace.trace
        if trace.end == self._cursor:
            return
        records = list(trace.since(self._cursor))
        self._cursor = trace.end
        bridge = None if self._bridge is None else self._bridge.place
        seen = [self._seen(passing) for passing in passings(iter(records), bridge) if self._is_wanted(passing)]
        if seen:
            self._take(seen)
        if self.interface is not None and any(
                isinstance(record.event, LinkChanged) and record.event.interface.id == self.interface.id
                and record.event.what == "removed" for record in records):
            self._on_gone()

    def _is_wanted(self, passing: Passing) -> bool:
        if self.interface is not None:
            return passing.interface.id == self.interface.id
        return passing.interface.namespace == self.namespace.name

    def _seen(self, passing: Passing) -> Seen:
        kind = OUT if passing.is_out else self._packet_type(passing.interface, passing.frame)
        return Seen(passing.record.at, passing.interface, kind, passing.frame)

    def _packet_type(self, place: Place, frame: Frame) -> str:
        """Whom a frame that comes in is for (eth_type_trans): told by the MAC of the interface itself.

        What a bridge's host gets was told by the port that took it in.
        """
        destination = frame.dst
        if place.is_loopback or destination == place.mac:
            return HOST
        if destination & MAC_GROUP_BIT:
            return BROADCAST if destination == BROADCAST_MAC else MULTICAST
        is_port = any(interface.mac == destination and interface.place.master == place.id
                      for interface in self.namespace.interfaces.values())
        return HOST if is_port else OTHER
