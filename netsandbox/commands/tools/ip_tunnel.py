"""`ip tunnel` (ip/iptunnel.c), the older way to make the tunnels that `ip link` makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools import ip_link
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.words import choose

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.commands.tools.output import Style

COMMANDS = ("add*", "change*", "delete*", "show*", "list*", "lst*", "prl*", "6rd*", "help*")
MODES = {"gre": "gre", "gre/ip": "gre", "ipip": "ipip", "ip/ip": "ipip"}


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    """`add` and `del`; what is there `ip -d link show` tells."""
    command = choose(arguments[0], COMMANDS) if arguments else "show"
    if command not in ("add", "delete"):
        raise ToolError(1, f"netsandbox: `ip tunnel {command or arguments[0]}` is not modelled: `add` and `del` are, "
                           "and `ip -d link show` lists tunnels")
    words = [word for word in arguments[1:] if word != "name"]
    if command == "delete":
        return ip_link.run(context, ["delete", *words[:1]], style)
    if "mode" not in words[:-1]:
        raise ToolError(1, "cannot determine tunnel mode (ipip, gre, vti or sit)")
    at = words.index("mode")
    mode = words[at + 1]
    if mode not in MODES:
        raise ToolError(1, f"netsandbox: tunnels of mode {mode} are not modelled (gre and ipip are)")
    rest = words[:at] + words[at + 2:]
    return ip_link.run(context, ["add", *rest[:1], "type", MODES[mode], *rest[1:]], style)
