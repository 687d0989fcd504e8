"""The receive window: how much the peer may send (net/ipv4/tcp_output.c __tcp_select_window, tcp_input.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MICROSECOND
from netsandbox.linux.tcp.congestion import INITIAL
from netsandbox.linux.tcp.state import RECEIVE_SHUTDOWN
from netsandbox.wire.sequence import MASK

if TYPE_CHECKING:
    from netsandbox.linux.core.sysctl import Sysctls
    from netsandbox.linux.ipv4.route import Route
    from netsandbox.linux.tcp.state import Connection

MAX_WINDOW = 0xFFFF
MAX_SCALE = 14
BUFFER_OVERHEAD = 856
"""What the kernel reckons for a received segment beside its data, in bytes (skb->truesize)."""
GROWS_FROM = 128
"""Shorter segments tell nothing of how much room data takes."""


def initial(settings: Sysctls, buffer: int, mss: int, scaling: bool, route: Route) -> tuple[int, int, int]:
    """tcp_select_initial_window: (window, scale, clamp), all but the scale in bytes.

    Args:
        route: the way to the peer, which may ask for less (`window`, `initrwnd`).
    """
    clamp = route.asks("window") or MAX_WINDOW << MAX_SCALE
    space = min(buffer >> 1, clamp)
    if space > mss:
        space -= space % mss
    scale = 0
    if scaling:
        largest = max(space, settings.numbers("net.ipv4.tcp_rmem")[2], settings.get("net.core.rmem_max"))
        scale = min(max(min(largest, clamp).bit_length() - 16, 0), MAX_SCALE)
    segments = route.asks("initrwnd")
    return min(space, segments * mss) if segments else space, scale, min(MAX_WINDOW << scale, clamp)


def opened(conn: Connection) -> None:
    """The handshake is done (tcp_init_buffer_space)."""
    full = full_space(conn)
    conn.window_clamp = min(conn.window_clamp, full)
    conn.slow_start = min(conn.slow_start, conn.window_clamp)
    mss = conn.advertised_mss
    if conn.window_clamp > 2 * mss and conn.window_clamp + mss > full:
        conn.window_clamp = max(2 * mss, full - mss)
    conn.space = min(conn.slow_start, conn.receive_window, INITIAL * mss)
    conn.space_at, conn.space_seq = conn.namespace.scheduler.clock, conn.copied
    per_segment = 256 + (1 << (max(conn.mss_clamp, conn.mss) + 640 - 1).bit_length())
    most = conn.namespace.sysctls.numbers("net.ipv4.tcp_wmem")[2]
    conn.send_buffer = min(max(conn.send_buffer, 2 * INITIAL * per_segment), most)


def full_space(conn: Connection) -> int:
    return conn.receive_buffer * conn.ratio >> 8


def space(conn: Connection) -> int:
    """What is free of the buffer, as bytes of data (tcp_space)."""
    return (conn.receive_buffer - conn.memory) * conn.ratio >> 8


def open_now(conn: Connection) -> int:
    """What the peer may still send of the window that it was told (tcp_receive_window)."""
    left = (conn.acked_up_to + conn.receive_window - conn.expected) & 0xFFFFFFFF
    return left if left < 0x80000000 else 0


def wanted(conn: Connection) -> int:
    """The window that we should like to offer, in bytes (__tcp_select_window)."""
    buffer, ratio, scale = conn.receive_buffer, conn.ratio, conn.receive_scale
    full, free = buffer * ratio >> 8, (buffer - conn.memory) * ratio >> 8
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
    if scale:
        return -(-free >> scale) << scale
    window = conn.receive_window
    if window <= free - mss or window > free:
        return free - free % mss
    return free if mss == most and free > window + (most >> 1) else window


def select(conn: Connection) -> int:
    """The value of the header's window field; a window that was offered is not taken back (tcp_select_window)."""
    now, new, scale = open_now(conn), wanted(conn), conn.receive_scale
    if new < now:
        new = -(-now >> scale) << scale
    if new > MAX_WINDOW << scale:
        new = MAX_WINDOW << scale
    conn.receive_window = new
    conn.acked_up_to = conn.expected
    return new >> scale


def measure(conn: Connection, size: int) -> None:
    """How large the peer's segments are (tcp_measure_rcv_mss)."""
    if size >= conn.segment_size:
        if size != conn.segment_size:
            conn.ratio = max((size << 8) // (size + BUFFER_OVERHEAD), 1)
            conn.window_clamp = full_space(conn)
        conn.segment_size = min(size, conn.advertised_mss)
        return
    conn.pushed_in += 1


def grow(conn: Connection, size: int) -> None:
    """tcp_grow_window: the more comes in whole segments, the more may come."""
    room = min(conn.window_clamp, space(conn)) - conn.slow_start
    if room <= 0 or size < GROWS_FROM:
        return
    if (size + BUFFER_OVERHEAD) * conn.ratio >> 8 <= size:
        more = 2 * conn.advertised_mss
    else:
        truesize, window = (size + BUFFER_OVERHEAD) * conn.ratio >> 9, full_space(conn) >> 1
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
    """What was offered is taken, even if the buffer has to grow for it, up to tcp_rmem (tcp_clamp_window)."""
    if conn.memory > conn.receive_buffer:
        most = conn.namespace.sysctls.numbers("net.ipv4.tcp_rmem")[2]
        conn.receive_buffer = max(conn.receive_buffer, min(conn.memory, most))
    return conn.memory <= conn.receive_buffer


def adjust_space(conn: Connection) -> None:
    """A program that reads fast gets a larger buffer (tcp_rcv_space_adjust, tcp_rcvbuf_grow)."""
    clock, settings = conn.namespace.scheduler.clock, conn.namespace.sysctls
    if not conn.receive_trip or (clock - conn.space_at) // MICROSECOND < conn.receive_trip >> 3:
        return
    copied = ((conn.copied - conn.space_seq) & MASK) - ((conn.expected - conn.copied) & MASK)
    if copied > conn.space:
        old, conn.space = conn.space, copied
        wish = (copied << 1) + 4 * copied * (copied - old) // max(old, 1)
        if conn.early:
            wish += (_end(conn.early[-1]) - conn.expected) & MASK
        buffer = min((wish << 8) // conn.ratio, settings.numbers("net.ipv4.tcp_rmem")[2])
        if buffer > conn.receive_buffer and settings.get("net.ipv4.tcp_moderate_rcvbuf"):
            conn.receive_buffer = buffer
            conn.window_clamp = full_space(conn)
    conn.space_seq, conn.space_at = conn.copied, clock


def _end(early: tuple[int, bytes, bool]) -> int:
    return early[0] + len(early[1]) + early[2]


def is_worth_telling(conn: Connection) -> bool:
    """Whether reading has opened the window so far that the peer should hear of it at once (tcp_cleanup_rbuf)."""
    if conn.shutdown_flags & RECEIVE_SHUTDOWN:
        return False
    now = open_now(conn)
    if 2 * now > conn.window_clamp:
        return False
    new = wanted(conn)
    return bool(new) and new >= 2 * now
