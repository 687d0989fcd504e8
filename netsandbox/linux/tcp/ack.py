"""What an arriving ACK says of our data: what has arrived, how long it took, how much more may leave (tcp_ack)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MICROSECOND
from netsandbox.linux.tcp import alarm, output, recovery
from netsandbox.linux.tcp.recovery import NOT_DUPLICATE, Ack
from netsandbox.linux.tcp.rtt import RTO_MAX, RTO_MIN_US
from netsandbox.linux.tcp.sequence import MASK, after, before, between
from netsandbox.linux.tcp.state import Recovery
from netsandbox.linux.tcp.transmit import sync_mss
from netsandbox.wire.tcp import SYN

if TYPE_CHECKING:
    from netsandbox.linux.tcp.options import Options
    from netsandbox.linux.tcp.state import Connection, Sent
    from netsandbox.wire.tcp import TcpSegment

OLD, TOO_OLD, UNSENT = "TCP_OLD_ACK", "TCP_TOO_OLD_ACK", "TCP_ACK_UNSENT_DATA"


def take(conn: Connection, segment: TcpSegment, said: Options) -> str:
    """Process the ACK field; empty, or the drop reason of one that is no good (OLD only in the handshake)."""
    ack, una = segment.ack, conn.una
    if said.stamp is not None:
        conn.echoed_stamp = said.stamp[1]
    if before(ack, una):
        if before(ack, (una - conn.largest_window) & MASK):
            return TOO_OLD
        if said.sacks and conn.has_sack:
            _finish(conn, _take_sacks(conn, said.sacks, ack, una), 0, conn.lost_out)
        return OLD
    if after(ack, conn.nxt):
        return UNSENT
    flag = Ack.ADVANCED if ack != una else Ack.NOTHING
    if flag:
        conn.retries = 0
    if segment.sequence_length:
        flag |= Ack.DATA
    flag |= _update_window(conn, segment)
    conn.una = ack
    conn.bytes_acked += (ack - una) & MASK
    if said.sacks and conn.has_sack:
        flag |= _take_sacks(conn, said.sacks, ack, una)
    conn.soft_error = ""
    conn.probes = 0
    if not conn.sent:
        _look_at_probe(conn)
        return ""
    delivered, lost = conn.delivered, conn.lost_out
    flag |= _clean(conn, ack)
    recovery.take_probe_answer(conn, ack, flag)
    _finish(conn, flag, conn.delivered - delivered, lost)
    return ""


def _finish(conn: Connection, flag: int, delivered: int, lost: int) -> None:
    """Losses, timers, the congestion window, and what leaves again."""
    again = False
    if not flag & NOT_DUPLICATE or flag & (Ack.SACKED | Ack.TWICE) or conn.recovery is not Recovery.OPEN:
        duplicates = int(not flag & (Ack.ADVANCED | Ack.TWICE) and not flag & NOT_DUPLICATE)
        flag, again = recovery.alert(conn, flag, duplicates)
    if flag & Ack.TIMER:
        if (conn.sent and conn.has_sack and conn.recovery in (Recovery.OPEN, Recovery.CWR) and not conn.sacked_out
                and conn.namespace.sysctls.get("net.ipv4.tcp_early_retrans") in (3, 4)):
            alarm.arm_tail_probe(conn)
        else:
            alarm.rearm(conn)
    if flag & (Ack.DATA_ACKED | Ack.SYN_ACKED | Ack.SACKED) or not flag & NOT_DUPLICATE:
        conn.confirm = True
    if conn.recovery in (Recovery.CWR, Recovery.RECOVERY):
        recovery.reduce(conn, delivered, conn.lost_out - lost, flag)
    elif flag & Ack.DATA_ACKED and delivered:
        conn.congestion.grow(delivered, conn.namespace.scheduler.clock, conn.round_trip.smoothed >> 3)
    if again:
        recovery.resend_lost(conn, "fast" if conn.recovery is Recovery.RECOVERY else "timeout")


def _update_window(conn: Connection, segment: TcpSegment) -> int:
    """tcp_ack_update_window: only the newest segment says how large the peer's window is."""
    window = segment.window << (0 if segment.flags & SYN else conn.send_scale)
    newer = after(segment.ack, conn.una) or after(segment.seq, conn.window_seq)
    if not newer and not (segment.seq == conn.window_seq and (window > conn.send_window or not window)):
        return Ack.NOTHING
    conn.window_seq = segment.seq
    if window != conn.send_window:
        conn.send_window = window
        if window > conn.largest_window:
            conn.largest_window = window
            sync_mss(conn, conn.path_mtu)
    return Ack.WINDOW


def _take_sacks(conn: Connection, blocks: tuple[tuple[int, int], ...], ack: int, prior: int) -> int:
    """tcp_sacktag_write_queue: what has arrived behind a gap; blocks that make no sense are passed over."""
    flag = Ack.NOTHING
    first, end = blocks[0]
    if before(first, ack) or (len(blocks) > 1 and not before(first, blocks[1][0]) and not after(end, blocks[1][1])):
        flag |= Ack.TWICE
    for start, stop in blocks:
        if not (before(start, stop) and between(stop, prior, conn.nxt) and not before(start, ack)):
            continue
        for segment in conn.sent:
            if segment.sacked or before(segment.seq, start) or after(segment.end, stop):
                continue
            segment.sacked = True
            flag |= Ack.SACKED | (Ack.NOTHING if segment.ever_again else Ack.ORIGINAL)
            conn.sacked_out += 1
            conn.delivered += 1
            conn.lost_out -= segment.lost
            conn.again_out -= segment.again
            segment.lost = segment.again = False
            recovery.rack_advance(conn, segment, segment.end)
    return flag


def _clean(conn: Connection, ack: int) -> int:
    """Forget what has arrived, and take its round-trip time (tcp_clean_rtx_queue)."""
    flag, sent = Ack.NOTHING, conn.sent
    first_at: int | None = None
    while sent:
        segment = sent[0]
        if after(segment.end, ack):
            _trim(conn, segment, ack)
            break
        sent.pop(0)
        flag |= Ack.SYN_ACKED if segment.flags & SYN else Ack.DATA_ACKED
        if segment.ever_again:
            flag |= Ack.RETRANSMITTED
        elif first_at is None:
            first_at = segment.at
        if segment.sacked:
            conn.sacked_out -= 1
        else:
            conn.delivered += 1
            recovery.rack_advance(conn, segment, segment.end)
        conn.lost_out -= segment.lost
        conn.again_out -= segment.again
        conn.queued -= len(segment.data)
    if flag:
        if not conn.has_sack:
            conn.sacked_out = min(conn.sacked_out, max(len(sent) - 1, 0)) if sent else 0
        flag |= Ack.TIMER
        _take_time(conn, first_at if not flag & Ack.RETRANSMITTED else None)
    return flag


def _trim(conn: Connection, segment: Sent, ack: int) -> None:
    """A part of a segment has arrived (tcp_tso_acked)."""
    if after(ack, segment.seq) and segment.data:
        size = (ack - segment.seq) & MASK
        segment.data = segment.data[size:]
        segment.seq = ack
        conn.queued -= size


def _take_time(conn: Connection, sent_at: int | None) -> None:
    """tcp_ack_update_rtt: Karn's rule, and timestamps where it forbids (RFC 7323, 4)."""
    scheduler, trip = conn.namespace.scheduler, conn.round_trip
    if sent_at is not None:
        trip.sample((scheduler.clock - sent_at) // MICROSECOND, conn.una, conn.nxt)
    elif conn.has_stamps and conn.echoed_stamp:
        passed = (scheduler.clock // 1_000_000 + conn.stamp_offset - conn.echoed_stamp) & MASK
        if passed < 1 << 31:
            trip.sample(max(passed, 1) * 1000, conn.una, conn.nxt)
    else:
        trip.timeout = trip.computed()


def _look_at_probe(conn: Connection) -> None:
    """A window that opens ends the probing, another answer prolongs it (tcp_ack_probe)."""
    if not conn.unsent:
        return
    chunk = conn.unsent[0]
    end = (chunk.seq + min(len(chunk.data), max(conn.mss, 1)) + (chunk.fin and len(chunk.data) <= conn.mss)) & MASK
    if not after(end, output.window_end(conn)):
        conn.backoff = 0
        alarm.disarm(conn)
    else:
        alarm.arm(conn, alarm.PROBE, probe_delay(conn))


def probe_delay(conn: Connection) -> int:
    """Nanoseconds until the next zero-window probe (tcp_probe0_when)."""
    return min(max(conn.round_trip.timeout, RTO_MIN_US * MICROSECOND) << min(conn.backoff, 20), RTO_MAX)
