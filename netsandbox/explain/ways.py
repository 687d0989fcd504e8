"""Which line made the route that led a packet astray: to a router that is not there, or that passes nothing on; and
of a container without a way out, which internal network it is on: docker network create --internal."""

from __future__ import annotations

from itertools import islice
from typing import Any

from netsandbox.docker.events import ContainerStarted, NetworkCreated
from netsandbox.engine.trace import Record, Trace, event_of
from netsandbox.explain.chain import record_at
from netsandbox.explain.fate import FAR, question_of, since
from netsandbox.explain.voice import Voice, safe
from netsandbox.linux.drop import DropReason
from netsandbox.linux.event_subject import drop_of, frame_of
from netsandbox.linux.events import AddressChanged, RouteChanged, RouteChosen, RouteMissing
from netsandbox.wire.addresses import parse_network
from netsandbox.wire.ipv4 import IPv4Packet

ASTRAY = frozenset({DropReason.IP_INADDRERRORS, DropReason.IP_INNOROUTES})


def way_of(trace: Trace, record: Record, of_record: Trace) -> int | None:
    """The record that tells of the route's making; None where it was no line's but came with a container."""
    chosen = _chosen(of_record, record)
    if chosen is None:
        return None
    for seq, raw in trace.back_to(record.seq, (RouteChanged,)):
        change = event_of(raw, seq)
        if change.added and (change.namespace, change.terms) == (chosen.namespace, chosen.route.terms):
            made = trace.of_step(record_at(trace, seq).step)
            return None if any(isinstance(other.event, ContainerStarted) for other in made) else seq
    return None


def _chosen(trace: Trace, record: Record) -> RouteChosen | None:
    """How the packet was sent to that router."""
    question, lost = question_of(record.event), _lost(record.event)
    if question is None and lost is None:
        return None
    for seq, raw in islice(trace.back_to(record.seq, (RouteChosen,)), FAR):
        chosen: RouteChosen = event_of(raw, seq)
        if chosen.gateway is not None and (
                (chosen.namespace, chosen.gateway) == (question.namespace, question.address) if question is not None
                else chosen.destination == lost and chosen.namespace != record.event.interface.namespace):
            return chosen
    return None


def _lost(event: Any) -> int | None:
    """Where a packet goes that came to a host which does not know the way."""
    verdict, frame = drop_of(event), frame_of(event)
    if verdict is None or verdict.reason not in ASTRAY or frame is None:
        return None
    return frame.payload.dst if isinstance(frame.payload, IPv4Packet) else None


def internal_network(trace: Trace, record: Record, voice: Voice) -> tuple[str, ...]:
    """A line about the internal network of one who has no route at all to where it wants to go, as it gives none."""
    missing = record.event
    if not isinstance(missing, RouteMissing) or missing.route is not None:
        return ()
    held = {change.address.address for seq, raw in trace.back_to(record.seq, (AddressChanged,))
            for change in (event_of(raw, seq),) if change.added and change.interface.namespace == missing.namespace}
    for seq, raw in trace.back_to(record.seq, (NetworkCreated,)):
        made: NetworkCreated = event_of(raw, seq)
        if made.is_internal and any(address in parse_network(made.subnet) for address in held):
            return (voice.say("way.internal", ns=safe(missing.namespace), network=safe(made.network)),
                    since(trace, seq, voice))
    return ()
