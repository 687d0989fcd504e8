"""What is lost, by the times at which segments left: RACK (RFC 8985; net/ipv4/tcp_recovery.c)."""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND
from netsandbox.linux.tcp import alarm
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control.rtt import TIMEOUT_MIN
from netsandbox.linux.tcp.state import Recovery, Sent
from netsandbox.wire.sequence import MASK, after, before, distance

NO_COUNT = 4  # A bit of tcp_recovery: the number of segments behind a gap does not count (TCP_RACK_NO_DUPTHRESH)
MOST_REORDERING = "net.ipv4.tcp_max_reordering"


def advance(conn: Connection, segment: Sent) -> None:
    """Of what has arrived, remember the segment that left last (tcp_rack_advance)."""
    trip = (conn.namespace.scheduler.clock - segment.at) // MICROSECOND
    if segment.ever_again and trip < (conn.round_trip.least or 0):
        return
    conn.rack.advanced = True
    conn.rack.trip = trip
    if segment.at > conn.rack.at or (segment.at == conn.rack.at and after(segment.end, conn.rack.end)):
        conn.rack.at, conn.rack.end = segment.at, segment.end


def _window(conn: Connection) -> int:
    """Microseconds by which segments may overtake each other (tcp_rack_reo_wnd)."""
    if not conn.rack.seen:
        counts = not conn.namespace.sysctls.get("net.ipv4.tcp_recovery") & NO_COUNT
        if conn.recovery >= Recovery.RECOVERY or (conn.sacked_out >= conn.rack.reordering and counts):
            return 0
    return min((conn.round_trip.least or 0) >> 2, conn.round_trip.smoothed >> 3)


def overdue(conn: Connection, segment: Sent, window: int) -> int:
    """Microseconds after which a segment counts as lost; none are left when it does now (tcp_rack_skb_timeout)."""
    return conn.rack.trip + window - (conn.namespace.scheduler.clock - segment.at) // MICROSECOND


def mark_lost(conn: Connection, segment: Sent) -> None:
    """tcp_mark_skb_lost: what was sent again is lost once more."""
    if segment.sacked:
        return
    if not segment.lost:
        segment.lost = True
        conn.lost_out += 1
    elif segment.again:
        segment.again = False
        conn.again_out -= 1
        conn.namespace.count("TcpExtTCPLostRetransmit")
    else:
        return
    conn.losses += 1


def detect(conn: Connection) -> int:
    """Whatever left long enough before something that has arrived is lost; microseconds until the rest may be."""
    window, wait = _window(conn), 0
    for segment in conn.sent:
        if (segment.lost and not segment.again) or segment.sacked:
            continue
        if segment.at > conn.rack.at or (segment.at == conn.rack.at and not after(conn.rack.end, segment.end)):
            continue
        left = overdue(conn, segment, window)
        if left <= 0:
            mark_lost(conn, segment)
        else:
            wait = max(wait, left)
    return wait


def look(conn: Connection) -> bool:
    """tcp_rack_mark_lost: only where an ACK has brought news; True when a timer waits for the rest."""
    if not conn.rack.advanced:
        return False
    conn.rack.advanced = False
    wait = detect(conn)
    if wait:
        alarm.arm(conn, alarm.REORDER, -(-wait * MICROSECOND // alarm.TICK) * alarm.TICK + TIMEOUT_MIN)
    return bool(wait)


def highest_sacked(conn: Connection) -> int:
    """Where what the peer has behind gaps ends (tcp_highest_sack_seq)."""
    return next((segment.end for segment in reversed(conn.sent) if segment.sacked), conn.una)


def note_reordering(conn: Connection, low: int, highest: int) -> None:
    """Something below what had arrived has arrived without being sent again (tcp_check_sack_reordering)."""
    if not before(low, highest):
        return
    conn.namespace.count("TcpExtTCPSACKReorder")
    metric, mss = distance(highest & MASK, low), max(conn.mss, 1)
    if metric > conn.rack.reordering * mss:
        conn.rack.reordering = min(-(-metric // mss), conn.namespace.sysctls.get(MOST_REORDERING))
    conn.rack.seen += 1


def is_high(conn: Connection) -> bool:
    """Segments overtake each other so much that any arrival lets the window grow (tcp_may_raise_cwnd)."""
    return conn.rack.reordering > int(conn.namespace.sysctls.get("net.ipv4.tcp_reordering"))
