"""`ss` of iproute2: the sockets of a namespace, in columns as wide as what they hold."""

from __future__ import annotations

from collections.abc import Collection
from zlib import crc32

from netsandbox.apps.hosts import hosts_file, names_of
from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.ip import netns
from netsandbox.commands.tools.kernel.proc_counters import Usage
from netsandbox.commands.tools.kernel.socket_rows import SocketRow, socket_rows
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import read
from netsandbox.commands.tools.sockets import ss_filter
from netsandbox.commands.tools.sockets.sockets_seen import rows_seen
from netsandbox.commands.tools.sockets.ss_info import information, memory
from netsandbox.commands.tools.sockets.ss_summary import summary
from netsandbox.commands.tools.words import USAGE
from netsandbox.linux.netlink.credentials import RIGHTS
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.handshake.request import Request
from netsandbox.linux.tcp.timewait import TimeWait
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.services import service_name

VERSION = "ss utility, iproute2-6.15.0"
ALL = frozenset({"ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT",
                 "LAST-ACK", "LISTEN", "CLOSING"})
BIG = frozenset({"TIME-WAIT", "SYN-RECV"})
STATES: dict[str, frozenset[str]] = {
    "all": ALL, "connected": ALL - {"LISTEN", "UNCONN"}, "synchronized": ALL - {"LISTEN", "UNCONN", "SYN-SENT"},
    "bucket": BIG, "big": ALL - BIG, "established": frozenset({"ESTAB"}), "listening": frozenset({"LISTEN"}),
    **dict.fromkeys(("unconnected", "close", "closed"), frozenset({"UNCONN"})), "syn-rcv": frozenset({"SYN-RECV"}),
    **{name.lower(): frozenset({name}) for name in ALL - {"LISTEN", "UNCONN", "ESTAB"}}}
"""What `state NAME` stands for."""
KINDS = frozenset({"tcp", "udp", "raw", "unix"})
TABLES = {"all": KINDS, "inet": KINDS - {"unix"}, "unix": frozenset({"unix"}),
          **{name: frozenset({name}) for name in (
              "tcp", "udp", "raw", "mptcp", "dccp", "sctp", "packet", "packet_raw", "packet_dgram", "netlink",
              "unix_dgram", "unix_stream", "unix_seqpacket", "vsock", "vsock_stream", "vsock_dgram", "tipc", "xdp")}}
"""What -A takes; of most the sandbox has no sockets."""
OF_LETTERS = {"t": "tcp", "u": "udp", "w": "raw", "x": "unix", "M": "mptcp", "d": "dccp", "S": "sctp"}
FAMILIES = ("inet", "inet6", "unix", "link", "netlink", "vsock", "tipc", "xdp", "mptcp")
TITLES = ["Netid", "State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process"]
PROCESS = TITLES.index("Process")
USUAL = ALL - {"LISTEN", "UNCONN", "TIME-WAIT", "SYN-RECV"}  # What is shown unless something else is asked for
SS = OptionTable(
    "ss", USAGE, TEXTS["ss"], by_letter=True,
    acts="h|help V|version v n|numeric r|resolve o|options i|info m|memory p|processes a|all t|tcp l|listening u|udp "
         "w|raw x|unix N|net= H|no-header Q|no-queues O|oneline s|summary f|family= A|query= A|socket= 4|ipv4 6|ipv6 "
         "M|mptcp d|dccp S|sctp K|kill Z|context z|contexts e|extended",
    idle="b|bpf",
    refused="0|packet D|diag= F|filter= E|events B|bound-inactive T|threads tipcinfo tos cgroup bpf-maps "
            "inet-sockopt tipc vsock xdp")


@looks()
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options = read(SS, arguments)
    if options.values.keys() & {"V", "v"}:
        return ToolResult(0, VERSION + "\n", "")
    if "h" in options:
        return ToolResult(0, TEXTS["ss"] + "\n", "")
    if options.values.keys() & {"Z", "z"}:
        raise ToolError(1, "ss: SELinux is not enabled.")
    if "N" in options:
        context = context.inside(netns.named(context, options.values["N"], 1))
    kinds, words = _kinds(options), list(options.operands)
    start = summary(socket_rows(context.namespace), *_of_machine(context)).out if "s" in options else ""
    if start and not (kinds or words or options.values.keys() & {"4", "6", "0", "f", "A"}):
        return ToolResult(0, start, "")
    states = _states(words)
    wanted = ss_filter.read(words, context.namespace)
    rows = [row for row in rows_seen(context) if is_wanted(row, options, kinds, states) and wanted.takes(row)]
    if "K" in options:
        _destroy(rows)
    names = names_shown(context) if "r" in options else {}
    return ToolResult(0, start + _columns(rows, options, _hidden(options, kinds, states), names), "")


def _of_machine(context: ToolContext) -> tuple[Usage, Usage]:
    """/proc/net/sockstat: of the namespace, and of all."""
    return Usage([context.namespace]), Usage(one.namespace for one in context.machine.tenants(context.namespace))


def _hidden(options: Read, kinds: list[str], states: Collection[str] | None) -> set[str]:
    """Columns that would say the same in each line."""
    hidden = {"Netid"} if len(kinds) == 1 else set()
    if len(states) == 1 if states is not None else (
            kinds in (["udp"], ["raw"], ["link"]) and not options.values.keys() & {"a", "l"}):
        hidden |= {"State"}  # by default UDP sockets are shown only when they are connected
    return hidden


def _destroy(rows: list[SocketRow]) -> None:
    """-K: those that are shown are ended (SOCK_DESTROY) (ToolError: one is no connection of TCP, or they may not be
    ended)."""
    if not RIGHTS.get().net_admin:
        raise ToolError(1, "RTNETLINK answers: Operation not permitted")
    for row in rows:
        if not isinstance(row.source, Connection) or row.source.listening:
            raise ToolError(1, f"netsandbox: ss -K of a socket of {row.protocol} in state {row.state} is not modelled")
    for row in rows:
        row.source.destroy()


def names_shown(context: ToolContext) -> dict[str, str]:
    """Names for addresses: those that /etc/hosts has."""
    return {format_ipv4(address): name for address, name in names_of(hosts_file(context.files)).items()}


def is_wanted(row: SocketRow, options: Read, kinds: list[str], states: frozenset[str] | None = None) -> bool:
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
    """The states that `state` and `exclude` ask for, which stand before the filter; None where neither does (ToolError:
    no such state)."""
    chosen: frozenset[str] | None = None
    while words and words[0] in ("state", "exclude"):
        word = words.pop(0)
        if not words:
            raise ToolError(USAGE, 'Command line is not complete. Try option "help"')
        said = words.pop(0)
        name = said.lower()
        if name not in STATES:
            raise ToolError(USAGE, f"ss: wrong state name: {said}")
        if word == "exclude":
            chosen = (ALL if chosen is None else chosen) - STATES[name]
        else:
            chosen = (chosen or frozenset()) | STATES[name]
    return chosen


def _kinds(options: Read) -> list[str]:
    """The protocols that are asked for, by a letter each, by -A or by -f (ToolError: a table or a family that there is
    not)."""
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


def _extended(row: SocketRow) -> str:
    """-e (print_details): its inode, the number that the kernel knows it by, and which ways it still talks.

    What no program has any more has neither inode nor cgroup.
    """
    cookie = crc32(f"{row.protocol} {row.family} {row.local} {row.peer}".encode()) & 0xFFFF
    own = f"ino:{row.inode} sk:{cookie:x}"
    if isinstance(row.source, Request | TimeWait):
        return own
    closed = not row.fd or row.state in ("FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "LAST-ACK")
    heard = not row.fd or row.state in ("CLOSE-WAIT", "CLOSING", "LAST-ACK")
    return f"{own} cgroup:/ {'-' if heard else '<'}-{'-' if closed else '>'}"


def _cells(row: SocketRow, options: Read, names: dict[str, str]) -> list[str]:
    """What each of TITLES has of a socket."""
    numeric = "n" in options
    users = f' users:(("{row.process}",pid={row.pid},fd={row.fd}))' if ("p" in options and row.fd and row.pid) else ""
    timer = f" {row.timer}" if options.values.keys() & {"o", "e"} and row.timer is not None else ""
    timer += f" {_extended(row)}" if "e" in options else ""
    told = ""
    is_tcp = row.protocol == "tcp"
    if ("i" in options and is_tcp) or ("m" in options and row.protocol in OF_LETTERS.values()):
        told = "\n\t" * ("O" not in options)  # a line of its own, unless -O keeps all on one
        told += memory(row) if "m" in options else ""
        told += information(row, bool(options.values.keys() & {"o", "e"}), numeric) if "i" in options and is_tcp else ""
    return [row.protocol, row.state, f"{row.received:<6}", f"{row.sent:<6}",
            f"{names.get(row.local[0], row.local[0])}:", port_text(row.local[1], numeric, row.protocol),
            f"{names.get(row.peer[0], row.peer[0])}:", port_text(row.peer[1], numeric, row.protocol),
            users + timer + told]


def _columns(rows: list[SocketRow], options: Read, without: set[str], names: dict[str, str]) -> str:
    """render: each column as wide as its widest cell; addresses to the right, so that the colons stand in a row."""
    lines = [_cells(row, options, names) for row in rows]
    without = without | ({"Recv-Q", "Send-Q"} if "Q" in options else set())
    if "p" not in options and not any(line[PROCESS] for line in lines):
        without |= {TITLES[PROCESS]}
    shown = [column for column, title in enumerate(TITLES) if title not in without]
    titles = [] if "H" in options else [TITLES if "p" in options else [*TITLES[:PROCESS], ""]]
    widths = {column: max((len(line[column]) for line in [*titles, *lines]), default=0) for column in shown}
    return "".join(_line(line, shown, widths) + "\n" for line in [*titles, *lines])


def _line(line: list[str], shown: list[int], widths: dict[int, int]) -> str:
    text = ""
    for column in shown:
        text += " " if text and column in (1, 2, 3, 4, 6) else ""
        text += line[column].rjust(widths[column]) if column in (4, 6) else line[column].ljust(widths[column])
    return text


def port_text(port: int, numeric: bool, protocol: str) -> str:
    if not port:
        return "*"
    return str(port) if numeric else service_name(port, protocol)
