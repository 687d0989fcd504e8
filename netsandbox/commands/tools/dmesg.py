"""`dmesg`: the kernel's log, in which LOG rules and log_martians write (util-linux 2.41)."""

from __future__ import annotations

from datetime import UTC, datetime
from operator import itemgetter

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import options_of, table
from netsandbox.engine.units import EPOCH, MICROSECOND, SECOND
from netsandbox.linux.ipv4.martian import DESTINATION, HEADER, SOURCE
from netsandbox.linux.netlink.credentials import RIGHTS

OPTIONS = table(
    "dmesg", acts="C|clear c|read-clear t|notime T|ctime", usual="k|kernel P|nopager",
    refused="D|console-off E|console-on F|file= K|kmsg-file= f|facility= H|human J|json L|color? l|level= "
            "n|console-level= p|force-prefix r|raw S|syslog s|buffer-size= u|userspace w|follow W|follow-new x|decode "
            "d|show-delta e|reltime noescape time-format= since= until=")


@looks(r"(?!.*-\w*[cC]).*")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """What LOG rules of the machine's own namespace wrote; those of others say nothing (nf_log_all_netns is 0).
    What log_martians asks for is the kernel's own, whichever namespace the packet came to."""
    options, words = options_of(OPTIONS, arguments)
    if words:
        raise ToolError(1, "dmesg: bad usage\nTry 'dmesg --help' for more information.")
    if not RIGHTS.get().sysctls:  # of a container, only a privileged one may
        raise ToolError(1, "dmesg: read kernel buffer failed: Operation not permitted")
    first, *others = (tenant.namespace.netfilter for tenant in context.machine.tenants(context.namespace))
    lines = [*(first.log or ()), *(entry for netfilter in others for entry in netfilter.log or ()
                                   if entry[1].startswith((SOURCE, DESTINATION, HEADER)))]
    lines.sort(key=itemgetter(0))
    for netfilter in (first, *others) if options.keys() & {"c", "C"} else ():
        netfilter.log = None
    if "C" in options and "c" not in options:
        return ToolResult(0, "", "")
    time = _date if "T" in options else _time
    return ToolResult(0, "".join(f"{'' if 't' in options else time(at)}{line}\n" for at, line in lines), "")


def _date(at: int) -> str:
    """`[Thu Jan  1 00:00:12 2026] `."""
    when = datetime.fromtimestamp((EPOCH + at) // SECOND, UTC)
    return f"[{when:%a %b} {when.day:2} {when:%H:%M:%S %Y}] "


def _time(at: int) -> str:
    """`[   12.000034] `: seconds since the machine was switched on."""
    whole, rest = divmod(at, SECOND)
    return f"[{whole:5}.{rest // MICROSECOND:06}] "
