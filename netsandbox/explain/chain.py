"""From a record back to the command: the steps that led to it, and in each the record that tells what it did.

A step is a delivery, a timer, a program's turn or a command.  Inside a step the
records of one delivery follow its FrameReceived up to the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from netsandbox.docker.events import AddressAnnounced, ContainerStarted
from netsandbox.engine.trace import Record, Trace, event_of
from netsandbox.lab.events import CommandRun
from netsandbox.linux.device_events import RuleMatched
from netsandbox.linux.event_subject import frame_of, packet_of
from netsandbox.linux.events import (
    FrameBridged,
    FrameReceived,
    FrameSent,
    IcmpErrorSent,
    NeighbourChanged,
    PacketQueued,
    RouteChosen,
)
from netsandbox.linux.place import Place
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ipv4 import IPv4Packet

MOST_CAUSES = 50  # Causes that are told one by one; of a longer chain the newest and the first are
TELLING: tuple[type, ...] = (CommandRun, AddressAnnounced, ContainerStarted, NeighbourChanged, IcmpErrorSent, FrameSent,
                             RouteChosen, PacketQueued)
"""Which event tells best what a step did that was no delivery, the best first."""


class Link(NamedTuple):
    """One step of a chain of causes."""

    step: int
    record: Record | None  # what tells of the step; None for one that is forgotten or left no record
    is_known: bool = True  # False for a step that is older than the trace


def record_at(trace: Trace, seq: int) -> Record:
    """A record that the trace has; what was made before the first step has no cause."""
    if not trace.steps:
        return Record(seq, 0, -1, None, event_of(trace.raw(seq), seq))
    record = trace.get(seq)
    assert record is not None, "the number was checked"
    return record._replace(cause=None) if record.step < trace.first_step else record


def delivery_of(trace: Trace, record: Record) -> Record | None:
    """The arrival that a record belongs to: the last FrameReceived of its step before it, or itself."""
    found = None
    for other in _of_step(trace, record):
        if isinstance(other.event, FrameReceived):
            found = other
        if other.seq == record.seq:
            return found
    return None


def section(trace: Trace, arrival: Record) -> list[Record]:
    """What an arrival led to in the same step, itself left out."""
    found: list[Record] = []
    for other in _of_step(trace, arrival):
        if other.seq <= arrival.seq:
            continue
        if isinstance(other.event, FrameReceived):
            break
        found.append(other)
    return found


def before(trace: Trace, record: Record) -> list[Record]:
    """The records of the same arrival, timer or command that came before one, the arrival left out."""
    found: list[Record] = []
    for other in _of_step(trace, record):
        if other.seq >= record.seq:
            break
        if isinstance(other.event, FrameReceived):
            found.clear()
        else:
            found.append(other)
    return found


def _of_step(trace: Trace, record: Record) -> Iterable[Record]:
    """The records of a record's step; none for what was recorded before the first step."""
    return trace.of_step(record.step) if record.step >= trace.first_step else ()


def opening(trace: Trace, record: Record) -> Record | None:
    """What, in a record's own step, led to it; None when it is what began the step."""
    arrival = delivery_of(trace, record)
    if arrival is not None and arrival.seq != record.seq:
        return arrival
    if arrival is not None:
        return _bridge_port(trace, record)
    best = _best(before(trace, record))
    rank = _rank(record)
    return best if best is not None and _rank(best) < rank else None


def _bridge_port(trace: Trace, record: Record) -> Record | None:
    """A frame that a bridge hands to its own host came in by a port, in the same step."""
    previous = None
    for other in _of_step(trace, record):
        if other.seq >= record.seq:
            break
        if isinstance(other.event, FrameReceived | FrameBridged):
            previous = other
    bridged = previous is not None and isinstance(previous.event, FrameBridged)
    if previous is None or not bridged or previous.event.bridge.id != record.event.interface.id:
        return None
    return delivery_of(trace, previous)


def _rank(record: Record) -> int:
    kind = type(record.event)
    return TELLING.index(kind) if kind in TELLING else len(TELLING)


def _best(records: list[Record]) -> Record | None:
    """The one that tells most, the latest of several."""
    return min(reversed(records), key=_rank, default=None)


# -- the chain


def chain(trace: Trace, record: Record, limit: int) -> tuple[list[Link], int]:
    """The causes of a record, newest first, and how many are left out before the last link."""
    links: list[Link] = []
    opened = opening(trace, record)
    subject = record if opened is None else opened
    if opened is not None:
        links.append(Link(record.step, opened))
    shown, skipped = _shown(_causes(trace, record), limit)
    destination = _destination(record.event)
    for number in shown:
        link = _link(trace, number, subject)
        links += (Link(number, rule) for rule in _rules(trace.of_step(number), destination))
        if link is not None:
            links.append(link)
            subject = link.record or subject
    return links, skipped


def _destination(event: Any) -> int | None:
    """Where a packet goes that a record tells of."""
    packet = packet_of(event)
    return packet.dst if isinstance(packet, IPv4Packet) else None


def _rules(records: Iterable[Record], destination: int | None) -> list[Record]:
    """The rule of policy routing that led a packet this way: it decides more than the route that it led to, but what a
    step is told by is the frame that left."""
    return [record for record in records
            if isinstance(record.event, RuleMatched) and record.event.destination == destination][-1:]


def _causes(trace: Trace, record: Record) -> list[int]:
    """The numbers of the steps that led to a record's step, newest first, the first forgotten one included."""
    numbers: list[int] = []
    steps, first = trace.steps, trace.first_step
    if record.step < first:
        return numbers
    cause = record.cause
    while cause is not None:
        numbers.append(cause)
        index = cause - first
        if not 0 <= index < len(steps):
            break
        cause = steps[index][2]
    return numbers


def _shown(numbers: list[int], limit: int) -> tuple[list[int], int]:
    """The newest, and the oldest; how many are left out between."""
    if len(numbers) <= limit:
        return numbers, 0
    return [*numbers[:limit - 1], numbers[-1]], len(numbers) - limit


def _link(trace: Trace, number: int, subject: Record) -> Link | None:
    """The record of a step that best tells what it did for `subject`; None for one that only waited."""
    step = trace.step(number)
    records = list(trace.of_step(number))
    if records:
        found = _culprit(trace, records, subject)
        return Link(number, found)
    if step is None or step.first < trace.first:
        return Link(number, None, is_known=False)
    return Link(number, None) if step.cause is None else None


def _culprit(trace: Trace, records: list[Record], subject: Record) -> Record:
    sent = _transmission(records, subject) or _same_topic(records, subject)
    if sent is not None:
        arrival = delivery_of(trace, sent)
        if arrival is not None:
            return arrival
        records = [record for record in records if record.seq <= sent.seq]
    arrivals = [record for record in records if isinstance(record.event, FrameReceived)]
    if arrivals:
        return arrivals[0]
    return _best(records) or records[0]


def _transmission(records: list[Record], subject: Record) -> Record | None:
    """Where the frame that arrived was sent: by the very port at the other end, if that can be told."""
    frame = frame_of(subject.event)
    if frame is None:
        return None
    receiver = getattr(subject.event, "interface", None)
    sent = [record for record in records
            if isinstance(record.event, FrameSent | FrameBridged) and record.event.frame is frame]
    for record in sent:
        if receiver is not None and any(place.peer == receiver.id for place in _leaves_by(record.event)):
            return record
    return sent[-1] if sent else None


def _leaves_by(event: FrameSent | FrameBridged) -> tuple[Place, ...]:
    return event.ports if isinstance(event, FrameBridged) else (event.interface,)


def _same_topic(records: list[Record], subject: Record) -> Record | None:
    """A timer was started where the same neighbour changed before, or the same container started."""
    topic = _topic(subject.event)
    if topic is None:
        return None
    return next((record for record in reversed(records) if _topic(record.event) == topic), None)


def _topic(event: Any) -> tuple[Any, ...] | None:
    if isinstance(event, NeighbourChanged):
        return event.interface.id, event.address
    if isinstance(event, FrameSent) and isinstance(event.frame.payload, ArpPacket):
        return event.interface.id, event.frame.payload.tpa
    if isinstance(event, AddressAnnounced | ContainerStarted):
        return (event.container,)
    return None
