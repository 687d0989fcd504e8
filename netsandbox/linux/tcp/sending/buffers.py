"""What data takes in the buffers of a socket (struct sk_buff's truesize), and which of it becomes one."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from netsandbox.linux.tcp.connection import Connection
from netsandbox.wire.sequence import before
from netsandbox.wire.tcp import BurstSegment, TcpSegment

HEADERS, SHARED, BUFFER, SMALL = 192, 320, 256, 576
"""MAX_TCP_HEADER, struct skb_shared_info, struct sk_buff and the least head (SKB_SMALL_HEAD_SIZE), in bytes."""
OVERHEAD = BUFFER + SMALL  # What a buffer of the sender takes beside its data, and one that came by itself as well
ALIGNMENT, IN_SMALL, SPARE, PAGE = 64, 64, 128, 4096


class Cost(NamedTuple):
    """Bytes: what a segment takes, what once its front was looked at (skb_condense), and how much more fits into it."""

    memory: int
    condensed: int
    room: int


class MergedSegment(TcpSegment):
    """Segments that became one while they waited; `first` says how large they are and whose memory they take."""

    __slots__ = ("first",)

    def __init__(self, last: TcpSegment, new: TcpSegment) -> None:
        number = last.ack if before(new.ack, last.ack) else new.ack
        super().__init__(new.sport, new.dport, last.seq, number, last.flags | new.flags, new.window, new.options,
                         last.data + new.data)
        self.first = first_of(last)


def first_of(segment: TcpSegment) -> TcpSegment:
    return segment.first if isinstance(segment, MergedSegment) else segment


class Buffer:
    """Data that waits for the program, and how much of what follows fits behind it."""

    __slots__ = ("data", "memory", "room")

    def __init__(self, data: bytes, memory: int, room: int) -> None:
        self.data = data
        self.memory = memory
        self.room = room


class Early(NamedTuple):
    """A segment that came out of order."""

    seq: int
    end: int
    fin: bool
    buffer: Buffer


def _head(size: int) -> int:
    """Bytes of memory for a head with room for so many (kmalloc_reserve)."""
    whole = -(-size // ALIGNMENT) * ALIGNMENT + SHARED
    return SMALL if whole <= SMALL else 1 << (whole - 1).bit_length()


@cache
def _cost(size: int, is_of_burst: bool) -> Cost:
    """One of a burst was cut out of it into a head of its own; another was one, and is put in a row (skb_linearize)."""
    head = SMALL if size <= IN_SMALL else _head(HEADERS + size + SPARE * (not is_of_burst))
    taken = BUFFER + head
    return Cost(taken if is_of_burst else OVERHEAD + size, taken, head - SHARED - HEADERS - size)


def cost(conn: Connection, segment: TcpSegment) -> Cost:
    """What a segment takes here; within a host its data stays where the sender put it."""
    size = len(segment.data)
    if conn.is_local:
        return Cost(OVERHEAD + size, OVERHEAD + size, 0)
    if not isinstance(segment, MergedSegment):
        return _cost(size, isinstance(segment, BurstSegment))
    first = segment.first
    found = _cost(len(first.data), isinstance(first, BurstSegment))
    return Cost(found.condensed, found.condensed, found.room + len(first.data) - size)


def keep(conn: Connection, buffer: Buffer) -> None:
    """Data is next for the program: the last buffer takes it if it can (tcp_queue_rcv, tcp_try_coalesce)."""
    last, size = conn.received[-1] if conn.received else None, len(buffer.data)
    if last is not None and size <= last.room:
        last.data += buffer.data
        last.room -= size
        conn.counts.coalesced += 1
        return
    if last is not None and conn.is_local:
        buffer.memory -= OVERHEAD
        conn.counts.coalesced += 1
    conn.received.append(buffer)
    conn.memory += buffer.memory


def written(conn: Connection) -> int:
    """Bytes that what was written and has not arrived takes (sk_wmem_queued)."""
    rows = len(conn.unsent)
    for segment in conn.sent:
        rows += segment.ends
    return conn.queued + OVERHEAD * rows


def is_reserved(conn: Connection, memory: int) -> bool:
    """Whether what comes next as foreseen fits into a page that was begun, where nobody looks at the limit.

    Memory is reserved in whole pages; what is left of them is sk_forward_alloc (tcp_rcv_established).
    """
    return not conn.early and conn.receive_window > 0 and memory <= -(conn.memory + written(conn)) % PAGE
