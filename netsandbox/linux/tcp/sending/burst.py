"""How much leaves next: windows, Nagle, and what is worth waiting for (net/ipv4/tcp_output.c)."""

from __future__ import annotations

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.state import Chunk, Recovery
from netsandbox.wire.sequence import MASK, after, distance

LARGEST_BURST = 65535 - 320  # Bytes that are cut into segments only on their way out (sk_gso_max_size less the headers)
LARGEST_SOCKET_BURST = 65536
PACING_SHIFT = 10  # sk_pacing_shift: a burst is what the way takes in 1/1024 s
RTT_LOG, LEAST_SEGMENTS = "net.ipv4.tcp_tso_rtt_log", "net.ipv4.tcp_min_tso_segs"
SMALL_WINDOW = 536
MOST_HELD = 3  # Segments of which no more wait for the next ACK (tcp_max_tso_deferred_mss)
SLOW_START_RATIO, AVOIDANCE_RATIO = "net.ipv4.tcp_pacing_ss_ratio", "net.ipv4.tcp_pacing_ca_ratio"
"""In percent of what a window takes in a round trip."""


def window_end(conn: Connection) -> int:
    return (conn.una + conn.send_window) & MASK


def goal(conn: Connection, mss: int) -> int:
    """How much a chunk takes before the next begins (tcp_xmit_size_goal)."""
    most = conn.largest_window >> 1 if conn.largest_window > SMALL_WINDOW else conn.largest_window
    if most > LARGEST_BURST:
        most = LARGEST_BURST
    return most // mss * mss if most > mss else mss


def next_burst(conn: Connection, mss: int, is_nagle_off: bool = False, is_filled: bool = False,
               is_due: bool = False) -> int:
    """How many bytes leave next (0 for a bare FIN), or -1: the windows or Nagle keep them back.

    Args:
        is_filled: it was looked at before, so that the first chunk has what it may take from the next.
        is_due: it does not wait until it is worth while.
    """
    chunk, window = conn.unsent[0], conn.congestion.window
    quota = window - conn.in_flight
    if quota <= 0:
        return -1
    if len(conn.unsent) > 1 or len(chunk.data) > mss:
        quota = min(quota, max(window >> 1, 1), most_in_burst(conn, mss))
        if not is_filled:
            fill(conn, chunk, quota * mss)
    length = len(chunk.data)
    if length + chunk.fin and not has_window(conn, chunk, mss):
        conn.window_is_full = True
        return -1
    is_last = len(conn.unsent) == 1
    if length <= mss:
        small = length < mss and not chunk.fin and is_last and not is_nagle_off
        return -1 if small and _nagle(conn) else length
    if not is_due and _defers(conn, chunk, mss):
        return -1
    return _split_point(conn, chunk, mss, quota, not is_nagle_off)


def most_in_burst(conn: Connection, mss: int) -> int:
    """Segments that leave as one: of a long way no more than it takes in a millisecond (tcp_tso_autosize)."""
    settings, least, size = conn.namespace.sysctls, conn.round_trip.least, LARGEST_BURST
    far = 32 if least is None else least >> settings.get(RTT_LOG)
    if far:
        size = pacing_rate(conn, mss) >> PACING_SHIFT
        if far < 32:
            size += LARGEST_SOCKET_BURST >> far
    return max(min(size, LARGEST_BURST) // mss, min(settings.get(LEAST_SEGMENTS), LARGEST_BURST // mss), 1)


def pacing_rate(conn: Connection, mss: int) -> int:
    """Bytes a second at which a round trip takes more than the window (tcp_update_pacing_rate)."""
    state = conn.congestion
    percent = conn.namespace.sysctls.get(SLOW_START_RATIO if state.window < state.threshold // 2 else AVOIDANCE_RATIO)
    return mss * percent * 80_000 * max(state.window, len(conn.sent)) // max(conn.round_trip.smoothed, 1)


def has_window(conn: Connection, chunk: Chunk, mss: int) -> bool:
    """Whether the peer's window takes the first segment of a chunk (tcp_snd_wnd_test)."""
    length = len(chunk.data)
    return not after((chunk.seq + min(length, mss) + (chunk.fin and length <= mss)) & MASK, window_end(conn))


def fill(conn: Connection, chunk: Chunk, size: int) -> None:
    """Let a chunk take from the next one what may leave with it (tcp_grow_skb)."""
    missing = size - len(chunk.data)
    if missing <= 0 or len(conn.unsent) == 1:
        return
    following = conn.unsent[1]
    part = following.data[:missing]
    chunk.data += part
    del following.data[:len(part)]
    following.seq = (following.seq + len(part)) & MASK
    if not following.data:
        chunk.push |= following.push
        chunk.fin |= following.fin
        del conn.unsent[1]


def _nagle(conn: Connection) -> bool:
    """RFC 9293, 3.7.4 with Minshall's change: a small segment waits while another small one is under way."""
    return (not conn.nodelay and bool(conn.sent) and after(conn.small, conn.una) and not after(conn.small, conn.nxt))


def _defers(conn: Connection, chunk: Chunk, mss: int) -> bool:
    """tcp_tso_should_defer: a third of the window is worth a burst, and less may wait for the next ACK."""
    if conn.recovery >= Recovery.RECOVERY or not conn.sent:
        return False
    now = conn.write_began
    if now - conn.sent[-1].at > MILLISECOND:
        return False
    window = distance(window_end(conn), chunk.seq)
    room = (conn.congestion.window - conn.in_flight) * mss
    limit = min(window, room)
    if limit >= most_in_burst(conn, mss) * mss or (len(conn.unsent) > 1 and limit >= len(chunk.data)):
        return False
    divisor = conn.namespace.sysctls.get("net.ipv4.tcp_tso_win_divisor")
    if limit >= min(conn.send_window, conn.congestion.window * mss) // divisor if divisor else limit > MOST_HELD * mss:
        return False
    expected = conn.sent[0].at + (conn.round_trip.smoothed >> 3) * 1000
    if expected - now > min((conn.round_trip.smoothed >> 4) * 1000, MILLISECOND):
        return False
    conn.congestion.held_back = room < window and room <= len(chunk.data)
    conn.window_is_full = window <= room and window <= len(chunk.data)
    return min(room, window) <= len(chunk.data) or not chunk.fin


def _split_point(conn: Connection, chunk: Chunk, mss: int, quota: int, obeys_nagle: bool) -> int:
    """tcp_mss_split_point: what of a chunk leaves now, in whole segments where a small one would have to wait."""
    most, window = mss * quota, distance(window_end(conn), chunk.seq)
    needed = min(len(chunk.data), window, most)
    partial = needed % mss
    if needed == most or not partial:
        return needed
    is_whole = needed == len(chunk.data)
    if obeys_nagle and not (is_whole and chunk.fin) and _nagle(conn):
        return needed - partial
    return needed
