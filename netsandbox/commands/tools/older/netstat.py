"""`netstat` of net-tools: the sockets of a namespace, and with -r and -i its routes and interfaces (netstat.c)."""

from __future__ import annotations

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.groups import group_addresses
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.kernel.proc_counters import NOT_COUNTED
from netsandbox.commands.tools.kernel.socket_rows import SocketRow
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.names import in_order
from netsandbox.commands.tools.notes import say
from netsandbox.commands.tools.older import ifconfig, interface_table, netstat_words, route
from netsandbox.commands.tools.options import read
from netsandbox.commands.tools.sockets.sockets_seen import rows_seen
from netsandbox.commands.tools.sockets.ss import is_wanted, names_shown, port_text
from netsandbox.wire.addresses import format_ipv4

VERSION = "net-tools 2.10 (netsandbox)"
STATES = {"ESTAB": "ESTABLISHED", "FIN-WAIT-1": "FIN_WAIT1", "FIN-WAIT-2": "FIN_WAIT2"}
"""Those that net-tools spell otherwise than with an underscore."""
UNIX_COLUMNS = "Proto RefCnt Flags       Type       State         I-Node   Path"
GROUPS_TITLE = ("IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n"
                "--------------- ------ ---------------------\n")
NAMES_OF_TIMERS = {"persist": "probe"}
NO_UNIX = "note: no program of the sandbox has a UNIX domain socket\n"
NETSTAT = OptionTable(
    "netstat", 3, TEXTS["netstat"], by_letter=True,
    acts="r|route n|numeric n|numeric-users t|tcp u|udp l|listening a|all p|program p|programs e|extend 4|inet "
         "6|inet6 h|help i|interfaces g|groups o|timers s|statistics x|unix w|raw V|version A|protocol= numeric-hosts "
         "numeric-ports",
    usual="W|wide v|verbose F|fib",
    refused="c|continuous M|masquerade C|cache N|symbolic S|sctp U|udplite Z|context")


@looks()
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options = read(NETSTAT, arguments)
    if "h" in options:
        return ToolResult(0, TEXTS["netstat"] + "\n", "")
    if "V" in options:
        return ToolResult(0, VERSION + "\n", "")
    if "a" in options:
        options.values.pop("l", None)
    family = options.values.get("A", "inet")
    if family not in ("inet", "inet6", "unix"):
        raise ToolError(1, f"Unknown address family `{family}'.")
    if "s" in options:
        return _statistics(context, options, family)
    if "r" in options:
        columns = (1, 0, 2)[route.extended(arguments)]
        return ToolResult(0, route.table(context.namespace, columns, "n" in options), "")
    if "i" in options:
        return ToolResult(0, _interfaces(context, options), "")
    if "g" in options:
        return ToolResult(0, _groups(context), "")
    if "x" in options and not options.values.keys() & {"t", "u"}:
        return ToolResult(0, f"Active UNIX domain sockets ({_which(options)})\n{UNIX_COLUMNS}\n", NO_UNIX)
    return ToolResult(0, _sockets(context, options), "")


def _statistics(context: ToolContext, options: Read, family: str) -> ToolResult:
    if options.values.keys() & {"r", "i"}:
        raise ToolError(3, TEXTS["netstat"])
    if family == "unix" or "x" in options:
        return ToolResult(1, "netstat: No statistics support for specified address family: unix\n", "")
    if family == "inet6" or "6" in options:
        return ToolResult(0, "", "cannot open /proc/net/snmp6: No such file or directory\n")
    wanted = "".join(letter for letter in "tuw" if letter in options)
    say(NOT_COUNTED)
    return ToolResult(0, netstat_words.statistics(context.namespace, wanted or "tuw"), "")


def _interfaces(context: ToolContext, options: Read) -> str:
    if "e" in options:
        return "Kernel Interface table\n" + ifconfig.run(context, ["-a"] * ("a" in options)).out
    return interface_table.table(context.namespace, interface_table.NETSTAT, [], "a" in options)


def _groups(context: ToolContext) -> str:
    """Those of IPv4 on each interface, then those of IPv6 (/proc/net/igmp, igmp6)."""
    found = [(interface.name, group) for interface in in_order(context.namespace)
             for _family, group in group_addresses(interface)]
    found.sort(key=lambda member: isinstance(member[1], str))
    return GROUPS_TITLE + "".join(
        f"{name:<15} {1:<6} {format_ipv4(group) if isinstance(group, int) else group}\n" for name, group in found)


def _which(options: Read) -> str:
    return "only servers" if "l" in options else "servers and established" if "a" in options else "w/o servers"


def _sockets(context: ToolContext, options: Read) -> str:
    """TCP's, UDP's and, unless something narrower is asked for, the title of the UNIX domain's."""
    text = (f"Active Internet connections ({_which(options)})\n"
            "Proto Recv-Q Send-Q Local Address           Foreign Address         State      ")
    text += " User       Inode     " if "e" in options else ""
    text += " PID/Program name    " if "p" in options else ""
    text += " Timer\n" if "o" in options else "\n"
    kinds = [kind for kind, letter in (("tcp", "t"), ("udp", "u")) if letter in options] or ["tcp", "udp"]
    names = {} if options.values.keys() & {"n", "numeric-hosts"} else names_shown(context)
    rows = rows_seen(context)
    for kind in kinds:
        text += "".join(_line(row, options, names) for row in rows
                        if row.protocol == kind and is_wanted(row, options, kinds))
    if options.values.keys() & set("tuw46A") and "x" not in options:
        return text
    columns = UNIX_COLUMNS.replace("Path", "PID/Program name     Path") if "p" in options else UNIX_COLUMNS
    return f"{text}Active UNIX domain sockets ({_which(options)})\n{columns}\n"


def _line(row: SocketRow, options: Read, names: dict[str, str]) -> str:
    numeric_ports = bool(options.values.keys() & {"n", "numeric-ports"})
    state = "" if row.state == "UNCONN" else STATES.get(row.state, row.state.replace("-", "_"))
    local, peer = (f"{names.get(address, address).strip('[]')}:{port_text(port, numeric_ports, row.protocol)}"
                   for address, port in (row.local, row.peer))
    owner = f" {'0' if 'n' in options else 'root':<10} {row.inode:<10}" if "e" in options else ""
    if "p" in options:
        owner += f" {f'{row.pid}/{row.process}' if row.fd else '-':<20}"
    owner += f" {_timer(row)}" if "o" in options else ""
    protocol = row.protocol + ("6" if row.family == "inet6" else "")
    sent = 0 if row.state == "LISTEN" else row.sent
    return f"{protocol:<5} {row.received:>6} {sent:>6} {local:<23} {peer:<23} {state:<11}{owner}\n"


def _timer(row: SocketRow) -> str:
    timer = row.timer
    if timer is None:
        return "off (0.00/0/0)"
    return f"{NAMES_OF_TIMERS.get(timer.kind, timer.kind)} ({timer.left / 1000:.2f}/{timer.resent}/{timer.probes})"
