"""What `ss -i` and `ss -m` tell of a TCP socket: the kernel's tcp_info, in iproute2's words and order."""

from __future__ import annotations

from netsandbox.commands.tools.kernel.socket_rows import SocketRow
from netsandbox.engine.units import MILLISECOND
from netsandbox.engine.wheel import TICK
from netsandbox.linux.core.sysctl.defaults import CONGESTION_CONTROL
from netsandbox.linux.ipv4.udp import RECEIVE_BUFFER, UdpSocket
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ecn
from netsandbox.linux.tcp.control.congestion import INITIAL
from netsandbox.linux.tcp.control.rtt import RTO_FALLBACK
from netsandbox.linux.tcp.sending import buffers
from netsandbox.linux.tcp.sending.buffers import PAGE
from netsandbox.linux.tcp.sending.burst import pacing_rate
from netsandbox.linux.tcp.sending.transmit import LARGEST_PATH
from netsandbox.linux.tcp.state import TcpState
from netsandbox.wire.sequence import MASK

USUAL_REORDERING = 3
LARGEST_THRESHOLD = 0xFFFF  # A slow start threshold from here on is not told
UNITS = (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3))


def information(row: SocketRow, options: bool, numeric: bool) -> str:
    """What stands behind the tab; nothing of what is half open or in TIME-WAIT.

    Args:
        options: what both ends agreed on is told as well (-o).  numeric: rates to the bit (-n).
    """
    conn = row.source
    if not isinstance(conn, Connection):
        return ""
    if conn.listening:
        algorithm = conn.namespace.sysctls.text(CONGESTION_CONTROL)
        return _line([algorithm, f"cwnd:{INITIAL}", _counted("unacked", len(conn.accepted))])
    return _line([*(_agreed(conn) if options else []), *_window(conn), *_traffic(conn), *_rates(conn, numeric),
                  *_flight(conn), *_receiver(conn)])


def memory(row: SocketRow) -> str:
    """What a socket has in its buffers, as sock_diag tells it; nothing of what is half open or in TIME-WAIT."""
    source = row.source
    if isinstance(source, UdpSocket):
        used, idle = source.memory + (source.freed or 0), PAGE if source.freed is not None else 0
        return _memory(used, 0, -used % PAGE if used else idle, (RECEIVE_BUFFER, RECEIVE_BUFFER), 0, source.drops)
    if row.state == "LISTEN" and not isinstance(source, Connection):  # of IPv6
        settings = source.namespace.sysctls
        most = settings.numbers("net.ipv4.tcp_rmem")[1], settings.numbers("net.ipv4.tcp_wmem")[1]
        return _memory(0, 0, 0, most, 0, 0)
    if not isinstance(source, Connection):
        return ""
    used, queued = source.memory, buffers.written(source)
    return _memory(used, queued, -(used + queued) % PAGE, (source.receive_buffer, source.send_buffer),
                   source.backlog_memory, source.drops)


def _memory(received: int, queued: int, spare: int, most: tuple[int, int], backlog: int, drops: int) -> str:
    """print_skmeminfo; `spare` is what is left of the pages that are reserved."""
    return f" skmem:(r{received},rb{most[0]},t0,tb{most[1]},f{spare},w{queued},o0,bl{backlog},d{drops})"


def _line(parts: list[str]) -> str:
    return "".join(f" {part}" for part in parts if part)


def _counted(name: str, value: int) -> str:
    """Nothing where it is 0."""
    return f"{name}:{value}" if value else ""


def _agreed(conn: Connection) -> list[str]:
    return ["ts" * conn.has_stamps, "sack" * conn.has_sack, "ecn" * bool(conn.ecn & ecn.AGREED),
            "ecnseen" * bool(conn.ecn & ecn.SEEN)]


def _window(conn: Connection) -> list[str]:
    """How long answers take, how large segments are, how much may be under way."""
    trip, state, opens = conn.round_trip, conn.congestion, conn.state is TcpState.SYN_SENT
    scales = not opens and (conn.send_scale or conn.receive_scale)
    return [state.algorithm, f"wscale:{conn.send_scale},{conn.receive_scale}" if scales else "",
            f"rto:{trip.timeout // MILLISECOND}" if trip.timeout != RTO_FALLBACK else "",
            _counted("backoff", conn.backoff),
            f"rtt:{_millis(trip.smoothed >> 3)}/{_millis(trip.deviation >> 2)}" if trip.smoothed else "",
            _counted("ato", conn.ato // TICK * TICK // MILLISECOND), f"mss:{conn.mss}",
            f"pmtu:{min(conn.path_mtu, LARGEST_PATH)}", f"rcvmss:{conn.segment_size}",
            f"advmss:{conn.advertised_mss}", f"cwnd:{state.window}",
            f"ssthresh:{state.threshold}" if state.threshold < LARGEST_THRESHOLD else ""]


def _traffic(conn: Connection) -> list[str]:
    counts = conn.counts
    return [_counted(name, value) for name, value in (
        ("bytes_sent", counts.bytes_sent), ("bytes_retrans", counts.bytes_again), ("bytes_acked", counts.bytes_acked),
        ("bytes_received", counts.bytes_received), ("segs_out", counts.segments_out), ("segs_in", counts.segments_in),
        ("data_segs_out", counts.data_out), ("data_segs_in", counts.data_in))]


def _rates(conn: Connection, numeric: bool) -> list[str]:
    """How fast it may send, and how fast what it sends arrives; when either side spoke last."""
    trip, state, found = conn.round_trip, conn.congestion, conn.delivery
    measured = trip.smoothed >> 3
    shown = [_rate("send", state.window * conn.mss * 8_000_000 / measured, numeric) if measured else ""]
    shown += [_counted(name, _ago(conn, at)) for name, at in (
        ("lastsnd", conn.last_sent), ("lastrcv", max(conn.received_at, 0)), ("lastack", conn.ack_at))]
    if trip.smoothed:
        shown.append(_rate("pacing_rate", 8 * pacing_rate(conn, conn.mss), numeric))
    if found.segments and found.microseconds:
        rate = found.segments * conn.mss * 1_000_000 // found.microseconds
        shown.append(_rate("delivery_rate", 8 * rate, numeric))
    return [*shown, _counted("delivered", conn.delivered), "app_limited" * found.is_app_limited]


def _rate(name: str, bits: float, numeric: bool) -> str:
    """sprint_bw."""
    if not numeric:
        for unit, size in UNITS:
            if bits >= size:
                return f"{name} {bits / size:.3g}{unit}bps"
    return f"{name} {bits:.0f}bps"


def _ago(conn: Connection, at: int) -> int:
    """Milliseconds, in whole ticks."""
    return (conn.namespace.scheduler.now // TICK - at // TICK) * TICK // MILLISECOND


def _flight(conn: Connection) -> list[str]:
    """For how long it was busy and what kept it back; what is under way, lost, or has overtaken another."""
    busy, window, buffer = conn.chronograph.milliseconds(conn.namespace.scheduler.now)
    shown = [f"busy:{busy}ms"] if busy else []
    shown += [f"{name}:{part}ms({100 * part / busy:.1f}%)" for name, part in (
        ("rwnd_limited", window), ("sndbuf_limited", buffer)) if part]
    shown.append(_counted("unacked", len(conn.sent)))
    if conn.again_out or conn.retransmitted:
        shown.append(f"retrans:{conn.again_out}/{conn.retransmitted}")
    reordering = conn.rack.reordering
    return [*shown, _counted("lost", conn.lost_out), _counted("sacked", conn.sacked_out),
            _counted("dsack_dups", conn.twice), f"reordering:{reordering}" if reordering != USUAL_REORDERING else "",
            _counted("reord_seen", conn.rack.seen)]


def _receiver(conn: Connection) -> list[str]:
    least, trip = conn.round_trip.least, conn.receive_trip >> 3
    return [f"rcv_rtt:{_millis(trip)}" if trip else "", _counted("rcv_space", conn.space),
            _counted("rcv_ssthresh", conn.slow_start), _counted("notsent", (conn.written - conn.nxt) & MASK),
            f"minrtt:{_millis(least)}" if least else "", _counted("rcv_ooopack", conn.counts.early),
            _counted("snd_wnd", conn.send_window), _counted("rcv_wnd", conn.receive_window),
            _counted("rehash", conn.timeouts)]


def _millis(microseconds: int) -> str:
    return f"{microseconds / 1000:g}"
