"""How much may leave while something is missing: fast recovery, timeouts, F-RTO (RFC 5682).

net/ipv4/tcp_input.c tcp_fastretrans_alert.  What is lost is in rack.py, what was not in undo.py, and
how much leaves meanwhile in reduction.py.
"""

from __future__ import annotations

from netsandbox.linux.tcp import alarm
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ack_bits, ecn, hystart, rack, reduction, undo
from netsandbox.linux.tcp.sending import burst, output, path_search, resend
from netsandbox.linux.tcp.sending.transmit import current_mss
from netsandbox.linux.tcp.state import Recovery, TcpState
from netsandbox.wire.sequence import after, before

NONE, LOST, NEW = 0, 1, 2  # What leaves now: nothing in particular, what is lost, or new data first (REXMIT_*)


def _identify(conn: Connection, flag: int) -> int:
    """tcp_identify_packet_loss."""
    if not conn.sent:
        return flag
    if not conn.has_sack:
        _newreno_mark_lost(conn, bool(flag & ack_bits.ADVANCED))
        return flag
    under_way = conn.again_out
    if rack.look(conn):
        flag &= ~ack_bits.TIMER
    return flag | (ack_bits.LOST_AGAIN if under_way > conn.again_out else ack_bits.NOTHING)


def _newreno_mark_lost(conn: Connection, advanced: bool) -> None:
    """Without SACK: three duplicate ACKs, or a partial one (RFC 6582)."""
    if ((conn.recovery < Recovery.RECOVERY and conn.sacked_out >= conn.rack.reordering) or (
            conn.recovery is Recovery.RECOVERY and advanced)) and not conn.sent[0].lost:
        rack.mark_lost(conn, conn.sent[0])


def add_duplicates(conn: Connection, count: int) -> None:
    """Without SACK each duplicate ACK tells of one segment behind the gap (tcp_add_reno_sack)."""
    if not count:
        return
    prior = conn.sacked_out
    conn.sacked_out += count
    _check_reno_reordering(conn, 0)
    conn.delivered += max(conn.sacked_out - prior, 0)


def take_duplicates_back(conn: Connection, acked: int) -> None:
    """One segment has filled the gap, and the others are those of the duplicate ACKs (tcp_remove_reno_sacks)."""
    if acked > 0:
        conn.delivered += max(acked - conn.sacked_out, 1)
        conn.sacked_out = max(conn.sacked_out - (acked - 1), 0)
    _check_reno_reordering(conn, acked)


def _check_reno_reordering(conn: Connection, more: int) -> None:
    """More duplicate ACKs than segments are under way: they have overtaken each other (tcp_limit_reno_sacked)."""
    holes = min(max(conn.lost_out, 1), len(conn.sent))
    if conn.sacked_out + holes > len(conn.sent):
        conn.sacked_out = len(conn.sent) - holes
        conn.rack.reordering = min(len(conn.sent) + more, conn.namespace.sysctls.get(rack.MOST_REORDERING))
        conn.rack.seen += 1
        conn.namespace.count("TcpExtTCPRenoReorder")


def enter_recovery(conn: Connection, is_marked: bool = False) -> None:
    """tcp_enter_recovery."""
    undo.forget_retries(conn)
    conn.namespace.count("TcpExtTCPSackRecovery" if conn.has_sack else "TcpExtTCPRenoRecovery")
    state = conn.congestion
    prior, state.prior_threshold = state.present_threshold, 0
    undo.begin(conn)
    if conn.recovery not in (Recovery.CWR, Recovery.RECOVERY):
        state.prior_threshold = 0 if is_marked else prior
        reduction.begin(conn)
    conn.recovery = Recovery.RECOVERY


def alert(conn: Connection, flag: int, duplicates: int) -> tuple[int, int]:
    """Look at an ACK that is not ordinary (tcp_fastretrans_alert): (flag, what leaves now)."""
    if not conn.sent:
        conn.sacked_out = 0
    if flag & ack_bits.MARKED:
        conn.congestion.prior_threshold = 0
    if conn.recovery is Recovery.OPEN:
        conn.retry_since = 0
    elif not before(conn.una, conn.high_seq) and _ends(conn):
        return flag, NONE
    if conn.recovery is Recovery.RECOVERY:
        return _go_on(conn, flag, duplicates)
    if conn.recovery is not Recovery.LOSS:
        return _look_for_loss(conn, flag, duplicates)
    leaves = _process_loss(conn, flag, duplicates)
    flag = _identify(conn, flag)
    if _is_open(conn) or flag & ack_bits.LOST_AGAIN:
        return _look_for_loss(conn, flag, duplicates)
    return flag, leaves


def _is_open(conn: Connection) -> bool:
    return conn.recovery is Recovery.OPEN


def _ends(conn: Connection) -> bool:
    """high_seq has arrived; True when the state is held all the same."""
    if conn.recovery is Recovery.CWR and conn.una != conn.high_seq:
        reduction.end(conn)
        conn.recovery = Recovery.OPEN
    elif conn.recovery is Recovery.RECOVERY:
        if not conn.has_sack:
            conn.sacked_out = 0
        if undo.after_recovery(conn):
            return True
        reduction.end(conn)
    return False


def _go_on(conn: Connection, flag: int, duplicates: int) -> tuple[int, int]:
    """In fast recovery."""
    if not flag & ack_bits.ADVANCED:
        if not conn.has_sack:
            add_duplicates(conn, duplicates)
    elif undo.partial(conn):
        return flag, NONE
    if undo.by_duplicates(conn):
        _try_to_open(conn, flag)
    flag = _identify(conn, flag)
    if conn.recovery is not Recovery.RECOVERY:
        if not conn.lost_out:
            return flag, NONE
        enter_recovery(conn, bool(flag & ack_bits.MARKED))
    return flag, LOST


def _try_to_open(conn: Connection, flag: int) -> None:
    """tcp_try_to_open."""
    undo.forget_retries(conn)
    if flag & ack_bits.MARKED:
        reduction.enter(conn)
    if conn.recovery is not Recovery.CWR:
        undo.keep_open(conn)


def _look_for_loss(conn: Connection, flag: int, duplicates: int) -> tuple[int, int]:
    if not conn.has_sack:
        if flag & ack_bits.ADVANCED:
            conn.sacked_out = 0
        add_duplicates(conn, duplicates)
    if conn.recovery <= Recovery.DISORDER:
        undo.by_duplicates(conn)
    flag = _identify(conn, flag)
    if not conn.lost_out:
        _try_to_open(conn, flag)
        return flag, NONE
    if path_search.has_failed(conn):
        send_smaller(conn)
        return flag, NONE
    enter_recovery(conn, bool(flag & ack_bits.MARKED))
    return flag, LOST


def send_smaller(conn: Connection) -> bool:
    """What is too large for the path is lost, which says nothing of congestion (tcp_simple_retransmit); if anything."""
    resend.cut_anew(conn, current_mss(conn))
    if not conn.lost_out:
        return False
    if conn.recovery is not Recovery.LOSS:
        conn.high_seq = conn.nxt
        if conn.recovery not in (Recovery.CWR, Recovery.RECOVERY):
            conn.congestion.threshold = conn.congestion.present_threshold
        conn.congestion.prior_threshold = conn.undo_marker = 0
        _begin_curve_anew(conn)
        conn.recovery = Recovery.LOSS
    resend_lost(conn, "mtu")
    return True


def _process_loss(conn: Connection, flag: int, duplicates: int) -> int:
    """After a timeout (tcp_process_loss): what leaves now."""
    recovered = not before(conn.una, conn.high_seq)
    if flag & ack_bits.ADVANCED and undo.loss(conn, False):
        return NONE
    if conn.forward:
        if flag & ack_bits.ORIGINAL and undo.loss(conn, True):
            return NONE
        if after(conn.nxt, conn.high_seq):
            conn.forward = not (flag & ack_bits.SACKED or duplicates)
        elif flag & ack_bits.ADVANCED and not recovered:
            conn.high_seq = conn.nxt
            if conn.unsent and after(burst.window_end(conn), conn.nxt):
                return NEW
            conn.forward = False
    if recovered:
        undo.after_recovery(conn)
        return NONE
    if not conn.has_sack:
        if after(conn.nxt, conn.high_seq) and duplicates:
            add_duplicates(conn, duplicates)
        elif flag & ack_bits.ADVANCED:
            conn.sacked_out = 0
    return LOST


def enter_loss(conn: Connection) -> None:
    """The timer has gone off: all that left a round trip ago is lost, and slow start begins anew (tcp_enter_loss)."""
    was_well = conn.recovery < Recovery.RECOVERY
    if not conn.has_sack:
        conn.sacked_out = 0
    for place, segment in enumerate(conn.sent):
        if not (conn.has_sack and place and rack.overdue(conn, segment, 0) > 0):
            rack.mark_lost(conn, segment)
    state = conn.congestion
    if conn.recovery <= Recovery.DISORDER or not after(conn.high_seq, conn.una) or (
            conn.recovery is Recovery.LOSS and not conn.retries):
        in_reduction = conn.recovery in (Recovery.CWR, Recovery.RECOVERY)
        state.prior_threshold = state.threshold if in_reduction else state.present_threshold
        state.shrink()
        undo.begin(conn)
    state.window = conn.in_flight + 1
    _begin_curve_anew(conn)
    conn.recovery = Recovery.LOSS
    conn.high_seq = conn.nxt
    conn.probe_end = None
    ecn.owe(conn)
    conn.forward = bool(conn.namespace.sysctls.get("net.ipv4.tcp_frto")) and (was_well or conn.retries > 0)


def _begin_curve_anew(conn: Connection) -> None:
    """CUBIC forgets what it knew (cubictcp_state)."""
    cubic = conn.congestion.cubic
    if cubic is not None:
        cubic.reset()
        hystart.begin(conn, cubic)


def leave(conn: Connection, what: int) -> None:
    """tcp_xmit_recovery."""
    if what == NONE or conn.state is TcpState.SYN_SENT:
        return
    if what == NEW:
        output.push(conn, is_nagle_off=True)
        if after(conn.nxt, conn.high_seq):
            return
        conn.forward = False
    resend_lost(conn, "timeout" if conn.recovery is Recovery.LOSS else "fast")


def resend_lost(conn: Connection, why: str = "fast") -> None:
    """Send again what is marked lost, as the window lets it (tcp_xmit_retransmit_queue).

    As in `output.write`, a program's bursts leave one by one: `resends` says that there may be more. What an ICMP
    error has cut anew leaves at once, as the socket is just being let go (tcp_release_cb).
    """
    place, rearms, last, mss = 0, False, -1, current_mss(conn)
    conn.resends = ""
    while place < len(conn.sent):
        segment = conn.sent[place]
        if segment.lost and not segment.again:
            room = conn.congestion.window - conn.in_flight
            if room <= 0:
                break
            begins = place > last
            if begins and len(segment.data) > mss:
                resend.recut(conn, place, mss)
            last = _last_of_burst(conn, place, room) if begins else last
            in_burst = not begins or last > place
            if resend.retransmit(conn, place, why, in_burst, in_burst and place == last):
                break
            is_slow = conn.recovery is Recovery.LOSS
            conn.namespace.count(f"TcpExtTCP{'SlowStart' if is_slow else 'Fast'}Retrans")
            if conn.recovery in (Recovery.CWR, Recovery.RECOVERY):
                conn.prr_out += 1
            rearms = rearms or (place == 0 and conn.timer_kind != alarm.REORDER)
            if place == last and why != "mtu" and conn.owned and conn.namespace.scheduler.in_process:
                conn.resends = why
                break
        place += 1
    if rearms:
        alarm.arm(conn, alarm.RETRANSMIT, conn.round_trip.timeout)


def _last_of_burst(conn: Connection, place: int, room: int) -> int:
    """The segments from a place on that left as one leave so again, as many as the window takes: the last of them."""
    last = place
    while (not conn.sent[last].ends and last + 1 < len(conn.sent) and last - place + 1 < room
           and conn.sent[last + 1].lost and not conn.sent[last + 1].again):
        last += 1
    conn.sent[last].ends = True
    return last


def take_probe_answer(conn: Connection, ack: int, flag: int) -> None:
    """What the tail loss probe found (tcp_process_tlp_ack)."""
    end = conn.probe_end
    if end is None or before(ack, end):
        return
    if not conn.probe_is_again or flag & ack_bits.TWICE_PROBE:
        conn.probe_end = None
    elif after(ack, end):
        reduction.begin(conn)
        conn.recovery = Recovery.CWR
        reduction.end(conn)
        undo.keep_open(conn)
        conn.namespace.count("TcpExtTCPLossProbeRecovery")
    elif not flag & (ack_bits.ADVANCED | ack_bits.NOT_DUPLICATE | ack_bits.SACKED):
        conn.probe_end = None
