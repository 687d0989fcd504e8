"""What a tap on every interface would see, read off the trace.

A frame shows at each interface it passes: out where it is sent, in where it
arrives; a bridge's flood is a transmission by each of its ports, and what a
bridge hands to its own host shows as in on the bridge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from netsandbox.engine.trace import Record
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import FrameBridged, FrameReceived, FrameSent
from netsandbox.linux.interface import Interface

UNSEEN = frozenset({DropReason.DEV_READY, DropReason.LINK_GONE, DropReason.CASCADE_TOO_LONG})
"""Reasons for which a frame never reached the tap of the interface it was sent to."""


class Passing(NamedTuple):
    """One frame at one interface."""

    record: Record
    interface: Interface
    is_out: bool
    frame: Any
    verdict: Any
    """For a frame that came in: an Outcome or a Dropped; else None."""


def passings(records: Iterator[Record]) -> Iterator[Passing]:
    """Every passing of a frame at an interface that some records tell of, in order."""
    for record in records:
        event = record.event
        if isinstance(event, FrameReceived):
            verdict = event.verdict
            if isinstance(event.interface, Interface) and not (
                    isinstance(verdict, Dropped) and verdict.reason in UNSEEN):
                yield Passing(record, event.interface, False, event.frame, verdict)
        elif isinstance(event, FrameSent):
            yield Passing(record, event.interface, True, event.frame, None)
        elif isinstance(event, FrameBridged):
            for port in event.ports:
                yield Passing(record, port.interface, True, event.frame, None)
