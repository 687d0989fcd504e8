"""What a tap on every interface would see, read off the trace.

A frame shows at each interface it passes: out where it is sent, in where it arrives; a bridge's flood is a transmission
by each of its ports, and what a bridge hands to its own host shows as in on the bridge.  A promiscuous bridge hands
everything to its host, so that the frames between its ports show too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netsandbox.engine.trace import Record
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import FrameBridged, FrameReceived, FrameSent
from netsandbox.linux.place import Place
from netsandbox.wire.ethernet import Frame

UNSEEN = frozenset({DropReason.DEV_READY, DropReason.LINK_GONE, DropReason.CASCADE_TOO_LONG})
"""Reasons for which a frame never reached the tap of the interface it was sent to."""
LINK_LOCAL = 0x0180C2000000 >> 4
"""802.1D's reserved group addresses, without their last four bits: a bridge hands them to nobody."""


class Passing(NamedTuple):
    """One frame at one interface."""

    record: Record
    interface: Place
    is_out: bool
    frame: Frame
    verdict: Outcome | Dropped | None  # For a frame that came in; else None


def passings(records: Iterator[Record], promiscuous: Place | None = None) -> Iterator[Passing]:
    """Every passing of a frame at an interface that some records tell of, in order (promiscuous: a bridge whose host
    looks at everything that its ports take in)."""
    for record in records:
        event = record.event
        if isinstance(event, FrameReceived):
            verdict = event.verdict
            if event.interface.is_device and not (isinstance(verdict, Dropped) and verdict.reason in UNSEEN):
                yield Passing(record, event.interface, False, event.frame, verdict)
                if promiscuous is not None and _ends_at(promiscuous, event):
                    yield Passing(record, promiscuous, False, event.frame, verdict)
        elif isinstance(event, FrameSent):
            yield Passing(record, event.interface, True, event.frame, None)
        elif isinstance(event, FrameBridged):
            for port in event.ports:
                yield Passing(record, port, True, event.frame, None)
            if promiscuous is not None and event.bridge.id == promiscuous.id and event.port and not event.to_host:
                yield Passing(record, promiscuous, False, event.frame, None)


def _ends_at(bridge: Place, event: FrameReceived) -> bool:
    """Whether a port took the frame in and the bridge had no other port to send it to."""
    verdict = event.verdict
    return (event.interface.master == bridge.id and isinstance(verdict, Dropped)
            and verdict.reason is DropReason.BRIDGE_NO_EGRESS_PORT and event.frame.dst >> 4 != LINK_LOCAL)
