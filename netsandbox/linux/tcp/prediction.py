"""Whether the next header looks as foreseen, which changes nothing here and is counted (tp->pred_flags)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.tcp import buffers, options
from netsandbox.wire.sequence import after, distance
from netsandbox.wire.tcp import ACK, PSH

if TYPE_CHECKING:
    from netsandbox.linux.tcp.options import Options
    from netsandbox.linux.tcp.state import Connection
    from netsandbox.wire.tcp import TcpSegment


def reconsider(conn: Connection) -> None:
    """tcp_fast_path_check."""
    conn.counts.foresees = not conn.early and conn.receive_window > 0 and conn.memory < conn.receive_buffer


def is_foreseen(conn: Connection, segment: TcpSegment, said: Options) -> bool:
    """The header is so to the letter, and there is room for the data (tcp_rcv_established)."""
    if (not conn.counts.foresees or segment.flags & ~PSH != ACK or segment.seq != conn.expected
            or after(segment.ack, conn.nxt) or segment.window << conn.send_scale != conn.send_window
            or len(segment.options) != options.TIMESTAMP_SIZE * conn.has_stamps):
        return False
    if said.stamp is not None and distance(said.stamp[0], conn.recent_stamp) < 0:
        return False
    if segment.data:
        if not buffers.is_reserved(conn, buffers.cost(conn, segment).memory):
            return False
        conn.counts.foreseen += 1
    return True
