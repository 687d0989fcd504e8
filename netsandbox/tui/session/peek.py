"""What the next step will do, in a few words, and what the latest one moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.lab import docker_rows
from netsandbox.linux.drop import OVERHEARD, Dropped, DropReason
from netsandbox.linux.events import FrameReceived, SendFailed
from netsandbox.linux.netfilter.connection import FlowTuple, tuple_of
from netsandbox.session.session import Session
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.session.source import Flight
from netsandbox.tui.topology.proxies import links_of, place_of
from netsandbox.wire.addresses import MAC_GROUP_BIT
from netsandbox.wire.describe import protocol_name
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.explain.voice import Names
    from netsandbox.lab.lab import Lab
    from netsandbox.lab.tables import PublishedRow
    from netsandbox.linux.place import Place

    Carried = dict[tuple[str, FlowTuple], tuple[PublishedRow, bool]]

PASSED_BY = frozenset({DropReason.NOT_JOINED, DropReason.UNHANDLED_PROTO})
"""Why a host lets frames for many pass by: nothing of its own has asked for them."""


def next_step(session: Session, names: Names) -> str:
    """One line on what a step would do now; empty when nothing is left."""
    if session.done < len(session.journal) and session.position.step >= session.journal[session.done].step:
        return str(session.journal[session.done].line)
    scheduler = session.lab.scheduler
    if scheduler.queue:
        from netsandbox.explain.voice import Voice, label  # not needed for the first picture

        targets, frame, _cause = scheduler.queue[0]
        what = Voice(language(), names).frame(frame).removeprefix("the ")
        what += " " if language() == "zh" and what[-1].isascii() else ""
        if len(targets) > 1:
            return tr("next.flood", what=what, count=len(targets))
        return tr("next.frame", what=what, where=label(targets[0].place)) if targets else what.rstrip()
    if scheduler.ready:
        callback, argument, _cause = scheduler.ready[0]
        return tr("next.program", program=_owner(callback, argument))
    due = scheduler.next_time()
    return "" if due is None else tr("next.timer", time=_span(due - scheduler.clock))


def _owner(callback: Any, argument: Any) -> str:
    """The program whose turn it is, where that can be told."""
    for candidate in (getattr(callback, "__self__", None), argument):
        process = getattr(candidate, "process", None)
        name = getattr(process, "name", None) or getattr(candidate, "name", None)
        if isinstance(name, str):
            return name
    return tr("next.some")


def _span(nanoseconds: int) -> str:
    if nanoseconds >= SECOND:
        return f"{nanoseconds / SECOND:.1f} s"
    return f"{nanoseconds / MILLISECOND:.1f} ms"


def flights_of(lab: Lab, step: int, places: Callable[[], Mapping[int, Place]]) -> list[Flight]:
    """The frames that a step delivered, each from where it left, and those that could not leave (places: asked for the
    lab's interfaces by their numbers, if a frame came by a cable)."""
    flights: list[Flight] = []
    carried: Carried | None = None
    for record in lab.trace.of_step(step):
        event = record.event
        if isinstance(event, FrameReceived):
            origin = places().get(event.interface.peer)
        elif isinstance(event, SendFailed):
            origin = event.interface
        else:
            continue
        carried = docker_rows.carried_flows(lab) if carried is None else carried
        along = _along(event, origin or event.interface, carried)
        if origin is None and along and event.interface.name == "lo":
            origin = event.interface
        if origin is None:
            continue
        label = protocol_name(event.frame)
        flights.append(Flight(record.seq, origin.namespace, origin.name, label, *_fate(event), along))
    return flights


def _fate(event: FrameReceived | SendFailed) -> tuple[bool, str]:
    """(whether it was lost, why it went no further): frames for many end at each host that does not ask for them."""
    verdict = event.verdict
    if not isinstance(verdict, Dropped):
        return False, ""
    if verdict == OVERHEARD:
        return False, "overheard"
    is_passed_by = event.frame.dst & MAC_GROUP_BIT and verdict.reason in PASSED_BY
    return not is_passed_by, verdict.reason.name


def _along(event: FrameReceived | SendFailed, origin: Place, carried: Carried) -> tuple[tuple[str, str], ...]:
    """The lines of a frame that a docker-proxy sends or takes: its own comes before the link, or behind it."""
    packet = event.frame.payload
    flow = tuple_of(packet) if carried and isinstance(packet, IPv4Packet) else None
    if flow is None:
        return ()
    for host in (origin.namespace, event.interface.namespace):
        for asks, key in ((True, flow), (False, flow.inverted())):
            if (host, key) in carried:
                port, is_front = carried[host, key]
                outward, inward = links_of(place_of(host, port))[not is_front]
                link = (origin.namespace, origin.name)
                return (link, inward) if asks is is_front else (outward, link)
    return ()
