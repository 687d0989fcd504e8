"""`trace`: what would become of a packet, hook by hook, without sending it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Any

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.shell import Shell
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.commands.verbs.lab_verbs import address_for
from netsandbox.engine.snapshot import CopyError
from netsandbox.engine.trace import Record, Trace
from netsandbox.engine.units import format_time
from netsandbox.explain.explanation import tell
from netsandbox.explain.operands_of_rules import walk_lines
from netsandbox.explain.story import grounds
from netsandbox.explain.voice import Voice
from netsandbox.lab.names import Namer
from netsandbox.lab.probe import HERE, PROTOCOLS, Probe, probe
from netsandbox.linux import events
from netsandbox.linux.drop import Dropped, Outcome
from netsandbox.linux.event_subject import drop_of
from netsandbox.wire.addresses import AddressError, parse_ipv4
from netsandbox.wire.ipv4 import UDP, IPv4Packet

LOOK_UPS = (events.FdbForgotten, events.FdbLearned, events.SocketBound, events.SocketClosed, events.SocketMatched)
"""What is left out."""
MOST_PORT = 65535


@verb("trace", ("What would become of a packet, without sending it", "不发送，只推演一个包会怎么样"),
      Parameter("source", kinds.NAME),
      Parameter("destination", kinds.TARGET._replace(noun="TO[:PORT]")),
      Parameter("protocol", kinds.choice(*PROTOCOLS), required=False),
      Parameter("language", kinds.choice("en", "zh"), "--lang", required=False),
      details=(("trace NAME TO[:PORT] [tcp|udp|icmp]: every route, hook, rule, translation and neighbour that the "
                "packet would meet, in order, and those of the answer to it, up to where it is dropped or the answer "
                "is back. Nothing of it happens: no table learns from it and no counter moves, as it is followed in "
                "a copy of the lab. TO is a name or an address; with a port it is TCP's first segment unless udp is "
                "said, without one an echo request."),
               ("trace NAME TO[:PORT] [tcp|udp|icmp]：按顺序列出这个包一路上遇到的每条路由、钩子、规则、地址转换和邻"
                "居，再列出应答包一路上的，直到包被丢弃，或者应答回来。这些都没有真正发生：表不会学到什么，计数器也不"
                "会动，因为推演是在实验网络的副本中进行的。TO 是名称或地址；有端口时是 TCP 的第一个报文段，除非写了 "
                "udp；没有端口则是回显请求。")),
      examples=(("trace nginx-1 8.8.8.8", "an echo request into the internet", "发往互联网的回显请求"),
                ("trace uplink 192.168.1.10:8080", "a connection to a published port", "连接一个发布的端口"),
                ("trace host 8.8.8.8:53 udp", "a datagram", "一个数据报")),
      group="look", effect=Effect.LOOK)
def trace(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    address, port = _destination(shell, values["destination"], values["source"])
    protocol = values["protocol"] or ("icmp" if port is None else "tcp")
    if (protocol == "icmp") != (port is None):
        raise CommandError("trace: tcp and udp need a port, as in 172.17.0.2:80; icmp has none")
    try:
        found = probe(shell.lab, shell.lab.existing(values["source"]).name, address, protocol, port or 0)
    except CopyError as error:
        raise CommandError(f"trace: {error}", 1) from None
    voice = Voice(values["language"] or shell.language, Namer(shell.lab))
    for line in told(shell.lab.trace, found, voice):
        job.print(line)
    job.finish(0 if found.answer is not None or _arrives(found) else 1)


def _destination(shell: Shell, word: str, source: str) -> tuple[int, int | None]:
    name, colon, port = word.partition(":")
    if colon and not (port.isascii() and port.isdecimal() and 0 < int(port) <= MOST_PORT):
        raise CommandError(f"trace: {port[:20]!r} is no port: a number from 1 to {MOST_PORT}")
    try:
        return parse_ipv4(address_for(shell, name, source)), int(port) if colon else None
    except AddressError as error:
        raise CommandError(f"trace: {error}") from None


def told(trace: Trace, found: Probe, voice: Voice) -> Iterator[str]:
    """The way, a line for each decision, and the rules below their hook; last, what came of it (trace: of the lab
    itself)."""
    begin = found.records[0].at if found.records else 0
    last: Record | None = None
    for record in _in_order(found.records):
        for number, line in enumerate((*_lines(record.event, voice), *_grounds(trace, record, found, voice))):
            yield f"  {line}" if number else f"{format_time(record.at - begin)}  {line}"
        # a drop may be told of by an ICMP error, which lacks a route itself
        lacks_route = last is None and isinstance(record.event, events.RouteMissing)
        last = record if lacks_route or drop_of(record.event) is not None else last
    if found.answer is not None:
        packet = voice.packet(found.answer.event.frame.payload)
        yield voice.say("trace.answered", packet=packet, time=format_time(found.answer.at - begin).lstrip("+"))
    elif last is not None:
        yield voice.say("trace.dropped", why=tell(last.event, voice).decision)
    elif _arrives(found):
        yield voice.say("trace.delivered")
    else:
        yield voice.say("trace.unanswered")


def _grounds(trace: Trace, record: Record, found: Probe, voice: Voice) -> Sequence[str]:
    """Which line made it end there, or keeps a host from answering."""
    event = record.event
    ends = isinstance(event, events.RouteMissing | events.ArpWithheld) or drop_of(event) is not None
    return grounds(trace, record, voice, found.trace) if ends else ()


def _arrives(found: Probe) -> bool:
    """A datagram comes to a program, of which nobody knows whether it will answer."""
    return any(isinstance(event := record.event, events.FrameReceived) and event.verdict is Outcome.ACCEPTED
               and isinstance(event.frame.payload, IPv4Packet) and event.frame.payload.protocol == UDP
               for record in found.records)


def _in_order(records: Iterable[Record]) -> Iterator[Record]:
    """An arrival's record tells of its end and is written first, and its answer may be written before the hook that
    made it; here the hooks that led to it go before it."""
    told = tuple(records)
    before: list[Record] = []
    for place, record in enumerate(told):
        if _is_arrival(record):
            hooks = _hooks_before(record)
            rest = takewhile(lambda later: not _is_arrival(later), islice(told, place + 1, None))
            before = [later for later in rest if later.step == record.step and isinstance(
                later.event, events.VerdictGiven) and later.event.hook in hooks]
            yield from before
        elif record in before:
            continue
        yield record


def _is_arrival(record: Record) -> bool:
    return isinstance(record.event, events.FrameReceived) and isinstance(record.event.frame.payload, IPv4Packet)


def _hooks_before(arrival: Record) -> tuple[str, ...]:
    if isinstance(arrival.event.verdict, Dropped):
        return "PREROUTING", "INPUT", "FORWARD"
    return ("PREROUTING", "INPUT") if arrival.event.verdict in HERE else ("PREROUTING",)


def _lines(event: Any, voice: Voice) -> Iterator[str]:
    """A record in words; nothing for one that only moves a frame on, or belongs to a question for a MAC."""
    if isinstance(event, LOOK_UPS):
        return
    if isinstance(event, events.FrameSent | events.FrameReceived | events.FrameBridged) and not isinstance(
            event.frame.payload, IPv4Packet):
        return
    if isinstance(event, events.VerdictGiven):
        lines = walk_lines(event, voice)
        if lines:
            yield f"{event.namespace} {lines[0]}"
            yield from lines[1:]
        return
    said = tell(event, voice)
    yield said.decision
    if isinstance(event, events.RouteChosen) or drop_of(event) is not None:
        yield from said.looked_at

