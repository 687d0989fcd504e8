"""What leaves and when: the write queue, and what of it is sent now (net/ipv4/tcp_output.c)."""

from __future__ import annotations

from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.tcp import alarm
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.events import TcpWindowShut
from netsandbox.linux.tcp.sending import chronograph, path_search
from netsandbox.linux.tcp.sending.burst import fill, goal, next_burst, window_end
from netsandbox.linux.tcp.sending.transmit import HEADERS, current_mss, restart_after_idle, transmit
from netsandbox.linux.tcp.state import CLOSE, OPEN, REDUCED, SYN_SENT, Chunk, Sent
from netsandbox.wire.sequence import MASK, after, distance
from netsandbox.wire.tcp import ACK, FIN, PSH

# -- the write queue

def append(conn: Connection, data: bytes) -> bytes:
    """Put what fits into the last chunk, or into a new one; returns the rest (tcp_sendmsg_locked)."""
    mss = current_mss(conn)
    size = goal(conn, mss)
    if not conn.unsent or len(conn.unsent[-1].data) >= size:
        _begin_chunk(conn)
        restart_after_idle(conn)
    tail = conn.unsent[-1]
    taken = data[:size - len(tail.data)]
    tail.data += taken
    conn.written = (conn.written + len(taken)) & MASK
    return data[len(taken):]


def _begin_chunk(conn: Connection) -> None:
    """tcp_add_write_queue_tail."""
    if not conn.unsent:
        conn.chronograph.start(chronograph.BUSY, conn.namespace.scheduler.now)
    conn.unsent.append(Chunk(conn.written))


def mark_push(conn: Connection) -> None:
    """A program's write ends here (tcp_mark_push)."""
    if conn.unsent:
        conn.unsent[-1].push = True
        conn.pushed = conn.written


def is_push_due(conn: Connection) -> bool:
    """forced_push: half of the peer's window was written since the last push."""
    return after(conn.written, (conn.pushed + (conn.largest_window >> 1)) & MASK)


def queue_fin(conn: Connection) -> None:
    """The last thing that the connection sends (tcp_send_fin)."""
    if not conn.unsent:
        _begin_chunk(conn)
    conn.unsent[-1].fin = True
    conn.written = (conn.written + 1) & MASK
    push(conn, is_nagle_off=True)


# -- sending

def push(conn: Connection, is_nagle_off: bool = False) -> None:
    """Send what may be sent (__tcp_push_pending_frames)."""
    if conn.unsent and conn.state is not CLOSE and not write(conn, is_nagle_off):
        _check_probe(conn)


def write(conn: Connection, is_nagle_off: bool = False, only_one: bool = False) -> bool:
    """tcp_write_xmit; False when nothing is under way and something waits.

    A program's bursts leave one by one: after each the queue runs empty, and
    `more_to_send` says that the socket is still at it.
    """
    is_filled = conn.more_to_send
    if not is_filled:
        conn.write_began, conn.write_mss = conn.namespace.scheduler.clock, current_mss(conn)
    conn.more_to_send = conn.congestion.held_back = conn.window_is_full = False
    sent, was_idle = 0, not conn.sent
    if conn.path_search.is_on and conn.unsent and not (is_filled or only_one):
        size = path_search.size_of_probe(conn)
        if not size:
            return True
        sent = _send_path_probe(conn, size)
        if sent:
            _makes_way(conn, is_nagle_off)
    mss = conn.write_mss
    while conn.unsent and not conn.more_to_send:
        size, is_filled = next_burst(conn, mss, is_nagle_off, is_filled, only_one), False
        if size < 0 or not _send_burst(conn, size, mss):
            break
        sent += 1
        if only_one:
            break
        _makes_way(conn, is_nagle_off)
    is_full = conn.congestion.held_back or conn.in_flight >= conn.congestion.window
    if not conn.more_to_send:
        if conn.window_is_full or conn.chronograph.kind == chronograph.WINDOW:
            _note_window(conn)
        if sent or is_full:
            _note_use(conn, is_full)
    if sent and not schedule_tail_probe(conn):
        _run_timer(conn, was_idle)
    return bool(sent or conn.sent)


def _makes_way(conn: Connection, is_nagle_off: bool) -> None:
    """Another burst of a program's call is to follow: first the queue runs empty."""
    if conn.unsent and conn.namespace.scheduler.in_process and (next_burst(conn, conn.write_mss, is_nagle_off) >= 0):
        conn.more_to_send, conn.is_nagle_off = True, is_nagle_off


def _send_path_probe(conn: Connection, size: int) -> bool:
    """A segment larger than the path is sure to take (tcp_mtu_probe)."""
    if size < 0:
        return False
    fill(conn, conn.unsent[0], size)
    if len(conn.unsent[0].data) < size or not _send_burst(conn, size, size):
        return False
    path_search.note_sent(conn, size)
    return True


def _note_window(conn: Connection) -> None:
    """How long the peer's window keeps data back."""
    now, clock = conn.namespace.scheduler.now, conn.chronograph
    if conn.window_is_full:
        clock.start(chronograph.WINDOW, now)
    else:
        clock.stop(chronograph.WINDOW, not (conn.unsent or conn.sent), now)


def _note_use(conn: Connection, is_full: bool) -> None:
    """What is never used of the window shrinks, unless the program has more to send (tcp_cwnd_validate)."""
    state, now = conn.congestion, conn.namespace.scheduler.now
    state.note_use(len(conn.sent), is_full, conn.una, conn.nxt)
    if state.is_limited:
        state.used, state.used_since = 0, now
        return
    if len(conn.sent) > state.used:
        state.used = len(conn.sent)
    if conn.waits_for_room and not (conn.unsent or conn.going_on or conn.orphan):
        conn.chronograph.start(chronograph.BUFFER, now)
    if now - state.used_since < conn.round_trip.timeout or not conn.namespace.sysctls.get(
            "net.ipv4.tcp_slow_start_after_idle"):
        return
    if conn.recovery is OPEN and not conn.orphan and not conn.waits_for_room:
        state.fit_use()
    state.used_since = now


def _send_burst(conn: Connection, size: int, mss: int) -> bool:
    """Cut `size` bytes of the first chunk into segments and send them; False when none of them could leave.

    Of a burst that a queue takes in part the rest counts as sent, and is lost (tbf_segment).
    """
    chunk, mss = conn.unsent[0], max(mss, 1)
    whole = size == len(chunk.data)
    is_burst = size > mss
    if size < -(-size // mss) * mss and size % mss:
        conn.small = (chunk.seq + size + (whole and chunk.fin)) & MASK
    segments = _cut(conn, chunk, size, mss)
    if is_burst and (conn.is_local or conn.namespace.netfilter.functions):
        data, flags = bytes(chunk.data[:size]), segments[0].flags | segments[-1].flags | PSH
        problem = transmit(conn, chunk.seq, flags, data, mss)
    else:
        problem, answers, duplicate = "ENOBUFS", conn.pingpong, conn.duplicate
        for segment in segments:
            conn.duplicate = duplicate  # whatever it is cut into, one header is told
            ends_burst = is_burst and segment is segments[-1]
            kept_back = transmit(conn, segment.seq, segment.flags | (PSH if ends_burst else 0), segment.data,
                                 in_burst=is_burst)
            problem = problem and kept_back
            segment.wire = conn.wire
        if is_burst:
            conn.pingpong = min(conn.pingpong, answers + 1)  # one answer, whatever it is cut into
            ip_output.count_as_one(conn.namespace, len(segments), _headers(conn))
            conn.namespace.count("IpOutRequests", 1 - len(segments))
    if problem:
        return False
    conn.is_burst = is_burst
    _note_sent(conn, segments)
    if whole:
        conn.unsent.pop(0)
    else:
        del chunk.data[:size]
        chunk.seq = segments[-1].end
    return True


def _headers(conn: Connection) -> int:
    """Bytes before the data of what left last."""
    return HEADERS + len(conn.wire.options) if conn.wire is not None else HEADERS


def _cut(conn: Connection, chunk: Chunk, size: int, mss: int) -> list[Sent]:
    """The segments that the first `size` bytes of a chunk make, the last with the chunk's own PSH and FIN.

    That a burst ends with PSH concerns its copy on the wire: what is sent again alone has none.
    """
    now, seq, segments = conn.write_began, chunk.seq, []
    departure = conn.delivery.departure(conn, now)
    data = bytes(chunk.data[:size])
    for start in range(0, size or 1, mss):
        part = data[start:start + mss]
        is_end = start + len(part) == size
        is_all = is_end and size == len(chunk.data)
        flags = ACK | (PSH if is_all and chunk.push else 0) | (FIN if is_all and chunk.fin else 0)
        segments.append(Sent(seq, part, flags, now))
        segments[-1].ends, segments[-1].departure = is_end, departure
        seq = segments[-1].end
    return segments


def _note_sent(conn: Connection, segments: list[Sent]) -> None:
    """They are under way now (tcp_event_new_data_sent)."""
    conn.nxt = segments[-1].end
    conn.sent.extend(segments)
    conn.counts.fresh += len(segments)
    if conn.recovery >= REDUCED:
        conn.prr_out += len(segments)


def _run_timer(conn: Connection, was_idle: bool) -> None:
    """What has just left is the first under way, or its timer was a tail probe's: now it is for sending again."""
    if was_idle or conn.timer_kind == alarm.TAIL:
        alarm.rearm(conn)


def fill_window(conn: Connection) -> bool:
    """Send as much of a segment as a nearly shut window takes (tcp_write_wakeup); False when it takes nothing."""
    chunk = conn.unsent[0]
    room = distance(window_end(conn), chunk.seq)
    if room <= 0:
        return False
    mss = current_mss(conn)
    size = min(room, mss, len(chunk.data))
    was_idle, conn.write_began = not conn.sent, conn.namespace.scheduler.clock
    chunk.push = True
    if size < len(chunk.data):
        first = Chunk(chunk.seq)
        first.data, first.push = chunk.data[:size], True
        del chunk.data[:size]
        chunk.seq = (chunk.seq + size) & MASK
        conn.unsent.insert(0, first)
    if _send_burst(conn, size, mss):
        _run_timer(conn, was_idle)
    return True


def schedule_tail_probe(conn: Connection, is_anew: bool = False) -> bool:
    """tcp_schedule_loss_probe: only where SACK can tell what the probe found (is_anew: an ACK lets the timeout begin
    anew)."""
    if not (conn.sent and conn.has_sack and (conn.recovery is OPEN or conn.recovery is REDUCED)
            and conn.state is not SYN_SENT and conn.namespace.sysctls.get("net.ipv4.tcp_early_retrans") in (3, 4)):
        return False
    alarm.arm_tail_probe(conn, is_anew)
    return True


def _check_probe(conn: Connection) -> None:
    """Nothing is under way and the peer's window, or the host itself, lets nothing out (tcp_check_probe_timer)."""
    if not conn.sent and not conn.timer_kind:
        if not conn.send_window:
            conn.namespace.record(TcpWindowShut(conn.namespace.name, *conn.key, (conn.written - conn.nxt) & MASK))
        alarm.arm(conn, alarm.PROBE, conn.round_trip.timeout)
