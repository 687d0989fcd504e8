"""The frame log: one row for each frame at each interface, made from the trace when somebody reads."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from itertools import chain, islice, pairwise
from typing import Any, NamedTuple

from netsandbox.engine.trace import Alike, Record, Trace, kind_of
from netsandbox.lab.journeys import Journeys
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import Namer
from netsandbox.lab.tables import Hop, LogRow
from netsandbox.linux.drop import OVERHEARD, Dropped, Outcome
from netsandbox.linux.events import Forwarding, FrameBridged, FrameReceived, FrameSent, SendFailed
from netsandbox.linux.place import BRIDGE, Place
from netsandbox.wire.describe import info, protocol_name
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

VERDICTS = {Outcome.ACCEPTED: "accepted", Outcome.ANSWERED: "answered", Outcome.IGNORED: "ignored",
            Outcome.BRIDGED: "bridged", Outcome.FORWARDED: "routed", Outcome.QUEUED: "waits",
            Outcome.REPEATED: "repeated"}
_TOLD = frozenset({FrameReceived, FrameSent, FrameBridged, SendFailed})  # The classes of records that have rows
_ALONE = _TOLD | {Alike}  # The types of such records that are no plain tuples
_ONE = (None,)
HOW = {Forwarding.KNOWN: "to port", Forwarding.LOCAL: "to host", Forwarding.REPEAT: "repeated"}


class Teller(Namer):
    """Names, and what a frame says: one comes by many interfaces, one after the other, and is read once for all.

    Args:
        journeys: asked once for each record that has rows; None: no row belongs to one.
    """

    def __init__(self, lab: Lab, journeys: Journeys | None = None) -> None:
        super().__init__(lab)
        self._frame: Frame | None = None
        self._told = "", ""
        self._journeys = journeys
        self._record: Record | None = None
        self._journey = -1

    def journey(self, record: Record) -> int:
        """The journey that its rows belong to."""
        if record is not self._record and self._journeys is not None:
            self._record, self._journey = record, self._journeys.of(record)
        return self._journey

    def told(self, frame: Frame) -> tuple[str, str]:
        """The protocol, and the rest."""
        if frame is not self._frame:
            self._frame, self._told = frame, (protocol_name(frame), info(frame, True))
        return self._told


class Seen(NamedTuple):
    """A frame at one interface, as its record tells of it."""

    place: Place
    direction: str
    frame: Frame
    verdict: str
    reason: str


def rows(lab: Lab, since: int, limit: int | None = None, end: int | None = None,
         teller: Teller | None = None, skip: int = 0) -> Iterator[LogRow]:
    """Rows of the records from `since` on, oldest first, as they are told by one who knows the lab's names already.

    A bridge's transmissions are rows of their own: `out` at each port, with
    the sequence number of the record that tells of them all.

    Args:
        skip: so many rows of the first record are left out.
    """
    teller, count = teller or Teller(lab), 0
    for record in lab.trace.since(since, end):
        for one in islice(_seen(record.event), skip if record.seq == since else 0, None):
            yield _row(teller, record, one)
            count += 1
            if count == limit:
                return


def whole_ways(lab: Lab, since: int, passes: Callable[[LogRow], bool], end: int | None = None) -> list[LogRow]:
    """All rows of the frames of which one passes, each with the number of its journey."""
    found = list(rows(lab, since, end=end, teller=Teller(lab, Journeys())))
    wanted = {row.journey for row in found if passes(row)}
    return [row for row in found if row.journey in wanted]


def numbers(trace: Trace, since: int) -> array[int]:
    """Of each of those rows the number of its record: no row is made for it, as there may be very many."""
    start = max(since, trace.first)
    _place, fresh = trace.tail(start)
    if len(fresh) == trace.end - start and _ALONE.isdisjoint(map(type, fresh)):
        return array("q", [
            seq for seq, raw in enumerate(fresh, start) if type(raw) is tuple and raw[0] in _TOLD
            for _ in (raw[4] if raw[0] is FrameBridged else
                      _ONE if raw[0] is not FrameReceived or raw[1].ifindex > 0 else ())])
    return array("q", [number for seq, raw in trace.entries(start)
                       for number in range(seq, raw.end if type(raw) is Alike else seq + 1)
                       for _ in range(_count(raw))])


def hops(trace: Trace, journeys: Journeys, since: int, end: int) -> Iterator[Hop]:
    """What those rows say of a frame's way, those of a flood together; the journeys were shown all before."""
    for record, following in pairwise(chain(trace.heads(since, end), [None])):
        assert record is not None
        journey, one = journeys.of(record), next(_seen(record.event), None)
        records = (following.seq if following is not None else min(end, trace.end)) - record.seq
        if one is not None and journey == record.seq:  # nobody knows who sent it: each arrival is one of its own
            rows = _rows_of(record.event)
            yield from (Hop(number, one.verdict, one.reason, rows) for number in range(journey, journey + records))
        elif one is not None:
            yield Hop(journey, one.verdict, one.reason, records * _rows_of(record.event))


def last(lab: Lab, limit: int) -> tuple[list[LogRow], int]:
    """(the last rows, how many there are in all): most of a long log is only counted."""
    trace, count, start = lab.trace, 0, lab.trace.end
    for seq, raw in trace.back(trace.end):
        records = seq + 1 - max(raw.first, trace.first) if type(raw) is Alike else 1
        if count < limit:
            start = max(seq + 1 - records, seq + 1 - limit + count)
        count += records * _count(raw)
    return list(rows(lab, start))[-limit:], count


def _count(raw: Any) -> int:
    """How many rows a recorded event makes."""
    kind = kind_of(raw)
    if kind is FrameReceived:
        receiver = raw.interface if type(raw) is FrameReceived else raw[1]
        return int(receiver is None or receiver.is_device)
    if kind is FrameBridged:
        return len(raw.ports if type(raw) is FrameBridged else raw[4])
    return int(kind is FrameSent or kind is SendFailed)


def _rows_of(event: Any) -> int:
    return len(event.ports) if type(event) is FrameBridged else 1


def _seen(event: Any) -> Iterator[Seen]:
    """Where a frame was at an interface when this happened."""
    kind = type(event)
    if kind is FrameReceived:
        if event.interface.is_device:
            verdict = event.verdict
            word = "dropped" if isinstance(verdict, Dropped) else VERDICTS.get(verdict, "accepted")
            if verdict == OVERHEARD:
                word = "overheard"  # who listens in has it, before the stack drops it
            reason = verdict.reason.name if isinstance(verdict, Dropped) else ""
            yield Seen(event.interface, "in", event.frame, word, reason)
    elif kind is FrameSent:
        yield Seen(event.interface, "out", event.frame, "sent", "")
    elif kind is SendFailed:
        yield Seen(event.interface, "out", event.frame, "dropped", event.verdict.reason.name)
    elif kind is FrameBridged:
        word = HOW.get(event.why, "flooded")
        for port in event.ports:
            yield Seen(port, "out", event.frame, word, "")


def _row(teller: Teller, record: Record, one: Seen) -> LogRow:
    place = one.place
    source, destination = ends(teller, one.frame, record.seq)
    bridge, title = "", ""
    if place.master or place.kind == BRIDGE:
        bridge, title = teller.of_bridge(place.master or place.id, record.seq)
    return LogRow(record.seq, record.at, record.step, place.namespace, place.name, one.direction, source,
                  destination, *teller.told(one.frame), one.verdict, bool(one.reason), one.reason,
                  teller.journey(record), 0, bridge if place.master else "", title, one.frame.size)


def ends(namer: Namer, frame: Frame, seq: int) -> tuple[str, str]:
    """Who sent a frame and whom it is for, by the names that they had when a record was made, where they had any."""
    payload = frame.payload
    if isinstance(payload, IPv4Packet):
        return namer.of_address(payload.src, seq), namer.of_address(payload.dst, seq)
    return namer.of_mac(frame.src, seq), namer.of_mac(frame.dst, seq)
