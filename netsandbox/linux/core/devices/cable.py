"""Cables between interfaces: plugged in, pulled out, and with a delay if they are long."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface, longest_frame
from netsandbox.linux.drop import Outcome
from netsandbox.linux.place import CABLE, Place
from netsandbox.wire.ethernet import Frame


class LongCable:
    """One direction of a cable with a latency of its own: frames come out later, in order."""

    __slots__ = ("end", "latency")

    def __init__(self, end: Interface, latency: int) -> None:
        self.end = end
        self.latency = latency

    def receive(self, frame: Frame) -> Outcome:
        """The frame enters the cable."""
        self.end.namespace.scheduler.after(self.latency, self._emerge, frame, foreground=True)
        return Outcome.QUEUED

    def _emerge(self, frame: Frame) -> None:
        self.end.namespace.scheduler.transmit((self.end,), frame)

    @property
    def place(self) -> Place:
        return self.end.place._replace(kind=CABLE, ifindex=0)


def plug(left: Interface, right: Interface, latency: int = 0) -> None:
    """Join two free interfaces; both have a carrier once both are up (latency: nanoseconds that a frame takes, one
    way)."""
    for one, other in ((left, right), (right, left)):
        target: Any = LongCable(other, latency) if latency else other
        one.peer, one.wire = other, (target,)
        one.set_peer_limit(longest_frame(other.mtu))
        one.note_place()
    both = left.up and right.up
    link.set_carrier(left, both)
    link.set_carrier(right, both)


def unplug(interface: Interface) -> None:
    """Pull the cable out: both ends stay, without a carrier."""
    peer = interface.peer
    if peer is None:
        return
    for end in (interface, peer):
        end.peer, end.wire = None, ()
        end.note_place()
        link.set_carrier(end, False)
