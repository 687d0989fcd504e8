"""What an arriving ACK says of our data: what has arrived, how long it took, how much more may leave (tcp_ack)."""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND
from netsandbox.linux.tcp import alarm
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ack_bits, hystart, rack, recovery, reduction, sack, undo
from netsandbox.linux.tcp.control.delivery import later_of
from netsandbox.linux.tcp.control.rtt import RTO_MIN_US
from netsandbox.linux.tcp.control.sack import Progress
from netsandbox.linux.tcp.options import Options
from netsandbox.linux.tcp.receiving import prediction
from netsandbox.linux.tcp.sending import burst, chronograph, output, path_search
from netsandbox.linux.tcp.sending.transmit import restart_after_idle, stamp_now, stamp_of, sync_mss
from netsandbox.linux.tcp.state import Recovery, Sent
from netsandbox.wire.sequence import HALF, MASK, after, before
from netsandbox.wire.tcp import ECE, SYN, TcpSegment

OPEN, REDUCING = Recovery.OPEN, (Recovery.CWR, Recovery.RECOVERY)
SACK_NEWS = ack_bits.SACKED | ack_bits.TWICE | ack_bits.MARKED
OLD, TOO_OLD, UNSENT = "TCP_OLD_ACK", "TCP_TOO_OLD_ACK", "TCP_ACK_UNSENT_DATA"


def take(conn: Connection, segment: TcpSegment, said: Options, count: int = 1) -> str:
    """Process the ACK field of `count` segments that have become one.

    Returns:
        Nothing, or the drop reason of one that is no good (OLD only in the handshake).
    """
    ack, una = segment.ack, conn.una
    if said.stamp is not None:
        conn.echoed_stamp = said.stamp[1]
    gained = (ack - una) & MASK
    if gained >= HALF:
        return _take_old(conn, said, ack)
    if (conn.nxt - ack) & MASK >= HALF:
        return UNSENT
    flag = ack_bits.NOTHING
    if gained:
        flag = ack_bits.ADVANCED
        conn.retries = 0
    is_foreseen = gained and conn.counts.is_foreseen
    if is_foreseen:
        conn.counts.foreseen_acks += 1
    if segment.sequence_length:
        flag |= ack_bits.DATA
    elif not is_foreseen:
        conn.counts.pure_acks += 1
    flag |= _update_window(conn, segment, bool(gained))
    if segment.flags & ECE and conn.ecn and not segment.flags & SYN:
        flag |= ack_bits.MARKED
    progress = Progress(conn)
    conn.una = ack
    conn.counts.bytes_acked += gained
    if said.sacks and conn.has_sack:
        flag |= sack.take(conn, progress, said.sacks, ack, una)
    conn.soft_error = ""
    conn.probes = 0
    conn.ack_at = conn.namespace.scheduler.now
    if conn.sent:
        flag |= _clean(conn, progress, ack)
        if conn.probe_end is not None:
            recovery.take_probe_answer(conn, ack, flag)
        _finish(conn, flag, progress, count)
    else:
        _take_idle(conn, flag, ack)
    return ""


def _take_old(conn: Connection, said: Options, ack: int) -> str:
    """An ACK that has been overtaken may still tell what has arrived."""
    if before(ack, (conn.una - conn.largest_window) & MASK):
        return TOO_OLD
    if said.sacks and conn.has_sack:
        progress = Progress(conn)
        flag = sack.take(conn, progress, said.sacks, ack, conn.una)
        _flag, leaves = recovery.alert(conn, flag, 0)
        recovery.leave(conn, leaves)
    return OLD


def _take_idle(conn: Connection, flag: int, ack: int) -> None:
    """Nothing was under way."""
    if flag & ack_bits.TWICE:
        recovery.alert(conn, flag, 0)
    if conn.unsent:
        _look_at_probe(conn)
    if conn.probe_end is not None:
        recovery.take_probe_answer(conn, ack, flag)


def _finish(conn: Connection, flag: int, progress: Progress, count: int) -> None:
    """Losses, timers, the congestion window, and what leaves again."""
    leaves = recovery.NONE
    if not flag & ack_bits.NOT_DUPLICATE or flag & SACK_NEWS or conn.recovery is not OPEN:
        duplicates = count if not flag & (ack_bits.ADVANCED | ack_bits.TWICE | ack_bits.NOT_DUPLICATE) else 0
        flag, leaves = recovery.alert(conn, flag, duplicates)
    if flag & ack_bits.TIMER and not output.schedule_tail_probe(conn, is_anew=True):
        alarm.rearm(conn)
    if flag & (ack_bits.DATA_ACKED | ack_bits.SYN_ACKED | ack_bits.SACKED) or not flag & ack_bits.NOT_DUPLICATE:
        conn.confirm = True
    delivered = conn.delivered - progress.delivered
    if delivered and flag & ack_bits.MARKED:
        conn.namespace.count("TcpExtTCPDeliveredCE", delivered)
    if progress.latest is not None:
        conn.delivery.sample(conn, progress.latest, conn.namespace.scheduler.clock)
    if conn.recovery in REDUCING:
        reduction.step(conn, delivered, conn.losses - progress.losses, bool(flag & ack_bits.ADVANCED))
    elif delivered and (flag & ack_bits.DATA_ACKED or (flag & ack_bits.SACKED and rack.is_high(conn))):
        conn.congestion.grow(delivered, conn.namespace.scheduler.now)
    recovery.leave(conn, leaves)


def _window_of(conn: Connection, segment: TcpSegment) -> int:
    return segment.window << (0 if segment.flags & SYN else conn.send_scale)


def updates_window(conn: Connection, segment: TcpSegment) -> bool:
    """Whether a segment that acknowledges nothing new tells of the window (tcp_may_update_window)."""
    window = _window_of(conn, segment)
    return after(segment.seq, conn.window_seq) or (
        segment.seq == conn.window_seq and (window > conn.send_window or not window))


def _update_window(conn: Connection, segment: TcpSegment, has_news: bool) -> int:
    """tcp_ack_update_window: only the newest segment says how large the peer's window is."""
    window = _window_of(conn, segment)
    if not has_news and not updates_window(conn, segment):
        return ack_bits.NOTHING
    conn.window_seq = segment.seq
    if window != conn.send_window:
        conn.send_window = window
        if not conn.counts.foresees:
            prediction.reconsider(conn)
        if conn.unsent:
            restart_after_idle(conn)
        if window > conn.largest_window:
            conn.largest_window = window
            sync_mss(conn, conn.path_mtu)
    return ack_bits.WINDOW


def _clean(conn: Connection, progress: Progress, ack: int) -> int:
    """Forget what has arrived, and take its round-trip time (tcp_clean_rtx_queue)."""
    flag, sent, count, lowest = ack_bits.NOTHING, conn.sent, 0, conn.nxt
    first_at = last_at = None
    while sent and (ack - sent[0].end) & MASK < HALF:
        segment = sent.pop(0)
        count += 1
        flag |= ack_bits.SYN_ACKED if segment.flags & SYN else ack_bits.DATA_ACKED
        if segment.ever_again:
            flag |= ack_bits.RETRANSMITTED
        elif not segment.sacked:
            last_at = segment.at
            first_at = last_at if first_at is None else first_at
            if (segment.seq - lowest) & MASK >= HALF:
                lowest = segment.seq
            if (conn.high_seq - segment.end) & MASK < HALF:
                flag |= ack_bits.ORIGINAL
        if segment.flags & SYN:
            conn.retry_since = 0
        if not segment.sacked:
            progress.latest = later_of(progress.latest, segment)
        _forget(conn, segment)
    if count and conn.path_search.size:
        path_search.look(conn)
    if sent:
        _trim(conn, sent[0], ack)
    else:
        conn.chronograph.stop(chronograph.BUSY, not conn.unsent, conn.namespace.scheduler.now)
    if count and not conn.has_sack:
        recovery.take_duplicates_back(conn, count)
        flag &= ~ack_bits.ORIGINAL if flag & ack_bits.RETRANSMITTED else ~ack_bits.NOTHING
    elif count and before(lowest, progress.highest):
        rack.note_reordering(conn, lowest, progress.highest)
    if conn.congestion.cubic is not None:
        if progress.last_sacked is not None or flag & ack_bits.RETRANSMITTED:
            last_at = progress.last_sacked
        if last_at is not None:
            hystart.take(conn, conn.congestion.cubic, (conn.namespace.scheduler.clock - last_at) // MICROSECOND)
    return flag | _take_time(conn, flag, first_at, progress)


def _forget(conn: Connection, segment: Sent) -> None:
    if segment.sacked:
        conn.sacked_out -= 1
    elif conn.has_sack:
        conn.delivered += 1
        if not (segment.ever_again and undo.echoes_before(conn, stamp_of(conn, segment.at))):
            rack.advance(conn, segment)
    conn.lost_out -= segment.lost
    conn.again_out -= segment.again
    conn.queued -= len(segment.data)


def _trim(conn: Connection, segment: Sent, ack: int) -> None:
    """A part of a segment has arrived (tcp_tso_acked)."""
    if after(ack, segment.seq) and segment.data:
        size = (ack - segment.seq) & MASK
        segment.data = segment.data[size:]
        segment.seq = ack
        conn.queued -= size


def _take_time(conn: Connection, flag: int, sent_at: int | None, progress: Progress) -> int:
    """tcp_ack_update_rtt: Karn's rule, and timestamps where it forbids (RFC 7323, 4); ack_bits.TIMER, or nothing."""
    scheduler, trip = conn.namespace.scheduler, conn.round_trip
    acked = flag & (ack_bits.DATA_ACKED | ack_bits.SYN_ACKED)
    begin = sent_at if sent_at is not None and not flag & ack_bits.RETRANSMITTED else progress.first_sacked
    if begin is not None:
        trip.sample((scheduler.clock - begin) // MICROSECOND, conn.una, conn.nxt)
        conn.backoff = 0
    elif acked:
        take_echo(conn)
    if acked or (progress.first_sacked is not None and conn.sent and progress.first_sacked < conn.sent[0].at):
        return ack_bits.TIMER
    return ack_bits.NOTHING


def take_echo(conn: Connection) -> None:
    """What the echoed timestamp says of the round trip, in whole milliseconds (tcp_rtt_tsopt_us)."""
    if not (conn.has_stamps and conn.echoed_stamp):
        return
    passed = (stamp_now(conn.namespace, conn.stamp_offset) - conn.echoed_stamp) & MASK
    if passed < 1 << 31:
        conn.round_trip.sample(max(passed, 1) * 1000, conn.una, conn.nxt)
        conn.backoff = 0


def _look_at_probe(conn: Connection) -> None:
    """A window that opens ends the probing, another answer prolongs it (tcp_ack_probe)."""
    chunk = conn.unsent[0]
    end = (chunk.seq + min(len(chunk.data), max(conn.mss, 1)) + (chunk.fin and len(chunk.data) <= conn.mss)) & MASK
    if not after(end, burst.window_end(conn)):
        conn.backoff = 0
        alarm.disarm(conn)
    else:
        alarm.arm(conn, alarm.PROBE, probe_delay(conn))


def probe_delay(conn: Connection) -> int:
    """Nanoseconds until the next zero-window probe (tcp_probe0_when)."""
    trip = conn.round_trip
    return min(max(trip.timeout, RTO_MIN_US * MICROSECOND) << min(conn.backoff, 20), trip.ceiling)
