"""`hostname`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext


def hostname(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`hostname`, and with -I the addresses."""
    if not arguments or arguments[0] in ("-s", "-f", "--short", "--fqdn"):
        return ToolResult(0, context.machine.hostname(context.namespace) + "\n", "")
    if arguments[0] in ("-I", "--all-ip-addresses", "-i"):
        from_lo = [a for i in context.namespace.interfaces.values() if not i.is_loopback for a in i.addresses]
        return ToolResult(0, "".join(f"{format_ipv4(a.local)} " for a in from_lo) + "\n", "")
    raise ToolError(1, "netsandbox: the host name cannot be changed here")
