"""`ip mroute`, `ip mrule` and `ip xfrm`, whose tables are empty: no program here routes groups, or sets up IPsec."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.words import USAGE, choose

CHANGES = ("add*", "delete*")
XFRM_CHANGES = ("new*", "add*", "update*", "allocspi*", "setdefault*", "delete*", "deleteall*", "delall*")
COUNTS = {"state": "\t SAD count 0\n", "policy": "\t SPD IN  0 OUT 0 FWD 0\n"}


def mroute(_context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    """The table of multicast routes, whatever of it is asked for (ip/ipmroute.c)."""
    subcommand("ip mroute", arguments, ("list*", "show*", "lst*", "help*"))
    return ToolResult(0, render([], style), "")


def mrule(_context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    """The one rule that the kernel has for them (ipmr_rules_init)."""
    subcommand("ip rule", arguments, ("list*", "lst*", "show*", *CHANGES, "help*"), ("add", "delete"))
    row = Row(style)
    row.put("priority", 32767, "32767:\t")
    row.put("src", "all", "from all ")
    row.put("table", "default", "lookup default\n")
    return ToolResult(0, render([row], style), "")


def xfrm(_context: ToolContext, arguments: list[str], _style: Style) -> ToolResult:
    """States and policies of IPsec (ip/ipxfrm.c)."""
    what = choose(arguments[0], ("state*", "policy*", "monitor*")) if arguments else None
    if what is None:
        raise ToolError(USAGE, usage("ip xfrm").message)
    if what == "monitor":
        raise ToolError(1, "netsandbox: `ip xfrm monitor` is not modelled")
    command, _words = subcommand(f"ip xfrm {what}", arguments[1:], (
        *XFRM_CHANGES, "list*", "show*", "lst*", "get*", "flush*", "count*", "help*"),
        [word.rstrip("*") for word in (*XFRM_CHANGES, "get*")])
    return ToolResult(0, COUNTS[what] if command == "count" else "", "")
