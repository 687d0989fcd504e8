"""`conntrack`: the connections that a namespace tracks (conntrack-tools 1.4.8)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.firewall.conntrack_options import TITLE
from netsandbox.commands.tools.firewall.conntrack_output import XML_BEGIN, XML_END, changed_text, entry_text
from netsandbox.commands.tools.firewall.conntrack_words import Line
from netsandbox.commands.tools.follows import FollowsError
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.notes import note
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.connection import (
    DST_NAT,
    INVERSE_TYPES,
    NAT_DONE,
    NAT_MASK,
    SRC_NAT,
    Connection,
    FlowTuple,
    Status,
)
from netsandbox.linux.netfilter.connection_table import STATISTICS
from netsandbox.linux.netfilter.track_sctp import SctpTracking
from netsandbox.linux.netlink.credentials import may_administer
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.ipv4 import ICMP

USAGE = Path(__file__).with_name("conntrack_usage.txt").read_text(encoding="utf-8")
"""What conntrack 1.4.8 prints for -h."""
EXPECTED = int(Status.EXPECTED)
NOBODY = f"{TITLE}: Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this"
PORT_OF_SECOND_SOCKET = 1 << 31
TITLES = {"NEW": "    [NEW] ", "UPDATE": " [UPDATE] ", "DESTROY": "[DESTROY] "}


@looks("(?:-[LSC]|--(?:list|stats|count))(?!.*(?: -z| --zero)).*")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """One command line."""
    warnings: list[str] = []
    try:
        result = _done(context, Line(arguments, warnings))
    except ToolError as error:
        raise ToolError(error.code, "".join(warnings) + error.message) from None
    return result._replace(err="".join(warnings) + result.err)


def _done(context: ToolContext, line: Line) -> ToolResult:
    if line.command in ("", "h"):
        return ToolResult(0, USAGE, "")
    if line.command == "V":
        return ToolResult(0, f"{TITLE}\n", "")
    if not may_administer():
        raise ToolError(1, NOBODY)
    if line.table == "expect":
        return _expectations(line)
    if line.command == "E":
        if "b" in line.values:
            note("conntrack -b")
        raise FollowsError(Events(context.namespace, line), 0)
    return {"S": _statistics, "C": _count, "G": _get, "D": _delete, "F": _flush, "I": _create, "A": _create,
            "U": _update, "L": _list}[line.command](context, line)


def _expectations(line: Line) -> ToolResult:
    """There are none: no helper makes any."""
    if line.command == "C":
        return ToolResult(0, "0\n", "")
    if line.command == "F":
        return ToolResult(0, "", f"{TITLE}: expectation table has been emptied.\n")
    if line.command == "L":
        return ToolResult(0, "", f"{TITLE}: 0 expectations have been shown.\n")
    if line.command == "S":
        return ToolResult(0, "cpu=0   \texpect_new=0 expect_create=0 expect_delete=0 \n", "")
    raise ToolError(1, "netsandbox: conntrack: expectations are not modelled")


# -- looking

def _found(context: ToolContext, line: Line) -> list[Connection]:
    if line.table != "conntrack":  # an entry is in no such list for longer than an instant
        return []
    return [connection for connection in context.namespace.netfilter.connections or () if line.covers(connection)]


def _list(context: ToolContext, line: Line) -> ToolResult:
    found = _found(context, line)
    listed = _listed(context, line, found)
    for connection in found if "z" in line.values else ():
        if connection.counts is not None:
            connection.counts = [0, 0], [0, 0]
    return ToolResult(0, listed, _said(len(found), "shown"))


def _count(context: ToolContext, _line: Line) -> ToolResult:
    return ToolResult(0, f"{len(context.namespace.netfilter.connections or ())}\n", "")


def _statistics(context: ToolContext, _line: Line) -> ToolResult:
    """One line for each CPU, and there is one."""
    table = context.namespace.netfilter.connections
    counts = table.statistics if table is not None else dict.fromkeys(STATISTICS, 0)
    return ToolResult(0, "cpu=0   \t" + "".join(f"{name}={count} " for name, count in counts.items()) + "\n", "")


def _get(context: ToolContext, line: Line) -> ToolResult:
    """The one entry that has just this tuple; it is not shown if it is otherwise than what else is said."""
    if "s" not in line.values:
        raise _failed("invalid parameters")
    table = context.namespace.netfilter.connections
    known = table.find(_original(line)) if table is not None else None
    if known is None:
        raise _failed("such conntrack doesn't exist")
    found = [known[0]] if line.covers(known[0]) else []
    return ToolResult(int(not found), _listed(context, line, found, uses=2), _said(len(found), "shown"))


def _listed(context: ToolContext, line: Line, found: list[Connection], uses: int = 1) -> str:
    """One line each; an entry that was just taken in hand has one user more."""
    now = context.namespace.scheduler.now
    if line.command == "U" and "t" in line.values:  # of what it has set nothing is over yet
        now -= 1
    text = "".join(entry_text(connection, now, line.outputs, line.command, uses) for connection in found)
    if not text or "xml" not in line.outputs or line.command not in "LG":
        return text
    return f"{XML_BEGIN}{text}{XML_END if line.command == 'L' else ''}"  # -G leaves the end out


def _said(count: int, done: str) -> str:
    return f"{TITLE}: {count} flow entries have been {done}.\n"


def _failed(why: str) -> ToolError:
    return ToolError(1, f"{TITLE}: Operation failed: {why}")


# -- changing

def _delete(context: ToolContext, line: Line) -> ToolResult:
    found = _found(context, line)
    listed = _listed(context, line, found)
    _forget(context, found)
    return ToolResult(int(not found), listed, _said(len(found), "deleted"))


def _flush(context: ToolContext, line: Line) -> ToolResult:
    _forget(context, list(context.namespace.netfilter.connections or ()))  # of whatever family
    return ToolResult(0, "", f"{TITLE}: connection tracking table has been emptied.\n")


def _forget(context: ToolContext, found: list[Connection]) -> None:
    table = context.namespace.netfilter.connection_table(context.namespace)
    for connection in found:
        table.forget(connection, "deleted")


def _create(context: ToolContext, line: Line) -> ToolResult:
    original, reply = (flow._replace(zone=line.number("w") & 0xFFFF) for flow in _tuples(line))
    table = context.namespace.netfilter.connection_table(context.namespace)
    connection = table.make(original, reply, line.number("t") * SECOND)
    if line.status & EXPECTED:
        raise _failed("Device or resource busy")
    connection.mark, connection.status = line.number("m"), line.status
    connection.status |= SRC_NAT * ("n" in line.values) | DST_NAT * ("g" in line.values)
    connection.status |= NAT_DONE * bool(connection.status & NAT_MASK)
    connection.state = line.states.index(line.values.get("state", "NONE"))
    if isinstance(connection.tcp, SctpTracking):
        connection.tcp.tags = [line.number("orig-vtag"), line.number("reply-vtag")]
    if not table.confirm(connection, True) and line.command == "I":
        raise _failed("Such conntrack exists, try -U to update")
    return ToolResult(0, "", _said(1, "created" if line.command == "I" else "added"))


def _tuples(line: Line) -> tuple[FlowTuple, FlowTuple]:
    """Those of both directions: what is not said of one is the other's, but for what is translated."""
    values, number = line.values, line.number
    if "s" in values:
        original = _original(line)
        reply = original.inverted()
    if ("r" in values) is not ("q" in values):
        raise _invalid(line)
    if "r" in values:
        given = FlowTuple(line.protocol, parse_ipv4(values["r"]), parse_ipv4(values["q"]),
                          number("reply-port-src") & 0xFFFF, number("reply-port-dst") & 0xFFFF)
        if "s" not in values:
            original = given.inverted()
        elif "sport" in values and "reply-port-src" not in values:
            raise _invalid(line)
        reply = given
    for option, of_source in (("n", False), ("g", True)):
        address, _colon, port = values.get(option, "").partition(":")
        if address and of_source:
            reply = reply._replace(src=parse_ipv4(address), sport=int(port) if port.isdecimal() else reply.sport)
        elif address:
            reply = reply._replace(dst=parse_ipv4(address), dport=int(port) if port.isdecimal() else reply.dport)
    return original, reply


def _original(line: Line) -> FlowTuple:
    """What -s, -d and what -p adds say; of ICMP there are only questions and answers."""
    values, number = line.values, line.number
    ports = number("sport"), number("dport")
    if line.protocol == ICMP:
        kind = number("icmp-type") & 0xFF
        if kind not in INVERSE_TYPES:
            raise _invalid(line)
        ports = number("icmp-id"), kind << 8 | number("icmp-code") & 0xFF
    return FlowTuple(line.protocol, parse_ipv4(values["s"].partition("/")[0]),
                     parse_ipv4(values["d"].partition("/")[0]), *(port & 0xFFFF for port in ports))


def _invalid(line: Line) -> ToolError:
    """EINVAL, for which -A has no words of its own."""
    return _failed("Invalid argument" if line.command == "A" else "invalid parameters")


def _update(context: ToolContext, line: Line) -> ToolResult:
    """What -m, -t, -u and --state say, of each entry that has it otherwise."""
    table, changed = context.namespace.netfilter.connection_table(context.namespace), []
    for connection in _found(context, line):
        if connection.original.zone:  # the kernel is asked about the tuple without its zone
            continue
        before = connection.mark, connection.status, connection.state
        if line.status & ~connection.status & EXPECTED:
            raise _failed("Device or resource busy")
        if "state" in line.values:
            connection.state = line.states.index(line.values["state"])
        if "m" in line.values:
            connection.mark = connection.mark & ~line.mark_mask ^ line.number("m")
        connection.status |= line.status
        if "t" in line.values:
            table.refresh(connection, line.number("t") * SECOND)
        if "t" in line.values or before != (connection.mark, connection.status, connection.state):
            table.changed(connection)
            changed.append(connection)
    return ToolResult(int(not changed), _listed(context, line, changed, uses=2), _said(len(changed), "updated"))


# -- following

class Events:
    """`conntrack -E`: a line for each entry that comes, changes or goes, until it is interrupted.

    Meanwhile what is over is looked for each second, which is the least that the kernel waits (gc_worker).
    """

    def __init__(self, namespace: NetworkNamespace, line: Line) -> None:
        self.namespace, self.line = namespace, line
        self.shown = 0
        self.timer: Timer | None = None
        self._print: Callable[[str], object]
        self._complain: Callable[[str], object]

    def open(self, show: Callable[[str], object], complain: Callable[[str], object]) -> None:
        self._print, self._complain = show, complain
        self.namespace.netfilter.listeners += (self.heard,)
        self._collect()

    def _collect(self, _argument: object = None) -> None:
        if self.namespace.netfilter.connections is not None:
            self.namespace.netfilter.connections.sweep()
        self.timer = self.namespace.scheduler.after(SECOND, self._collect)

    def heard(self, connection: Connection, what: str, by_program: bool) -> None:
        """Print one event, if it is asked for, and which program's deed it was: its netlink socket has a number."""
        if what not in self.line.events or not self.line.covers(connection):
            return
        self.shown += 1
        now, chance = self.namespace.scheduler.now, self.namespace.chance
        text = changed_text(connection, now, TITLES[what], self.line.outputs)
        if by_program:
            port = chance.first(f"{self.namespace.name}/netlink/{now}", 31) | PORT_OF_SECOND_SOCKET
            text += f" [USERSPACE] portid={port}"
        self._print(text)

    def close(self) -> None:
        netfilter = self.namespace.netfilter
        self.namespace.scheduler.cancel(self.timer)
        if self.heard in netfilter.listeners:
            netfilter.listeners = tuple(other for other in netfilter.listeners if other != self.heard)
            self._complain(f"{TITLE}: {self.shown} flow events have been shown.")
