"""`ss` of iproute2, and `netstat`: the sockets of a namespace, in columns as wide as what they hold."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from netsandbox.commands.tools import interface_table, ip_netns, route
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.options import Options, read_options
from netsandbox.commands.tools.socket_rows import SocketRow, information, socket_rows
from netsandbox.commands.tools.ss_summary import summary
from netsandbox.commands.tools.words import USAGE
from netsandbox.linux.netlink.credentials import RIGHTS
from netsandbox.linux.tcp.state import Connection
from netsandbox.wire.addresses import AddressError, Network, parse_network

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

HOSTS_PROCESSES = frozenset({"dockerd", "docker-proxy"})
"""Whose sockets a container may see, but not them: they are not in its PID namespace."""
LONG = {"numeric": "n", "resolve": "r", "options": "o", "extended": "e", "memory": "m", "info": "i", "processes": "p",
        "tcp": "t", "udp": "u", "raw": "w", "unix": "x", "all": "a", "listening": "l", "ipv4": "4", "ipv6": "6",
        "packet": "0", "summary": "s", "version": "V", "help": "h", "net": "N", "no-header": "H", "no-queues": "Q",
        "oneline": "O", "family": "f", "query": "A", "socket": "A"}
VERSION = "ss utility, iproute2-6.15.0"
SERVICES = {22: "ssh", 25: "smtp", 53: "domain", 67: "bootps", 68: "bootpc", 80: "http", 110: "pop3", 123: "ntp",
            143: "imap2", 161: "snmp", 443: "https", 514: "shell", 993: "imaps", 3306: "mysql", 5353: "mdns",
            5432: "postgresql", 6379: "redis", 8080: "http-alt"}
"""/etc/services, as far as lessons need it; UDP's 514 is syslog."""
ALL = frozenset({"ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT",
                 "LAST-ACK", "LISTEN", "CLOSING"})
BIG = frozenset({"TIME-WAIT", "SYN-RECV"})
STATES: dict[str, frozenset[str]] = {
    "all": ALL, "connected": ALL - {"LISTEN", "UNCONN"}, "synchronized": ALL - {"LISTEN", "UNCONN", "SYN-SENT"},
    "bucket": BIG, "big": ALL - BIG, "established": frozenset({"ESTAB"}), "listening": frozenset({"LISTEN"}),
    "listen": frozenset({"LISTEN"}), "unconnected": frozenset({"UNCONN"}), "closed": frozenset({"UNCONN"}),
    **{name.lower(): frozenset({name}) for name in ALL}}
"""What `state NAME` stands for."""
USUAL = ALL - {"LISTEN", "UNCONN", "TIME-WAIT", "SYN-RECV"}
"""What is shown unless something else is asked for."""


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options = read_options("ss", arguments, "hVvnroemipatluwxN:HQOsf:A:460", LONG, USAGE)
    if options.values.keys() & {"V", "v"}:
        return ToolResult(0, VERSION + "\n", "")
    if "N" in options:
        context = context.inside(ip_netns.named(context, options.values["N"], 1))
    if "s" in options:
        return summary(socket_rows(context.namespace))
    kinds = [kind for kind, letter in (("udp", "u"), ("tcp", "t"), ("raw", "w"), ("unix", "x")) if letter in options]
    wishes = _wishes(options.words)
    rows = [row for row in socket_rows(context.namespace) if _is_wanted(row, options, kinds) and _fits(row, wishes)]
    hidden = ({"Netid"} if len(kinds) == 1 else set()) | ({"State"} if _has_one_state(options, kinds) else set())
    return ToolResult(0, _columns(rows, options, hidden), "")


def _is_wanted(row: SocketRow, options: Options, kinds: list[str]) -> bool:
    if kinds and row.protocol not in kinds:
        return False
    if options.values.keys() & {"4", "6"} and row.family != ("inet6" if "6" in options else "inet"):
        return False
    if "a" in options or "state" in options.words:
        return True
    return row.state in ("LISTEN", "UNCONN") if "l" in options else row.state in USUAL


def _has_one_state(options: Options, kinds: list[str]) -> bool:
    """Then the column of states is left out: by default UDP sockets are shown only when connected."""
    words = options.words
    if "state" in words:
        chosen = [STATES.get(word, ALL) for before, word in pairwise(words) if before == "state"]
        return len(frozenset().union(*chosen)) == 1
    return kinds == ["udp"] and not options.values.keys() & {"a", "l"}


def _wishes(words: list[str]) -> list[tuple[str, str]]:
    """`state listening`, `sport = :80`, `dst 10.0.0.0/8` as pairs.

    Raises:
        ToolError: another filter, which is not modelled.
    """
    left = [word for word in " ".join(words).replace("(", " ").replace(")", " ").split()
            if word not in ("and", "=", "eq", "==")]
    found = []
    while left:
        name = left.pop(0)
        value = left.pop(0) if left else ""
        port = value.rpartition(":")[2]
        is_port = name in ("sport", "dport") and port.isascii() and port.isdecimal()
        if is_port:
            value = port
        elif not (name == "state" and value in STATES) and not (name in ("src", "dst") and _network(value)):
            raise ToolError(1, f"netsandbox: the filter {' '.join(words)!r} is not modelled "
                               "(state, sport, dport, src, dst are, joined by and)")
        found.append((name, value))
    return found


def _network(text: str) -> Network | None:
    try:
        return parse_network(text.partition(":")[0])
    except AddressError:
        return None


def _fits(row: SocketRow, wishes: list[tuple[str, str]]) -> bool:
    states = [STATES[value] for name, value in wishes if name == "state"]
    if states and row.state not in frozenset().union(*states):
        return False
    return all(_fits_one(row, name, value) for name, value in wishes if name != "state")


def _fits_one(row: SocketRow, name: str, value: str) -> bool:
    end = int(name in ("dport", "dst"))
    port = (row.local, row.peer)[end][1]
    if name in ("sport", "dport"):
        return str(port) == value
    network = _network(value)
    wanted = value.partition(":")[2]
    return (network is not None and row.addresses[end] in network and row.family == "inet"
            and (not wanted or wanted == str(port)))


def _unseen() -> frozenset[str]:
    return HOSTS_PROCESSES if RIGHTS.get().contained else frozenset()


def _columns(rows: list[SocketRow], options: Options, without: set[str]) -> str:
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
        cells.append([row.protocol, row.state, f"{row.received:<6}", f"{row.sent:<6}", row.local[0] + ":",
                      _port(row.local[1], numeric, row.protocol), row.peer[0] + ":",
                      _port(row.peer[1], numeric, row.protocol), f" {extra}" if extra else ""])
    without = without | ({"Recv-Q", "Send-Q"} if "Q" in options else set())
    without |= set() if processes or any(line[8] for line in cells[1:]) else {"Process"}
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
    if not numeric and port in SERVICES:
        return "syslog" if (port, protocol) == (514, "udp") else SERVICES[port]
    return str(port)


def netstat(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`netstat -r`, and `netstat -tuln` with -p: the same in net-tools' columns."""
    options = read_options("netstat", arguments, "rntulapeW46hisxwgocvMFCNSUZ", {
        "route": "r", "numeric": "n", "tcp": "t", "udp": "u", "listening": "l", "all": "a", "program": "p",
        "programs": "p", "extend": "e", "help": "h", "interfaces": "i", "statistics": "s", "unix": "x", "raw": "w",
        "groups": "g", "timers": "o", "continuous": "c", "verbose": "v", "wide": "W", "numeric-hosts": "n",
        "numeric-ports": "n"}, 3)
    if "r" in options:
        return ToolResult(0, route.table(context.namespace, 1, "n" in options), "")
    if "i" in options:
        return ToolResult(0, interface_table.table(context.namespace, interface_table.NETSTAT, [], "a" in options), "")
    if "x" in options and not options.values.keys() & {"t", "u"}:
        title = "only servers" if "l" in options else "servers and established" if "a" in options else "w/o servers"
        return ToolResult(0, f"Active UNIX domain sockets ({title})\n{UNIX_COLUMNS}\n", NO_UNIX)
    kinds = [kind for kind, letter in (("tcp", "t"), ("udp", "u")) if letter in options] or ["tcp", "udp"]
    title = "only servers" if "l" in options else "servers and established" if "a" in options else "w/o servers"
    text = f"Active Internet connections ({title})\nProto Recv-Q Send-Q Local Address           "
    text += "Foreign Address         State      " + (" PID/Program name    " if "p" in options else "") + "\n"
    for kind in kinds:
        text += "".join(_netstat_line(row, options) for row in socket_rows(context.namespace)
                        if row.protocol == kind and _is_wanted(row, options, kinds))
    return ToolResult(0, text, "")


UNIX_COLUMNS = "Proto RefCnt Flags       Type       State         I-Node   Path"
NO_UNIX = "note: no program of the sandbox has a UNIX domain socket\n"


def _netstat_line(row: SocketRow, options: Options) -> str:
    numeric = "n" in options
    state = "" if row.state == "UNCONN" else NETSTAT.get(row.state, row.state.replace("-", "_"))
    local, peer = (f"{address.strip('[]')}:{_port(port, numeric, row.protocol)}" for address, port in
                   (row.local, row.peer))
    owner = f" {f'{row.pid}/{row.process}' if row.fd and row.process not in _unseen() else '-':<20}" if (
        "p" in options) else ""
    protocol = row.protocol + ("6" if row.family == "inet6" else "")
    sent = 0 if row.state == "LISTEN" else row.sent
    return f"{protocol:<5} {row.received:>6} {sent:>6} {local:<23} {peer:<23} {state:<11}{owner}\n"


NETSTAT = {"ESTAB": "ESTABLISHED", "FIN-WAIT-1": "FIN_WAIT1", "FIN-WAIT-2": "FIN_WAIT2"}
"""States that net-tools spell otherwise than with an underscore."""
