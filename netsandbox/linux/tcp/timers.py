"""What happens when a timer of a connection rings (net/ipv4/tcp_timer.c)."""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND, MILLISECOND, SECOND
from netsandbox.linux.tcp import alarm
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ack, rack, recovery, reduction
from netsandbox.linux.tcp.control.congestion import NEVER
from netsandbox.linux.tcp.control.rtt import RTO_INITIAL, RTO_MAX, RTO_MIN_US
from netsandbox.linux.tcp.events import TcpKeepaliveEnded, TcpResetSent, TcpRetransmitted, TcpSegmentsSmaller
from netsandbox.linux.tcp.handshake import connect
from netsandbox.linux.tcp.sending import burst, output, path_search, resend
from netsandbox.linux.tcp.sending.transmit import (
    current_mss,
    is_interactive,
    is_still_here,
    send_ack,
    send_reset,
    stamp_of,
    transmit,
)
from netsandbox.linux.tcp.state import ATO_MIN, Recovery, TcpState
from netsandbox.wire.sequence import MASK
from netsandbox.wire.tcp import ACK

ORPHAN_RETRIES = 8  # How often a socket that nobody has tries, with tcp_orphan_retries 0
THIN, MOST_LINEAR = 4, 6  # Segments, and TCP_THIN_LINEAR_RETRIES
MOST_ASKED = 100
"""Keepalive times without data after which a peer is asked no more: a line that waits for both would have no end."""


def sent_timer(conn: Connection) -> None:
    """The timer of what was sent (tcp_write_timer_handler)."""
    kind, conn.timer = conn.timer_kind, None
    if kind in (alarm.RETRANSMIT, alarm.PROBE):
        conn.timer_kind = ""
    if conn.state in (TcpState.CLOSE, TcpState.LISTEN):
        return
    HANDLERS[kind](conn)


def _reordered(conn: Connection) -> None:
    """What might have been overtaken was lost (tcp_rack_reo_timeout)."""
    flight = conn.in_flight
    if not conn.sent:
        return
    losses = conn.losses
    rack.detect(conn)
    if flight != conn.in_flight:
        if conn.recovery is not Recovery.RECOVERY:
            recovery.enter_recovery(conn)
            reduction.step(conn, 1, conn.losses - losses, False)
        recovery.resend_lost(conn)
    if conn.timer_kind != alarm.RETRANSMIT:
        alarm.rearm(conn)


def _probe_tail(conn: Connection) -> None:
    """Send something new, or the last segment again, so that an ACK tells what is missing (tcp_send_loss_probe)."""
    if not conn.sent:
        return
    if conn.probe_end is None and _send_probe(conn):
        conn.probe_end = conn.nxt
        conn.timer_kind = ""
    alarm.rearm(conn)


def _send_probe(conn: Connection) -> bool:
    """Whether a probe has left; only one may be under way."""
    under_way = len(conn.sent)
    if conn.unsent and burst.has_window(conn, conn.unsent[0], current_mss(conn)):
        conn.probe_is_again = False
        _force_one(conn)
        has_left = len(conn.sent) > under_way
    else:
        has_left = conn.probe_is_again = _resend_last(conn)
    if has_left:
        conn.namespace.count("TcpExtTCPLossProbes")
    return has_left


def _force_one(conn: Connection) -> None:
    """One segment more than the congestion window lets."""
    state = conn.congestion
    window = state.window
    state.window = max(window, conn.in_flight + 1)
    output.write(conn, is_nagle_off=True, only_one=True)
    state.window = window


def _resend_last(conn: Connection) -> bool:
    segment = conn.sent[-1]
    mss = current_mss(conn)
    if len(segment.data) > mss:
        resend.split(conn, len(conn.sent) - 1, (len(segment.data) - 1) // mss * mss)
        segment = conn.sent[-1]
    if len(conn.sent) > 1:
        conn.sent[-2].ends = True
    if is_still_here(conn, segment) or not resend.has_way(conn):
        return False
    conn.counts.again += 1
    if transmit(conn, segment.seq, segment.flags, segment.data):
        return False
    segment.ever_again = True
    segment.at = conn.namespace.scheduler.clock
    segment.departure = conn.delivery.departure(conn, segment.at)
    resend.note_retransmission(conn, "data" if segment.data else "fin", "tail", len(segment.data))
    return True


def patience(retries: int, first: int, most: int = RTO_MAX) -> int:
    """Nanoseconds that so many retries take, the first after `first` (tcp_model_timeout)."""
    doublings = max((most // first).bit_length() - 1, 0)
    if retries <= doublings:
        return ((2 << retries) - 1) * first
    return ((2 << doublings) - 1) * first + (retries - doublings) * most


def _has_timed_out(conn: Connection) -> bool:
    """A SYN's tries are counted as well, all else is a matter of time alone (retransmits_timed_out)."""
    settings = conn.namespace.sysctls
    if conn.state is TcpState.SYN_SENT:
        retries = conn.tuning.syn_retries or settings.get("net.ipv4.tcp_syn_retries")
        return (conn.retries >= retries + settings.get("net.ipv4.tcp_syn_linear_timeouts")
                or _lasts(conn, retries, RTO_INITIAL))
    retries = settings.get("net.ipv4.tcp_retries2")
    if conn.orphan:
        retries = settings.get("net.ipv4.tcp_orphan_retries") or ORPHAN_RETRIES
    first = RTO_INITIAL if conn.state is TcpState.SYN_RECV else RTO_MIN_US * MICROSECOND
    return _lasts(conn, retries, first)


def _lasts(conn: Connection, retries: int, first: int) -> bool:
    """Whether things have been sent again for as long as so many retries take (retransmits_timed_out)."""
    since = conn.retry_since
    passed = (stamp_of(conn, conn.namespace.scheduler.clock) - since & MASK) * MILLISECOND if since else (
        conn.namespace.scheduler.now - conn.retry_began)
    return bool(conn.retries) and passed >= patience(retries, first, conn.round_trip.ceiling)


def _gives_up(conn: Connection) -> bool:
    """tcp_write_timeout."""
    if not _has_timed_out(conn):
        _try_smaller(conn)
        return False
    _abort(conn)
    return True


def _abort(conn: Connection) -> None:
    """tcp_write_err."""
    conn.namespace.count("TcpExtTCPAbortOnTimeout")
    connect.fail(conn, conn.soft_error or "ETIMEDOUT", "timeout")


def _try_smaller(conn: Connection) -> None:
    """It has lasted for long: larger segments may be what does not arrive."""
    settings, before = conn.namespace.sysctls, conn.mss
    if conn.state in (TcpState.SYN_SENT, TcpState.SYN_RECV) or not _lasts(
            conn, settings.get("net.ipv4.tcp_retries1"), RTO_MIN_US * MICROSECOND):
        return
    path_search.try_smaller(conn)
    if conn.mss < before:
        conn.namespace.record(TcpSegmentsSmaller(conn.namespace.name, *conn.key, conn.mss))


def _retransmit(conn: Connection) -> None:
    """tcp_retransmit_timer: the oldest segment again, and twice as long until the next time."""
    if not conn.sent:
        return
    if not conn.send_window and conn.state not in (TcpState.SYN_SENT, TcpState.SYN_RECV):
        if not _gives_up(conn):
            _retransmit_into_shut_window(conn)
        return
    conn.namespace.count("TcpExtTCPTimeouts")
    if _gives_up(conn):
        return
    conn.namespace.count("TcpExtTcpTimeoutRehash")
    if not conn.retries:
        conn.retry_began = conn.namespace.scheduler.now
        _note_failure(conn)
    recovery.enter_loss(conn)
    conn.retries += 1
    conn.timeouts += 1
    if resend.retransmit(conn, 0, "timeout") == "ENOBUFS":
        alarm.arm(conn, alarm.RETRANSMIT, SECOND // 2)
        return
    if _is_thin(conn):
        conn.backoff, conn.round_trip.timeout = 0, conn.round_trip.computed()
    elif (conn.state is not TcpState.SYN_SENT or conn.backoff
            or conn.timeouts > conn.namespace.sysctls.get("net.ipv4.tcp_syn_linear_timeouts")):
        conn.round_trip.back_off()
        conn.backoff += 1
    alarm.arm(conn, alarm.RETRANSMIT, conn.round_trip.timeout)


def _note_failure(conn: Connection) -> None:
    """What was hoped for before the timer went off."""
    kind = "Sack" if conn.has_sack else "Reno"
    if conn.recovery is Recovery.RECOVERY:
        conn.namespace.count(f"TcpExtTCP{kind}RecoveryFail")
    elif conn.recovery is Recovery.LOSS:
        conn.namespace.count("TcpExtTCPLossFailures")
    elif conn.recovery is Recovery.DISORDER or conn.sacked_out:
        conn.namespace.count(f"TcpExtTCP{kind}Failures")


def _is_thin(conn: Connection) -> bool:
    """So little is under way that nothing else tells of a loss: it is tried at one pace (tcp_stream_is_thin)."""
    return (conn.state is TcpState.ESTABLISHED and len(conn.sent) < THIN and conn.retries <= MOST_LINEAR
            and conn.congestion.threshold < NEVER
            and conn.namespace.sysctls.get("net.ipv4.tcp_thin_linear_timeouts") > 0)


def revert_backoff(conn: Connection) -> None:
    """An ICMP error tells that the way was lost, not the peer's patience: wait half as long (RFC 6069)."""
    if conn.owned or not conn.retries or not conn.backoff or not conn.sent:
        return
    conn.backoff -= 1
    trip = conn.round_trip
    trip.timeout = min(trip.computed() << conn.backoff, trip.ceiling)
    left = trip.timeout - (conn.namespace.scheduler.clock - conn.sent[0].at)
    if left > 0:
        alarm.arm(conn, alarm.RETRANSMIT, left)
    else:
        _retransmit(conn)


def _retransmit_into_shut_window(conn: Connection) -> None:
    """Receiver has shrunk its window to nothing: the retransmission is the probe."""
    if not conn.retries:
        conn.retry_began = conn.namespace.scheduler.now
    conn.retries += 1
    resend.retransmit(conn, 0, "window")
    conn.round_trip.back_off()
    alarm.arm(conn, alarm.RETRANSMIT, conn.round_trip.timeout)


def _probe_window(conn: Connection) -> None:
    """Ask whether the window is still shut (tcp_probe_timer, tcp_send_probe0)."""
    if conn.sent or not conn.unsent:
        conn.probes = conn.backoff = 0
        return
    settings = conn.namespace.sysctls
    limit = (settings.get("net.ipv4.tcp_orphan_retries") or ORPHAN_RETRIES) if conn.orphan else settings.get(
        "net.ipv4.tcp_retries2")
    if conn.probes >= limit:
        _abort(conn)
        return
    has_tried = output.fill_window(conn)
    if conn.sent:
        conn.probes = conn.backoff = 0
        return
    if not has_tried:
        transmit(conn, (conn.una - 1) & MASK, ACK)
        conn.namespace.count("TcpExtTCPWinProbe")
        conn.namespace.record(TcpRetransmitted(conn.namespace.name, *conn.key, "probe", "window", 0,
                                               max(conn.retries, 1), conn.round_trip.timeout))
    conn.probes += 1
    conn.backoff += conn.backoff < settings.get("net.ipv4.tcp_retries2")
    alarm.arm(conn, alarm.PROBE, ack.probe_delay(conn))


def ack_timer(conn: Connection) -> None:
    """The ACK has waited long enough (tcp_delack_timer_handler)."""
    conn.ack_timer = None
    if conn.state in (TcpState.CLOSE, TcpState.LISTEN) or not conn.ack_wanted:
        return
    if not is_interactive(conn):
        conn.ato = min(conn.ato << 1, conn.round_trip.timeout)
    else:
        conn.pingpong = 0
        conn.ato = ATO_MIN
    send_ack(conn)
    conn.namespace.count("TcpExtDelayedACKs")


def keepalive_timer(conn: Connection) -> None:
    """Is the peer still there? (tcp_keepalive_timer)"""
    conn.keepalive_timer = None
    wish, settings = conn.keepalive, conn.namespace.sysctls
    if wish is None or conn.state in (TcpState.CLOSE, TcpState.LISTEN, TcpState.SYN_SENT):
        return
    wait, now = alarm.keepalive_time(conn), conn.namespace.scheduler.now
    if now - max(conn.received_at, conn.last_sent) > MOST_ASKED * wait:
        conn.namespace.record(TcpKeepaliveEnded(conn.namespace.name, *conn.key, MOST_ASKED))
        return
    idle = now - max(conn.received_at, conn.ack_at)
    if conn.sent or conn.unsent or idle < wait:
        alarm.arm_keepalive(conn, wait if conn.sent or conn.unsent else wait - idle)
        return
    if conn.probes >= (wish.probes or settings.get("net.ipv4.tcp_keepalive_probes")):
        conn.namespace.record(TcpResetSent(conn.namespace.name, *conn.key, "keepalive"))
        send_reset(conn)
        _abort(conn)
        return
    transmit(conn, (conn.una - 1) & MASK, ACK)
    conn.namespace.count("TcpExtTCPKeepAlive")
    conn.probes += 1
    alarm.arm_keepalive(conn, (wish.interval or settings.get("net.ipv4.tcp_keepalive_intvl")) * SECOND)


HANDLERS = {alarm.RETRANSMIT: _retransmit, alarm.TAIL: _probe_tail, alarm.REORDER: _reordered,
            alarm.PROBE: _probe_window}
