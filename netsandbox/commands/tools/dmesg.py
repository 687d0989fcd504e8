"""`dmesg`: the kernel's log, in which LOG rules write (util-linux 2.41)."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.engine.units import MICROSECOND, SECOND
from netsandbox.linux.netlink.credentials import RIGHTS

CLEARS = {"-C": False, "--clear": False, "-c": True, "--read-clear": True}
"""Options that empty the log, and whether they print it first."""
PLAIN = {"-t", "--notime"}
MEANINGLESS = {"-k", "--kernel", "-P", "--nopager"}


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """What LOG rules of the machine's own namespace wrote; those of others say nothing (nf_log_all_netns is 0)."""
    for word in arguments:
        if word not in CLEARS and word not in PLAIN and word not in MEANINGLESS:
            if word.startswith("-"):
                raise ToolError(1, f"netsandbox: dmesg {word[:20]} is not modelled: -t, -c and -C are")
            raise ToolError(1, "dmesg: bad usage\nTry 'dmesg --help' for more information.")
    if not RIGHTS.get().sysctls:  # of a container, only a privileged one may
        raise ToolError(1, "dmesg: read kernel buffer failed: Operation not permitted")
    netfilter = context.machine.tenants(context.namespace)[0].namespace.netfilter
    lines = list(netfilter.log or ())
    clears = [word for word in arguments if word in CLEARS]
    if clears:
        netfilter.log = None
    if clears and not any(CLEARS[word] for word in clears):
        return ToolResult(0, "", "")
    with_time = not PLAIN & set(arguments)
    return ToolResult(0, "".join(f"{_time(at) if with_time else ''}{line}\n" for at, line in lines), "")


def _time(at: int) -> str:
    """`[   12.000034] `: seconds since the machine was switched on."""
    whole, rest = divmod(at, SECOND)
    return f"[{whole:5}.{rest // MICROSECOND:06}] "
