"""What a tap on every interface would see, read off the trace.

A frame shows at each interface it passes: out where it is sent, in where it
arrives; a bridge's flood is a transmission by each of its ports, and what a
bridge hands to its own host shows as in on the bridge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from netsandbox.engine.trace import Record, Trace
from netsandbox.engine.units import SECOND
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import FrameBridged, FrameReceived, FrameSent, LinkChanged
from netsandbox.linux.interface import Interface

UNSEEN = frozenset({DropReason.DEV_READY, DropReason.LINK_GONE, DropReason.CASCADE_TOO_LONG})
"""Reasons for which a frame never reached the tap of the interface it was sent to."""
CHUNK = 200_000


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


class Tap:
    """The rig's capture: the first frames of each interface as hex, and the number of all."""

    def __init__(self, trace: Trace, start: int, cap: int) -> None:
        self._trace = trace
        self._start = start
        self._cap = cap
        self._cursor = trace.end
        self._coming_up: tuple[int, Interface] | None = None
        self._kept: list[tuple[str, dict[str, Any]]] = []
        self._counts: dict[str, int] = {}

    def drain(self, only_if_long: bool = False) -> None:
        """Take in what happened since the last time."""
        if only_if_long and self._trace.end - self._cursor < CHUNK:
            return
        records = self._trace.since(self._cursor)
        for passing in passings(self._without_link_up(records)):
            self._take(passing)
        self._cursor = self._trace.end

    def _without_link_up(self, records: Iterator[Record]) -> Iterator[Record]:
        """The rig's taps miss what an interface sends while the kernel still handles "link up"."""
        for record in records:
            event = record.event
            if isinstance(event, LinkChanged) and event.what == "up":
                self._coming_up = (record.step, event.interface)
            if isinstance(event, FrameSent) and self._coming_up == (record.step, event.interface):
                continue
            yield record

    def _take(self, passing: Passing) -> None:
        label = passing.interface.label
        count = self._counts[label] = self._counts.get(label, 0) + 1
        if count <= self._cap:
            self._kept.append((label, {
                "n": len(self._kept), "t": round((passing.record.at - self._start) / SECOND, 9),
                "dir": "out" if passing.is_out else "in", "hex": passing.frame.wire().hex()}))

    def frames(self, labels: list[str]) -> dict[str, list[dict[str, Any]]]:
        result: dict[str, list[dict[str, Any]]] = {label: [] for label in labels}
        for label, frame in self._kept:
            if label in result:
                result[label].append(frame)
        return result

    def totals(self, labels: list[str]) -> dict[str, int]:
        return {label: self._counts.get(label, 0) for label in labels}
