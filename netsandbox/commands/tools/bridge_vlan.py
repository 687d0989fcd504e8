"""`bridge vlan` and `bridge mdb`: what they show of a bridge that filters neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.output import Style, json_text, render
from netsandbox.commands.tools.words import USAGE, choose

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

SHOWS = ("show*", "lst*", "list*")
CHANGES = ("add*", "delete*", "set*", "replace*", "flush*", "get*", "tunnelshow*", "global*")


def run(_context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    _only_show("vlan", arguments)
    heading = "port              vlan-id" + ("" if style.stats else "  ") + "\n"
    return ToolResult(0, render([], style) if style.json else heading, "")


def mdb(_context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    _only_show("mdb", arguments)
    return ToolResult(0, json_text([{"mdb": [], "router": {}}], bool(style.pretty)) if style.json else "", "")


def _only_show(name: str, arguments: list[str]) -> None:
    command = choose(arguments[0], (*SHOWS, *CHANGES, "help*")) if arguments else "show"
    if command is None:
        raise ToolError(USAGE, f'Command "{arguments[0]}" is unknown, try "bridge {name} help".')
    if command == "help":
        raise usage(f"bridge {name}")
    if f"{command}*" not in SHOWS:
        raise ToolError(1, f"netsandbox: `bridge {name} {command}` is not modelled")
