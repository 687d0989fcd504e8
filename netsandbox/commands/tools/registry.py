"""All tools by name, and how a command line runs one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from netsandbox.commands.tools import arp, brctl, bridge, files, ifconfig, ip, iptables, route, ss, sysctl
from netsandbox.commands.tools.context import KernelError, ToolError, ToolResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from netsandbox.commands.tools.context import ToolContext

TOOLS: dict[str, Callable[[ToolContext, list[str]], ToolResult]] = {
    "arp": arp.run, "brctl": brctl.run, "bridge": bridge.run, "cat": files.cat, "hostname": files.hostname,
    "ifconfig": ifconfig.run, "ip": ip.run, "iptables": iptables.run, "iptables-save": iptables.save,
    "netstat": ss.netstat, "route": route.run, "ss": ss.run, "sysctl": sysctl.run}
NOT_FOUND = 127


def run_tool(context: ToolContext, argv: list[str]) -> ToolResult:
    """Run a tool to its end.

    Args:
        argv: its name (a path's last part counts) and its arguments.
    """
    if not argv:
        return ToolResult(0, "", "")
    tool = TOOLS.get(argv[0].rpartition("/")[2])
    if tool is None:
        return ToolResult(NOT_FOUND, "", f"sh: 1: {argv[0]}: not found\n")
    if context.run is None:
        context = replace(context, run=run_tool)
    try:
        return tool(context, argv[1:])
    except KernelError as error:
        return ToolResult(1, "", f"{error}\n")
    except ToolError as error:
        return ToolResult(error.code, "", error.message + "\n" if error.message else "")
