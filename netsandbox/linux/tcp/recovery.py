"""What is lost, and how much may leave meanwhile: RACK (RFC 8985), fast recovery with PRR (RFC 6937), timeouts.

net/ipv4/tcp_input.c tcp_fastretrans_alert and net/ipv4/tcp_recovery.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MICROSECOND
from netsandbox.linux.tcp import alarm, output
from netsandbox.linux.tcp.rtt import TIMEOUT_MIN
from netsandbox.linux.tcp.sequence import after, before
from netsandbox.linux.tcp.state import Recovery, Sent, TcpState

if TYPE_CHECKING:
    from netsandbox.linux.tcp.state import Connection

DUPLICATES = 3
"""TCP_FASTRETRANS_THRESH: ACKs for the same byte after which it is taken to be lost."""


class Ack:
    """What an ACK did, as bits of a number (FLAG_* of tcp_input.c)."""

    NOTHING = 0
    DATA = 1
    WINDOW = 2
    DATA_ACKED = 4
    RETRANSMITTED = 8
    SYN_ACKED = 16
    SACKED = 32
    ADVANCED = 64
    TWICE = 128
    """The peer got something twice (DSACK)."""
    ORIGINAL = 256
    """Something that was sent once only has arrived."""
    TIMER = 512


NOT_DUPLICATE = Ack.DATA | Ack.WINDOW | Ack.DATA_ACKED | Ack.SYN_ACKED
"""An ACK that did none of these is a duplicate."""


def rack_advance(conn: Connection, segment: Sent, end: int) -> None:
    """Of what has arrived, remember the segment that left last (tcp_rack_advance)."""
    now = conn.namespace.scheduler.clock
    trip = (now - segment.at) // MICROSECOND
    if segment.ever_again and trip < (conn.round_trip.least or 0):
        return
    conn.rack_rtt = trip
    if segment.at > conn.rack_at or (segment.at == conn.rack_at and after(end, conn.rack_end)):
        conn.rack_at, conn.rack_end = segment.at, end


def _reorder_window(conn: Connection) -> int:
    """Microseconds by which segments may overtake each other (tcp_rack_reo_wnd)."""
    if not conn.reordering_seen and (conn.recovery >= Recovery.RECOVERY or conn.sacked_out >= DUPLICATES):
        return 0
    return min((conn.round_trip.least or 0) >> 2, conn.round_trip.smoothed >> 3)


def mark_lost(conn: Connection, segment: Sent) -> None:
    if segment.sacked:
        return
    if segment.again:
        segment.again = False
        conn.again_out -= 1
    if not segment.lost:
        segment.lost = True
        conn.lost_out += 1


def rack_mark_lost(conn: Connection) -> bool:
    """Whatever left long enough before something that has arrived is lost; True when a timer waits for the rest."""
    if not conn.rack_at:
        return False
    now, window, wait = conn.namespace.scheduler.clock, _reorder_window(conn), 0
    for segment in conn.sent:
        if (segment.lost and not segment.again) or segment.sacked:
            continue
        if segment.at > conn.rack_at or (segment.at == conn.rack_at and not after(conn.rack_end, segment.end)):
            continue
        left = conn.rack_rtt + window - (now - segment.at) // MICROSECOND
        if left <= 0:
            mark_lost(conn, segment)
        else:
            wait = max(wait, left)
    if wait:
        alarm.arm(conn, alarm.REORDER, -(-wait * MICROSECOND // alarm.TICK) * alarm.TICK + TIMEOUT_MIN)
    return bool(wait)


def _identify(conn: Connection, flag: int) -> tuple[int, bool]:
    """tcp_identify_packet_loss: (flag, whether a retransmission was lost too)."""
    if not conn.sent:
        return flag, False
    if not conn.has_sack:
        _newreno_mark_lost(conn, bool(flag & Ack.ADVANCED))
        return flag, False
    under_way = conn.again_out
    if rack_mark_lost(conn):
        flag &= ~Ack.TIMER
    return flag, under_way > conn.again_out


def _newreno_mark_lost(conn: Connection, advanced: bool) -> None:
    """Without SACK: three duplicate ACKs, or a partial one (RFC 6582)."""
    if (conn.recovery < Recovery.RECOVERY and conn.sacked_out >= DUPLICATES) or (
            conn.recovery is Recovery.RECOVERY and advanced):
        mark_lost(conn, conn.sent[0])


def _begin_reduction(conn: Connection) -> None:
    """tcp_init_cwnd_reduction."""
    conn.high_seq = conn.nxt
    conn.probe_end = None
    conn.prr_delivered = conn.prr_out = 0
    conn.congestion.shrink(conn.namespace.scheduler.clock)


def enter_recovery(conn: Connection) -> None:
    conn.undo_marker = conn.una
    if conn.recovery < Recovery.CWR:
        _begin_reduction(conn)
    conn.recovery = Recovery.RECOVERY


def end_reduction(conn: Connection) -> None:
    state = conn.congestion
    if state.threshold < 0x7FFFFFFF and (conn.recovery is Recovery.CWR or conn.undo_marker):
        state.window = state.threshold


def reduce(conn: Connection, delivered: int, lost: int, flag: int) -> None:
    """Proportional rate reduction (tcp_cwnd_reduction)."""
    if delivered <= 0:
        return
    state, flight = conn.congestion, conn.in_flight
    conn.prr_delivered += delivered
    room = state.threshold - flight
    if room < 0:
        count = -(-state.threshold * conn.prr_delivered // max(state.prior, 1)) - conn.prr_out
    else:
        count = max(conn.prr_delivered - conn.prr_out, delivered)
        count = min(room, count + bool(flag & Ack.ADVANCED and not lost))
    state.window = flight + max(count, 0 if conn.prr_out else 1)


def _undo(conn: Connection) -> None:
    """Nothing was lost after all: the window from before (tcp_undo_cwnd_reduction)."""
    for segment in conn.sent:
        segment.lost = False
    conn.lost_out = 0
    state = conn.congestion
    state.window = max(state.window, state.prior)
    state.threshold = 0x7FFFFFFF if state.threshold == 0x7FFFFFFF else max(state.threshold, state.prior)
    conn.undo_marker = 0


def _was_delayed(conn: Connection) -> bool:
    """The ACK answers the original, not what was sent again (tcp_packet_delayed; RFC 3522, Eifel)."""
    return bool(conn.retry_since and conn.has_stamps and conn.echoed_stamp
                and before(conn.echoed_stamp, conn.retry_since))


def _try_undo(conn: Connection) -> bool:
    if conn.undo_marker and _was_delayed(conn):
        _undo(conn)
        return True
    return False


def _recovered(conn: Connection) -> bool:
    """Everything up to high_seq has arrived (tcp_try_undo_recovery); True to hold the state (only without SACK)."""
    _try_undo(conn)
    if conn.una == conn.high_seq and not conn.has_sack:
        return True
    conn.recovery = Recovery.OPEN
    conn.undo_marker = 0
    conn.retry_since = 0
    return False


def alert(conn: Connection, flag: int, duplicates: int) -> tuple[int, bool]:
    """Look at an ACK that is not ordinary (tcp_fastretrans_alert): (flag, whether lost segments leave now)."""
    if not conn.sent:
        conn.sacked_out = 0
    if conn.recovery is not Recovery.OPEN and not before(conn.una, conn.high_seq):
        if conn.recovery is Recovery.CWR and conn.una != conn.high_seq:
            end_reduction(conn)
            conn.recovery = Recovery.OPEN
        elif conn.recovery is Recovery.RECOVERY:
            if not conn.has_sack:
                conn.sacked_out = 0
            end_reduction(conn)
            if _recovered(conn):
                return flag, False
    if conn.recovery is Recovery.RECOVERY:
        if not flag & Ack.ADVANCED and not conn.has_sack:
            conn.sacked_out += duplicates
        flag, _lost = _identify(conn, flag)
        return flag, True
    if conn.recovery is Recovery.LOSS:
        again = _process_loss(conn, flag)
        flag, lost_again = _identify(conn, flag)
        if again is not None and not lost_again:
            return flag, again
    return _look_for_loss(conn, flag, duplicates)


def _look_for_loss(conn: Connection, flag: int, duplicates: int) -> tuple[int, bool]:
    if not conn.has_sack:
        conn.sacked_out = (0 if flag & Ack.ADVANCED else conn.sacked_out) + duplicates
    flag, _lost = _identify(conn, flag)
    if not conn.lost_out:
        if conn.recovery <= Recovery.DISORDER:
            conn.recovery = Recovery.DISORDER if conn.sacked_out else Recovery.OPEN
            conn.high_seq = conn.nxt
        return flag, False
    enter_recovery(conn)
    return flag, True


def _process_loss(conn: Connection, flag: int) -> bool | None:
    """After a timeout (tcp_process_loss): whether what is lost leaves again; None when nothing was lost after all."""
    recovered = not before(conn.una, conn.high_seq)
    if flag & Ack.ADVANCED and _try_undo(conn):
        conn.recovery = Recovery.OPEN
        conn.retries = 0
        return None
    if recovered:
        _recovered(conn)
        return False
    if not conn.has_sack and flag & Ack.ADVANCED:
        conn.sacked_out = 0
    return True


def enter_loss(conn: Connection) -> None:
    """The timer has gone off: all that left a round trip ago is lost, and slow start begins anew (tcp_enter_loss)."""
    now = conn.namespace.scheduler.clock
    if not conn.has_sack:
        conn.sacked_out = 0
    for place, segment in enumerate(conn.sent):
        recent = conn.has_sack and place and conn.rack_rtt - (now - segment.at) // MICROSECOND > 0
        if not recent:
            mark_lost(conn, segment)
    state = conn.congestion
    if conn.recovery <= Recovery.DISORDER or not after(conn.high_seq, conn.una) or (
            conn.recovery is Recovery.LOSS and not conn.retries):
        state.shrink(now)
        conn.undo_marker = conn.una
    state.window = conn.in_flight + 1
    conn.recovery = Recovery.LOSS
    conn.high_seq = conn.nxt
    conn.probe_end = None


def resend_lost(conn: Connection, why: str = "fast") -> None:
    """Send again what is marked lost, as the window lets it (tcp_xmit_retransmit_queue)."""
    if conn.state is TcpState.SYN_SENT:
        return
    place, rearms = 0, False
    while place < len(conn.sent):
        segment = conn.sent[place]
        if segment.lost and not segment.again:
            if conn.congestion.window <= conn.in_flight or not output.retransmit(conn, place, why):
                break
            if conn.recovery in (Recovery.CWR, Recovery.RECOVERY):
                conn.prr_out += 1
            rearms = rearms or (place == 0 and conn.timer_kind != alarm.REORDER)
        place += 1
    if rearms:
        alarm.arm(conn, alarm.RETRANSMIT, conn.round_trip.timeout)


def take_probe_answer(conn: Connection, ack: int, flag: int) -> None:
    """What the tail loss probe found (tcp_process_tlp_ack)."""
    end = conn.probe_end
    if end is None or before(ack, end):
        return
    if not conn.probe_is_again or flag & Ack.TWICE:
        conn.probe_end = None
    elif after(ack, end):
        _begin_reduction(conn)
        conn.recovery = Recovery.CWR
        end_reduction(conn)
        conn.recovery = Recovery.DISORDER if conn.sacked_out else Recovery.OPEN
    elif not flag & Ack.ADVANCED and not flag & NOT_DUPLICATE and not flag & Ack.SACKED:
        conn.probe_end = None
