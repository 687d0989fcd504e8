"""ACKs that answer what does not fit, so that only the real peer goes on (RFC 5961; net/ipv4/tcp_input.c)."""

from __future__ import annotations

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.events import TcpChallenged
from netsandbox.linux.tcp.receiving import receive
from netsandbox.linux.tcp.sending.transmit import send_ack
from netsandbox.linux.tcp.timewait import INVALID_RATELIMIT
from netsandbox.wire.sequence import MASK, before
from netsandbox.wire.tcp import SYN, TcpSegment


def _pause(conn: Connection) -> int:
    """Nanoseconds between two answers to what does not fit."""
    return conn.namespace.sysctls.get(INVALID_RATELIMIT) * MILLISECOND


def answer_oddity(conn: Connection, segment: TcpSegment, why: str = "Seq") -> None:
    """tcp_send_dupack, at most each half second for what carries neither data nor a FIN."""
    now = conn.namespace.scheduler.now
    if not segment.sequence_length or segment.flags & SYN:
        if now - conn.challenged_at < _pause(conn):
            conn.namespace.count(f"TcpExtTCPACKSkipped{why}")
            return
        conn.challenged_at = now
    end = (segment.seq + segment.sequence_length) & MASK
    if end != segment.seq and before(segment.seq, conn.expected):
        conn.namespace.count("TcpExtDelayedACKLost")
        receive.be_quick_again(conn)
        receive.note_duplicate(conn, segment.seq, end if before(end, conn.expected) else conn.expected)
    send_ack(conn)


def challenge_syn(conn: Connection) -> str:
    conn.namespace.count("TcpInErrs")
    conn.namespace.count("TcpExtTCPSYNChallenge")
    challenge(conn, "syn")
    return "TCP_INVALID_SYN"


def challenge(conn: Connection, why: str) -> None:
    """RFC 5961: only the real peer can answer this ACK (tcp_send_challenge_ack)."""
    now = conn.namespace.scheduler.now
    if now - conn.challenged_at >= _pause(conn):
        conn.challenged_at = now
        conn.namespace.record(TcpChallenged(conn.namespace.name, *conn.key, why))
        conn.namespace.count("TcpExtTCPChallengeACK")
        send_ack(conn)
    else:
        conn.namespace.count("TcpExtTCPACKSkippedChallenge")
