"""What became of a question that nobody answered: how far the last ARP request for an address went, who took it, and
whose the address is or was."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from netsandbox.engine.trace import Record, Trace, event_of, kind_of
from netsandbox.explain.chain import MOST_CAUSES, before, chain, record_at, section
from netsandbox.explain.explanation import tell
from netsandbox.explain.history import BridgesLeft, closing, port_became
from netsandbox.explain.operands import operands, passed_over
from netsandbox.explain.settings import setting_of
from netsandbox.explain.voice import Voice
from netsandbox.lab.events import CommandRun
from netsandbox.linux.core.neighbours.nud import NudState
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import (
    AddressChanged,
    ArpWithheld,
    FrameBridged,
    FrameReceived,
    FrameSent,
    NeighbourChanged,
    PacketDropped,
    SendFailed,
)
from netsandbox.linux.place import BRIDGE
from netsandbox.wire.addresses import format_ipv4, parse_ipv4
from netsandbox.wire.arp import REQUEST, ArpPacket
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.vlan import VlanTag

FAR = 5000  # Records that are searched for the question, and for what became of it
MOST = 8  # Lines that are told
WAITS = (NudState.INCOMPLETE, NudState.FAILED, NudState.PROBE)
ASKED = (FrameSent, SendFailed)
TOLD = (FrameBridged, FrameReceived, SendFailed)


class Question(NamedTuple):
    """Who asks for which address; `interface` is empty where any of the namespace's may have asked."""

    namespace: str
    interface: str
    address: int

    def is_asked_by(self, event: FrameSent | SendFailed) -> bool:
        packet = _arp(event.frame)
        return (packet is not None and packet.op == REQUEST and packet.tpa == self.address
                and event.interface.namespace == self.namespace and self.interface in ("", event.interface.name))


def fate(trace: Trace, record: Record, voice: Voice) -> tuple[str, ...]:
    """Lines about the last question before a record that tells of one without an answer; none for any other record."""
    question = question_of(record.event)
    if question is not None and not question.interface:
        question = question._replace(interface=_gave_up(trace, record, question.address))
    asked = _asked(trace, record, question) if question is not None else None
    if question is None or asked is None:
        return ()
    places = list(_places(trace, asked, question))
    left = BridgesLeft(trace, min(trace.end, asked + FAR))
    found = sorted(places, key=lambda place: not _ends_it(place[1]))
    lines = list(islice((line for seq, event in found for line in _lines(trace, seq, event, voice, left)), MOST))
    heard = {event.interface.namespace for _seq, event in places if isinstance(event, FrameReceived)}
    told = [*(lines or [voice.say("fate.nothing")]), *_whose(trace, record.seq, question.address, heard, voice)]
    return (voice.say("fate", seq=str(asked)), *(f"  {line}" for line in told))


def since(trace: Trace, seq: int, voice: Voice) -> str:
    """Since which record something is closed, and which line closed it."""
    closed = record_at(trace, seq)
    links, _skipped = chain(trace, closed, MOST_CAUSES)
    first = links[-1].record.event if links and links[-1].record is not None else None
    line = operands(first, voice).fields["line"] if isinstance(first, CommandRun) else ""
    return voice.say("closed.line" if line else "closed", what=tell(closed.event, voice).decision.rstrip(".。"),
                     seq=str(seq), line=line)


def question_of(event: Any) -> Question | None:
    """Which question a record tells of that nobody has answered yet, or at all."""
    if isinstance(event, NeighbourChanged) and event.new in WAITS:
        return Question(event.interface.namespace, event.interface.name, event.address)
    if isinstance(event, PacketDropped) and event.verdict.reason is DropReason.NEIGH_FAILED:
        return Question(event.namespace, "", parse_ipv4(str(event.verdict.operands[0])))
    return None


def _gave_up(trace: Trace, record: Record, address: int) -> str:
    """The interface whose row failed and ended a packet; nothing where the row had failed before."""
    return next((other.event.interface.name for other in reversed(before(trace, record))
                 if isinstance(other.event, NeighbourChanged) and other.event.address == address), "")


def _asked(trace: Trace, record: Record, question: Question) -> int | None:
    """The record of the last question; one that begins to be asked is asked in the same step."""
    waits = isinstance(record.event, NeighbourChanged) and record.event.new is not NudState.FAILED
    end = min(trace.end, record.seq + FAR) if waits else record.seq
    asked = ((seq, event_of(raw, seq)) for seq, raw in islice(trace.back(end), FAR) if kind_of(raw) in ASKED)
    return next((seq for seq, event in asked if question.is_asked_by(event)
                 and not (question.interface and is_carried(trace, record_at(trace, seq)))), None)


def is_carried(trace: Trace, record: Record) -> bool:
    """It is ARP of a device above, as of a macvlan, that leaves by this one."""
    packet = _arp(record.event.frame)
    return packet is not None and any(
        isinstance(other.event, FrameSent) and other.event.interface.id != record.event.interface.id
        and _is_same(other.event, packet) for other in before(trace, record))


def _whose(trace: Trace, end: int, address: int, heard: set[str], voice: Voice) -> list[str]:
    """Who has the address and was not asked, since when nobody has it, or that nobody ever had it."""
    lost, seen = None, set()
    for seq, raw in trace.back_to(end, (AddressChanged,)):
        event = event_of(raw, seq)
        if event.address.address != address or event.interface.id in seen:
            continue
        seen.add(event.interface.id)
        if event.added:
            where = {"address": format_ipv4(address), "device": event.interface.label}
            return [] if event.interface.namespace in heard else [voice.say("fate.elsewhere", **where)]
        lost = lost or seq
    if lost is not None:
        return [since(trace, lost, voice)]
    return [voice.say("fate.nobodys", address=format_ipv4(address))] if not trace.first else []


def _places(trace: Trace, asked: int, question: Question) -> Iterator[tuple[int, Any]]:
    """The records of a question: how it was sent, and all that it came to before it was asked again."""
    last = event_of(trace.raw(asked), asked)
    yield asked, last
    for seq in range(asked + 1, min(trace.end, asked + FAR)):
        kind = kind_of(trace.raw(seq))
        if kind not in TOLD and kind is not FrameSent:
            continue
        event = event_of(trace.raw(seq), seq)
        if _is_same(event, _arp(last.frame)):
            if kind in ASKED and question.is_asked_by(event):
                return
            yield seq, event


def _arp(frame: Frame) -> ArpPacket | None:
    """What is asked, behind the tags of VLANs."""
    while isinstance(frame.payload, VlanTag):
        frame = frame.untagged()
    return frame.payload if isinstance(frame.payload, ArpPacket) else None


def _is_same(event: Any, packet: ArpPacket | None) -> bool:
    other = _arp(event.frame)
    return other is not None and packet is not None and (other.op, other.spa, other.tpa, other.sha) == (
        packet.op, packet.spa, packet.tpa, packet.sha)


def _ends_it(event: Any) -> bool:
    """A host had the question and dropped it: what a reader looks for first."""
    return (isinstance(event, FrameReceived) and isinstance(event.verdict, Dropped)
            and event.verdict.reason is not DropReason.OTHERHOST)


def _lines(trace: Trace, seq: int, event: Any, voice: Voice, left: BridgesLeft) -> list[str]:
    """One place that the question came to; a port of a bridge only passes it on."""
    if isinstance(event, FrameSent) or (isinstance(event, FrameReceived) and event.verdict is Outcome.BRIDGED):
        return []
    if isinstance(event, SendFailed) and event.interface.kind == BRIDGE and (
            event.verdict.reason is DropReason.BRIDGE_EGRESS_VLAN):
        return []  # the bridge's own host is in another VLAN, which nobody asked
    record = record_at(trace, seq)
    silent = next((other for other in section(trace, record) if isinstance(other.event, ArpWithheld)), None) if (
        isinstance(event, FrameReceived)) else None
    lines = [f"#{seq} {tell(silent.event if silent else event, voice).decision.rstrip('.。')}"]
    made = (closing(trace, record) if isinstance(event, SendFailed) else setting_of(trace, silent) if silent else
            left.of(seq, event.interface) if isinstance(event, FrameReceived) else None)
    if made is not None:
        lines.append(f"  {since(trace, made, voice)}")
    if isinstance(event, FrameBridged):
        for (port, why), text in zip(event.passed_over, passed_over(event, voice), strict=True):
            made = port_became(trace, seq, port, why)
            lines.append(f"  {text}" + (f" ({since(trace, made, voice)})" if made is not None else ""))
    return lines
