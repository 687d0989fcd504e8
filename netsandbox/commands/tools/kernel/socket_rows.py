"""The sockets of a namespace as `ss`, `netstat` and /proc/net/tcp list them (net/ipv4/inet_diag.c)."""

from __future__ import annotations

from typing import Any, NamedTuple

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Socket
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp import alarm
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control.rtt import RTO_MIN_US
from netsandbox.linux.tcp.handshake.request import Request
from netsandbox.linux.tcp.state import STATE_NAMES, TcpState
from netsandbox.linux.tcp.timewait import TimeWait
from netsandbox.wire.addresses import format_ipv4

FIRST_FD = 3
FIRST_INODE, FDS_OF_A_PROCESS = 20000, 1024
MASK = 0xFFFFFFFF


class SocketTimer(NamedTuple):
    """A timer that a socket waits for."""

    kind: str  # on, keepalive, timewait or persist
    left: int  # milliseconds
    retries: int  # how often it rang already

    @property
    def resent(self) -> int:
        """How often data was sent again (icsk_retransmits)."""
        return self.retries if self.kind == "on" else 0

    @property
    def probes(self) -> int:
        """How many of keepalive or of a closed window have no answer (icsk_probes_out)."""
        return self.retries if self.kind in ("keepalive", "persist") else 0

    def __str__(self) -> str:
        minutes, rest = divmod(self.left, 60_000)
        secs, millis = divmod(rest, 1000)
        if minutes > 9:
            secs = 0
        if minutes or secs > 9:
            millis = 0
        fraction = f"{'.' * bool(secs)}{millis:03d}" if millis else ""
        text = f"{minutes}min" * bool(minutes) + f"{secs or ''}{fraction}{'sec' if secs else 'ms' * bool(millis)}"
        return f"timer:({self.kind},{text},{self.retries})"


class SocketRow(NamedTuple):
    """One socket."""

    protocol: str
    state: str
    received: int
    sent: int
    local: tuple[str, int]
    peer: tuple[str, int]
    # process, pid, fd: who has it; empty and 0 where nobody has any more
    process: str
    pid: int
    fd: int
    family: str
    tcp_state: int  # the number of its state in the kernel; 7 for UDP, 1 when it is connected
    timer: SocketTimer | None
    addresses: tuple[int, int]
    source: Any  # the kernel's own object, for what else is asked about it

    @property
    def inode(self) -> int:
        """What no program has any more has none."""
        return FIRST_INODE + FDS_OF_A_PROCESS * self.pid + self.fd if self.fd else 0


def socket_rows(namespace: NetworkNamespace) -> list[SocketRow]:
    """UDP before TCP, listeners by port, then the connections."""
    rows, counts = [], dict[int, int]()
    for socket in namespace.sockets.sockets:
        if isinstance(socket, Connection) and socket.key in namespace.sockets.connections:
            continue
        rows.append(_row(socket, _next_fd(counts, socket.process.pid)))
    rows.sort(key=lambda row: (row.protocol != "udp", row.local[1]))
    for found in namespace.sockets.connections.values():
        if isinstance(found, Connection):
            number = 0 if found.orphan or found.parent else _next_fd(counts, found.process.pid)
            rows.append(_row(found, number))
        else:
            rows.append(_record(found))
    return rows


def _next_fd(counts: dict[int, int], pid: int) -> int:
    counts[pid] = counts.get(pid, FIRST_FD - 1) + 1
    return counts[pid]


def _row(socket: Socket, fd: int) -> SocketRow:
    waiting = sent = 0
    timer = None
    device = ""
    if isinstance(socket, UdpSocket):
        state, number = ("ESTAB", 1) if socket.is_connected else ("UNCONN", 7)
        waiting = socket.memory
        device = f"%{socket.interface.name}" if socket.interface is not None else ""
    elif isinstance(socket, Connection) and not socket.listening:
        state, number = STATE_NAMES[socket.state], int(socket.state)
        waiting, sent = (socket.expected - socket.copied) & MASK, (socket.written - socket.una) & MASK
        timer = _timer(socket)
    else:
        state, number = ("LISTEN", 10) if socket.listening else ("UNCONN", 7)
        waiting = len(socket.accepted) if isinstance(socket, Connection) else 0
        sent = socket.backlog if socket.listening else 0
    local, peer = format_ipv4(socket.address) + device, format_ipv4(socket.peer)
    if socket.family == "inet6":
        local, peer = f"[{socket.address6}]", "[::]"
    name, pid = (socket.process.name, socket.process.pid) if fd else ("", 0)
    return SocketRow(socket.protocol, state, waiting, sent, (local, socket.port), (peer, socket.peer_port), name, pid,
                     fd, socket.family, number, timer, (socket.address, socket.peer), socket)


def _timer(conn: Connection) -> SocketTimer | None:
    """What idiag_timer says: retransmission, keepalive or window probe."""
    now = conn.namespace.scheduler.now
    if conn.timer is not None:
        kind = "persist" if conn.timer_kind == alarm.PROBE else "on"
        left = max(conn.timer_due - now, 0) // MILLISECOND
        return SocketTimer(kind, left, conn.probes if kind == "persist" else conn.retries)
    if conn.keepalive_timer is not None:
        return SocketTimer("keepalive", max(conn.keepalive_due - now, 0) // MILLISECOND, conn.probes)
    return None


def _record(found: Request | TimeWait) -> SocketRow:
    """What is no socket of a program: half open, or closed."""
    address, port, peer, peer_port = found.key
    if isinstance(found, TimeWait):
        state, number = STATE_NAMES[found.state], int(found.state)
        left = max(found.due - found.namespace.scheduler.now, 0) // MILLISECOND
        timer = SocketTimer("timewait", left, 0)
    else:
        state, number = STATE_NAMES[TcpState.SYN_RECV], int(TcpState.SYN_RECV)
        when = found.timer.when if found.timer is not None else 0
        left = max(when - found.listener.namespace.scheduler.now, 0) // MILLISECOND
        timer = SocketTimer("on", left, found.resent)
    return SocketRow("tcp", state, 0, 0, (format_ipv4(address), port), (format_ipv4(peer), peer_port), "", 0, 0,
                     "inet", number, timer, (address, peer), found)


def proc_net_tcp(namespace: NetworkNamespace) -> str:
    """/proc/net/tcp (tcp4_seq_show)."""
    lines = ["  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"]
    rows = [row for row in socket_rows(namespace) if row.protocol == "tcp" and row.family == "inet"
            and row.tcp_state != TcpState.CLOSE]
    for place, row in enumerate(rows):
        kinds = {"on": 1, "keepalive": 2, "timewait": 3, "persist": 4}
        running, when, resent, probes = (kinds[row.timer.kind], row.timer.left // 10, row.timer.resent,
                                         row.timer.probes) if row.timer else (0, 0, 0, 0)
        sent = 0 if row.state == "LISTEN" else row.sent
        tail = f"{row.inode} 1 0000000000000000"
        if isinstance(row.source, Connection):
            tail += _proc_tail(row.source)
        lines.append(f"{place:4d}: {swapped(row.addresses[0])}:{row.local[1]:04X} {swapped(row.addresses[1])}:"
                     f"{row.peer[1]:04X} {row.tcp_state:02X} {sent:08X}:{row.received:08X} {running:02X}:{when:08X} "
                     f"{resent:08X} {0:5d} {probes:8d} {tail}")
    return "".join(f"{line:<149}\n" for line in lines)


def _proc_tail(conn: Connection) -> str:
    if conn.listening:
        return " 100 0 0 10 0"
    ticks = conn.round_trip.timeout // (10 * MILLISECOND)
    slow = conn.congestion.threshold if conn.congestion.threshold < 0x7FFFFFFF else -1
    quick = conn.quick << 1 | int(conn.pingpong > 0)
    least = RTO_MIN_US // 10_000
    return f" {max(ticks, least)} {conn.ato // (10 * MILLISECOND)} {quick} {conn.congestion.window} {slow}"


def swapped(address: int) -> str:
    """The address as a little-endian machine reads its bytes."""
    return f"{int.from_bytes(address.to_bytes(4, 'big'), 'little'):08X}"
