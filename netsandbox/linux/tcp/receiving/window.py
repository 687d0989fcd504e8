"""The receive window: how much the peer may send (net/ipv4/tcp_output.c __tcp_select_window, tcp_input.c)."""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND
from netsandbox.linux.core.sysctl.table import Sysctls
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.tcp import options
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control.congestion import INITIAL
from netsandbox.linux.tcp.sending import buffers
from netsandbox.linux.tcp.state import RECEIVE_SHUTDOWN
from netsandbox.wire.sequence import MASK
from netsandbox.wire.tcp import FIN, PSH, SYN, URG, TcpSegment

MAX_WINDOW, MAX_SIGNED = 0xFFFF, 0x7FFF
MAX_SCALE = 14
LEAST_BUFFER = 2304  # SOCK_MIN_RCVBUF, in bytes
SURELY_WHOLE, LEAST_MSS, ENDS = 536, 88, FIN | PSH | SYN | URG
"""A segment of so much, or of less without such flags, may be as large as the path lets (TCP_MSS_DEFAULT)."""


def initial(conn: Connection, mss: int, scaling: bool, route: Route) -> tuple[int, int, int]:
    """tcp_select_initial_window: (window, scale, clamp), all but the scale in bytes.

    Args:
        conn: the socket that connects or listens.
        route: the way to the peer, which may ask for less (`window`, `initrwnd`).
    """
    settings, space = conn.namespace.sysctls, conn.receive_buffer >> 1
    clamp = route.asks("window") or MAX_WINDOW << MAX_SCALE
    if conn.tuning.receive:
        clamp = min(clamp, space)
    space = min(space, clamp)
    if space > mss:
        space -= space % mss
    scale = 0
    if scaling:
        largest = max(space, settings.numbers("net.ipv4.tcp_rmem")[2], settings.of_machine("net.core.rmem_max"))
        scale = min(max(min(largest, clamp).bit_length() - 16, 0), MAX_SCALE)
    segments = route.asks("initrwnd")
    if settings.get("net.ipv4.tcp_workaround_signed_windows"):
        space = min(space, MAX_SIGNED)
    return min(space, segments * mss) if segments else space, scale, min(MAX_WINDOW << scale, clamp)


def opened(conn: Connection) -> None:
    """The handshake is done (tcp_init_buffer_space)."""
    full = full_space(conn)
    conn.window_clamp = min(conn.window_clamp, full)
    mss, share = conn.advertised_mss, conn.namespace.sysctls.get("net.ipv4.tcp_app_win")
    if share and conn.window_clamp == full and full > 4 * mss:
        conn.window_clamp = max(full - (full >> share), 4 * mss)
    if share and conn.window_clamp > 2 * mss and conn.window_clamp + mss > full:
        conn.window_clamp = max(2 * mss, full - mss)
    conn.slow_start = min(conn.slow_start, conn.window_clamp)
    conn.space = min(conn.slow_start, conn.receive_window, INITIAL * mss)
    conn.space_at, conn.space_seq = conn.namespace.scheduler.clock, conn.copied


def full_space(conn: Connection) -> int:
    return conn.receive_buffer * conn.ratio >> 8


def space(conn: Connection) -> int:
    """What is free of the buffer, as bytes of data (tcp_space)."""
    return (conn.receive_buffer - conn.memory - conn.backlog_memory) * conn.ratio >> 8


def open_now(conn: Connection) -> int:
    """What the peer may still send of the window that it was told (tcp_receive_window)."""
    left = (conn.acked_up_to + conn.receive_window - conn.expected) & 0xFFFFFFFF
    return left if left < 0x80000000 else 0


def wanted(conn: Connection) -> int:
    """The window that we should like to offer, in bytes (__tcp_select_window)."""
    buffer, ratio, scale = conn.receive_buffer, conn.ratio, conn.receive_scale
    full, free = buffer * ratio >> 8, (buffer - conn.memory - conn.backlog_memory) * ratio >> 8
    most, mss = conn.window_clamp, conn.segment_size
    if most > full:
        most = full
    if mss > most:
        mss = most
    if mss <= 0:
        return 0
    if free < most >> 1:
        conn.quick = 0
        free = max(free, 0) >> scale << scale
        if free < full >> 4 or free < mss:
            return 0
    if free > conn.slow_start:
        free = conn.slow_start
    elif scale and may_shrink(conn):
        return free >> scale << scale
    if scale:
        return -(-free >> scale) << scale
    window = conn.receive_window
    if window <= free - mss or window > free:
        return free - free % mss
    return free if mss == most and free > window + (most >> 1) else window


def _note_shut(conn: Connection, new: int, now: int) -> None:
    """The window is to be shut, or was (tcp_select_window)."""
    if new < now and not new:
        conn.namespace.count("TcpExtTCPWantZeroWindowAdv")
    shrinks = new >= now or may_shrink(conn)
    if not new and shrinks:
        conn.counts.foresees = False
    if bool(new) != bool(conn.receive_window) and shrinks:
        conn.namespace.count(f"TcpExtTCP{'From' if new else 'To'}ZeroWindowAdv")


def may_shrink(conn: Connection) -> bool:
    """Whether a window that was offered may be taken back."""
    return conn.receive_scale > 0 and conn.namespace.sysctls.get("net.ipv4.tcp_shrink_window") > 0


def most_shown(settings: Sysctls) -> int:
    """The largest window without a scale; some hosts take the field to be signed."""
    return MAX_SIGNED if settings.get("net.ipv4.tcp_workaround_signed_windows") else MAX_WINDOW


def select(conn: Connection) -> int:
    """The value of the header's window field; a window that was offered is not taken back (tcp_select_window)."""
    if conn.no_memory:
        conn.receive_window = 0
        conn.acked_up_to = conn.expected
        return 0
    now, new, scale = open_now(conn), wanted(conn), conn.receive_scale
    if not new or not conn.receive_window:
        _note_shut(conn, new, now)
    if new < now and not may_shrink(conn):
        new = -(-now >> scale) << scale
    conn.receive_window = new
    conn.acked_up_to = conn.expected
    most = MAX_WINDOW << scale if scale else most_shown(conn.namespace.sysctls)
    if new > most:
        new = most
    return new >> scale


def measure(conn: Connection, segment: TcpSegment, memory: int) -> None:
    """How large the peer's segments are, and how much of the buffer is data (tcp_measure_rcv_mss)."""
    size, last, conn.last_size = len(buffers.first_of(segment).data), conn.last_size, 0
    if size >= conn.segment_size:
        if size != conn.segment_size:
            _set_ratio(conn, max((len(segment.data) << 8) // memory, 1))
        conn.segment_size = min(size, conn.advertised_mss)
        conn.pushed_in |= segment.flags & PSH != 0
        return
    whole = size + len(segment.options)
    if whole >= SURELY_WHOLE or (whole >= LEAST_MSS and not segment.flags & ENDS):
        conn.last_size = whole - options.TIMESTAMP_SIZE * conn.has_stamps
        if conn.last_size == last:
            conn.segment_size = last
            return
    conn.pushed_in += 1


def _set_ratio(conn: Connection, ratio: int) -> None:
    """The window follows what the buffer is found to hold (tcp_set_window_clamp)."""
    if ratio == conn.ratio:
        return
    conn.ratio = ratio
    clamp, old = max(full_space(conn), LEAST_BUFFER >> 1), conn.window_clamp
    conn.window_clamp = clamp
    if clamp < old:
        conn.slow_start = min(conn.slow_start, clamp)
    elif clamp > old:
        conn.slow_start = max(min(conn.receive_window, clamp), conn.slow_start)
    conn.space = min(conn.space, clamp)


def grow(conn: Connection, size: int, memory: int) -> None:
    """tcp_grow_window: the more comes in whole segments, the more may come.

    Args:
        size: bytes of data that came.  memory: what they take.
    """
    room = min(conn.window_clamp, space(conn)) - conn.slow_start
    if room <= 0:
        return
    if memory * conn.ratio >> 8 <= size:
        more = 2 * conn.advertised_mss
    else:
        most = conn.namespace.sysctls.numbers("net.ipv4.tcp_rmem")[2]
        truesize, window = memory * conn.ratio >> 9, most * conn.ratio >> 9
        more = 0
        while conn.slow_start <= window:
            if truesize <= size:
                more = 2 * conn.segment_size
                break
            truesize >>= 1
            window >>= 1
    if more:
        conn.slow_start += min(room, max(more, 2 * size))
        conn.quick |= 1


def has_memory(conn: Connection) -> bool:
    """What was offered is taken, even if the buffer has to grow for it, up to tcp_rmem (tcp_prune_queue).

    If it cannot, little is asked of the peer from now on (tcp_clamp_window).
    """
    if conn.memory <= conn.receive_buffer:
        return True
    conn.quick = 0
    conn.namespace.count("TcpExtPruneCalled")
    most = conn.tuning.receive or conn.namespace.sysctls.numbers("net.ipv4.tcp_rmem")[2]
    conn.receive_buffer = max(conn.receive_buffer, min(conn.memory, most))
    if conn.memory > conn.receive_buffer:
        conn.slow_start = min(conn.window_clamp, 2 * conn.advertised_mss)
        conn.namespace.count("TcpExtRcvPruned")
    return conn.memory <= conn.receive_buffer


def adjust_space(conn: Connection) -> None:
    """A program that reads fast gets a larger buffer (tcp_rcv_space_adjust, tcp_rcvbuf_grow)."""
    clock, settings = conn.namespace.scheduler.clock, conn.namespace.sysctls
    if conn.tuning.receive or not conn.receive_trip or (clock - conn.space_at) // MICROSECOND < conn.receive_trip >> 3:
        return
    copied = ((conn.copied - conn.space_seq) & MASK) - ((conn.expected - conn.copied) & MASK)
    if copied > conn.space:
        old, conn.space = conn.space, copied
        wish = (copied << 1) + 4 * copied * (copied - old) // max(old, 1)
        if conn.early:
            wish += (conn.early[-1].end - conn.expected) & MASK
        buffer = min((wish << 8) // conn.ratio, settings.numbers("net.ipv4.tcp_rmem")[2])
        if buffer > conn.receive_buffer and settings.get("net.ipv4.tcp_moderate_rcvbuf"):
            conn.receive_buffer = buffer
            conn.window_clamp = full_space(conn)
    conn.space_seq, conn.space_at = conn.copied, clock


def is_worth_telling(conn: Connection) -> bool:
    """Whether reading has opened the window so far that the peer should hear of it at once (tcp_cleanup_rbuf)."""
    if conn.shutdown_flags & RECEIVE_SHUTDOWN:
        return False
    now = open_now(conn)
    if 2 * now > conn.window_clamp:
        return False
    new = wanted(conn)
    return bool(new) and new >= 2 * now
