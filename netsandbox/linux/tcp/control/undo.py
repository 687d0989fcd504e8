"""Nothing was lost after all: the congestion window from before (RFC 3522, RFC 3708; tcp_input.c, `undo`)."""

from __future__ import annotations

from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ecn
from netsandbox.linux.tcp.state import Recovery, TcpState
from netsandbox.wire.sequence import before


def begin(conn: Connection) -> None:
    """From here on it is counted what is sent again (tcp_init_undo); -1 so far."""
    conn.undo_marker = conn.una
    probe = conn.probe_end is not None and conn.probe_is_again
    conn.undo_retrans = conn.again_out + probe or -1


def echoes_before(conn: Connection, when: int) -> bool:
    """The peer's segment echoes a timestamp that is older than `when` (tcp_tsopt_ecr_before)."""
    return bool(conn.has_stamps and conn.echoed_stamp and before(conn.echoed_stamp, when))


def was_delayed(conn: Connection) -> bool:
    """The ACK answers the original, not what was sent again (tcp_packet_delayed; RFC 3522, Eifel)."""
    if conn.retry_since:
        return echoes_before(conn, conn.retry_since)
    if not conn.has_sack and not before(conn.una, conn.high_seq):
        return False
    return conn.state is not TcpState.SYN_SENT


def _may(conn: Connection) -> bool:
    return bool(conn.undo_marker) and (not conn.undo_retrans or was_delayed(conn))


def spurious_syn(conn: Connection, echoed: int) -> None:
    """The answer is to the first SYN or SYN,ACK, so its timeout was a mistake (tcp_try_undo_spurious_syn)."""
    if conn.retry_since == echoed:
        conn.undo_marker = 0


def reduction(conn: Connection, unmarks: bool) -> None:
    """tcp_undo_cwnd_reduction."""
    if unmarks:
        for segment in conn.sent:
            segment.lost = False
        conn.lost_out = 0
    state = conn.congestion
    if state.prior_threshold:
        state.window = max(state.window, state.prior)
        if state.prior_threshold > state.threshold:
            state.threshold = state.prior_threshold
            conn.ecn &= ~ecn.OWES_CWR
    conn.undo_marker = 0
    conn.rack.advanced = True


def any_again(conn: Connection) -> bool:
    """tcp_any_retrans_done."""
    return bool(conn.again_out or (conn.sent and conn.sent[0].ever_again))


def forget_retries(conn: Connection) -> None:
    """tcp_retrans_stamp_cleanup."""
    if not any_again(conn):
        conn.retry_since = 0


def keep_open(conn: Connection) -> None:
    """tcp_try_keep_open."""
    state = Recovery.DISORDER if conn.sacked_out or conn.lost_out or any_again(conn) else Recovery.OPEN
    if conn.recovery is not state:
        conn.recovery = state
        conn.high_seq = conn.nxt


def _holds(conn: Connection) -> bool:
    """Without SACK the state is held until something above high_seq arrives (tcp_is_non_sack_preventing_reopen)."""
    if conn.una == conn.high_seq and not conn.has_sack:
        forget_retries(conn)
        return True
    return False


def after_recovery(conn: Connection) -> bool:
    """Everything up to high_seq has arrived (tcp_try_undo_recovery); True to hold the state."""
    if _may(conn):
        reduction(conn, False)
        conn.namespace.count(f"TcpExtTCP{'Loss' if conn.recovery is Recovery.LOSS else 'Full'}Undo")
    if _holds(conn):
        return True
    conn.recovery = Recovery.OPEN
    return False


def loss(conn: Connection, is_sure: bool) -> bool:
    """Was the timeout a mistake? (tcp_try_undo_loss)"""
    if not is_sure and not _may(conn):
        return False
    reduction(conn, True)
    conn.namespace.count("TcpExtTCPLossUndo")
    if is_sure:
        conn.namespace.count("TcpExtTCPSpuriousRTOs")
    conn.retries = 0
    if not _holds(conn) and (is_sure or conn.has_sack):
        conn.recovery = Recovery.OPEN
    return True


def by_duplicates(conn: Connection) -> bool:
    """Each segment that was sent again arrived twice (tcp_try_undo_dsack)."""
    if conn.undo_marker and not conn.undo_retrans:
        reduction(conn, False)
        conn.namespace.count("TcpExtTCPDSACKUndo")
        return True
    return False


def partial(conn: Connection) -> bool:
    """A gap has closed, perhaps by the original (tcp_try_undo_partial); True while more is under way again."""
    if not (conn.undo_marker and was_delayed(conn)):
        return False
    conn.rack.seen += 1
    if conn.again_out:
        return True
    forget_retries(conn)
    reduction(conn, True)
    conn.namespace.count("TcpExtTCPPartialUndo")
    keep_open(conn)
    return False
