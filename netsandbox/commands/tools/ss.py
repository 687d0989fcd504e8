"""`ss` of iproute2, and `netstat`: the sockets of a namespace, in columns as wide as what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.hosts import hosts_file
from netsandbox.commands.tools import ifconfig, interface_table, ip_netns, route, ss_filter
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.options import Options, read_options
from netsandbox.commands.tools.socket_rows import SocketRow, information, inode_of, socket_rows
from netsandbox.commands.tools.ss_summary import summary
from netsandbox.commands.tools.words import USAGE
from netsandbox.linux.netlink.credentials import RIGHTS
from netsandbox.linux.tcp.state import Connection
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.services import service_name

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

HOSTS_PROCESSES = frozenset({"dockerd", "docker-proxy"})
"""Whose sockets a container may see, but not them: they are not in its PID namespace."""
LONG_ALONE = ("tipcinfo", "tos", "cgroup", "bpf-maps", "inet-sockopt", "tipc", "vsock", "xdp")
"""Options without a letter, none of which is modelled."""
LONG = {"numeric": "n", "resolve": "r", "options": "o", "extended": "e", "memory": "m", "info": "i", "processes": "p",
        "tcp": "t", "udp": "u", "raw": "w", "unix": "x", "all": "a", "listening": "l", "ipv4": "4", "ipv6": "6",
        "packet": "0", "summary": "s", "version": "V", "help": "h", "net": "N", "no-header": "H", "no-queues": "Q",
        "oneline": "O", "family": "f", "query": "A", "socket": "A", "bound-inactive": "B", "threads": "T", "bpf": "b",
        "events": "E", "context": "Z", "contexts": "z", "mptcp": "M", "sctp": "S", "dccp": "d", "kill": "K",
        "diag": "D", "filter": "F", **{name: name for name in LONG_ALONE}}
VERSION = "ss utility, iproute2-6.15.0"
ALL = frozenset({"ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT",
                 "LAST-ACK", "LISTEN", "CLOSING"})
BIG = frozenset({"TIME-WAIT", "SYN-RECV"})
STATES: dict[str, frozenset[str]] = {
    "all": ALL, "connected": ALL - {"LISTEN", "UNCONN"}, "synchronized": ALL - {"LISTEN", "UNCONN", "SYN-SENT"},
    "bucket": BIG, "big": ALL - BIG, "established": frozenset({"ESTAB"}), "listening": frozenset({"LISTEN"}),
    "listen": frozenset({"LISTEN"}),
    **dict.fromkeys(("unconnected", "close", "closed"), frozenset({"UNCONN"})), "syn-rcv": frozenset({"SYN-RECV"}),
    **{name.lower(): frozenset({name}) for name in ALL}}
"""What `state NAME` stands for."""
KINDS = frozenset({"tcp", "udp", "raw", "unix"})
TABLES = {"all": KINDS, "inet": KINDS - {"unix"}, "unix": frozenset({"unix"}),
          **{name: frozenset({name}) for name in (
              "tcp", "udp", "raw", "mptcp", "dccp", "sctp", "packet", "packet_raw", "packet_dgram", "netlink",
              "unix_dgram", "unix_stream", "unix_seqpacket", "vsock", "vsock_stream", "vsock_dgram", "tipc", "xdp")}}
"""What -A takes; of most the sandbox has no sockets."""
OF_LETTERS = {"t": "tcp", "u": "udp", "w": "raw", "x": "unix", "M": "mptcp", "d": "dccp", "S": "sctp"}
FAMILIES = ("inet", "inet6", "unix", "link", "netlink", "vsock", "tipc", "xdp", "mptcp")
USUAL = ALL - {"LISTEN", "UNCONN", "TIME-WAIT", "SYN-RECV"}
"""What is shown unless something else is asked for."""


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options = read_options("ss", arguments, "hVvnroemipatluwxN:HQOsf:A:460MdSD:F:KEBTbZz", LONG, USAGE)
    if options.values.keys() & {"V", "v"}:
        return ToolResult(0, VERSION + "\n", "")
    if "h" in options:
        return ToolResult(0, TEXTS["ss"] + "\n", "")
    if options.values.keys() & {"Z", "z"}:
        raise ToolError(1, "ss: SELinux is not enabled.")
    refused = [name for name in LONG_ALONE if name in options]
    if refused:
        raise ToolError(1, f"netsandbox: ss --{refused[0]} is not modelled")
    if "N" in options:
        context = context.inside(ip_netns.named(context, options.values["N"], 1))
    kinds, words = _kinds(options), list(options.words)
    start = summary(socket_rows(context.namespace)).out if "s" in options else ""
    if start and not (kinds or words or options.values.keys() & {"4", "6", "0", "f", "A"}):
        return ToolResult(0, start, "")
    states = _states(words)
    wanted = ss_filter.read(words)
    rows = [row for row in socket_rows(context.namespace) if _is_wanted(row, options, kinds, states)
            and wanted.takes(row)]
    hidden = {"Netid"} if len(kinds) == 1 else set()
    if len(states) == 1 if states is not None else (
            kinds in (["udp"], ["raw"], ["link"]) and not options.values.keys() & {"a", "l"}):
        hidden |= {"State"}  # by default UDP sockets are shown only when they are connected
    names = _names(context) if "r" in options else {}
    return ToolResult(0, start + _columns(rows, options, hidden, names), "")


def _names(context: ToolContext) -> dict[str, str]:
    """Names of addresses that /etc/hosts has."""
    return {format_ipv4(record.address): record.names[0] for record in reversed(hosts_file(context.files))}


def _is_wanted(row: SocketRow, options: Options, kinds: list[str], states: frozenset[str] | None = None) -> bool:
    if kinds and row.protocol not in kinds:
        return False
    family = "inet6" if "6" in options else "inet" if "4" in options else options.values.get("f", row.family)
    if row.family != family:
        return False
    if states is not None:
        return row.state in states
    last = next((letter for letter in reversed(options.values) if letter in "al"), "")
    return last == "a" or row.state in (("LISTEN", "UNCONN") if last else USUAL)


def _states(words: list[str]) -> frozenset[str] | None:
    """The states that `state` and `exclude` ask for, which stand before the filter; None where neither does.

    Raises:
        ToolError: no such state.
    """
    chosen: frozenset[str] | None = None
    while words and words[0] in ("state", "exclude"):
        word = words.pop(0)
        if not words:
            raise ToolError(USAGE, 'Command line is not complete. Try option "help"')
        name = words.pop(0)
        if name not in STATES:
            raise ToolError(USAGE, f"ss: wrong state name: {name}")
        if word == "exclude":
            chosen = (ALL if chosen is None else chosen) - STATES[name]
        else:
            chosen = (chosen or frozenset()) | STATES[name]
    return chosen


def _kinds(options: Options) -> list[str]:
    """The protocols that are asked for, by a letter each, by -A or by -f.

    Raises:
        ToolError: a table or a family that there is not.
    """
    found = {kind for letter, kind in OF_LETTERS.items() if letter in options}
    for name in options.values["A"].split(",") if "A" in options else ():
        if name.lstrip("!") not in TABLES:
            raise ToolError(USAGE, f'ss: "{name}" is illegal socket table id\n{TEXTS["ss"]}')
        found |= TABLES[name] if name in TABLES else set(KINDS) - TABLES[name[1:]]
    family = options.values.get("f", "inet")
    if family not in FAMILIES:
        raise ToolError(USAGE, f'ss: "{family}" is invalid family\n{TEXTS["ss"]}')
    if "f" in options and family not in ("inet", "inet6"):
        found |= {family}
    return [kind for kind in ("udp", "tcp", "raw", "unix", "dccp", "sctp", *FAMILIES) if kind in found]


def _unseen() -> frozenset[str]:
    return HOSTS_PROCESSES if RIGHTS.get().contained else frozenset()


def _columns(rows: list[SocketRow], options: Options, without: set[str], names: dict[str, str]) -> str:
    """render: each column as wide as its widest cell; addresses to the right, so that the colons stand in a row."""
    numeric, processes = "n" in options, "p" in options
    titles = ["Netid", "State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process"]
    cells = [] if "H" in options else [titles]
    unseen = _unseen()
    for row in rows:
        users = f'users:(("{row.process}",pid={row.pid},fd={row.fd}))' if (
            processes and row.fd and row.pid and row.process not in unseen) else ""
        timer = str(row.timer) if "o" in options and row.timer is not None else ""
        extra = " ".join(part for part in (users, timer) if part)
        cells.append([row.protocol, row.state, f"{row.received:<6}", f"{row.sent:<6}",
                      f"{names.get(row.local[0], row.local[0])}:",
                      _port(row.local[1], numeric, row.protocol), f"{names.get(row.peer[0], row.peer[0])}:",
                      _port(row.peer[1], numeric, row.protocol), f" {extra}" if extra else ""])
    without = without | ({"Recv-Q", "Send-Q"} if "Q" in options else set())
    without |= set() if processes or any(line[8] for line in cells if line is not titles) else {"Process"}
    if not processes:
        titles[8] = ""
    shown = [column for column, title in enumerate(titles) if title not in without and not (
        column == 8 and "Process" in without)]
    widths = {column: max((len(line[column]) for line in cells), default=0) for column in shown}
    text = ""
    for number, line in enumerate(cells):
        text += _line(line, shown, widths)
        place = number - ("H" not in options)
        text += (_information(rows[place], options) if place >= 0 else "") + "\n"
    return text


def _information(row: SocketRow, options: Options) -> str:
    """What -i adds to a TCP socket: on a line of its own, unless -O keeps all on one."""
    if "i" not in options or row.protocol != "tcp":
        return ""
    told = information(row.source) if isinstance(row.source, Connection) and not row.source.listening else ""
    if not told and row.state == "LISTEN":
        told = "cubic cwnd:10"
    return f" {told}" if "O" in options else f"\n\t {told}"


def _line(line: list[str], shown: list[int], widths: dict[int, int]) -> str:
    text = ""
    for column in shown:
        text += " " if text and column in (1, 2, 3, 4, 6) else ""
        text += line[column].rjust(widths[column]) if column in (4, 6) else line[column].ljust(widths[column])
    return text


def _port(port: int, numeric: bool, protocol: str) -> str:
    if not port:
        return "*"
    return str(port) if numeric else service_name(port, protocol)


def netstat(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`netstat -r`, and `netstat -tuln` with -p: the same in net-tools' columns."""
    options = read_options("netstat", arguments, "rntulapeW46hisxwgocvMFCNSUZVA:", {
        "route": "r", "numeric": "n", "tcp": "t", "udp": "u", "listening": "l", "all": "a", "program": "p",
        "programs": "p", "extend": "e", "help": "h", "interfaces": "i", "statistics": "s", "unix": "x", "raw": "w",
        "groups": "g", "timers": "o", "continuous": "c", "verbose": "v", "wide": "W", "numeric-hosts": "numeric-hosts",
        "numeric-ports": "numeric-ports", "numeric-users": "n", "version": "V", "inet": "4", "inet6": "6",
        "protocol": "A", "symbolic": "N", "masquerade": "M", "fib": "F", "cache": "C", "context": "Z", "sctp": "S",
        "udplite": "U"}, 3)
    if "h" in options:
        return ToolResult(0, TEXTS["netstat"] + "\n", "")
    if "V" in options:
        return ToolResult(0, "net-tools 2.10 (netsandbox)\n", "")
    family = options.values.get("A", "inet")
    if family not in ("inet", "inet6", "unix"):
        raise ToolError(1, f"Unknown address family `{family}'.")
    if "r" in options:
        columns = (1, 0, 2)[route.extended(arguments)]
        return ToolResult(0, route.table(context.namespace, columns, "n" in options), "")
    if "i" in options and "e" in options:
        return ToolResult(0, "Kernel Interface table\n" + ifconfig.run(context, ["-a"] * ("a" in options)).out, "")
    if "i" in options:
        return ToolResult(0, interface_table.table(context.namespace, interface_table.NETSTAT, [], "a" in options), "")
    if "x" in options and not options.values.keys() & {"t", "u"}:
        title = "only servers" if "l" in options else "servers and established" if "a" in options else "w/o servers"
        return ToolResult(0, f"Active UNIX domain sockets ({title})\n{UNIX_COLUMNS}\n", NO_UNIX)
    kinds = [kind for kind, letter in (("tcp", "t"), ("udp", "u")) if letter in options] or ["tcp", "udp"]
    has_unix = not options.values.keys() & set("tuwx46A")
    title = "only servers" if "l" in options else "servers and established" if "a" in options else "w/o servers"
    text = f"Active Internet connections ({title})\nProto Recv-Q Send-Q Local Address           "
    text += "Foreign Address         State      "
    text += " User       Inode     " if "e" in options else ""
    text += (" PID/Program name    " if "p" in options else "") + "\n"
    names = {} if options.values.keys() & {"n", "numeric-hosts"} else _names(context)
    for kind in kinds:
        text += "".join(_netstat_line(row, options, place, names)
                        for place, row in enumerate(socket_rows(context.namespace)) if row.protocol == kind
                        and _is_wanted(row, options, kinds))
    unix = UNIX_COLUMNS.replace("Path", "PID/Program name     Path") if "p" in options else UNIX_COLUMNS
    text += f"Active UNIX domain sockets ({title})\n{unix}\n" if has_unix else ""
    return ToolResult(0, text, "")


UNIX_COLUMNS = "Proto RefCnt Flags       Type       State         I-Node   Path"
NO_UNIX = "note: no program of the sandbox has a UNIX domain socket\n"


def _netstat_line(row: SocketRow, options: Options, place: int, names: dict[str, str]) -> str:
    numeric, ports = "n" in options, bool(options.values.keys() & {"n", "numeric-ports"})
    state = "" if row.state == "UNCONN" else NETSTAT.get(row.state, row.state.replace("-", "_"))
    local, peer = (f"{names.get(address, address).strip('[]')}:{_port(port, ports, row.protocol)}" for address, port in
                   (row.local, row.peer))
    owner = f" {f'{row.pid}/{row.process}' if row.fd and row.process not in _unseen() else '-':<20}" if (
        "p" in options) else ""
    owner = (f" {'0' if numeric else 'root':<10} {inode_of(place):<10}" if "e" in options else "") + owner
    protocol = row.protocol + ("6" if row.family == "inet6" else "")
    sent = 0 if row.state == "LISTEN" else row.sent
    return f"{protocol:<5} {row.received:>6} {sent:>6} {local:<23} {peer:<23} {state:<11}{owner}\n"


NETSTAT = {"ESTAB": "ESTABLISHED", "FIN-WAIT-1": "FIN_WAIT1", "FIN-WAIT-2": "FIN_WAIT2"}
"""States that net-tools spell otherwise than with an underscore."""
