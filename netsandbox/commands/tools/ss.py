"""`ss` of iproute2, and `netstat`: the sockets of a namespace, in columns as wide as what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools import ip_netns, route
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.options import Options, read_options
from netsandbox.commands.tools.words import USAGE
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.core.socket import Socket

LONG = {"numeric": "n", "resolve": "r", "options": "o", "extended": "e", "memory": "m", "info": "i", "processes": "p",
        "tcp": "t", "udp": "u", "raw": "w", "unix": "x", "all": "a", "listening": "l", "ipv4": "4", "ipv6": "6",
        "packet": "0", "summary": "s", "version": "V", "help": "h", "net": "N", "no-header": "H", "no-queues": "Q",
        "oneline": "O", "family": "f", "query": "A", "socket": "A"}
VERSION = "ss utility, iproute2-6.15.0"
SERVICES = {22: "ssh", 25: "smtp", 53: "domain", 67: "bootps", 68: "bootpc", 80: "http", 110: "pop3", 123: "ntp",
            143: "imap2", 161: "snmp", 443: "https", 514: "shell", 993: "imaps", 3306: "mysql", 5353: "mdns",
            5432: "postgresql", 6379: "redis", 8080: "http-alt"}
"""/etc/services, as far as lessons need it; UDP's 514 is syslog."""
FIRST_FD = 3
TRUESIZE = 768
"""Buffer that the kernel reckons for a small datagram in the receive queue."""
STATES = {"listening": "LISTEN", "established": "ESTAB", "unconnected": "UNCONN", "closed": "UNCONN"}


class SocketRow(NamedTuple):
    """One socket."""

    protocol: str
    state: str
    received: int
    sent: int
    local: tuple[str, int]
    peer: tuple[str, int]
    process: str
    pid: int
    fd: int
    family: str


def socket_rows(namespace: NetworkNamespace) -> list[SocketRow]:
    """UDP before TCP, by port."""
    rows, counts = [], dict[int, int]()
    for socket in namespace.sockets.sockets:
        number = counts[socket.process.pid] = counts.get(socket.process.pid, FIRST_FD - 1) + 1
        rows.append(_row(socket, number))
    return sorted(rows, key=lambda row: (row.protocol != "udp", row.local[1]))


def _row(socket: Socket, fd: int) -> SocketRow:
    waiting = 0
    if isinstance(socket, UdpSocket):
        state = "ESTAB" if socket.peer else "UNCONN"
        waiting = TRUESIZE * len(socket.received)
        device = f"%{socket.interface.name}" if socket.interface is not None else ""
    else:
        state, device = "LISTEN" if socket.listening else "UNCONN", ""
    local, peer = format_ipv4(socket.address) + device, format_ipv4(socket.peer)
    if socket.family == "inet6":
        local = peer = "[::]"
    return SocketRow(socket.protocol, state, waiting, socket.backlog if socket.listening else 0, (local, socket.port),
                     (peer, socket.peer_port), socket.process.name, socket.process.pid, fd, socket.family)


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options = read_options("ss", arguments, "hVvnroemipatluwxN:HQOsf:A:460", LONG, USAGE)
    if options.values.keys() & {"V", "v"}:
        return ToolResult(0, VERSION + "\n", "")
    if "s" in options:
        raise ToolError(1, "netsandbox: `ss -s` is not modelled")
    if "N" in options:
        context = context.inside(ip_netns.named(context, options.values["N"], 1))
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
    return (row.state in ("LISTEN", "UNCONN")) == ("l" in options)


def _has_one_state(options: Options, kinds: list[str]) -> bool:
    """Then the column of states is left out: by default UDP sockets are shown only when connected."""
    if "state" in options.words:
        return "all" not in options.words
    return kinds == ["udp"] and not options.values.keys() & {"a", "l"}


def _wishes(words: list[str]) -> list[tuple[str, str]]:
    """`state listening`, `sport = :80`, `dport eq 80` as pairs.

    Raises:
        ToolError: another filter, which is not modelled.
    """
    left = [word for word in words if word not in ("(", ")", "and", "=", "eq", "==")]
    found = []
    while left:
        name = left.pop(0)
        value = left.pop(0).rpartition(":")[2] if left else ""
        is_port = name in ("sport", "dport") and value.isascii() and value.isdecimal()
        if not is_port and not (name == "state" and (value in STATES or value == "all")):
            raise ToolError(1, f"netsandbox: the filter {' '.join(words)!r} is not modelled (state, sport, dport are)")
        found.append((name, value))
    return found


def _fits(row: SocketRow, wishes: list[tuple[str, str]]) -> bool:
    has = {"sport": str(row.local[1]), "dport": str(row.peer[1])}
    return all(row.state == STATES.get(value, row.state) if name == "state" else has[name] == value
               for name, value in wishes)


def _columns(rows: list[SocketRow], options: Options, without: set[str]) -> str:
    """render: each column as wide as its widest cell; addresses to the right, so that the colons stand in a row."""
    numeric, processes = "n" in options, "p" in options
    titles = ["Netid", "State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process"]
    cells = [] if "H" in options else [titles]
    for row in rows:
        users = f' users:(("{row.process}",pid={row.pid},fd={row.fd}))' if processes else ""
        cells.append([row.protocol, row.state, f"{row.received:<6}", f"{row.sent:<6}", row.local[0] + ":",
                      _port(row.local[1], numeric, row.protocol), row.peer[0] + ":",
                      _port(row.peer[1], numeric, row.protocol), users])
    without = without | ({"Recv-Q", "Send-Q"} if "Q" in options else set()) | (set() if processes else {"Process"})
    shown = [column for column, title in enumerate(titles) if title not in without]
    widths = {column: max((len(line[column]) for line in cells), default=0) for column in shown}
    return "".join(_line(line, shown, widths) + "\n" for line in cells)


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
    options = read_options("netstat", arguments, "rntulapeW46h", {
        "route": "r", "numeric": "n", "tcp": "t", "udp": "u", "listening": "l", "all": "a", "program": "p",
        "extend": "e", "help": "h"}, 3)
    if "r" in options:
        return ToolResult(0, route.table(context.namespace, 1, "n" in options), "")
    kinds = [kind for kind, letter in (("tcp", "t"), ("udp", "u")) if letter in options] or ["tcp", "udp"]
    title = "only servers" if "l" in options else "servers and established" if "a" in options else "w/o servers"
    text = f"Active Internet connections ({title})\nProto Recv-Q Send-Q Local Address           "
    text += "Foreign Address         State      " + (" PID/Program name    " if "p" in options else "") + "\n"
    for kind in kinds:
        text += "".join(_netstat_line(row, options) for row in socket_rows(context.namespace)
                        if row.protocol == kind and _is_wanted(row, options, kinds))
    return ToolResult(0, text, "")


def _netstat_line(row: SocketRow, options: Options) -> str:
    state = "" if row.state == "UNCONN" else "ESTABLISHED" if row.state == "ESTAB" else row.state
    numeric = "n" in options
    local, peer = (f"{address.strip('[]')}:{_port(port, numeric, row.protocol)}" for address, port in
                   (row.local, row.peer))
    owner = f" {f'{row.pid}/{row.process}':<20}" if "p" in options else ""
    protocol = row.protocol + ("6" if row.family == "inet6" else "")
    return f"{protocol:<5} {row.received:>6} {0:>6} {local:<23} {peer:<23} {state:<11}{owner}\n"
