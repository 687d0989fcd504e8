"""What the peer says to have behind a gap, or twice (RFC 2018, RFC 2883; tcp_sacktag_write_queue)."""

from __future__ import annotations

from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ack_bits, rack
from netsandbox.linux.tcp.control.delivery import later_of
from netsandbox.linux.tcp.state import Recovery, Sent
from netsandbox.wire.sequence import MASK, after, before, distance

Block = tuple[int, int]


class Progress:
    """How things stood before an ACK (struct tcp_sacktag_state and what tcp_ack remembers)."""

    __slots__ = ("delivered", "first_sacked", "highest", "last_sacked", "latest", "losses")

    def __init__(self, conn: Connection) -> None:
        # delivered, losses: the connection's counts
        self.delivered = conn.delivered
        self.losses = conn.losses
        # the end of what had arrived behind gaps
        self.highest = rack.highest_sacked(conn) if conn.sacked_out else conn.una
        # first_sacked, last_sacked: when the first and the last of what this ACK tells of had left, of segments sent
        # once
        self.first_sacked: int | None = None
        self.last_sacked: int | None = None
        self.latest: Sent | None = None  # of what this ACK tells of, the segment that left last


def take(conn: Connection, progress: Progress, blocks: tuple[Block, ...], ack: int, prior: int) -> int:
    """Mark what has arrived behind a gap; blocks that make no sense are passed over.

    Args:
        ack: what the segment acknowledges.  prior: snd_una before it.
    """
    flag = ack_bits.NOTHING
    again = _is_twice(blocks, ack)
    if again:
        conn.namespace.count(f"TcpExtTCPDSACK{'' if before(blocks[0][0], ack) else 'Ofo'}Recv")
        flag |= _take_twice(conn, blocks[0], prior)
    if not conn.sent:
        return flag
    lowest = conn.nxt
    for block in sorted(blocks, key=lambda block: distance(block[0], ack)):
        start, stop = block
        if not _is_valid(conn, block, again and block is blocks[0]):
            _note_ignored(conn, block, again and block is blocks[0], ack)
            continue
        if before(stop, prior):
            continue
        for segment in conn.sent:
            if before(segment.seq, start) or after(segment.end, stop):
                continue
            if again and (start, stop) == blocks[0] and segment.again and segment.sacked:
                segment.again = False
                conn.again_out -= 1
            if not segment.sacked:
                flag |= _mark(conn, progress, segment)
                if not segment.ever_again and before(segment.seq, lowest):
                    lowest = segment.seq
    if conn.recovery is not Recovery.LOSS or conn.undo_marker:
        rack.note_reordering(conn, lowest, progress.highest)
    return flag


def _mark(conn: Connection, progress: Progress, segment: Sent) -> int:
    """tcp_sacktag_one."""
    flag = ack_bits.SACKED
    rack.advance(conn, segment)
    progress.latest = later_of(progress.latest, segment)
    if not segment.ever_again:
        flag |= ack_bits.NOTHING if after(segment.end, conn.high_seq) else ack_bits.ORIGINAL
        progress.last_sacked = segment.at
        if progress.first_sacked is None:
            progress.first_sacked = segment.at
    if segment.lost:
        conn.lost_out -= 1
        conn.again_out -= segment.again
        segment.lost = segment.again = False
    segment.sacked = True
    conn.sacked_out += 1
    conn.delivered += 1
    return flag


def _is_valid(conn: Connection, block: Block, is_twice: bool) -> bool:
    """tcp_is_sackblock_valid: it lies within what is under way or, if it came twice, not too far below."""
    start, stop = block
    if after(stop, conn.nxt) or not before(start, stop) or not before(start, conn.nxt):
        return False
    if after(start, conn.una):
        return True
    if not is_twice or not conn.undo_marker or after(stop, conn.una):
        return False
    return not before(start, conn.undo_marker) or (
        after(stop, conn.undo_marker) and not before(start, (stop - conn.largest_window) & MASK))


def _note_ignored(conn: Connection, block: Block, is_twice: bool, ack: int) -> None:
    """What an ACK that was overtaken tells of before snd_una is nothing to speak of."""
    if is_twice:
        conn.namespace.count(f"TcpExtTCPDSACKIgnored{'Old' if conn.undo_marker else 'NoUndo'}")
    elif ack == conn.una or after(block[1], conn.una):
        conn.namespace.count("TcpExtTCPSACKDiscard")


def _is_twice(blocks: tuple[Block, ...], ack: int) -> bool:
    """The first block is of what came once more: below the ACK, or within the second (tcp_check_dsack)."""
    start, stop = blocks[0]
    return before(start, ack) or (len(blocks) > 1 and not before(start, blocks[1][0]) and not after(stop, blocks[1][1]))


def _take_twice(conn: Connection, block: Block, prior: int) -> int:
    """tcp_dsack_seen: nothing of it was lost when it had been sent twice."""
    start, stop = block
    size = distance(stop, start)
    if size <= 0 or size > conn.largest_window:
        conn.namespace.count("TcpExtTCPDSACKIgnoredDubious")
        return ack_bits.NOTHING
    flag, count = ack_bits.TWICE, -(-size // max(conn.mss, 1))
    if count == 1 and conn.probe_end == stop:
        flag |= ack_bits.TWICE_PROBE
    conn.twice += count
    if conn.twice > conn.retransmitted:
        conn.namespace.count("TcpExtTCPDSACKIgnoredDubious")
        return ack_bits.NOTHING
    conn.delivered += count
    conn.namespace.count("TcpExtTCPDSACKRecvSegs", count)
    if conn.undo_marker and conn.undo_retrans > 0 and not after(stop, prior) and after(stop, conn.undo_marker):
        conn.undo_retrans = max(0, conn.undo_retrans - count)
    return flag
