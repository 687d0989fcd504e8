"""What all queueing disciplines have: frames that wait until their times to leave (net/sched/sch_generic.c)."""

from __future__ import annotations

from bisect import insort
from enum import Enum
from typing import ClassVar

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.device_events import FrameShaped
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import FrameSent, SendFailed
from netsandbox.wire.ethernet import HEADER, Frame

Held = tuple[int, int, Frame]  # When it leaves or since when it has waited, a number, and the frame


def unframed(interface: Interface) -> int:
    """Bytes of an Ethernet header that an interface's packets have not."""
    return 0 if interface.hardware in ("ether", "loopback") else interface.uncounted


def largest_packet(interface: Interface) -> int:
    """psched_mtu."""
    return interface.mtu + HEADER - unframed(interface)


class Xmit(Enum):
    """What comes of a frame that is handed over (NET_XMIT_*): taken, lost, or another was lost for it."""

    SUCCESS, DROP, CN = range(3)


class Discipline:
    """What all have: a queue of frames with the times at which they leave.

    Attributes:
        limit: the longest frame that the other end takes; `most`: how many frames, or bytes, may wait.
        held: those that wait in its own queue.
        bytes, packets, dropped, overlimits, requeues: as `tc -s` counts them.
        child: what its frames go through as well; parent: the other way round; parent_class: as that was called.
    """

    kind = ""
    state: ClassVar[tuple[str, ...]] = ("handle", "limit", "held", "serial", "bytes", "packets", "dropped",
                                        "overlimits", "requeues", "child", "parent", "parent_class")
    """What is no setting, and stays when those change."""
    is_before_child: ClassVar[bool] = True
    """A line first holds a frame and then gives it to its child; a bucket of tokens does it the other way round."""

    def __init__(self, interface: Interface, handle: int) -> None:
        self.interface = interface
        self.handle = handle
        self.limit = interface.peer_limit
        self.most = 1000
        self.held: list[Held] = []
        self.serial = 0
        self.child: Discipline | None = None
        self.parent: Discipline | None = None
        self.parent_class = ""
        self.bytes = self.packets = self.dropped = self.overlimits = self.requeues = 0

    def attach(self) -> None:
        """Have the interface's frames from now on."""
        interface = self.interface
        if interface.shaper is not None:
            interface.shaper.detach()
        self.limit = interface.peer_limit
        interface.shaper = self
        interface.peer_limit = -1
        interface.qdisc = self.kind

    def detach(self) -> None:
        """Give the interface back, or the frames to the parent alone: what waits is lost."""
        self.purge()
        if self.parent is not None:
            self.parent.forget(self)
            return
        self.interface.shaper = None
        self.interface.peer_limit = self.limit
        self.interface.qdisc = "noqueue"

    @property
    def waiting(self) -> list[Held]:
        """What is in it."""
        return self.held

    def purge(self) -> None:
        """What waits is lost (qdisc_reset)."""
        self.held = []

    @property
    def children(self) -> list[Discipline]:
        """What its classes have, in their order."""
        return [self.child] if self.child is not None and self.child.handle else []

    def forget(self, _child: Discipline) -> None:
        """A child has gone."""
        self.child = None

    def adopt(self, child: Discipline, parent_class: str) -> None:
        """qdisc_graft."""
        self.child = child
        child.parent, child.parent_class = self, parent_class

    def length_of(self, frame: Frame) -> int:
        """qdisc_pkt_len: bytes, of which a tunnel's packets have none of Ethernet's."""
        return frame.size - unframed(self.interface)

    def enqueue(self, frame: Frame) -> bool:
        raise NotImplementedError

    def admit(self, frame: Frame) -> bool:
        """Its own part, where the child has done with the frame."""
        raise NotImplementedError

    def admit_from(self, _child: Discipline, frame: Frame) -> bool:
        """The same, of what has several."""
        return self.admit(frame)

    def drop(self, frame: Frame, why: str) -> None:
        """A frame is lost, which those above count as well (qdisc_tree_reduce_backlog)."""
        self.dropped += 1
        if self.parent is not None:
            self.parent.dropped += 1
        reason = Dropped(DropReason.QDISC_DROP, (self.interface.name, self.kind, why))
        self.interface.namespace.record(SendFailed(self.interface.place, frame, reason))

    def note(self, what: str, nanoseconds: int = 0) -> None:
        self.interface.namespace.record(FrameShaped(self.interface.label, self.kind, what, nanoseconds))

    def sorted_into(self, classid: str) -> FrameShaped:
        return FrameShaped(self.interface.label, f"{self.kind} {classid}", "sorted", 0)

    def hold(self, frame: Frame, when: int) -> None:
        """Let it leave at a time: behind those that leave no later."""
        scheduler = self.interface.namespace.scheduler
        if when <= scheduler.now and not self.held:
            self.release(frame)
            return
        self.serial += 1
        insort(self.held, (when, self.serial, frame), key=lambda held: held[:2])
        scheduler.after(max(when - scheduler.now, 0), self._on_time, foreground=True)

    def _on_time(self, _argument: object) -> None:
        now = self.interface.namespace.scheduler.now
        while self.held and self.held[0][0] <= now:
            self.release(self.held.pop(0)[2])

    def look(self, times: int) -> None:
        """What it stands in has asked so often for what may leave; a bucket of tokens counts when nothing may."""

    def release(self, frame: Frame) -> None:
        """It has waited for long enough here: to the child or the parent, or on the wire."""
        interface, parent = self.interface, self.parent
        if interface.shaper is not (parent or self) or not interface.running:
            return
        self.bytes += self.length_of(frame)
        self.packets += 1
        if self.child is not None and self.is_before_child:
            self.child.enqueue(frame)
        elif parent is not None and not parent.is_before_child:
            parent.admit_from(self, frame)
        else:
            self._put(frame)

    def _put(self, frame: Frame) -> None:
        interface, limit = self.interface, (self.parent or self).limit
        namespace = interface.namespace
        namespace.record((FrameSent, interface.place, frame))
        if interface.is_stacked:
            interface.put_through(frame)
        elif frame.size > limit:
            interface.fail_too_big(frame, limit)
        else:
            interface.put_through(frame)
