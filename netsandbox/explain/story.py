"""Why a frame exists, why something was dropped, what made a table row: one record with its causes, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from netsandbox.engine.trace import Record, Trace, event_of
from netsandbox.explain import history
from netsandbox.explain.chain import MOST_CAUSES, Link, before, chain, delivery_of, record_at, section
from netsandbox.explain.drops import rule_made_at
from netsandbox.explain.explanation import Explanation, tell, tell_as
from netsandbox.explain.fate import fate, is_carried, since
from netsandbox.explain.lost_rules import lost_rules
from netsandbox.explain.operands import operands
from netsandbox.explain.operands_of_rules import translated, walks_of
from netsandbox.explain.settings import setting_of
from netsandbox.explain.voice import Names, Voice
from netsandbox.explain.ways import internal_network, way_of
from netsandbox.lab.events import CommandRun
from netsandbox.linux.device_events import (
    Encapsulated,
    PathChosen,
    RuleMatched,
    SlaveChosen,
    TagPushed,
    VlanEntered,
    VlanLeft,
)
from netsandbox.linux.drop import Dropped, Outcome
from netsandbox.linux.event_subject import drop_of, packet_of
from netsandbox.linux.events import (
    FdbLearned,
    Forwarding,
    FrameBridged,
    FrameReceived,
    FrameSent,
    IcmpErrorSent,
    NeighbourChanged,
    PacketFragmented,
    PacketQueued,
    RouteChosen,
    RouteMissing,
    SendFailed,
    VerdictGiven,
)
from netsandbox.wire.arp import ArpPacket

MOST_EFFECTS = 12
REASONS = (RuleMatched, PathChosen, RouteChosen, NeighbourChanged, PacketQueued, PacketFragmented, IcmpErrorSent,
           TagPushed, SlaveChosen, Encapsulated)
"""Decisions that a frame was sent because of."""
TAGGINGS = (VlanEntered, VlanLeft)  # What the rules of the ports of a bridge say of a frame's tag


class Cause(NamedTuple):
    """One step back on the way to the command."""

    step: int
    seq: int | None
    """The record that tells of the step; None for one that is forgotten, left no record, or stands for many."""
    text: str
    command: str = ""  # The line, if the step is a command


class Story(NamedTuple):
    """A record in words: what was decided, why, and what it goes back to."""

    seq: int | None
    language: str
    decision: str
    looked_at: tuple[str, ...] = ()
    reference: str = ""
    effects: tuple[str, ...] = ()  # What it led to at once, in the same step and place
    causes: tuple[Cause, ...] = ()  # Newest first; the last is the command, unless that is forgotten


def why_seq(trace: Trace, seq: int, language: str = "en", names: Names | None = None) -> Story:
    """Why any record was made: the one that a table row names, or a frame's.

    A number that the trace does not have gives a story that says so.
    """
    voice = Voice(language, names, seq)
    if not trace.first <= seq < trace.end:
        key = "story.forgotten" if 0 <= seq < trace.first else "story.unmade"
        return Story(None, language, voice.say(key, seq=str(seq)))
    return _story(trace, record_at(trace, seq), voice)


def why_row(trace: Trace, seq: int | None, address: int, language: str = "en", names: Names | None = None) -> Story:
    """What made a row of a neighbour table or a forwarding database.

    Args:
        seq: as the row names it: the record that changed it, or one just before; None if that is forgotten.
        address: the neighbour's IPv4 address, or the MAC of a forwarding row.
    """
    voice = Voice(language, names)
    if seq is None or seq < trace.first:
        return Story(None, language, voice.say("story.forgotten-row"))
    found = history.row_change(trace, seq, address)
    if found is not None:
        return why_seq(trace, found, language, names)
    return Story(None, language, voice.say("story.own-row", mac=voice.mac(address)))


def why_change(trace: Trace, kinds: tuple[type, ...], is_it: Callable[[Any], bool], language: str = "en",
               names: Names | None = None) -> Story:
    """What last changed a thing that keeps no number of its record: a route, an interface, a socket.

    Args:
        kinds: the classes of events that change such things.
        is_it: whether an event of them is about this one.
    """
    seq = history.last_change(trace, kinds, is_it)
    if seq is None:
        return Story(None, language, Voice(language, names).say("story.forgotten-row"))
    return why_seq(trace, seq, language, names)


def why_drop(trace: Trace, language: str = "en", names: Names | None = None, end: int | None = None,
             since: int | None = None) -> Story:
    """The last thing that was dropped, could not be sent, or was refused: a route or a port.

    Args:
        end: look only at records before this one.
        since: the last line's first record; what that line set off itself comes first.
    """
    seq = history.drop_of_line(trace, since) if since is not None else None
    if seq is None:
        seq = history.last_drop(trace, trace.end if end is None else end, since is None)
    if seq is None:
        return Story(None, language, Voice(language).say("story.no-drop"))
    return why_seq(trace, seq, language, names)


def _story(trace: Trace, record: Record, voice: Voice) -> Story:
    explanation, effects = _told(trace, record, voice)
    explanation = explanation.also(*grounds(trace, record, voice), *_walks(trace, record, voice),
                                   *fate(trace, record, voice), *internal_network(trace, record, voice))
    links, skipped = chain(trace, record, MOST_CAUSES)
    if drop_of(record.event) is not None:
        steps = {record.step, *(link.step for link in links)}
        explanation = explanation.also(*lost_rules(trace, steps, record.seq, voice))
    causes = _once([cause for cause in (_cause(trace, link, voice) for link in links)
                    if (cause.step, cause.text) != (record.step, explanation.decision)], explanation.decision, voice)
    if skipped:
        gap = Cause(links[-1].step, None, voice.say("cause.skipped", count=str(skipped)))
        causes.insert(len(causes) - 1, gap)
    return Story(record.seq, voice.language, explanation.decision, explanation.looked_at, explanation.reference,
                 tuple(effects[:MOST_EFFECTS]), tuple(causes))


def grounds(trace: Trace, record: Record, voice: Voice, copied: Trace | None = None) -> Sequence[str]:
    """Which lines made what a record rests on: a rule, a setting, or the route that led there (copied: the trace of the
    copy of the lab that made the record, if one did)."""
    made = setting_of(trace, record)
    made = way_of(trace, record, copied or trace) if made is None else made
    return (*_rule(trace, record, voice), *_since(trace, made, voice))


# -- the record itself


def _told(trace: Trace, record: Record, voice: Voice) -> tuple[Explanation, list[str]]:
    """What was decided, and the sentences of what it led to."""
    event = record.event
    if isinstance(event, FrameReceived):
        return _arrival(trace, record, voice)
    if isinstance(event, SendFailed):
        return tell(event, voice).also(*_since(trace, history.closing(trace, record), voice)), []
    if isinstance(event, FrameSent):
        return _sent(trace, record, voice), []
    if isinstance(event, FrameBridged):
        return _bridged(trace, record, voice), []
    if isinstance(event, RouteMissing) and history.is_icmp_untold(trace, record):
        told = operands(event, voice)
        return tell_as(told.key, told._replace(fields=told.fields | {"error": voice.say("error-untold")}), voice), []
    if isinstance(event, FdbLearned) and delivery_of(trace, record) is None:
        return tell_as("FdbLearned.static", operands(event, voice), voice), []
    return tell(event, voice), []


def _bridging(arrival: Record, followed: list[Record]) -> Record | None:
    """What a bridge did with a frame that came in by this port; not with what its host sent because of it."""
    port = arrival.event.interface.id
    return next((other for other in followed if isinstance(other.event, FrameBridged)
                 and other.event.port is not None and other.event.port.id == port), None)


def _arrival(trace: Trace, record: Record, voice: Voice) -> tuple[Explanation, list[str]]:
    followed = section(trace, record)
    bridging = _bridging(record, followed)
    if bridging is not None and not isinstance(record.event.verdict, Dropped):
        effects = [tell(other.event, voice).decision for other in followed if other is not bridging]
        return _bridged(trace, bridging, voice), effects
    explanation = _taken(record.event, followed, voice).also(*_since(trace, history.closing(trace, record), voice))
    effects = [tell(other.event, voice).decision for other in followed]
    return explanation, [effect for effect in effects if effect != explanation.decision]


def _since(trace: Trace, seq: int | None, voice: Voice) -> Sequence[str]:
    """Where it rests on what somebody changed, a closed port or a setting: since when, and which line did."""
    return () if seq is None else (since(trace, seq, voice),)


def _rule(trace: Trace, record: Record, voice: Voice) -> Sequence[str]:
    """Where a rule or a policy drops a packet: which line made it."""
    words, made_at = rule_made_at(drop_of(record.event))
    seq = history.line_before(trace, made_at) if made_at is not None else None
    if seq is None:
        return ()
    return (voice.say(words, seq=str(seq), line=operands(event_of(trace.raw(seq), seq), voice).fields["line"]),)


def _walks(trace: Trace, record: Record, voice: Voice) -> Sequence[str]:
    """The rules that a packet met in the same stack: after its arrival, or before it was sent on or dropped."""
    if isinstance(record.event, VerdictGiven):
        return ()
    around = section(trace, record) if isinstance(record.event, FrameReceived) else before(trace, record)
    told = [other.event for other in around if isinstance(other.event, VerdictGiven)]
    return walks_of(told, packet_of(record.event), voice)


def _taken(event: FrameReceived, followed: list[Record], voice: Voice) -> Explanation:
    """An arrival that was not bridged.  What matters of ARP that is taken is the row that it changed."""
    explanation = tell(event, voice)
    changed = next((other.event for other in followed if isinstance(other.event, NeighbourChanged)), None)
    if event.verdict is not Outcome.ACCEPTED or not isinstance(event.frame.payload, ArpPacket) or changed is None:
        return explanation
    row = tell(changed, voice)
    return row.also(*explanation.looked_at)


def _bridged(trace: Trace, record: Record, voice: Voice) -> Explanation:
    explanation = tell(record.event, voice)
    tags = {type(other.event): tell(other.event, voice).decision.rstrip(".。") for other in before(trace, record)
            if isinstance(other.event, TAGGINGS)}
    row = history.fdb_row(trace, record) if record.event.why is Forwarding.KNOWN else None
    first, rest = explanation.looked_at[:1], explanation.looked_at[1:]
    learned = (voice.say("learned", seq=str(row.seq)),) if row is not None else ()
    return explanation._replace(looked_at=(*tags.values(), *first, *learned, *rest))


def _sent(trace: Trace, record: Record, voice: Voice) -> Explanation:
    """A transmission looked at the decisions just before it, and at the neighbour's row."""
    carried = is_carried(trace, record)
    explanation = tell_as("FrameSent", operands(record.event, voice), voice) if carried else tell(record.event, voice)
    latest: dict[type, Any] = {}
    for other in before(trace, record):
        if isinstance(other.event, REASONS):
            latest[type(other.event)] = other.event
    reasons = [tell(event, voice).decision.rstrip(".。") for event in latest.values()]
    row: history.Row | None = history.neighbour_row(trace, record)
    if row is not None:
        reasons.append(voice.say("neighbour", dst=voice.ip(row.address), seq=str(row.seq)))
    return explanation._replace(looked_at=(*reasons, *explanation.looked_at))


# -- the causes


def _cause(trace: Trace, link: Link, voice: Voice) -> Cause:
    if link.record is None:
        return Cause(link.step, None, voice.say("cause.nameless" if link.is_known else "cause.forgotten"))
    event = link.record.event
    if isinstance(event, CommandRun):
        return Cause(link.step, link.record.seq, tell(event, voice).decision, operands(event, voice).fields["line"])
    text = _cause_text(trace, link.record, voice)
    changed = translated(section(trace, link.record)) if isinstance(event, FrameReceived) else ""
    text = voice.say("cause.changed", text=text, changed=changed) if changed else text
    return Cause(link.step, link.record.seq, text)


def _once(causes: list[Cause], decision: str, voice: Voice) -> list[Cause]:
    """A program that tries again and fails again is one cause, the oldest; how often, the sentence says.  What is told
    of the record itself is not said again."""
    told = []
    for text, alike in groupby(causes, lambda cause: cause.text):
        *others, first = alike
        if text == decision:
            text = voice.say("cause.same" if others else "cause.same.one", count=str(len(others) + 1))
        elif others:
            text = voice.say("cause.again", text=text, count=str(len(others) + 1))
        told.append(first._replace(text=text))
    return told


def _cause_text(trace: Trace, record: Record, voice: Voice) -> str:
    """What an arrival was for: the bridging, or the row that it changed; of other steps the one sentence."""
    if not isinstance(record.event, FrameReceived):
        return tell(record.event, voice).decision
    followed = section(trace, record)
    bridging = _bridging(record, followed)
    if bridging is not None and not isinstance(record.event.verdict, Dropped):
        return tell(bridging.event, voice).decision
    return _taken(record.event, followed, voice).decision
