"""The round trip as the receiver sees it, which says how soon its buffer may grow (struct tcp_sock, rcv_rtt_est).

What Linux 6.18 does: a program that reads fast within such a trip gets a larger buffer (window.adjust_space).
"""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.sending.transmit import stamp_now
from netsandbox.wire.sequence import MASK, before


def by_window(conn: Connection) -> None:
    """A window's worth of data has come since the last look (tcp_rcv_rtt_measure)."""
    clock = conn.namespace.scheduler.clock
    if conn.trip_at is not None:
        if before(conn.expected, conn.trip_seq):
            return
        _update(conn, max((clock - conn.trip_at) // MICROSECOND, 1), by_window=True)
    conn.trip_seq, conn.trip_at = (conn.expected + conn.receive_window) & MASK, clock


def by_stamp(conn: Connection, size: int) -> None:
    """A whole segment echoes a timestamp for the first time; less than a millisecond tells nothing
    (tcp_rcv_rtt_measure_ts) (size: of the segment, in sequence numbers)."""
    if conn.echoed_stamp == conn.trip_stamp:
        return
    conn.trip_stamp = conn.echoed_stamp
    passed = (stamp_now(conn.namespace, conn.stamp_offset) - conn.echoed_stamp) & MASK
    if size >= conn.segment_size and 0 < passed <= MASK >> 11:
        _update(conn, passed * 1000, by_window=False)


def _update(conn: Connection, sample: int, by_window: bool) -> None:
    """tcp_rcv_rtt_update: the shortest counts; longer ones (microseconds) only while nothing waits to be read."""
    old = conn.receive_trip
    if not old or sample << 3 < old:
        conn.receive_trip = sample << 3
    elif not by_window and conn.expected == conn.copied:
        conn.receive_trip = old - (old >> 3) + sample
