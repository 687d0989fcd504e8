"""Filters at work: expressions of `netsandbox.lab.log_filter` as tests of log rows, and completion while one is typed.

A row names its two parties by the names that people gave them, and says in one line of tcpdump's manner what the frame
says; addresses and ports are read off that line.  `Names` adds what the rows do not tell: which address is whose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import NamedTuple

from netsandbox.lab import log_filter
from netsandbox.lab.log_flags import flags_said
from netsandbox.lab.tables import InterfaceRow, LogRow
from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.describe import DOCKER_RESOLVER as RESOLVER

Predicate = Callable[[LogRow], bool]

EVERYONE = frozenset({"everyone", "broadcast", "ff:ff:ff:ff:ff:ff"})
"""What the log calls the destination of a broadcast."""

VERDICTS = ("accepted", "answered", "bridged", "dropped", "flooded", "ignored", "overheard", "repeated", "routed",
            "sent", "to host", "to port", "waits")

_PAIR = re.compile(r"((?:\d{1,3}\.){3}\d{1,3})(?:[.:](\d{1,5}))? (?:>|→) ((?:\d{1,3}\.){3}\d{1,3})(?:[.:](\d{1,5}))?")
_ASKS = re.compile(
    r"who[- ]has ((?:\d{1,3}\.){3}\d{1,3})\??(?: \([^)]*\))?,? tell ((?:\d{1,3}\.){3}\d{1,3})", re.IGNORECASE
)
_SAYS = re.compile(r"((?:\d{1,3}\.){3}\d{1,3}) is[- ]at ", re.IGNORECASE)
_TAGS = re.compile(r"(?:vlan \d+, )+")  # A tagged frame begins with them, the outer first
_LIKE_ADDRESS = re.compile(r"[\d.]+|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4})+")
_ADDRESS = re.compile(r"(?<![\d.])((?:\d{1,3}\.){3}\d{1,3})(?![\d])")


class Names(NamedTuple):
    """What a filter may know of the lab beside the rows; made anew when the lab changes."""

    addresses: Mapping[str, frozenset[str]] = {}  # Node -> its IPv4 and MAC addresses
    masters: Mapping[tuple[str, str], str] = {}  # (node, interface) -> the bridge that it is a port of
    interfaces: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()  # Drop reasons seen so far, for completion


NO_NAMES = Names()  # Nothing is known beside the rows


@lru_cache(maxsize=8192)
def _network(address: str) -> str:
    """The network of an address with its prefix length; a lab's are looked at again whenever it changes."""
    return str(IPv4Interface(address).network)


def names_of(interfaces: Iterable[InterfaceRow], reasons: Collection[str] = ()) -> Names:
    """Collect what filters need from the interfaces of all nodes."""
    addresses: dict[str, set[str]] = {}
    masters: dict[tuple[str, str], str] = {}
    names: dict[str, None] = {}
    networks: dict[str, None] = {}
    for row in interfaces:
        mine = addresses.setdefault(row.node, set())
        if row.kind != "loopback":
            names[row.name] = None
            mine.add(row.mac.lower())
            for text in row.addresses:
                mine.add(text.partition("/")[0])
                networks[_network(text)] = None
        if row.master is not None:
            masters[row.node, row.name] = row.master
    frozen = {node: frozenset(mine) for node, mine in addresses.items()}
    return Names(frozen, masters, tuple(names), tuple(networks), tuple(sorted(reasons)))


class Parties(NamedTuple):
    """What the text of a row says of its sender and its receiver."""

    sources: frozenset[str]
    destinations: frozenset[str]
    others: frozenset[str]
    source_port: int
    destination_port: int  # -1 where there is none

    @property
    def ports(self) -> tuple[int, int]:
        return self.source_port, self.destination_port


@lru_cache(maxsize=8192)
def parties(info: str) -> Parties:
    """Read addresses and ports off a line such as `172.17.0.2.40000 > 172.17.0.3.80: Flags [S]`."""
    every = frozenset(_ADDRESS.findall(info))
    if pair := _PAIR.search(info):
        source, sport, destination, dport = pair.groups()
        ports = int(sport or -1), int(dport or -1)
        return Parties(frozenset({source}), frozenset({destination}), every - {source, destination}, *ports)
    if asks := _ASKS.search(info):
        return Parties(frozenset({asks[2]}), frozenset({asks[1]}), every, -1, -1)
    if says := _SAYS.search(info):
        return Parties(frozenset({says[1]}), frozenset(), every, -1, -1)
    return Parties(frozenset(), frozenset(), every, -1, -1)


def compile_filter(filter_: str | log_filter.Expression | None, names: Names = NO_NAMES) -> Predicate:
    """The test of a filter, given as text or parsed (FilterError: for a text that does not parse)."""
    expression = log_filter.parse(filter_) if isinstance(filter_, str) else filter_
    return _everything if expression is None else _compile(expression, names)


def strangers(filter_: str, names: Names) -> list[tuple[str, list[str]]]:
    """Names in a filter that nothing in the lab has, each with those that there are: nothing can pass by them
    (FilterError: for a text that does not parse)."""
    expression, found = log_filter.parse(filter_), []
    waiting = [expression] if expression is not None else []
    while waiting:
        one = waiting.pop()
        if isinstance(one, log_filter.Not):
            waiting.append(one.inner)
        elif isinstance(one, log_filter.Both):
            waiting += [one.right, one.left]
        else:
            there = _names_for(one, names)
            if there and one.value.lower() not in map(str.lower, there):
                found.append((one.value, there))
    return found


def _names_for(test: log_filter.Primitive, names: Names) -> list[str]:
    """What a test's name could be; nothing where it may be anything, as an address may."""
    nodes = list(names.addresses)
    if test.kind == "host" and not _LIKE_ADDRESS.fullmatch(test.value):
        return [*nodes, *EVERYONE, "group"]
    if test.kind == "at":
        return nodes
    if test.kind == "dev":
        bridges = [f"{node}:{bridge}" for (node, _port), bridge in names.masters.items()]
        return [*names.interfaces, *names.masters.values(), *bridges,
                *(f"{node}:{name}" for node in nodes for name in names.interfaces)]
    return []


def _everything(_row: LogRow) -> bool:
    return True


def _compile(expression: log_filter.Expression, names: Names) -> Predicate:
    if isinstance(expression, log_filter.Not):
        inner = _compile(expression.inner, names)
        return lambda row: not inner(row)
    if isinstance(expression, log_filter.Both):
        left, right = _compile(expression.left, names), _compile(expression.right, names)
        if expression.word == "and":
            return lambda row: left(row) and right(row)
        return lambda row: left(row) or right(row)
    return _PRIMITIVES[expression.kind](expression, names)


DOCKER_RESOLVER = format_ipv4(RESOLVER)


def _protocol(test: log_filter.Primitive, _names: Names) -> Predicate:
    covers = log_filter.PROTOCOLS[test.value]
    ports, says = log_filter.CARRIED.get(test.value, (frozenset(), ""))
    if says:
        return lambda row: row.protocol == "TCP" and says in row.info
    if ports:
        return lambda row: row.protocol in ("TCP", "UDP") and _bears(ports, parties(row.info))
    return lambda row: row.protocol.lower() in covers


def _bears(ports: frozenset[int], said: Parties) -> bool:
    """Whether it has one of the ports; or of DNS the address of Docker's name server, at which NAT changes the port."""
    is_asked = dns.PORT in ports and DOCKER_RESOLVER in said.sources | said.destinations
    return is_asked or not ports.isdisjoint(said.ports)


def _host(test: log_filter.Primitive, names: Names) -> Predicate:
    wanted = test.value.lower()
    owners = frozenset(node for node, mine in names.addresses.items() if wanted in mine)
    mine = frozenset(names.addresses.get(test.value, ())) | {wanted}

    is_ip = bool(_ADDRESS.fullmatch(wanted))  # of a packet that says another one nobody is the owner of this one

    def is_of(name: str, said: frozenset[str]) -> bool:
        return not mine.isdisjoint(said) or (not (said and is_ip) and (name.lower() == wanted or name in owners))

    def source(row: LogRow) -> bool:
        return is_of(row.source, parties(row.info).sources)

    def destination(row: LogRow) -> bool:
        return is_of(row.destination, parties(row.info).destinations)

    if test.side:
        return source if test.side == "src" else destination
    return lambda row: source(row) or destination(row) or not mine.isdisjoint(parties(row.info).others)


def _net(test: log_filter.Primitive, names: Names) -> Predicate:
    network = IPv4Network(test.value)
    inside = lru_cache(maxsize=4096)(lambda address: _is_inside(address, network))
    owned = {node for node, mine in names.addresses.items() if any(map(inside, mine))}

    def source(row: LogRow) -> bool:
        said = parties(row.info).sources
        return any(map(inside, said)) if said else inside(row.source) or row.source in owned

    def destination(row: LogRow) -> bool:
        said = parties(row.info).destinations
        return any(map(inside, said)) if said else inside(row.destination) or row.destination in owned

    if test.side:
        return source if test.side == "src" else destination
    return lambda row: source(row) or destination(row)


def _is_inside(address: str, network: IPv4Network) -> bool:
    try:
        return IPv4Address(address) in network
    except ValueError:
        return False


def _port(test: log_filter.Primitive, _names: Names) -> Predicate:
    low, high = test.low, test.high
    if test.side == "src":
        return lambda row: low <= parties(row.info).source_port <= high
    if test.side == "dst":
        return lambda row: low <= parties(row.info).destination_port <= high
    return lambda row: (
        low <= parties(row.info).source_port <= high or low <= parties(row.info).destination_port <= high
    )


def _dev(test: log_filter.Primitive, _names: Names) -> Predicate:
    node, _colon, wanted = test.value.rpartition(":")
    return lambda row: wanted in (row.interface, row.master) and node in ("", row.node)


def _number(test: log_filter.Primitive, _names: Names) -> Predicate:
    low, high = test.low, test.high
    if test.kind == "step":
        return lambda row: low <= row.step <= high
    return lambda row: low <= row.seq <= high


def _flags(test: log_filter.Primitive, _names: Names) -> Predicate:
    mask, value, is_equal = test.low, test.high, test.side == "=="
    return lambda row: (said := flags_said(row.info)) is not None and (said & mask == value) is is_equal


def _vlan(test: log_filter.Primitive, _names: Names) -> Predicate:
    low, high = test.low, test.high

    def is_tagged(row: LogRow) -> bool:
        tags = _TAGS.match(row.info)
        return tags is not None and any(low <= int(vid) <= high for vid in re.findall(r"\d+", tags[0]))

    return is_tagged


_PRIMITIVES: dict[str, Callable[[log_filter.Primitive, Names], Predicate]] = {
    "protocol": _protocol,
    "host": _host,
    "net": _net,
    "port": _port,
    "dev": _dev,
    "step": _number,
    "frame": _number,
    "flags": _flags,
    "vlan": _vlan,
    "greater": lambda test, _: lambda row: row.size >= test.low,
    "less": lambda test, _: lambda row: row.size <= test.low,
    "at": lambda test, _: lambda row: row.node == test.value,
    "drop": lambda _test, _: lambda row: row.dropped,
    "in": lambda _test, _: lambda row: row.direction == "in",
    "out": lambda _test, _: lambda row: row.direction == "out",
    "broadcast": lambda _test, _: lambda row: row.destination.lower() in EVERYONE,
    "reason": lambda test, _: lambda row: row.reason.lower() == test.value.lower(),
    "verdict": lambda test, _: lambda row: (
        row.verdict.lower() == test.value.lower() or (row.dropped and test.value.lower() == "dropped")),
}


class Candidate(NamedTuple):
    """A word that may stand at the cursor: it replaces the characters from `start` to `end`."""

    text: str
    start: int
    end: int
    kind: str  # keyword, node, address, network, interface, service, verdict, reason


def complete_filter(text: str, cursor: int, names: Names = NO_NAMES) -> list[Candidate]:
    """The words that may stand at `cursor`, those that begin with what is typed there."""
    try:
        before = log_filter.tokens(text[:cursor])
    except log_filter.FilterError:
        return []
    typed = before.pop() if before and before[-1].end == cursor and before[-1].text not in ("(", ")", "!") else None
    start = typed.start if typed is not None else cursor
    prefix = (typed.text if typed is not None else "").lower()
    found: dict[str, str] = {}
    for kind, words in _expected(before, names):
        for word in words:
            quoted = word if kind in ("keyword", "service") else log_filter.quote(word)
            if word.lower().startswith(prefix) and word.lower() != prefix:
                found.setdefault(quoted, kind)
    return [Candidate(word, start, cursor, kind) for word, kind in found.items()]


def _expected(before: list[log_filter.Token], names: Names) -> list[tuple[str, Iterable[str]]]:
    """What may follow the words so far."""
    last = before[-1].keyword if before else ""
    nodes = ("node", names.addresses)
    addresses = ("address", [one for mine in names.addresses.values() for one in sorted(mine) if "." in one])
    follow: dict[str, list[tuple[str, Iterable[str]]]] = {
        "host": [nodes, addresses],
        "src": [nodes, ("keyword", ("host", "net", "port")), addresses],
        "dst": [nodes, ("keyword", ("host", "net", "port")), addresses],
        "net": [("network", names.networks)],
        "port": [("service", log_filter.SERVICES)],
        "dev": [("interface", names.interfaces)],
        "at": [nodes],
        "verdict": [("verdict", VERDICTS)],
        "reason": [("reason", names.reasons)],
        "portrange": [],
        "greater": [],
        "less": [],
        "step": [],
        "frame": [],
    }
    if last in follow:
        return follow[last]
    if not before or last in ("and", "or", "not", "("):
        return [("keyword", sorted(log_filter.KEYWORDS - {"and", "or"}))]
    return [("keyword", ("and", "or"))]
