"""What a program may write before it has to wait: the send buffer, counted as the kernel does (net/ipv4/tcp.c)."""

from __future__ import annotations

from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control.congestion import INITIAL
from netsandbox.linux.tcp.sending import buffers, output
from netsandbox.linux.tcp.sending.buffers import BUFFER, HEADERS, OVERHEAD, SHARED
from netsandbox.linux.tcp.sending.burst import goal, most_in_burst, window_end
from netsandbox.linux.tcp.sending.transmit import current_mss
from netsandbox.wire.sequence import MASK, distance

FLUSHED = 16  # Buffers that one call begins before it looks at what has come meanwhile (process_backlog)


class Writing:
    """A call that writes on as long as there is memory, which what comes meanwhile may free.

    Attributes:
        beyond: what would not have fitted when it began.  more: bytes of it that did.
        begun: buffers since what had come was looked at.  flushes: that comes first now.
    """

    __slots__ = ("begun", "beyond", "flushes", "more")

    def __init__(self, beyond: bytes) -> None:
        self.beyond = beyond
        self.begun = self.more = 0
        self.flushes = False


def write(conn: Connection, data: bytes) -> None:
    """A chunk of what a program writes (tcp_sendmsg_locked)."""
    writing, chunks = conn.writing, len(conn.unsent)
    if writing is not None:
        data = data or _more(conn, writing)
        if data and _flushes(conn, writing):
            conn.going_on = "_write", data
            return
    rest = output.append(conn, data) if data else b""
    if writing is not None:
        writing.begun += len(conn.unsent) - chunks
    if not rest and (writing is None or not writing.beyond):
        output.mark_push(conn)
        output.push(conn)
        return
    conn.going_on = "_write", rest
    if output.is_push_due(conn):
        output.mark_push(conn)
        output.push(conn, is_nagle_off=True)
    elif len(conn.unsent) == 1:
        output.write(conn, is_nagle_off=True, only_one=True)
        conn.more_to_send = False


def _flushes(conn: Connection, writing: Writing) -> bool:
    """Whether what has come meanwhile is looked at before the next buffer is begun."""
    if writing.begun < FLUSHED:
        writing.flushes = False
        return False
    writing.begun = 0
    writing.flushes = bool(conn.held)
    return writing.flushes


def _more(conn: Connection, writing: Writing) -> bytes:
    """The next chunk of what lies beyond, if there is memory for it by now."""
    if buffers.written(conn) >= conn.send_buffer or not _is_low(conn, (conn.written - conn.nxt) & MASK):
        writing.beyond = b""
        return b""
    size = goal(conn, max(current_mss(conn), 1))
    part, writing.beyond = writing.beyond[:size], writing.beyond[size:]
    writing.more += len(part)
    conn.queued += len(part)
    return part


def _is_low(conn: Connection, unsent: int) -> bool:
    """Whether so little waits to be sent that more may be written (tcp_stream_memory_free)."""
    return unsent < conn.namespace.sysctls.get("net.ipv4.tcp_notsent_lowat")


def is_writable(conn: Connection) -> bool:
    """Whether a third of the buffer is free again (sk_stream_is_writeable)."""
    if not _is_low(conn, ((conn.written - conn.nxt) & MASK) << 1):
        return False
    if conn.send_buffer - conn.queued < conn.queued >> 1:
        return False
    memory = buffers.written(conn)
    return conn.send_buffer - memory >= memory >> 1


def expand(conn: Connection) -> None:
    """Room for two windows, up to tcp_wmem, unless its program said how much (tcp_sndbuf_expand)."""
    if conn.tuning.send:
        return
    per_segment = BUFFER + (1 << (max(conn.mss_clamp, conn.mss) + HEADERS + SHARED - 1).bit_length())
    most = conn.namespace.sysctls.numbers("net.ipv4.tcp_wmem")[2]
    wish = 2 * max(INITIAL, conn.congestion.window, conn.rack.reordering + 1) * per_segment
    conn.send_buffer = max(conn.send_buffer, min(wish, most))


def has_new_room(conn: Connection) -> bool:
    """Whether a program that waits may write on after an ACK; what still fills the window keeps the size as it is."""
    if conn.in_flight < conn.congestion.window:
        expand(conn)
    return is_writable(conn)


def room(conn: Connection, length: int) -> int:
    """How many of `length` bytes one call takes (tcp_sendmsg_locked).

    A buffer that was begun is filled; the next begins if there is memory. What leaves meanwhile gives none back, as
    no ACK is looked at before the call ends, but it makes place in the last buffer.
    """
    mss = max(current_mss(conn), 1)
    size, memory, taken = goal(conn, mss), buffers.written(conn), 0
    if conn.owned and memory >= conn.send_buffer:  # what an earlier call brought may not be in its buffers yet
        return 0
    queue = [len(chunk.data) for chunk in conn.unsent]
    pending, leaving = (conn.written - conn.pushed) & MASK, None
    waiting = (conn.written - conn.nxt) & MASK
    while taken < length:
        if not queue or queue[-1] >= size:
            if memory >= conn.send_buffer or not _is_low(conn, waiting + taken - (leaving.left if leaving else 0)):
                break
            queue.append(0)
            memory += OVERHEAD
        part = size - queue[-1]
        if part > length - taken:
            part = length - taken
        queue[-1] += part
        taken, memory, pending = taken + part, memory + part, pending + part
        if queue[-1] < size:
            break
        leaving = leaving or _Leaving(conn, mss)
        if pending > conn.largest_window >> 1:
            pending = 0
            while leaving.step(queue):
                memory += OVERHEAD
        elif len(queue) == 1 and leaving.step(queue):
            memory += OVERHEAD
    return taken


class _Leaving:
    """What the windows let leave while a call goes on; `left` bytes did."""

    def __init__(self, conn: Connection, mss: int) -> None:
        self._quota = conn.congestion.window - conn.in_flight
        self._most = min(max(conn.congestion.window >> 1, 1), most_in_burst(conn, mss))
        self._window = distance(window_end(conn), conn.unsent[0].seq if conn.unsent else conn.written)
        self._mss = mss
        self.left = 0

    def step(self, queue: list[int]) -> bool:
        """Let one burst leave; whether it was cut off a buffer, which is one more then."""
        segments = min(self._quota, self._most)
        size = min(segments * self._mss, self._window, queue[0] if queue else 0)
        if size <= 0 or size < min(queue[0], self._mss):
            return False
        self._quota -= -(-size // self._mss)
        self._window -= size
        self.left += size
        queue[0] -= size
        if not queue[0]:
            del queue[0]
            return False
        return True
