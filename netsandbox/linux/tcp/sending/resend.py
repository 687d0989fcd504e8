"""Sending again what is under way (net/ipv4/tcp_output.c tcp_retransmit_skb)."""

from __future__ import annotations

from netsandbox.linux.ipv4.routing import OutputRoute
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ecn, rack
from netsandbox.linux.tcp.events import TcpRetransmitted
from netsandbox.linux.tcp.sending.burst import window_end
from netsandbox.linux.tcp.sending.transmit import current_mss, is_still_here, stamp_of, transmit, way_of
from netsandbox.linux.tcp.state import Sent
from netsandbox.wire.sequence import MASK, after, before
from netsandbox.wire.tcp import FIN, PSH, SYN


def split(conn: Connection, place: int, size: int) -> None:
    """Cut a segment that is too large for the path now in two (tcp_fragment)."""
    segment = conn.sent[place]
    rest = Sent((segment.seq + size) & MASK, segment.data[size:], segment.flags, segment.at, segment.wire)
    rest.sacked, rest.lost = segment.sacked, segment.lost
    rest.again, rest.ever_again, rest.ends = segment.again, segment.ever_again, segment.ends
    rest.departure = segment.departure
    segment.ends = False
    segment.data, segment.end = segment.data[:size], rest.seq
    segment.flags &= ~(FIN | PSH)
    conn.sent.insert(place + 1, rest)
    conn.sacked_out += rest.sacked
    conn.lost_out += rest.lost
    conn.again_out += rest.again


def recut(conn: Connection, place: int, mss: int) -> int:
    """Cut all that left as one into segments of another size; the place of the last of them."""
    sent = conn.sent
    while place + 1 < len(sent) and not sent[place + 1].sacked and not sent[place].ends:
        join(conn, place)
    while len(sent[place].data) > mss:
        split(conn, place, mss)
        place += 1
    return place


def retransmit(conn: Connection, place: int, why: str, in_burst: bool = False, pushes: bool = False) -> str:
    """Send one segment that is under way again (tcp_retransmit_skb); OK or the errno name of what kept it back.

    Args:
        in_burst: it is one of several that leave as one.  pushes: it is the last of them.
    """
    segment = conn.sent[place]
    problem = _send_again(conn, place, in_burst, pushes)
    if problem == "EBUSY":
        conn.namespace.count("TcpExtTCPSpuriousRtxHostQueues")
    elif problem not in ("", "EAGAIN", "EHOSTUNREACH"):
        conn.namespace.count("TcpRetransSegs")
        conn.namespace.count("TcpExtTCPRetransFail")
    if not problem:
        segment.wire, segment.at = conn.wire, conn.namespace.scheduler.clock
        segment.departure = conn.delivery.departure(conn, segment.at)
        what = "data" if segment.data else "fin" if segment.flags & FIN else "syn"
        note_retransmission(conn, what, why, len(segment.data))
        conn.again_out += not segment.again
        segment.again = True
    conn.retry_since = conn.retry_since or stamp_of(conn, segment.at)
    conn.undo_retrans = max(conn.undo_retrans, 0) + 1
    return problem


def has_way(conn: Connection) -> bool:
    """Whether the peer can be reached; if not, the program is told why once it is given up (inet_sk_rebuild_header)."""
    way = way_of(conn)
    if isinstance(way, OutputRoute):
        return True
    conn.namespace.record(way)
    conn.soft_error = way.error
    return False


def _send_again(conn: Connection, place: int, in_burst: bool, pushes: bool) -> str:
    """__tcp_retransmit_skb."""
    segment = conn.sent[place]
    conn.path_search.size = 0  # whatever becomes of a probe now says nothing
    if is_still_here(conn, segment):
        return "EBUSY"
    if before(segment.seq, conn.una):
        segment.data = segment.data[(conn.una - segment.seq) & MASK:]
        segment.seq = conn.una
    if not has_way(conn):
        return "EHOSTUNREACH"
    mss = current_mss(conn)
    if not before(segment.seq, window_end(conn)) and segment.seq != conn.una and segment.data:
        return "EAGAIN"
    if len(segment.data) > mss:
        recut(conn, place, mss)
    elif not segment.flags & SYN:
        _collapse(conn, place, mss)
    segment.ever_again = True
    segment.ends |= not in_burst
    segment.flags = ecn.flags_again(conn, segment.flags)
    conn.counts.again += 1
    return transmit(conn, segment.seq, segment.flags | (PSH if pushes else 0), segment.data, in_burst=in_burst)


def _collapse(conn: Connection, place: int, mss: int) -> None:
    """Small segments behind a lost one leave with it (tcp_retrans_try_collapse)."""
    segment = conn.sent[place]
    if not conn.namespace.sysctls.get("net.ipv4.tcp_retrans_collapse"):
        return
    while place + 1 < len(conn.sent) and not segment.flags & FIN:
        following = conn.sent[place + 1]
        if (following.sacked or len(segment.data) + len(following.data) > mss
                or after(following.end, window_end(conn))):
            return
        join(conn, place)


def join(conn: Connection, place: int) -> None:
    """Make one segment of two neighbours that are under way (tcp_collapse_retrans)."""
    segment, following = conn.sent[place], conn.sent[place + 1]
    segment.data += following.data
    segment.flags |= following.flags
    segment.end = following.end
    conn.lost_out -= following.lost
    conn.again_out -= following.again
    segment.ever_again |= following.ever_again
    segment.ends = following.ends
    del conn.sent[place + 1]


def note_retransmission(conn: Connection, what: str, why: str, size: int) -> None:
    conn.retransmitted += 1
    conn.counts.bytes_again += size
    conn.namespace.record(TcpRetransmitted(conn.namespace.name, *conn.key, what, why, size, max(conn.retries, 1),
                                           conn.round_trip.timeout))


def cut_anew(conn: Connection, mss: int) -> bool:
    """Make smaller segments of those that are too large and have not arrived, and take them to be lost."""
    place, found = 0, False
    while place < len(conn.sent):
        segment = conn.sent[place]
        if len(segment.data) > mss and not segment.sacked:
            rack.mark_lost(conn, segment)
            found = True
            place = recut(conn, place, mss)
        place += 1
    return found
