"""Explicit congestion notification: a router marks packets instead of dropping them (RFC 3168, as Linux does it)."""

from __future__ import annotations

from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.tcp.connection import Connection
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.sequence import before
from netsandbox.wire.tcp import ACK, CWR, ECE, SYN, TcpSegment

AGREED, OWES_CWR, DEMANDS_CWR, SEEN = 1, 2, 4, 8
"""Both ends speak it; the next segment says that we slowed down; we tell of a mark until the peer says so; marks came
(TCP_ECN_OK, TCP_ECN_QUEUE_CWR, TCP_ECN_DEMAND_CWR, TCP_ECN_SEEN)."""
OFF, ASK = 0, 1  # Values of tcp_ecn: never, and ask for it; 2 agrees when asked
ECT, CE, BITS = 2, 3, 3  # In the TOS field: able to be marked, and marked
ASKS = ECE | CWR
QUICK = 2  # ACKs at once after a mark


def begin(conn: Connection, route: Route) -> int:
    """The flags of our SYN (tcp_ecn_send_syn)."""
    asks = conn.namespace.sysctls.get("net.ipv4.tcp_ecn") == ASK or route.asks("features")
    conn.ecn = AGREED if asks else 0
    return SYN | ASKS if conn.ecn else SYN


def flags_again(conn: Connection, flags: int) -> int:
    """A SYN that was not answered asks no more: it may have been dropped for asking (tcp_ecn_clear_syn)."""
    if flags & (SYN | ASKS) == SYN | ASKS and conn.namespace.sysctls.get("net.ipv4.tcp_ecn_fallback"):
        return flags & ~ASKS
    return flags


def flags_of_answer(conn: Connection, flags: int) -> int:
    """Of a SYN,ACK that was a SYN before (tcp_ecn_send_synack)."""
    return flags & ~CWR if conn.ecn else flags & ~ASKS


def agree(conn: Connection, segment: TcpSegment) -> None:
    """What the peer's SYN, or SYN,ACK, says of it (tcp_ecn_rcv_syn, tcp_ecn_rcv_synack)."""
    if segment.flags & ASKS != (ECE if segment.flags & ACK else ASKS):
        conn.ecn = 0


def is_asked(namespace: NetworkNamespace, packet: IPv4Packet, segment: TcpSegment, route: Route) -> bool:
    """Whether a SYN asks for it, and we go along (tcp_ecn_create_request)."""
    asks = segment.flags & ASKS == ASKS and (not packet.tos & BITS or bool(segment.reserved))
    return asks and (namespace.sysctls.get("net.ipv4.tcp_ecn") != OFF or bool(route.asks("features")))


def send(conn: Connection, seq: int, has_data: bool) -> int:
    """Flags that a segment gets; only new data may be marked (tcp_ecn_send)."""
    flags = ECE if conn.ecn & DEMANDS_CWR else 0
    conn.ect = ECT if has_data and not before(seq, conn.nxt) else 0
    if conn.ect and conn.ecn & OWES_CWR:
        conn.ecn &= ~OWES_CWR
        flags |= CWR
    return flags


def owe(conn: Connection) -> None:
    """We slow down, and are to say so (tcp_ecn_queue_cwr)."""
    if conn.ecn & AGREED:
        conn.ecn |= OWES_CWR


def look(conn: Connection, tos: int, segment: TcpSegment) -> bool:
    """Look at a segment's marks; True where it should be acknowledged soon (tcp_ecn_accept_cwr, tcp_ecn_check_ce)."""
    size = segment.sequence_length
    if segment.flags & CWR:
        conn.ecn &= ~DEMANDS_CWR
        conn.ack_now = conn.ack_now or bool(size)
    if not size:
        return False
    hurries = bool(conn.ecn & SEEN) if not tos & BITS else tos & BITS == CE and not conn.ecn & DEMANDS_CWR
    if tos & BITS:
        conn.ecn |= SEEN | (DEMANDS_CWR if tos & BITS == CE else 0)
    return hurries
