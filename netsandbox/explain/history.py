"""Looking back in a trace: the last drop or refusal, and the record that a table row of then goes back to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, NamedTuple

from netsandbox.apps.events import NameUnknown
from netsandbox.docker.events import PoolRefused, PublishRefused, SubnetRefused
from netsandbox.engine.trace import Record, Trace, event_of, kind_of
from netsandbox.explain.chain import delivery_of, record_at
from netsandbox.lab.events import CommandRun
from netsandbox.linux.drop import Dropped, DropReason, Operand
from netsandbox.linux.event_subject import drop_of, packet_of
from netsandbox.linux.events import (
    BindRefused,
    FdbLearned,
    FrameReceived,
    LinkChanged,
    NeighbourChanged,
    PacketDropped,
    PortStateChanged,
    RouteMissing,
    SendFailed,
    SocketClosed,
)
from netsandbox.linux.place import BRIDGE, Place
from netsandbox.wire.addresses import MAC_GROUP_BIT
from netsandbox.wire.ipv4 import IPv4Packet

ENDS = (PacketDropped, SendFailed, RouteMissing, BindRefused, NameUnknown, PublishRefused, PoolRefused, SubnetRefused)
"""What ends a packet's way, or refuses a program or a person what was asked for."""


FAR = 20_000  # Records among which the end of a socket is looked for: most ports never had a program


class Row(NamedTuple):
    """Which record made a row of a table as it was at some moment."""

    seq: int
    address: int  # MAC of a forwarding row, IPv4 address of a neighbour


def last_drop(trace: Trace, end: int, is_asked_alone: bool = True) -> int | None:
    """The last record before `end` that tells of an end: a frame's, a packet's, or a program's that gets no route,
    no port or no address.  What concerns a host alone is none where there is another: an error that it could not tell
    itself, as its lo is down, a flood that its bridge has for others, and its bond's own that came back.

    Args:
        is_asked_alone: not about a line, which may have done well in spite of such a thing.
    """
    found, untold = _last_end(trace, end, lambda _seq: True)
    return untold if found is None and is_asked_alone else found


def drop_of_line(trace: Trace, since: int) -> int | None:
    """The last such record that a line set off itself, from the first record of the line on; what earlier lines had
    begun goes on meanwhile: timers, queries for groups, jobs in the background.  None for what concerns a host alone:
    the line may have done well, or wait for an answer, of which there is more to tell."""
    return _last_end(trace, trace.end, lambda seq: _begun(trace, seq) >= since, since)[0]


def last_drop_of(trace: Trace, addresses: Collection[int], node: str) -> int | None:
    """The last that was dropped of what one sent or was to get, or that one was refused."""
    def is_meant(seq: int) -> bool:
        event = event_of(trace.raw(seq), seq)
        packet = packet_of(event)
        if isinstance(packet, IPv4Packet):
            return packet.src in addresses or packet.dst in addresses
        return getattr(event, "namespace", None) == node or getattr(event, "destination", None) in addresses
    return _last_end(trace, trace.end, is_meant)[0]


def last_drop_between(
    trace: Trace, ends: tuple[Collection[int], Collection[int]], nodes: tuple[str, str]
) -> int | None:
    """The last that was dropped on the way from one to the other, or back, or whose name one asked for in vain (ends:
    the addresses of both)."""
    def is_meant(seq: int) -> bool:
        event = event_of(trace.raw(seq), seq)
        if isinstance(event, NameUnknown):
            return {event.namespace, event.name.rstrip(".")} == set(nodes)
        if isinstance(event, RouteMissing):
            return event.namespace in nodes and event.destination in ends[event.namespace == nodes[0]]
        packet = packet_of(event)
        return isinstance(packet, IPv4Packet) and any(packet.src in one and packet.dst in other
                                                      for one, other in (ends, ends[::-1]))
    return _last_end(trace, trace.end, is_meant)[0]


def _last_end(trace: Trace, end: int, is_meant: Callable[[int], bool], since: int = 0) -> tuple[int | None, int | None]:
    """Such a record, or, where there is none, what concerns a host alone."""
    untold = None
    for seq, raw in trace.back(end):
        if seq < since:
            break
        kind = kind_of(raw)
        if kind is FrameReceived:
            if isinstance(raw[-1], Dropped) and is_meant(seq):
                if raw[-1].reason is not DropReason.BOND_INACTIVE or not raw[2].dst & MAC_GROUP_BIT:
                    return seq, None
                untold = untold or seq
        elif kind is SendFailed and _is_untold(event_of(raw, seq)):
            untold = untold or (seq if is_meant(seq) else None)
        elif kind is RouteMissing and is_icmp_untold(trace, record_at(trace, seq)):
            continue
        elif kind in ENDS and is_meant(seq):
            return seq, None
    return None, untold


def _begun(trace: Trace, seq: int) -> int:
    """The first record of the step that all began with which led to a record."""
    record, first, steps = trace.get(seq), trace.first_step, trace.steps
    number = record.step if record is not None else -1
    while 0 <= number - first < len(steps):
        start, _at, cause = steps[number - first]
        if cause is None:
            return start
        number = cause
    return -1


def is_icmp_untold(trace: Trace, record: Record) -> bool:
    """A route is missing for the ICMP error about a frame that is dropped: that drop is the end, and no program's."""
    arrival = delivery_of(trace, record)
    return arrival is not None and isinstance(arrival.event.verdict, Dropped)


def _is_untold(event: SendFailed) -> bool:
    interface, reason = event.interface, event.verdict.reason
    return (interface.name == "lo" and reason is DropReason.DEV_READY) or (
        interface.kind == BRIDGE and reason is DropReason.BRIDGE_EGRESS_VLAN)


def row_change(trace: Trace, seq: int, address: int) -> int | None:
    """The record that changed a row, from the number that the row keeps of it; None where that tells of another."""
    if not trace.first <= seq < trace.end:
        return None
    event = event_of(trace.raw(seq), seq)
    if isinstance(event, NeighbourChanged):
        return seq if event.address == address else None
    return seq if isinstance(event, FdbLearned) and event.mac == address else None


def last_change(trace: Trace, kinds: tuple[type, ...], is_it: Callable[[Any], bool]) -> int | None:
    """The newest record of some kinds that a reader recognises; None when the trace has none."""
    return next((seq for seq, event in _back(trace, trace.end, kinds) if is_it(event)), None)


def fdb_row(trace: Trace, record: Record) -> Row | None:
    """The record that put a bridged frame's destination behind the port it left by; None for a permanent row."""
    seq, mac = record.event.row, record.event.frame.dst
    return None if seq is None or row_change(trace, seq, mac) is None else Row(seq, mac)


def neighbour_row(trace: Trace, record: Record) -> Row | None:
    """The record that gave a neighbour the MAC that an IP packet was sent to."""
    frame, interface = record.event.frame, record.event.interface
    if not isinstance(frame.payload, IPv4Packet) or frame.dst & MAC_GROUP_BIT or not frame.dst:
        return None
    for seq, event in _back(trace, record.seq, (NeighbourChanged,)):
        if event.interface.id == interface.id and event.mac == frame.dst:
            return Row(seq, event.address)
    return None


def closing(trace: Trace, record: Record) -> int | None:
    """The record since which a port or an interface has let nothing through, for a frame that was dropped there; of a
    port that no program has, the one in which the last one gave it back; of a bridge that has no other port to send by,
    the one that closed the last."""
    verdict, interface = drop_of(record.event), record.event.interface
    if verdict is None:
        return None
    if verdict.reason is DropReason.NO_SOCKET:
        return _given_back(trace, record.seq, interface.namespace, *verdict.operands)
    if verdict.reason is DropReason.BRIDGE_INGRESS_STP_STATE:
        return port_became(trace, record.seq, interface, str(verdict.operands[0]))
    if verdict.reason is DropReason.BRIDGE_NO_EGRESS_PORT and verdict.operands[1:] == ("nobody",):
        return _port_closed(trace, record.seq, interface)
    return _link_lost(trace, record.seq, interface) if verdict.reason is DropReason.DEV_READY else None


def line_before(trace: Trace, seq: int) -> int | None:
    """The newest command line before a record: the one that made what was first there at that record."""
    return next((number for number, raw in trace.back(max(trace.first, seq)) if kind_of(raw) is CommandRun), None)


def _given_back(trace: Trace, seq: int, namespace: str, *held: Operand) -> int | None:
    """`held`: protocol and port, and who has that of another address."""
    return next((number for number, event in _back(trace, seq, (SocketClosed,), FAR)
                 if event.namespace == namespace and (event.protocol, event.port) == held), None)


def port_became(trace: Trace, seq: int, interface: Place, state: str) -> int | None:
    """The last change of a port's state before a record, if it is the one to that state."""
    for number, event in _back(trace, seq, (PortStateChanged,)):
        if event.port.id == interface.id:
            return int(number) if event.state == state else None
    return None


def _port_closed(trace: Trace, seq: int, arrived_by: Place) -> int | None:
    """The last change of a port's state in the bridge of another one, if it closed that port."""
    for number, event in _back(trace, seq, (PortStateChanged,)):
        if event.bridge.id == arrived_by.master:
            return int(number) if event.state != "forwarding" and event.port.id != arrived_by.id else None
    return None


class BridgesLeft:
    """The records since which interfaces are in no bridge any more; the trace is read once for all of them."""

    def __init__(self, trace: Trace, end: int) -> None:
        """`end`: the record before which all that are asked of were made."""
        self._trace, self._end = trace, end

    @cached_property
    def _changes(self) -> list[tuple[int, int]]:
        """The record and the interface of each change of a bridge, newest first."""
        return [(number, event.interface.id) for number, event in _back(self._trace, self._end, (LinkChanged,))
                if event.what in ("master", "nomaster")]

    def of(self, seq: int, interface: Place) -> int | None:
        """The last change before a record; None for who is in a bridge, or was in none."""
        return None if interface.master else next(
            (number for number, changed in self._changes if number < seq and changed == interface.id), None)


def _link_lost(trace: Trace, seq: int, interface: Place) -> int | None:
    return next((number for number, event in _back(trace, seq, (LinkChanged,))
                 if event.interface.id == interface.id and event.what in ("down", "no-carrier")), None)


def _back(trace: Trace, seq: int, kinds: tuple[type, ...], most: int | None = None) -> Any:
    """Pairs of number and event, newest first, of some kinds only; of the last `most` records."""
    for number, raw in trace.back_to(seq, kinds, most):  # arrivals that are Alike, nobody looks back for
        yield number, event_of(raw, number)
