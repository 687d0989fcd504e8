"""Whether the next header looks as foreseen, which changes nothing here and is counted (tp->pred_flags)."""

from __future__ import annotations

from netsandbox.linux.tcp import options
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.sending import buffers
from netsandbox.wire.tcp import ACK, PSH, TcpSegment

NOT_PUSH = ~PSH


def reconsider(conn: Connection) -> None:
    """tcp_fast_path_check."""
    conn.counts.foresees = not conn.early and conn.receive_window > 0 and conn.memory < conn.receive_buffer


def is_foreseen(conn: Connection, segment: TcpSegment) -> bool:
    """What comes next has such a header to the letter, and there is room for the data (tcp_rcv_established)."""
    if (segment.flags & NOT_PUSH != ACK or segment.window << conn.send_scale != conn.send_window
            or len(segment.options) != (options.TIMESTAMP_SIZE if conn.has_stamps else 0)):
        return False
    if segment.data:
        if not buffers.is_reserved(conn, buffers.cost(conn, segment).memory):
            return False
        conn.counts.foreseen += 1
    return True
