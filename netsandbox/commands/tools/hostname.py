"""`hostname`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext


SHORT, LONG, DOMAIN, ADDRESS = ("-s", "--short"), ("-f", "--fqdn", "--long"), ("-d", "--domain"), ("-i", "--ip-address")
ALL_ADDRESSES = ("-I", "--all-ip-addresses")


def hostname(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`hostname`: the name, a part of it, or the addresses; what /etc/hosts says of it counts."""
    name = context.machine.hostname(context.namespace)
    asked = arguments[0] if arguments else ""
    if not asked or asked in SHORT:
        return ToolResult(0, (name.partition(".")[0] if asked else name) + "\n", "")
    if asked in ALL_ADDRESSES:
        from_lo = [a for i in context.namespace.interfaces.values() if not i.is_loopback for a in i.addresses]
        return ToolResult(0, "".join(f"{format_ipv4(a.local)} " for a in from_lo) + "\n", "")
    if asked not in (*LONG, *DOMAIN, *ADDRESS):
        raise ToolError(1, "netsandbox: the host name cannot be changed here")
    address, whole = _found(context, name)
    if asked in ADDRESS:
        return ToolResult(0, f"{address}\n", "")
    domain = whole.partition(".")[2]
    return ToolResult(0, f"{whole}\n" if asked in LONG else f"{domain}\n" if domain else "", "")


def _found(context: ToolContext, name: str) -> tuple[str, str]:
    """The address and the first name of the line of /etc/hosts that has the name.

    Raises:
        ToolError: there is none.
    """
    text = context.files.read("/etc/hosts") if context.files is not None else ""
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if name in names and ":" not in address:
            return address, names[0]
    raise ToolError(1, "hostname: Name or service not known")
