"""What would become of a packet: it is sent in a copy of the lab, whose whole stack sees it; the lab does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import Record, Trace
from netsandbox.engine.units import SECOND
from netsandbox.lab.lab import Lab
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.event_subject import drop_of, packet_of
from netsandbox.linux.events import FrameReceived, PacketQueued, VerdictGiven
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import OutputRoute
from netsandbox.linux.netfilter.events import ConnectionChanged
from netsandbox.wire.icmp import ECHO_REQUEST, REDIRECT, IcmpMessage, echo
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import ACK, RST, SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram

PROTOCOLS = {"icmp": ICMP, "tcp": TCP, "udp": UDP}
LASTS = 4 * SECOND  # How long an answer is waited for: longer than anybody asks for a neighbour
MOST_STEPS = 50_000  # Of a lab in which frames go round and round
PORT, IDENT = 54_321, 54_321  # What it comes from
PAYLOAD = bytes(range(0x10, 0x38))
SYN_OPTIONS = bytes.fromhex("020405b40402080a00000001000000000103030a")
WINDOW = 64_240
HERE = (Outcome.ACCEPTED, Outcome.ANSWERED)


class Probe(NamedTuple):
    """A packet's way."""

    trace: Trace  # of the copy
    records: tuple[Record, ...]  # what the packet led to, in order, up to its answer
    answer: Record | None  # the arrival of an answer at the sender, if one comes and is not dropped there


def probe(lab: Lab, source: str, destination: int, protocol: str, port: int) -> Probe:
    """Follow a packet that is never sent.

    Args:
        source: the sender's namespace.
        protocol: icmp, tcp or udp.
        port: the destination's; not for icmp.
    """
    copy = lab.copy()
    namespace, scheduler, trace = copy.existing(source), copy.scheduler, copy.trace
    before = trace.end
    led_to = LedTo(trace, scheduler.begin())
    _send(namespace, destination, protocol, port)
    scheduler.end()
    records: list[Record] = []
    waiting: list[IPv4Packet] = []  # behind a question that was asked before, and whose end is no doing of the packet
    for record in _as_they_come(trace, scheduler, before):
        if record.step not in led_to:
            if drop_of(record.event) is not None and packet_of(record.event) in waiting:
                records.append(record)
            continue
        if isinstance(record.event, PacketQueued):
            waiting.append(record.event.packet)
        if not _is_answer(record.event, namespace, protocol):
            records.append(record)
            continue
        stray = _stray(trace, record, destination, port)
        if stray is None:
            own = () if isinstance(record.event.verdict, Dropped) else (record,)
            return Probe(trace, (*records, *_hooks(trace, record), *own), record)
        records.append(stray)
    return Probe(trace, tuple(records), None)


def _as_they_come(trace: Trace, scheduler: Scheduler, cursor: int) -> Iterator[Record]:
    """The records from one on, step by step, until nothing is due any more in the time that it may last."""
    end = scheduler.now + LASTS
    for _step in range(MOST_STEPS):
        for record in trace.since(cursor):
            cursor = record.seq + 1
            yield record
        due = scheduler.next_time()
        if due is None or due > end:
            return
        scheduler.step()


class LedTo:
    """A step of a trace, and those that it has led to so far."""

    def __init__(self, trace: Trace, step: int) -> None:
        self._trace, self._steps, self._known = trace, {step}, step + 1

    def __contains__(self, step: int) -> bool:
        while self._known < self._trace.step_count:
            made = self._trace.step(self._known)
            if made is not None and made.cause in self._steps:
                self._steps.add(self._known)
            self._known += 1
        return step in self._steps


def _stray(trace: Trace, arrival: Record, destination: int, port: int) -> Record | None:
    """An answer by another than was asked, as a hairpin without masquerade has it: a connection takes none."""
    translated = [hook.event.after for hook in _hooks(trace, arrival) if hook.event.after is not None]
    packet = translated[-1] if translated else arrival.event.frame.payload
    segment = packet.payload
    if not isinstance(segment, TcpSegment) or (packet.src, segment.sport) == (destination, port):
        return None
    verdict = Dropped(DropReason.NO_SOCKET, ("tcp", PORT, packet.src, segment.sport, destination, port))
    return arrival._replace(event=arrival.event._replace(verdict=verdict))


def _hooks(trace: Trace, arrival: Record) -> list[Record]:
    """What the hooks say to the answer; the rest of what it leads to has no program that waits for it."""
    rest: list[Record] = []
    for record in trace.since(arrival.seq + 1):
        if record.step != arrival.step or not isinstance(record.event, VerdictGiven | ConnectionChanged):
            break
        if isinstance(record.event, VerdictGiven):
            rest.append(record)
    return rest


def _send(namespace: NetworkNamespace, destination: int, protocol: str, port: int) -> None:
    route = ip_output.find_route(namespace, destination)
    if not isinstance(route, OutputRoute):
        return
    payload: Any
    if protocol == "icmp":
        payload = echo(ECHO_REQUEST, IDENT, 1, PAYLOAD)
    elif protocol == "udp":
        payload = UdpDatagram(PORT, port, PAYLOAD)
    else:
        payload = TcpSegment(PORT, port, 0, 0, SYN, WINDOW, SYN_OPTIONS)
    number = PROTOCOLS[protocol]
    packet = IPv4Packet(route.source, route.destination, number, payload, route.hops or namespace.default_ttl, 1, True)
    ip_output.send(namespace, packet, route)


def _is_answer(event: object, namespace: NetworkNamespace, protocol: str) -> bool:
    """Whether an answer, or an error about the packet, is back; that no program waits for it is the probe's doing."""
    if not isinstance(event, FrameReceived) or event.interface.namespace != namespace.name:
        return False
    verdict, packet = event.verdict, event.frame.payload
    arrives = verdict in HERE or (isinstance(verdict, Dropped) and verdict.reason is DropReason.NO_SOCKET)
    if not arrives or not isinstance(packet, IPv4Packet):
        return False
    payload = packet.payload
    if isinstance(payload, IcmpMessage):
        return payload.type not in (ECHO_REQUEST, REDIRECT)
    is_ours = isinstance(payload, TcpSegment | UdpDatagram) and (  # as it arrives, or once NAT has been undone
        payload.dport == PORT or (isinstance(verdict, Dropped) and PORT in verdict.operands))
    if isinstance(payload, TcpSegment):
        return is_ours and protocol == "tcp" and bool(payload.flags & (ACK | RST))
    return is_ours and protocol == "udp"
