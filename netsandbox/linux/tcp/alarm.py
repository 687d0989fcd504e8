"""The timers of a connection: one for what is under way, one for a delayed ACK (net/ipv4/tcp_timer.c arms both so)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import MICROSECOND, SECOND
from netsandbox.linux.tcp.control.rtt import RTO_MAX

if TYPE_CHECKING:
    from netsandbox.linux.tcp.connection import Connection

RETRANSMIT, TAIL, REORDER, PROBE = "retransmit", "tail", "reorder", "probe"
TICK = 4_000_000
PATIENCE = 4  # Retries for which a lab with nobody in front of it still counts as busy
GAP_ACKS = 3  # How many ACKs tell of a gap at once (TCP_FASTRETRANS_THRESH)


def arm(conn: Any, kind: str, delay: int) -> None:
    """Let the one timer of what was sent ring after `delay` nanoseconds, for this reason and no other."""
    scheduler = conn.namespace.scheduler
    if conn.timer is not None:
        scheduler.cancel(conn.timer)
    if delay > RTO_MAX:
        delay = RTO_MAX
    foreground = not conn.orphan and (conn.foreground or conn.retries + conn.probes < PATIENCE)
    conn.timer_kind = kind
    conn.timer_due = scheduler.now + delay
    conn.timer = scheduler.kernel_timer(delay, conn.on_timer, None, foreground)


def disarm(conn: Connection) -> None:
    if conn.timer is not None:
        conn.namespace.scheduler.cancel(conn.timer)
        conn.timer = None
        conn.timer_kind = ""


def rearm(conn: Connection) -> None:
    """tcp_rearm_rto: as long as something is under way, the retransmission timer runs from now."""
    if not conn.sent:
        disarm(conn)
        return
    delay = conn.round_trip.timeout
    if conn.timer_kind in (TAIL, REORDER):
        delay = max(until_timeout(conn), TICK)
    arm(conn, RETRANSMIT, delay)


def until_timeout(conn: Connection) -> int:
    """Nanoseconds until the oldest segment under way is overdue (tcp_rto_delta_us)."""
    return conn.sent[0].at + conn.round_trip.timeout - conn.namespace.scheduler.clock


def arm_tail_probe(conn: Connection, is_anew: bool) -> None:
    """RFC 8985, 7.2: without any ACK the last segment is sent again, long before the timeout."""
    trip = conn.round_trip
    delay = (trip.smoothed >> 2) * MICROSECOND if trip.smoothed else 1_000_000_000
    delay = -(-delay // TICK) * TICK
    delay += trip.floor * MICROSECOND if len(conn.sent) == 1 else 2 * TICK
    left = trip.timeout if is_anew else until_timeout(conn)
    if 0 < left < delay:
        delay = left
    if delay < TICK:
        delay = TICK
    arm(conn, TAIL, delay)


def arm_ack(conn: Any, due: int) -> None:
    """Let the delayed ACK leave at a virtual time (ns), however often its timer was armed before."""
    scheduler = conn.namespace.scheduler
    scheduler.cancel(conn.ack_timer)
    conn.ack_due = due
    conn.ack_timer = scheduler.kernel_timer(max(due - scheduler.now, 0), conn.on_ack_timer, None, True)


def arm_compressed(conn: Any, delay: int) -> None:
    """Let one ACK tell of a gap after `delay` nanoseconds; its clock is finer than the kernel's other timers'."""
    conn.compressed = conn.namespace.scheduler.after(delay, conn.on_compressed, None, True)


def disarm_ack(conn: Connection) -> None:
    if conn.ack_timer is not None:
        conn.namespace.scheduler.cancel(conn.ack_timer)
        conn.ack_timer = None
    if conn.compressed is not None:
        conn.namespace.scheduler.cancel(conn.compressed)
        conn.compressed = None
        conn.gap_acks = min(conn.gap_acks, GAP_ACKS)


def arm_keepalive(conn: Any, delay: int) -> None:
    """Let the peer be asked after `delay` nanoseconds whether it is still there."""
    disarm_keepalive(conn)
    conn.keepalive_due = conn.namespace.scheduler.now + delay
    conn.keepalive_timer = conn.namespace.scheduler.kernel_timer(delay, conn.on_keepalive_timer)


def await_peer(conn: Connection) -> None:
    """Where keepalive is asked for, begin to wait for the time when the peer has been silent for too long."""
    if conn.keepalive is not None:
        arm_keepalive(conn, keepalive_time(conn))


def keepalive_time(conn: Connection) -> int:
    """keepalive_time_when, in nanoseconds."""
    own = conn.keepalive.idle if conn.keepalive is not None else 0
    return (own or conn.namespace.sysctls.get("net.ipv4.tcp_keepalive_time")) * SECOND


def disarm_keepalive(conn: Connection) -> None:
    conn.namespace.scheduler.cancel(conn.keepalive_timer)
    conn.keepalive_timer = None


def disarm_all(conn: Connection) -> None:
    disarm(conn)
    disarm_ack(conn)
    disarm_keepalive(conn)
