"""Which frames a condition is about: `on NODE:IFACE in since start where arp and broadcast`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from netsandbox.commands.expect.condition import UnfoundedError
from netsandbox.commands.expect.context import Context
from netsandbox.commands.expect.reader import Reader, Word, hint
from netsandbox.engine.trace import Record
from netsandbox.lab import frame_log
from netsandbox.lab.log_filter import Both, Expression, FilterError, Not, Primitive
from netsandbox.lab.log_filter import parse as parse_filter
from netsandbox.lab.log_match import EVERYONE, compile_filter, names_of
from netsandbox.lab.tables import LogRow
from netsandbox.linux.drop import DropReason
from netsandbox.linux.event_subject import frame_of
from netsandbox.wire.addresses import BROADCAST_MAC, AddressError, format_mac, parse_ipv4, parse_mac

PLAIN = ((re.compile(r"> ([\d.]+)\.(\d+): Flags \[S\]"), "which.opens"),
         (re.compile(r"([\d.]+) > ([\d.]+)"), "which.way"))
"""What stands in a frame's line for who opens a connection, and for whence and whither it goes."""
VERDICTS = ("accepted", "answered", "ignored", "bridged", "routed", "waits", "overheard", "repeated", "dropped", "sent",
            "to port", "to host", "flooded")
Predicate = Callable[["LogRow"], bool]
Spot = Callable[[str, str], bool]  # Whether (node, interface) is the place that is meant


class Filter(NamedTuple):
    """A filter of the frame log, read; an empty one lets all pass."""

    text: str
    expression: Expression | None


class Since(NamedTuple):
    """From where frames count: last (the last command line), start, record N, or lines N."""

    kind: str = "last"
    number: int = 0


class Selection(NamedTuple):
    """What a condition says of its frames."""

    place: str = ""  # NODE, NODE:IFACE, a bridge; empty for anywhere
    of_ports: bool = False  # the ports of that bridge or hub
    direction: str = ""  # in, out or empty
    # source, target: whose MAC addresses the Ethernet header has; empty for anybody's
    source: str = ""
    target: str = ""
    octets: tuple[int, bytes] = (0, b"")  # what stands in the frame's bytes, and from which one on
    saying: str = ""  # a text that the frame's line in the log contains
    filter: Filter = Filter("", None)
    since: Since = Since()


# -- reading


def read_selection(reader: Reader, at_is_place: bool = False) -> Selection:
    """The words that choose frames, up to `where FILTER`, which is the last."""
    selection, places = Selection(), ("on", "at") if at_is_place else ("on",)
    while word := reader.accept(*places, "in", "out", *WORDS):
        if word in places:
            of_ports = bool(reader.accept("ports") and reader.accept("of"))
            selection = selection._replace(place=reader.take("NODE, NODE:IFACE or `ports of BRIDGE`").text,
                                           of_ports=of_ports)
        elif word == "where":
            return selection._replace(filter=read_filter(reader, reader.rest()))
        elif word in WORDS:
            field, read = WORDS[word]
            selection = selection._replace(**{field: read(reader)})
        else:
            selection = selection._replace(direction=word)
    return selection


def _owner(reader: Reader) -> str:
    return reader.take("MAC, NODE, NODE:IFACE or everyone").text


def _saying(reader: Reader) -> str:
    return reader.take("a text that the frame says").text


def _octets(reader: Reader) -> tuple[int, bytes]:
    """`12 0806`: where, and which bytes as hex digits."""
    offset, digits = reader.take("an offset in bytes"), reader.take("bytes as hex digits")
    if not offset.text.isascii() or not offset.text.isdecimal() or len(offset.text) > 5:
        raise reader.wrong(f"expected an offset in bytes, found {offset.text[:40]!r}", offset)
    try:
        return int(offset.text), bytes.fromhex(digits.text.replace(":", " "))
    except ValueError:
        raise reader.wrong(f"expected bytes as hex digits, found {digits.text[:40]!r}", digits) from None


def _since(reader: Reader) -> Since:
    if reader.accept("start"):
        return Since("start")
    word = reader.take("`start`, a frame's number, or a number of `lines`")
    if not word.text.isascii() or not word.text.isdecimal() or len(word.text) > 12:
        raise reader.wrong(f"expected `start`, a frame's number, or a number of `lines`; found {word.text[:40]!r}"
                           f"{hint(word.text, ('start',))}", word)
    return Since("lines" if reader.accept("lines", "line") else "record", int(word.text))


def read_filter(reader: Reader, word: Word) -> Filter:
    """A filter of the frame log's language."""
    if not word.text.strip():
        raise reader.wrong("a filter such as `arp and broadcast` is missing here", word._replace(end=word.start + 1))
    try:
        expression = parse_filter(word.text)
    except FilterError as error:
        place = word._replace(start=word.start + error.start, end=word.start + error.end)
        raise reader.wrong(error.message, place) from None
    for primitive in primitives(expression):
        _check_word(reader, word, primitive)
    return Filter(word.text, expression)


def primitives(expression: Expression | None) -> list[Primitive]:
    """The tests that an expression is made of."""
    match expression:
        case None:
            return []
        case Not(inner):
            return primitives(inner)
        case Both(_, left, right):
            return [*primitives(left), *primitives(right)]
    return [expression]


def _check_word(reader: Reader, word: Word, primitive: Primitive) -> None:
    """Words that never change: a wrong one would match nothing, and `frames 0` would hold for ever."""
    known = {"reason": tuple(reason.name for reason in DropReason), "verdict": VERDICTS}.get(primitive.kind)
    if known is None or primitive.value.lower() in (name.lower() for name in known):
        return
    start = word.start + max(0, word.text.find(primitive.value))
    place = word._replace(start=start, end=start + len(primitive.value))
    raise reader.wrong(f"no {primitive.kind} {primitive.value[:40]!r}{hint(primitive.value, known)}", place)


WORDS: dict[str, tuple[str, Callable[[Reader], Any]]] = {
    "from": ("source", _owner), "to": ("target", _owner), "bytes": ("octets", _octets), "saying": ("saying", _saying),
    "since": ("since", _since), "where": ("filter", _saying)}
"""Word -> the selection's field, and what reads it; `where` is read apart, being the last."""


# -- looking


def since(context: Context, chosen: Since) -> Record:
    """The record from which frames count; its time is that of the command line, or 0 (UnfoundedError: there is no such
    record, or the trace has forgotten it)."""
    trace = context.lab.trace
    if chosen.kind == "last":
        context.last()
        seq = context.shell.last_seq
    elif chosen.kind == "lines":
        commands = context.commands()
        if not 0 < chosen.number <= len(commands):
            raise UnfoundedError(context.say("few-commands", count=str(len(commands))))
        seq = commands[-chosen.number].seq
    else:
        seq = chosen.number
    if chosen.kind == "record" and seq >= trace.end:
        raise UnfoundedError(context.say("no-record", number=str(seq)))
    if seq < trace.first:
        raise UnfoundedError(context.say("forgotten"))
    return trace.get(seq) or Record(seq, context.lab.scheduler.clock, -1, None, None)


def frames(context: Context, selection: Selection) -> list[LogRow]:
    """The rows of the frame log that a condition is about (UnfoundedError: a name in the selection is not there)."""
    keep, start = predicate(context, selection), since(context, selection.since).seq
    return [row for row in frame_log.rows(context.lab, start) if keep(row)]


def predicate(context: Context, selection: Selection) -> Predicate:
    """The test of a row, all but its time (UnfoundedError: a name in the selection is not there)."""
    spot = _spot(context, selection) if selection.place else _anywhere
    passes, bears = filter_test(context, selection.filter), _header_test(context, selection)
    direction, saying = selection.direction, selection.saying

    def keep(row: LogRow) -> bool:
        return (direction in ("", row.direction) and spot(row.node, row.interface)
                and saying in f"{row.protocol} {row.info}" and passes(row) and bears(row))
    return keep


def _header_test(context: Context, selection: Selection) -> Predicate:
    """The test of a frame's own bytes: its Ethernet header, and those that were asked for."""
    if not (selection.source or selection.target or selection.octets[1]):
        return lambda _row: True
    source, target = _stations(context, selection.source), _stations(context, selection.target)
    offset, octets = selection.octets

    def bears(row: LogRow) -> bool:
        record = context.lab.trace.get(row.seq)
        frame = frame_of(record.event) if record is not None else None
        return (frame is not None and (source is None or format_mac(frame.src) in source)
                and (target is None or format_mac(frame.dst) in target)
                and frame.wire()[offset:offset + len(octets)] == octets)
    return bears


def _stations(context: Context, text: str) -> frozenset[str] | None:
    if not text:
        return None
    return frozenset({format_mac(BROADCAST_MAC)}) if text.lower() in EVERYONE else context.macs(text)[0]


def _anywhere(_node: str, _interface: str) -> bool:
    return True


def filter_test(context: Context, chosen: Filter) -> Predicate:
    for primitive in primitives(chosen.expression):
        _check_name(context, primitive)
    return compile_filter(chosen.expression, names_of(context.interfaces))


def _check_name(context: Context, primitive: Primitive) -> None:
    """A name that is nobody's matches nothing: better said than counted as none."""
    value = primitive.value
    if primitive.kind == "at" and value not in {row.node for row in context.interfaces}:
        raise UnfoundedError(context.say("no-node", name=value, near=context.near(value, context.names)))
    if primitive.kind == "dev":
        node, colon, name = value.partition(":")
        known = {row.name for row in context.interfaces if not colon or row.node == node}
        if (name if colon else value) not in known:
            raise UnfoundedError(context.say("no-device", name=value, near=context.near(name or value, known)))
    if primitive.kind == "host" and value.lower() not in EVERYONE and not _is_address(value) \
            and value not in {row.node for row in context.interfaces}:
        raise UnfoundedError(context.say("no-owner", name=value, near=context.near(value, context.names)))


def _is_address(text: str) -> bool:
    for parse in (parse_ipv4, parse_mac):
        try:
            parse(text)
            return True
        except AddressError:
            continue
    return False


def _spot(context: Context, selection: Selection) -> Spot:
    """The place as a test of (node, interface)."""
    place = selection.place
    if selection.of_ports:
        return _ports(context, place)
    name, colon, ifname = place.partition(":")
    if not colon and place not in context.names and any(row.name == place for row in context.bridges):
        bridge = context.bridge(place)
        return lambda node, interface: (node, interface) == (bridge.node, bridge.name)
    there = context.node(name, must_run=False)
    if not colon:
        return lambda node, _interface: node == there
    known = {row.name for row in context.rows_of(there)}
    if ifname not in known and ifname not in _seen(context, there):
        raise UnfoundedError(context.say("no-interface", node=there, name=ifname, near=context.near(ifname, known)))
    return lambda node, interface: (node, interface) == (there, ifname)


def _ports(context: Context, place: str) -> Spot:
    if place in context.lab.nodes and context.lab.nodes[place].kind == "hub":
        return lambda node, _interface: node == place
    bridge = context.bridge(place)
    names = {row.name for row in context.ports(bridge)}
    return lambda node, interface: node == bridge.node and interface in names


def _seen(context: Context, node: str) -> set[str]:
    """Interfaces of a node that may be gone by now, from the frame log."""
    return {row.interface for row in frame_log.rows(context.lab, context.lab.trace.first) if row.node == node}


# -- telling


def describe(context: Context, selection: Selection) -> str:
    """The selection in words: `received on the ports of docker0 where arp since …`."""
    say, parts = context.say, []
    direction = f"which.{selection.direction}" if selection.direction else "which"
    if selection.place:
        place = say("ports-of", bridge=selection.place) if selection.of_ports else selection.place
        parts.append(say(f"{direction}.on", place=place))
    elif selection.direction:
        parts.append(say(direction))
    parts += [say("which.from", name=selection.source)] if selection.source else []
    if selection.target:
        is_everyone = selection.target.lower() in EVERYONE
        parts.append(say("which.everyone" if is_everyone else "which.to", name=selection.target))
    if selection.octets[1]:
        parts.append(say("which.bytes", octets=selection.octets[1].hex(" "), offset=str(selection.octets[0])))
    if selection.saying:
        parts.append(_said(context, selection.saying))
    if selection.filter.text:
        parts.append(say("which.where", filter=selection.filter.text))
    if not parts:
        parts.append(say("which.any"))
    return say("which.since", which=say("which.gap").join(parts), since=describe_since(context, selection.since))


def _said(context: Context, text: str) -> str:
    """What a frame says, in words where it is a tool's own way to write whence and whither."""
    for pattern, key in PLAIN:
        if found := pattern.fullmatch(text):
            return context.say(key, one=found[1], other=found[2])
    return context.say("which.saying", text=text)


def describe_since(context: Context, chosen: Since) -> str:
    say = context.say
    if chosen == Since("lines", 1):
        return say("since.last")
    if chosen.kind in ("last", "start"):
        return say(f"since.{chosen.kind}")
    return say(f"since.{chosen.kind}", number=str(chosen.number), count=str(chosen.number))
