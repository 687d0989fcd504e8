"""How large segments may be where nobody tells of the path's MTU: found out by trying (RFC 4821; icsk_mtup).

A larger segment is sent among the others: what is sure rises if it arrives, and what is hoped for falls if not.
"""

from __future__ import annotations

from netsandbox.engine.units import SECOND
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.options import TIMESTAMP_SIZE
from netsandbox.linux.tcp.sending import burst
from netsandbox.linux.tcp.sending.transmit import HEADERS, current_mss, most_for, sync_mss
from netsandbox.linux.tcp.state import Recovery
from netsandbox.wire.sequence import MASK, after, distance

LEAST_WINDOW = 11  # Segments: a smaller window has no room for a probe


def mtu_of(conn: Connection, mss: int) -> int:
    """tcp_mss_to_mtu."""
    return mss + HEADERS + TIMESTAMP_SIZE * conn.has_stamps


def begin(conn: Connection) -> None:
    """The handshake is done (tcp_mtup_init)."""
    settings, search = conn.namespace.sysctls, conn.path_search
    mode = settings.get("net.ipv4.tcp_mtu_probing")
    if mode:
        search.is_on = mode > 1
        search.low, search.high = mtu_of(conn, settings.get("net.ipv4.tcp_base_mss")), conn.mss_clamp + HEADERS
        search.began = conn.namespace.scheduler.now


def try_smaller(conn: Connection) -> None:
    """So many tries were for nothing: perhaps the path eats large packets in silence (tcp_mtu_probing)."""
    settings, search = conn.namespace.sysctls, conn.path_search
    if not settings.get("net.ipv4.tcp_mtu_probing"):
        return
    if not search.low:
        begin(conn)
    if not search.is_on:
        search.is_on, search.began = True, conn.namespace.scheduler.now
    else:
        mss = min(settings.get("net.ipv4.tcp_base_mss"), most_for(conn, search.low) >> 1)
        search.low = mtu_of(conn, max(mss, settings.get("net.ipv4.tcp_mtu_probe_floor"),
                                      settings.get("net.ipv4.tcp_min_snd_mss")))
    sync_mss(conn, conn.path_mtu)


def size_of_probe(conn: Connection) -> int:
    """Bytes of the probe that may leave now; 0 where it is to be waited for, and -1 for none (tcp_mtu_probe)."""
    search = conn.path_search
    if (search.size or conn.recovery is not Recovery.OPEN or conn.congestion.window < LEAST_WINDOW or conn.sacks
            or conn.duplicate):
        return -1
    mss = current_mss(conn)
    size = most_for(conn, (search.high + search.low) >> 1)
    needed = size + (conn.rack.reordering + 1) * conn.mss
    if size > most_for(conn, search.high) or search.high - search.low < conn.namespace.sysctls.get(
            "net.ipv4.tcp_probe_threshold"):
        _begin_again(conn, mss)
        return -1
    if (conn.written - conn.nxt) & MASK < needed or conn.send_window < needed:
        return -1
    if distance(burst.window_end(conn), conn.nxt) < needed:
        return 0
    if conn.in_flight + 2 > conn.congestion.window:
        return 0 if conn.in_flight else -1
    return size


def _begin_again(conn: Connection, mss: int) -> None:
    """The path may have become wider since (tcp_mtu_check_reprobe)."""
    search, now = conn.path_search, conn.namespace.scheduler.now
    if now - search.began >= conn.namespace.sysctls.get("net.ipv4.tcp_probe_interval") * SECOND:
        search.low, search.high, search.size = mtu_of(conn, mss), conn.mss_clamp + HEADERS, 0
        search.began = now


def note_sent(conn: Connection, size: int) -> None:
    """A probe has left: it stands for two segments of the window."""
    search = conn.path_search
    conn.congestion.window -= 1
    search.size, search.start, search.end = mtu_of(conn, size), (conn.nxt - size) & MASK, conn.nxt


def look(conn: Connection) -> None:
    """Something has arrived: if it is the probe, as many bytes fit into fewer segments (tcp_mtup_probe_success)."""
    search, state = conn.path_search, conn.congestion
    if after(search.end, conn.una):
        return
    state.prior_threshold = state.present_threshold
    state.window = max(state.window * mtu_of(conn, conn.mss) // search.size, 1)
    state.threshold = state.present_threshold
    search.low, search.size = search.size, 0
    conn.namespace.count("TcpExtTCPMTUPSuccess")
    sync_mss(conn, conn.path_mtu)


def has_failed(conn: Connection) -> bool:
    """Whether what seems to be lost is the probe alone, which says nothing of congestion (tcp_mtup_probe_failed)."""
    search = conn.path_search
    if not search.size or conn.recovery >= Recovery.CWR or conn.una != search.start:
        return False
    search.high, search.size = search.size - 1, 0
    conn.namespace.count("TcpExtTCPMTUPFail")
    conn.congestion.window += 1
    return True
