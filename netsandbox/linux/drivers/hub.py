"""A hub: a multi-port repeater of the physical layer, with no addresses and no table.

What comes in by one port goes out by all others, the destination unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.receiver import Receiver
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import LINK_GONE, NOT_READY, Dropped, DropReason, Outcome
from netsandbox.linux.events import Forwarding, FrameBridged
from netsandbox.linux.place import HUB, Place
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Verdict


class HubPort(Interface):
    """One socket of a hub."""

    kind = "port"

    __slots__ = ("hub",)

    def __init__(self, hub: Hub, namespace: NetworkNamespace, name: str) -> None:
        super().__init__(namespace, name, 0, 65535)
        self.hub = hub

    def receive(self, frame: Frame) -> Verdict:
        """Repeat the frame by every other port that has a carrier; an end that takes no such long frame loses it."""
        if not self.running:
            return NOT_READY if self.peer is not None else LINK_GONE
        self.heard += 1
        self.heard_bytes += frame.size
        return self.hub.repeat(self, frame)


class Hub:
    """The repeater behind the ports."""

    def __init__(self, namespace: NetworkNamespace) -> None:
        self.namespace = namespace
        self.ports: list[HubPort] = []
        self.place = Place(namespace.name, "", HUB, 0, 0, namespace.scheduler.number())

    def __repr__(self) -> str:
        return f"<hub {self.namespace.name}>"

    @property
    def name(self) -> str:
        return self.namespace.name

    @property
    def label(self) -> str:
        return self.namespace.name

    def add_port(self, name: str) -> HubPort:
        port = HubPort(self, self.namespace, name)
        self.namespace.add_interface(port)
        self.ports.append(port)
        return port

    def repeat(self, source: HubPort, frame: Frame) -> Verdict:
        others = tuple(port for port in self.ports if port is not source and port.running)
        if not others:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, ("hub",))
        self.namespace.record((FrameBridged, self.place, source.place, frame,
                               tuple(port.place for port in others), False, Forwarding.REPEAT, None))
        size = frame.size
        targets: list[Receiver] = []
        for port in others:
            if size > port.peer_limit:
                port.fail_too_big(frame, port.peer_limit)
                continue
            port.sent += 1
            port.sent_bytes += size
            targets.extend(port.wire)
        if targets:
            self.namespace.scheduler.transmit(tuple(targets), frame)
        return Outcome.REPEATED
