"""`ip vrf` (ip/ipvrf.c): the VRFs of a namespace, and readers of their names."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.ip.route_words import table_number
from netsandbox.commands.tools.names import in_order
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import number_of, reader
from netsandbox.commands.tools.words import USAGE, Words
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace

COMMANDS = ("identify*", "pids*", "exec*", "show", "list", "help")
HEADING = f"{'Name':<16}  Table\n-----------------------\n"


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, _words = subcommand("ip vrf", arguments, COMMANDS)
    rest = arguments[1:]
    if command == "show":
        return _show(context.namespace, rest, style)
    if command == "exec":
        _refuse_exec(context.namespace, rest)
    return _pids(context, rest) if command == "pids" else _identify(context, rest)


def _pids(context: ToolContext, rest: list[str]) -> ToolResult:
    if len(rest) != 1:
        raise ToolError(1, "Invalid arguments")
    vrf = find(context.namespace, rest[0])
    if vrf is None:
        raise ToolError(1, "Invalid VRF name")
    bound = context.namespace.vrf_processes
    found = [(pid, command.split()[0]) for pid, command, _inode in context.machine.processes(context.namespace)
             if bound.get(pid) is vrf]
    return ToolResult(0, "".join(f"{pid:5d}  {name}\n" for pid, name in found), "")


def _identify(context: ToolContext, rest: list[str]) -> ToolResult:
    """The VRF of a process, by default of this one, which has none."""
    if len(rest) > 1:
        raise ToolError(1, "Extra arguments specified")
    running = {pid for pid, _command, _inode in context.machine.processes(context.namespace)}
    pid = number_of(rest[0]) if rest else None
    if rest and pid is None:
        raise ToolError(1, "Invalid pid")
    if rest and pid not in running:
        raise ToolError(1, "Failed to lookup vrf association: No such file or directory")
    vrf = context.namespace.vrf_processes.get(pid or 0)
    return ToolResult(0, f"{vrf.name}\n" if vrf is not None else "", "")


def _refuse_exec(namespace: NetworkNamespace, arguments: list[str]) -> None:
    if len(arguments) < 1:
        raise ToolError(1, "No VRF name specified")
    if len(arguments) < 2:
        raise ToolError(1, "No command specified")
    if arguments[0] != "default" and find(namespace, arguments[0]) is None:
        raise ToolError(USAGE, "Invalid VRF name")
    raise ToolError(1, f"netsandbox: `ip vrf exec` of {arguments[1]} is not modelled here; a program can be run "
                       "so at a prompt, such as ping, curl, nc")


def vrfs(namespace: NetworkNamespace) -> list[Interface]:
    return [interface for interface in in_order(namespace) if interface.l3_table is not None]


def find(namespace: NetworkNamespace, name: str) -> Interface | None:
    """The VRF of a name (name_is_vrf)."""
    return next((vrf for vrf in vrfs(namespace) if vrf.name == name), None)


def vrf_reader(namespace: NetworkNamespace, complaint: str) -> Callable[[Words], Interface]:
    """A reader of a VRF's name."""
    return reader(lambda word: find(namespace, word), complaint)


def table_reader(namespace: NetworkNamespace) -> Callable[[Words], str]:
    """A reader of a VRF's name that stands for its table."""
    read = vrf_reader(namespace, "Invalid VRF\n")
    return lambda words: read(words).l3_table or ""


def _show(namespace: NetworkNamespace, names: list[str], style: Style) -> ToolResult:
    if names:
        found = find(namespace, names[0])
        if found is None:
            raise ToolError(USAGE, "Invalid VRF")
        return ToolResult(0, f"{found.name} {_table(found)}\n", "")
    rows = [_row(vrf, style) for vrf in vrfs(namespace)]
    if not rows:
        return ToolResult(0, render([], style) if style.json else HEADING + "No VRF has been configured\n", "")
    return ToolResult(0, ("" if style.json else HEADING) + render(rows, style), "")


def _row(vrf: Interface, style: Style) -> Row:
    row = Row(style)
    row.put("name", vrf.name, f"{vrf.name:<16}")
    row.put("table", _table(vrf), f" {_table(vrf):>5}\n")
    return row


def _table(vrf: Interface) -> int:
    return table_number(vrf.l3_table or "")
