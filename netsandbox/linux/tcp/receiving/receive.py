"""Arriving data: in order, early, twice or outside of the window; and when it is acknowledged (tcp_input.c)."""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND, MILLISECOND
from netsandbox.engine.wheel import TICK
from netsandbox.linux.tcp import alarm, timewait
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.options import Options, is_too_old
from netsandbox.linux.tcp.receiving import prediction, receive_trip, window
from netsandbox.linux.tcp.sending import buffers
from netsandbox.linux.tcp.sending.buffers import Buffer, Early
from netsandbox.linux.tcp.sending.transmit import PINGPONG, is_interactive, send_ack
from netsandbox.linux.tcp.state import (
    ATO_MIN,
    CLOSE,
    CLOSE_WAIT,
    CLOSING,
    ESTABLISHED,
    FIN_WAIT1,
    FIN_WAIT2,
    LISTEN,
    RECEIVE_SHUTDOWN,
    SYN_RECV,
    SYN_SENT,
    TIME_WAIT,
)
from netsandbox.wire.sequence import HALF, MASK, after, before
from netsandbox.wire.tcp import FIN, TcpSegment

MOST_QUICK = 16  # ACKs at once, before any is delayed (TCP_MAX_QUICKACKS)
DELAYED_MAX = 200 * MILLISECOND  # TCP_DELACK_MAX
MOST_SACKS = 4
NOT_OPEN = CLOSE, LISTEN, SYN_SENT
GROWS_FROM = 128  # Shorter segments tell nothing of how much room data takes


# -- when to acknowledge

def be_quick(conn: Connection, most: int = MOST_QUICK) -> None:
    """The next segments are acknowledged at once (tcp_incr_quickack)."""
    count = conn.receive_window // (2 * max(conn.segment_size, 1)) or 2
    conn.quick = max(conn.quick, min(count, most))


def be_quick_again(conn: Connection, most: int = MOST_QUICK) -> None:
    """Something is wrong, so the peer should hear of it soon (tcp_enter_quickack_mode)."""
    be_quick(conn, most)
    conn.pingpong = 0
    conn.ato = ATO_MIN


def _note_data(conn: Connection, segment: TcpSegment, memory: int) -> None:
    """tcp_event_data_recv: how long an ACK may wait follows how often data comes."""
    conn.ack_wanted = True
    window.measure(conn, segment, memory)
    receive_trip.by_window(conn)
    now = conn.namespace.scheduler.now
    if not conn.ato:
        be_quick(conn)
        conn.ato = ATO_MIN
    else:
        gap = now - conn.received_at
        if gap <= ATO_MIN // 2:
            conn.ato = (conn.ato >> 1) + ATO_MIN // 2
        elif gap < conn.ato:
            conn.ato = min((conn.ato >> 1) + gap, conn.round_trip.timeout)
        elif gap > conn.round_trip.timeout:
            be_quick(conn)
    conn.received_at = now
    size = len(segment.data)
    if size >= GROWS_FROM:
        window.grow(conn, size, memory)


def acknowledge(conn: Connection) -> None:
    """What has come is to be acknowledged, now or a little later (tcp_ack_snd_check)."""
    unacked = (conn.expected - conn.acked_up_to) & MASK
    moves = unacked > conn.segment_size and (conn.expected == conn.copied or window.wanted(conn) >= conn.receive_window)
    if moves or (conn.quick and not is_interactive(conn)) or conn.ack_now or conn.hurries:
        if conn.owned and conn.namespace.sysctls.get("net.ipv4.tcp_backlog_ack_defer"):
            conn.ack_deferred = True
        else:
            send_ack(conn)
    elif conn.early:
        _compress(conn)
    else:
        delay_ack(conn)


def _compress(conn: Connection) -> None:
    """Three ACKs tell of a gap at once; what comes later is told together (__tcp_ack_snd_check, tcp_comp_sack_nr)."""
    settings = conn.namespace.sysctls
    if conn.gap_at != conn.expected:
        conn.gap_at, conn.gap_acks = conn.expected, 0
    waiting = conn.gap_acks - alarm.GAP_ACKS
    if not conn.has_sack or waiting < 0 or waiting >= settings.get("net.ipv4.tcp_comp_sack_nr"):
        conn.gap_acks += waiting < 0
        send_ack(conn)
        return
    conn.gap_acks += 1
    if conn.compressed is None:
        delay = min(settings.get("net.ipv4.tcp_comp_sack_delay_ns"), (conn.round_trip.smoothed >> 3) * 1000 // 20)
        alarm.arm_compressed(conn, delay + settings.get("net.ipv4.tcp_comp_sack_slack_ns"))


def delay_ack(conn: Connection) -> None:
    """Let an ACK wait for data to ride on (tcp_send_delayed_ack)."""
    scheduler = conn.namespace.scheduler
    delay = conn.ato
    if delay > ATO_MIN:
        most = DELAYED_MAX if conn.pushed_in or is_interactive(conn) else 500 * MILLISECOND
        if conn.round_trip.smoothed:
            most = min(most, max((conn.round_trip.smoothed >> 3) * 1000, ATO_MIN))
        delay = min(delay, most)
    delay = min(delay, DELAYED_MAX, max(conn.round_trip.floor * MICROSECOND // TICK, 2) * TICK - TICK)
    due = scheduler.now + delay
    if conn.ack_timer is not None:
        if conn.ack_due <= scheduler.now + (delay >> 2):
            send_ack(conn)
            return
        due = min(due, conn.ack_due)
        if due == conn.ack_due:
            return
    alarm.arm_ack(conn, due)


def note_read(conn: Connection) -> bool:
    """A program has read: whether that is the time to acknowledge, or to tell of room (tcp_cleanup_rbuf)."""
    if conn.state in NOT_OPEN:
        return False
    if conn.ack_wanted:
        unacked = (conn.expected - conn.acked_up_to) & MASK
        drained = not conn.received and (conn.pushed_in >= 2 or (conn.pushed_in and not is_interactive(conn)))
        if unacked > conn.segment_size or drained:
            send_ack(conn)
            return True
    if window.is_worth_telling(conn):
        send_ack(conn)
        return True
    return False


# -- data

def take(conn: Connection, segment: TcpSegment) -> str:
    """Queue a segment's data (tcp_data_queue); empty, or the drop reason of what is of no use."""
    seq, size = segment.seq, len(segment.data)
    end = (seq + segment.sequence_length) & MASK
    if seq == end:
        return ""
    if seq == conn.expected:
        if not window.open_now(conn) and size:
            conn.namespace.count("TcpExtTCPZeroWindowDrop")
            return _outside(conn, "TCP_ZEROWINDOW")
        return _in_order(conn, segment, segment.data)
    if not after(end, conn.expected):
        conn.namespace.count("TcpExtDelayedACKLost")
        note_duplicate(conn, seq, end)
        return _outside(conn, "TCP_OLD_DATA")
    opening = window.open_now(conn)
    if not before(seq, (conn.expected + opening) & MASK):
        return _outside(conn, "TCP_OVERWINDOW")
    if before(seq, conn.expected):
        note_duplicate(conn, seq, conn.expected)
        if not opening:
            conn.namespace.count("TcpExtTCPZeroWindowDrop")
            return _outside(conn, "TCP_ZEROWINDOW")
        return _in_order(conn, segment, segment.data[(conn.expected - seq) & MASK:])
    return _early(conn, segment, end)


def _outside(conn: Connection, reason: str) -> str:
    be_quick_again(conn)
    conn.ack_wanted = True
    return reason


def note_duplicate(conn: Connection, start: int, end: int) -> None:
    if conn.has_sack and conn.namespace.sysctls.get("net.ipv4.tcp_dsack"):
        if conn.duplicate is None:
            is_old = before(start, conn.expected)
            conn.namespace.count(f"TcpExtTCPDSACK{'Old' if is_old else 'Ofo'}Sent")
        conn.duplicate = start, end


def _store(conn: Connection, buffer: Buffer) -> None:
    """Bytes for the program; no more than the window that was offered."""
    size = len(buffer.data)
    conn.counts.bytes_received += size
    conn.expected = (conn.expected + size) & MASK
    if size:
        buffers.keep(conn, buffer)


def _in_order(conn: Connection, segment: TcpSegment, data: bytes) -> str:
    if data:
        cost = buffers.cost(conn, segment)
        memory = cost.condensed if conn.owned else cost.memory
        if conn.memory > conn.receive_buffer and not (buffers.is_reserved(conn, memory) or window.has_memory(conn)):
            conn.ack_wanted = conn.ack_now = conn.no_memory = True
            conn.wake()
            if conn.received:
                conn.namespace.count("TcpExtTCPRcvQDrop")
                return "PROTO_MEM"
        _store(conn, Buffer(data, memory, cost.room))
        _note_data(conn, segment, memory)
    if not conn.counts.foresees:
        prediction.reconsider(conn)
    if segment.flags & FIN:
        take_fin(conn)
    elif conn.early:
        _join(conn)
        if not conn.early:
            conn.ack_now = True
    if conn.sacks:
        conn.sacks = [block for block in conn.sacks if after(block[1], conn.expected)]
    conn.wake()
    return ""


def _join(conn: Connection) -> None:
    """What came early fits now (tcp_ofo_queue)."""
    while conn.early and not after(conn.early[0].seq, conn.expected):
        seq, end, fin, buffer = conn.early.pop(0)
        conn.memory -= buffer.memory
        if not after(end, conn.expected):
            note_duplicate(conn, seq, end)
            continue
        buffer.data = buffer.data[(conn.expected - seq) & MASK:]
        _store(conn, buffer)
        if fin:
            take_fin(conn)
            return


def _early(conn: Connection, segment: TcpSegment, end: int) -> str:
    """tcp_data_queue_ofo: keep it, and let SACK tell the peer of the gap."""
    seq, data, cost = segment.seq, segment.data, buffers.cost(conn, segment)
    conn.counts.foresees = False
    if not window.has_memory(conn):
        conn.namespace.count("TcpExtTCPOFODrop")
        return "TCP_OFO_DROP"
    conn.namespace.count("TcpExtTCPOFOQueue")
    if data:
        window.measure(conn, segment, cost.memory)
    conn.ack_wanted = True
    conn.counts.early += 1
    if any(not before(seq, old.seq) and not after(end, old.end) for old in conn.early):
        conn.namespace.count("TcpExtTCPOFOMerge")
        note_duplicate(conn, seq, end)
        return "TCP_OFOMERGE"
    place = sum(not after(old.seq, seq) for old in conn.early)
    fin, last = bool(segment.flags & FIN), conn.early[place - 1] if place else None
    joins = last is not None and last.end == seq and len(data) <= last.buffer.room
    if conn.has_sack:  # without, a window that grows would make no duplicate ACK
        window.grow(conn, len(data), cost.memory if data or not joins else 0)
    if last is not None and joins:
        last.buffer.data += data
        last.buffer.room -= len(data)
        conn.early[place - 1] = last._replace(end=end, fin=fin)
    else:
        conn.early.insert(place, Early(seq, end, fin, Buffer(data, cost.condensed, cost.room)))
        conn.memory += cost.condensed
    _add_sack(conn, seq, end)
    return ""


def _add_sack(conn: Connection, start: int, end: int) -> None:
    """The block that has just grown comes first (tcp_sack_new_ofo_skb, tcp_sack_maybe_coalesce)."""
    if not conn.has_sack:
        return
    rest = []
    for low, high in conn.sacks:
        if after(low, end) or before(high, start):
            rest.append((low, high))
        else:
            start = low if before(low, start) else start
            end = high if after(high, end) else end
    conn.sacks = [(start, end), *rest][:MOST_SACKS]


def take_fin(conn: Connection) -> None:
    """The peer sends no more (tcp_fin)."""
    conn.expected = (conn.expected + 1) & MASK
    conn.counts.bytes_received += 1
    conn.ack_wanted = True
    conn.shutdown_flags |= RECEIVE_SHUTDOWN
    conn.done = True
    state = conn.state
    if state is ESTABLISHED or state is SYN_RECV:
        conn.change(CLOSE_WAIT, "fin")
        conn.pingpong = conn.namespace.sysctls.get(PINGPONG)
    elif state is FIN_WAIT1:
        send_ack(conn)
        conn.change(CLOSING, "fin")
    elif state is FIN_WAIT2:
        send_ack(conn)
        timewait.begin(conn, TIME_WAIT)
    conn.early.clear()
    conn.sacks.clear()
    conn.wake()


def replace_stamp(conn: Connection, said: Options, seq: int) -> None:
    """Remember the TSval that goes back in the next segment (tcp_replace_ts_recent; RFC 7323, 4.3)."""
    if said.stamp is None or (conn.acked_up_to - seq) & MASK >= HALF:
        return
    stamp, recent, clock = said.stamp[0], conn.recent_stamp, conn.namespace.scheduler.clock
    if (stamp - recent) & MASK >= HALF and is_too_old(stamp, recent, clock - conn.recent_at):
        return
    conn.recent_stamp = stamp
    conn.recent_at = clock + 1
