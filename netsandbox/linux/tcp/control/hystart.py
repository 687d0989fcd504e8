"""HyStart: slow start ends before anything is lost, when the way is seen to be full (tcp_cubic.c hystart_update).

Two signs: the ACKs of one round come one upon the other for half a round trip, or round trips have become longer.
"""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND
from netsandbox.engine.wheel import TICK
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control.cubic import HZ, Cubic
from netsandbox.linux.tcp.sending.burst import pacing_rate
from netsandbox.wire.sequence import after

LEAST_WINDOW, SAMPLES = 16, 8
GAP = 2000  # Microseconds between two ACKs of one train
LEAST_DELAY, MOST_DELAY = 4000, 16000
ALLOWANCE, LONGEST = 4 * 65536, 1000
"""What a train may last longer: what so many bytes take, at most so many microseconds."""


def begin(conn: Connection, cubic: Cubic) -> None:
    """A new round (bictcp_hystart_reset)."""
    cubic.round_began = cubic.last_ack = conn.namespace.scheduler.clock // MICROSECOND
    cubic.round_end, cubic.trip, cubic.samples = conn.nxt, None, 0


def take(conn: Connection, cubic: Cubic, trip: int) -> None:
    """An ACK has told of a round trip, in microseconds (cubictcp_acked)."""
    if cubic.epoch is not None and conn.namespace.scheduler.now // TICK - cubic.epoch < HZ:
        return
    trip = max(trip, 1)
    if not cubic.least or cubic.least > trip:
        cubic.least = trip
    state = conn.congestion
    if cubic.has_left or not state.in_slow_start:
        return
    if after(conn.una, cubic.round_end):
        begin(conn, cubic)
    if state.window >= LEAST_WINDOW:
        if _is_train(conn, cubic):
            _leave(conn, cubic, "Train")
        if _is_slower(cubic, trip):
            _leave(conn, cubic, "Delay")


def _leave(conn: Connection, cubic: Cubic, why: str) -> None:
    cubic.has_left = True
    conn.namespace.count(f"TcpExtTCPHystart{why}Detect")
    conn.namespace.count(f"TcpExtTCPHystart{why}Cwnd", conn.congestion.window)
    conn.congestion.threshold = conn.congestion.window


def _is_train(conn: Connection, cubic: Cubic) -> bool:
    now = conn.namespace.scheduler.clock // MICROSECOND
    if now - cubic.last_ack > GAP:
        return False
    cubic.last_ack = now
    allowed = cubic.least + min(ALLOWANCE * 1_000_000 // max(pacing_rate(conn, conn.mss), 1), LONGEST)
    return now - cubic.round_began > allowed >> 1


def _is_slower(cubic: Cubic, trip: int) -> bool:
    if cubic.trip is None or cubic.trip > trip:
        cubic.trip = trip
    if cubic.samples < SAMPLES:
        cubic.samples += 1
        return False
    return cubic.trip > cubic.least + min(max(cubic.least >> 3, LEAST_DELAY), MOST_DELAY)
