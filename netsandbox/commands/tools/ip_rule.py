"""`ip rule`: the three rules that every namespace has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.words import USAGE, choose

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

RULES = ((0, "local"), (32766, "main"), (32767, "default"))
CHANGES = ("add", "delete", "flush", "save", "restore")


def run(_context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command = choose(arguments[0], ("list*", "lst*", "show*", "add*", "delete*", "flush*", "save*", "restore*",
                                    "help*")) if arguments else "list"
    if command in CHANGES:
        raise ToolError(1, "netsandbox: policy routing is not modelled: the three default rules cannot be changed")
    if command == "help":
        raise usage("rule")
    if command is None:
        raise ToolError(USAGE, f'Command "{arguments[0]}" is unknown, try "ip rule help".')
    rows = []
    for priority, table in RULES if style.family != "inet6" else RULES[:2]:
        row = Row(style)
        row.put("priority", priority, f"{priority}:\t")
        row.put("src", "all", "from all ")
        row.put("table", table, f"lookup {table}")
        if style.details:
            row.put("protocol", "kernel", " proto kernel")
        row.say("\n")
        rows.append(row)
    return ToolResult(0, render(rows, style), "")
