"""`conntrack` -L, -G, -D, -F and -C: the connections that a namespace tracks (conntrack-tools 1.4.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.linux.netfilter.connection import ASSURED, DST_NAT, SEEN_REPLY, SRC_NAT, WITH_PORTS, Connection
from netsandbox.linux.netfilter.listing import NAMES, connection_text
from netsandbox.linux.netfilter.track_tcp import STATES
from netsandbox.linux.netlink.credentials import may_administer
from netsandbox.wire.addresses import AddressError, Network, parse_ipv4
from netsandbox.wire.ipv4 import ICMP, TCP

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

TITLE = "conntrack v1.4.8 (conntrack-tools)"
HINT = "Try `conntrack -h' or 'conntrack --help' for more information."
WRONG = 2
COMMANDS = {"L": "list", "G": "get", "D": "delete", "F": "flush", "C": "count", "E": "event", "I": "create",
            "U": "update", "S": "stats", "A": "add", "V": "version", "h": "help"}
LONG_COMMANDS = {name: letter for letter, name in COMMANDS.items()} | {"dump": "L"}
DONE = {"L": "shown", "D": "deleted"}
PROTOCOLS = {name: number for number, name in NAMES.items()}
USAGE = """Command line interface for the connection tracking system. Version 1.4.8
Usage: conntrack [commands] [options]

Commands:
  -L [table] [options]\t\tList conntrack table
  -G [table] parameters\t\tGet conntrack
  -D [table] parameters\t\tDelete conntrack
  -F [table]\t\t\tFlush table
  -C [table]\t\t\tShow counter
"""


class Filter(NamedTuple):
    """What an entry has to be: a test, and what it is tested against."""

    test: Callable[[Connection, Network], bool]
    wanted: Network


def _orig_source(connection: Connection, wanted: Network) -> bool:
    return connection.original.src in wanted


def _orig_destination(connection: Connection, wanted: Network) -> bool:
    return connection.original.dst in wanted


def _reply_source(connection: Connection, wanted: Network) -> bool:
    return connection.reply.src in wanted


def _reply_destination(connection: Connection, wanted: Network) -> bool:
    return connection.reply.dst in wanted


def _protocol(connection: Connection, wanted: Network) -> bool:
    return connection.original.protocol == wanted.address


def _orig_sport(connection: Connection, wanted: Network) -> bool:
    return connection.original.sport == wanted.address


def _orig_dport(connection: Connection, wanted: Network) -> bool:
    return connection.original.dport == wanted.address


def _reply_sport(connection: Connection, wanted: Network) -> bool:
    return connection.reply.sport == wanted.address


def _reply_dport(connection: Connection, wanted: Network) -> bool:
    return connection.reply.dport == wanted.address


def _icmp_type(connection: Connection, wanted: Network) -> bool:
    return connection.original.dport >> 8 == wanted.address


def _icmp_code(connection: Connection, wanted: Network) -> bool:
    return connection.original.dport & 0xFF == wanted.address


def _tcp_state(connection: Connection, wanted: Network) -> bool:
    return connection.original.protocol == TCP and connection.state == wanted.address


def _mark(connection: Connection, wanted: Network) -> bool:
    return connection.mark == wanted.address


def _source_nat(connection: Connection, _wanted: Network) -> bool:
    return bool(connection.status & SRC_NAT)


def _destination_nat(connection: Connection, _wanted: Network) -> bool:
    return bool(connection.status & DST_NAT)


def _status(connection: Connection, wanted: Network) -> bool:
    """0: assured; 1: seen reply; 2: unreplied."""
    seen = bool(connection.status & SEEN_REPLY)
    return bool((bool(connection.status & ASSURED), seen, not seen)[wanted.address])


Test = Callable[[Connection, Network], bool]
ADDRESSES: dict[str, Test] = {
    "s": _orig_source, "d": _orig_destination, "r": _reply_source, "q": _reply_destination}
LONG = {"src": "s", "orig-src": "s", "dst": "d", "orig-dst": "d", "reply-src": "r", "reply-dst": "q", "proto": "p",
        "protonum": "p", "mark": "m", "status": "u", "output": "o", "family": "f", "src-nat": "n", "dst-nat": "g",
        "any-nat": "j", "zone": "w"}
PORTS: dict[str, Test] = {
    "sport": _orig_sport, "orig-port-src": _orig_sport, "dport": _orig_dport, "orig-port-dst": _orig_dport,
    "reply-port-src": _reply_sport, "reply-port-dst": _reply_dport}
OF_ICMP: dict[str, Test] = {"icmp-type": _icmp_type, "icmp-code": _icmp_code}
STATUSES = {"ASSURED": 0, "SEEN_REPLY": 1, "UNSET": 2, "UNREPLIED": 2}


class Line:
    """One command line, read."""

    def __init__(self, arguments: list[str]) -> None:
        self.words = list(arguments)
        self.command = ""
        self.filters: list[Filter] = []
        self.protocol = -1
        self.is_extended = False
        self.given: set[str] = set()
        while self.words:
            self._read(self.words.pop(0))

    def _value(self, option: str) -> str:
        if not self.words:
            raise _wrong(f"option `{option}' requires an argument")
        return self.words.pop(0)

    def _read(self, word: str) -> None:
        name, equals, value = word.lstrip("-").partition("=")
        if equals:
            self.words.insert(0, value)
        is_long = word.startswith("--")
        if not word.startswith("-"):
            raise ToolError(WRONG, USAGE)
        command = LONG_COMMANDS.get(name, "") if is_long else name[:1] if name[:1] in COMMANDS else ""
        if command:
            self._begin(command)
            return
        letter = LONG.get(name, "") if is_long else name[:1]
        if not is_long and len(name) > 1:
            self.words.insert(0, name[1:])
        if is_long and not letter:
            self._protocol_option(name)
        elif letter in "sdrqpmuofngjw" and letter:
            self._option(letter, f"-{letter}")
        else:
            raise _wrong(f"unknown option `{word}'")

    def _begin(self, command: str) -> None:
        if self.command:
            raise _wrong("Invalid commands combination")
        self.command = command
        if self.words and not self.words[0].startswith("-"):
            table = self.words.pop(0)
            if table == "expect":
                raise ToolError(1, "netsandbox: conntrack: expectations are not modelled")
            if table != "conntrack":
                raise _wrong(f"unknown type `{table}'")

    def _option(self, letter: str, option: str) -> None:
        self.given.add(letter)
        if letter in "ngj":
            if self.words and not self.words[0].startswith("-"):
                self.words.pop(0)
            tests = {"n": (_source_nat,), "g": (_destination_nat,), "j": ()}[letter]
            self.filters += [Filter(test, Network(0, 0)) for test in tests]
            return
        value = self._value(option)
        if letter in ADDRESSES:
            self.filters.append(Filter(ADDRESSES[letter], _network(value)))
        elif letter == "p":
            self._protocol(value)
        elif letter == "m":
            self.filters.append(Filter(_mark, Network(_number(value), 0)))
        elif letter == "u":
            if value.upper() not in STATUSES:
                raise _wrong(f"Bad status parameter value `{value}'")
            self.filters.append(Filter(_status, Network(STATUSES[value.upper()], 0)))
        elif letter == "o":
            if value != "extended":
                raise ToolError(1, f"netsandbox: conntrack: output '{value}' is not modelled (extended is)")
            self.is_extended = True
        elif letter == "w":
            raise ToolError(1, "netsandbox: conntrack: zones are not modelled")
        elif value not in ("ipv4", "inet"):
            raise ToolError(1, "netsandbox: conntrack: IPv6 is not modelled")

    def _protocol(self, value: str) -> None:
        number = int(value) if value.isdecimal() and int(value) < 256 else PROTOCOLS.get(value.lower(), -1)
        if number < 0:
            raise _wrong(f"`{value}' unsupported protocol")
        self.protocol = number
        self.filters.append(Filter(_protocol, Network(number, 0)))

    def _protocol_option(self, name: str) -> None:
        """What -p adds: ports, an ICMP type, a TCP state."""
        if name in PORTS and self.protocol in WITH_PORTS:
            self.filters.append(Filter(PORTS[name], Network(_number(self._value(f"--{name}")), 0)))
        elif name in OF_ICMP and self.protocol == ICMP:
            self.filters.append(Filter(OF_ICMP[name], Network(_number(self._value(f"--{name}")), 0)))
        elif name == "state" and self.protocol == TCP:
            value = self._value("--state")
            if value.upper() not in STATES:
                raise _wrong(f"unknown TCP state `{value}'")
            self.filters.append(Filter(_tcp_state, Network(STATES.index(value.upper()), 0)))
        else:
            raise _wrong(f"unknown option `--{name}'")

    def covers(self, connection: Connection) -> bool:
        return all(one.test(connection, one.wanted) for one in self.filters)


def _wrong(message: str) -> ToolError:
    return ToolError(WRONG, f"{TITLE}: {message}\n{HINT}")


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise _wrong(f"Invalid value `{text}'") from None


def _network(text: str) -> Network:
    host, slash, length = text.partition("/")
    try:
        return Network(parse_ipv4(host), int(length) if slash and length.isdecimal() and int(length) < 33 else 32)
    except AddressError:
        raise _wrong(f"Invalid IP address `{text}'") from None


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """One command line."""
    line = Line(arguments)
    if line.command in ("", "h"):
        return ToolResult(0 if line.command else WRONG, USAGE, "")
    if line.command == "V":
        return ToolResult(0, f"{TITLE}\n", "")
    if line.command in "EIUSA":
        raise ToolError(1, f"netsandbox: conntrack -{line.command} is not modelled; -L, -G, -D, -F and -C are")
    if not may_administer():
        raise ToolError(1, f"{TITLE}: Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do "
                           "this")
    table = context.namespace.netfilter.connections
    found = [connection for connection in table or () if line.covers(connection)]
    if line.command == "C":
        return ToolResult(0, f"{len(found)}\n", "")
    if line.command == "G":
        return _get(context, line, found)
    if line.command in "DF":
        for connection in found:
            assert table is not None, "what was found is in a table"
            table.forget(connection, "deleted")
    if line.command == "F":
        return ToolResult(0, "", f"{TITLE}: connection tracking table has been emptied.\n")
    said = f"{TITLE}: {len(found)} flow entries have been {DONE[line.command]}.\n"
    return ToolResult(int(line.command == "D" and not found), _listed(context, line, found), said)


def _get(context: ToolContext, line: Line, found: list[Connection]) -> ToolResult:
    if not {"s", "d"} <= line.given:
        raise _wrong("you have to specify `--src' and `--dst'")
    if not found:
        return ToolResult(1, "", f"{TITLE}: Operation failed: such conntrack doesn't exist\n")
    said = f"{TITLE}: 1 flow entries have been shown.\n"
    return ToolResult(0, _listed(context, line, found[:1]), said)


def _listed(context: ToolContext, line: Line, found: list[Connection]) -> str:
    now, start = context.namespace.scheduler.now, "ipv4     2 " if line.is_extended else ""
    return "".join(f"{start}{connection_text(connection, now)}\n" for connection in found)
