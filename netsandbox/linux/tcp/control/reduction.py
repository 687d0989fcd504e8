"""How the congestion window gets smaller after a loss: proportional rate reduction (RFC 6937; tcp_cwnd_reduction)."""

from __future__ import annotations

from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ecn
from netsandbox.linux.tcp.control.congestion import NEVER
from netsandbox.linux.tcp.state import Recovery


def begin(conn: Connection) -> None:
    """tcp_init_cwnd_reduction."""
    conn.high_seq = conn.nxt
    conn.probe_end = None
    conn.prr_delivered = conn.prr_out = 0
    conn.congestion.shrink()
    ecn.owe(conn)


def enter(conn: Connection) -> None:
    """This host itself could not send, or a mark came: the window shrinks, though nothing is lost (tcp_enter_cwr)."""
    conn.congestion.prior_threshold = 0
    if conn.recovery < Recovery.CWR:
        conn.undo_marker = 0
        begin(conn)
        conn.recovery = Recovery.CWR


def end(conn: Connection) -> None:
    """tcp_end_cwnd_reduction."""
    state = conn.congestion
    if state.threshold < NEVER and (conn.recovery is Recovery.CWR or conn.undo_marker):
        state.window = state.threshold


def step(conn: Connection, delivered: int, lost: int, advanced: bool) -> None:
    """What an ACK that tells of `delivered` segments lets leave (tcp_cwnd_reduction)."""
    if delivered <= 0:
        return
    state, flight = conn.congestion, conn.in_flight
    conn.prr_delivered += delivered
    room = state.threshold - flight
    if room < 0:
        count = -(-state.threshold * conn.prr_delivered // max(state.prior, 1)) - conn.prr_out
    else:
        count = max(conn.prr_delivered - conn.prr_out, delivered)
        count = min(room, count + (advanced and not lost))
    state.window = flight + max(count, 0 if conn.prr_out else 1)
