"""Where an arriving segment goes, and what a connection makes of it (net/ipv4/tcp_ipv4.c, tcp_input.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MICROSECOND, MILLISECOND
from netsandbox.linux.drop import Dropped, DropReason, Operand, Outcome
from netsandbox.linux.tcp import options, timewait
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ack, ecn, undo
from netsandbox.linux.tcp.handshake import connect, listen, metrics
from netsandbox.linux.tcp.handshake.request import Request
from netsandbox.linux.tcp.options import Options
from netsandbox.linux.tcp.receiving import challenges, prediction, receive, receive_trip, reset, window
from netsandbox.linux.tcp.sending import buffers, chronograph, output, send_buffer
from netsandbox.linux.tcp.state import (
    CLOSE,
    CLOSE_WAIT,
    CLOSING,
    ESTABLISHED,
    FIN_WAIT1,
    FIN_WAIT2,
    LAST_ACK,
    RECEIVE_SHUTDOWN,
    SEND_SHUTDOWN,
    SYN_RECV,
    SYN_SENT,
    TIME_WAIT,
    Waiting,
)
from netsandbox.linux.tcp.timewait import TimeWait
from netsandbox.wire.addresses import MAC_GROUP_BIT
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.sequence import HALF, MASK, after, before, distance
from netsandbox.wire.tcp import ACK, FIN, HEADER, RST, SYN, TcpSegment

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

DATA_OFFSET = 12  # Where in its header a segment says how long that is, in the upper half of a byte
PAWS_WINDOW = 1  # By how much a timestamp may be older than the last one
RESET_ERRORS = {SYN_SENT: "ECONNREFUSED", CLOSE_WAIT: "EPIPE"}


def _without_header(interface: Interface, packet: IPv4Packet) -> Verdict:
    """Of those that are too short, only one whose header says so itself is an error."""
    data = packet.payload_bytes()
    if len(data) >= HEADER and data[DATA_OFFSET] >> 2 < HEADER:
        interface.namespace.count("TcpInErrs")
    return Dropped(DropReason.PKT_TOO_SMALL, (packet.total_length,))


def receive_packet(interface: Interface, frame: Frame, packet: IPv4Packet) -> Verdict:
    """tcp_v4_rcv: to a connection, a half-open or a closed one, a listener, or nobody."""
    segment = packet.payload
    if frame.dst & MAC_GROUP_BIT:
        return Dropped(DropReason.OTHERHOST, ("TCP", "broadcast frame"))
    if not isinstance(segment, TcpSegment):
        return _without_header(interface, packet)
    if segment.checksum is not None and not segment.is_checksum_right(packet.src, packet.dst):
        return Dropped(DropReason.TCP_CSUM, (segment.checksum,))
    sockets = interface.namespace.sockets
    found = sockets.connections.get((packet.dst, segment.dport, packet.src, segment.sport))
    isn = 0
    if found is not None:
        if isinstance(found, Connection):
            if found.owned:  # till the program has done with the socket (sk_add_backlog)
                _hold(found, packet, segment)
                return Outcome.QUEUED
            answer = process(found, packet, segment)
            found.drops += isinstance(answer, Dropped)
            return answer
        verdict = _to_record(found, interface, packet, segment)
        if not isinstance(verdict, int):
            return verdict
        isn = verdict
    listener = sockets.listener(packet.dst, segment.dport, interface, (packet.src, segment.sport))
    if listener is not None:
        return _to_listener(listener, interface, packet, segment, isn)
    reset.answer(interface.namespace, packet, segment, vrf=interface.l3mdev)
    holder: tuple[Operand, ...] = sockets.elsewhere("tcp", segment.dport, packet.dst)
    if not holder and segment.flags & (SYN | ACK) != SYN:
        holder = sockets.of_another_peer("tcp", (packet.dst, segment.dport), (packet.src, segment.sport))
    return Dropped(DropReason.NO_SOCKET, ("tcp", segment.dport, *holder))


def _to_record(found: Request | TimeWait, interface: Interface, packet: IPv4Packet,
               segment: TcpSegment) -> Verdict | int:
    """For what is no connection yet, or no more; a number says that the listener may look (and begin there)."""
    if isinstance(found, TimeWait):
        verdict = timewait.take(found, packet, segment)
        if not isinstance(verdict, str):
            return verdict
        listener = interface.namespace.sockets.listener(packet.dst, segment.dport)
        if listener is None:
            timewait.acknowledge_if_allowed(found, segment)
            return Dropped(DropReason.TCP_OLD_DATA, (segment.dport,))
        isn = timewait.next_isn(found)
        timewait.dismiss(found, "reuse")
        return isn
    answer = listen.answer(found, packet, segment)
    if isinstance(answer, Connection):
        return _first_of_child(answer, packet, segment)
    return 0 if isinstance(answer, str) else answer


def _to_listener(listener: Connection, interface: Interface, packet: IPv4Packet, segment: TcpSegment,
                 isn: int) -> Verdict:
    answer = listen.take(listener, interface, packet, segment, isn)
    if isinstance(answer, Connection):
        return _first_of_child(answer, packet, segment)
    return answer


def _first_of_child(child: Connection, packet: IPv4Packet, segment: TcpSegment) -> Verdict:
    """The ACK that made a connection whole is its first segment (tcp_child_process)."""
    verdict = process(child, packet, segment)
    child.drops += isinstance(verdict, Dropped)
    if child.parent is not None:
        child.parent.wake()
    return verdict


def _hold(conn: Connection, packet: IPv4Packet, new: TcpSegment) -> None:
    """Keep a segment for later; what goes on where the last one ended becomes one with it (tcp_add_backlog)."""
    if conn.held and len(new.data) <= conn.held[-1].room:
        waiting = conn.held[-1]
        last = waiting.segment
        if not ((last.seq + last.sequence_length) & MASK != new.seq or last.options != new.options
                or (last.flags | new.flags) & (SYN | RST) or not last.flags & new.flags & ACK
                or (last.flags ^ new.flags) & ecn.ASKS or waiting.packet.tos != packet.tos):
            conn.namespace.count("TcpExtTCPBacklogCoalesce")
            conn.held[-1] = Waiting(packet, buffers.MergedSegment(last, new), waiting.merged + 1,
                                    waiting.room - len(new.data))
            conn.backlog_memory += len(new.data) * conn.is_local
            return
    cost = buffers.cost(conn, new)
    conn.backlog_memory += cost.condensed
    conn.held.append(Waiting(packet, new, 1, MASK if conn.is_local else cost.room))


# -- a connection

def process(conn: Connection, packet: IPv4Packet, segment: TcpSegment, count: int = 1) -> Verdict:
    """tcp_rcv_established and tcp_rcv_state_process; `count` segments have become this one."""
    state, counts = conn.state, conn.counts
    counts.segments_in += count
    if segment.data:
        counts.data_in += count
    if state is CLOSE:
        return Dropped(DropReason.TCP_CLOSE, (segment.dport,))
    if state is SYN_SENT:
        verdict = connect.take(conn, packet, segment)
        _send_waiting(conn)
        return verdict
    flags = segment.flags
    if not flags & (ACK | RST | SYN):
        return Dropped(DropReason.TCP_FLAGS, (segment.dport,))
    said = options.read(segment.options, bool(flags & SYN))
    if _is_predicted(conn, segment, said):
        counts.is_foreseen = counts.foresees and state is ESTABLISHED and prediction.is_foreseen(conn, segment)
    else:
        counts.is_foreseen = False
        refusal = _validate(conn, segment, said)
        if refusal:
            return Outcome.ACCEPTED if refusal == "reset" else _dropped(refusal, segment)
    if not flags & ACK:
        return Dropped(DropReason.TCP_FLAGS, (segment.dport,))
    problem = ack.take(conn, segment, said, count)
    if problem and (problem != ack.OLD or state is SYN_RECV):
        return _refuse_ack(conn, packet, segment, problem)
    receive.replace_stamp(conn, said, segment.seq)
    if conn.ecn and ecn.look(conn, packet.tos, segment):
        receive.be_quick_again(conn, ecn.QUICK)
    if state is ESTABLISHED:
        receive_trip.by_stamp(conn, segment.sequence_length)
        return _finish(conn, segment, receive.take(conn, segment))
    return _in_other_state(conn, packet, segment)


def _refuse_ack(conn: Connection, packet: IPv4Packet, segment: TcpSegment, problem: str) -> Dropped:
    if conn.state is SYN_RECV:
        reset.answer(conn.namespace, packet, segment, "handshake")
    else:
        challenges.challenge(conn, "ack")
    return _dropped(problem, segment)


def _dropped(reason: str, segment: TcpSegment) -> Dropped:
    return Dropped(DropReason[reason], (segment.dport,))


def _finish(conn: Connection, segment: TcpSegment, problem: str) -> Verdict:
    """Send what the ACK has made room for, and acknowledge."""
    if conn.unsent or conn.waits_for_room:
        _send_waiting(conn)
    if conn.ack_wanted and conn.state is not CLOSE:
        receive.acknowledge(conn)
    return _dropped(problem, segment) if problem else Outcome.ACCEPTED


def _send_waiting(conn: Connection) -> None:
    """tcp_data_snd_check."""
    if conn.unsent and conn.state is not SYN_SENT and not conn.resends:
        output.push(conn)
    if conn.waits_for_room and send_buffer.has_new_room(conn):
        conn.waits_for_room = False
        conn.chronograph.stop(chronograph.BUFFER, not (conn.unsent or conn.sent), conn.namespace.scheduler.now)
        conn.wake()


def _in_other_state(conn: Connection, packet: IPv4Packet, segment: TcpSegment) -> Verdict:
    """The state's own part of tcp_rcv_state_process."""
    state = conn.state
    everything = conn.una == conn.written
    if state is SYN_RECV:
        _become_established(conn, segment)
    elif everything and state is FIN_WAIT1:
        if _fin_is_acked(conn, packet, segment):
            return Outcome.ACCEPTED
    elif everything and state is CLOSING:
        timewait.begin(conn, TIME_WAIT)
        return Outcome.ACCEPTED
    elif everything and state is LAST_ACK:
        metrics.learn(conn)
        conn.change(CLOSE, "ack")
        conn.forget()
        return Outcome.ACCEPTED
    return _take_data(conn, packet, segment)


def _become_established(conn: Connection, segment: TcpSegment) -> None:
    conn.una = segment.ack
    conn.delivered += 1  # of the SYN,ACK no ACK tells
    conn.counts.untold += 1
    conn.send_window = segment.window << conn.send_scale
    conn.window_seq = segment.seq
    conn.advertised_mss -= options.TIMESTAMP_SIZE * conn.has_stamps
    if conn.handshake_at:
        trip = (conn.namespace.scheduler.clock - conn.handshake_at) // MICROSECOND
        conn.round_trip.sample(trip, conn.una, conn.nxt)
    else:
        ack.take_echo(conn)
    if conn.has_stamps:
        undo.spurious_syn(conn, conn.echoed_stamp)
    conn.retry_since = 0
    connect.established(conn)
    if conn.shutdown_flags & SEND_SHUTDOWN:
        conn.change(FIN_WAIT1, "close")


def _fin_is_acked(conn: Connection, packet: IPv4Packet, segment: TcpSegment) -> bool:
    """FIN-WAIT-1 ends; True when only a record is left, which has taken the segment."""
    conn.change(FIN_WAIT2, "ack")
    conn.shutdown_flags |= SEND_SHUTDOWN
    conn.confirm = True
    if not conn.orphan:
        conn.wake()
        return False
    length = timewait.fin_timeout(conn)
    if segment.flags & FIN or _goes_beyond(conn, segment):
        return False
    timewait.begin(conn, FIN_WAIT2, length)
    return True


def _goes_beyond(conn: Connection, segment: TcpSegment) -> bool:
    end = (segment.seq + len(segment.data)) & MASK
    return bool(segment.data or segment.flags & FIN) and after(end, conn.expected)


def _take_data(conn: Connection, packet: IPv4Packet, segment: TcpSegment) -> Verdict:
    state = conn.state
    if state in (CLOSE_WAIT, CLOSING, LAST_ACK) and not before(segment.seq, conn.expected):
        return _finish(conn, segment, "")
    if state is not ESTABLISHED and conn.shutdown_flags & RECEIVE_SHUTDOWN and _goes_beyond(conn, segment):
        conn.namespace.count("TcpExtTCPAbortOnData")
        _reset(conn)
        reset.answer(conn.namespace, packet, segment, "closed")
        return Dropped(DropReason.TCP_ABORT_ON_DATA, (segment.dport,))
    return _finish(conn, segment, receive.take(conn, segment))


# -- may it be taken at all

def _is_predicted(conn: Connection, segment: TcpSegment, said: Options) -> bool:
    """Header prediction (tcp_rcv_established): what comes next and fits the window needs no more looking at."""
    stamp = said.stamp
    return (segment.seq == conn.expected and not segment.flags & (RST | SYN)
            and (not segment.data or len(segment.data) <= window.open_now(conn))
            and (stamp is None or (stamp[0] - conn.recent_stamp) & MASK < HALF))


def _validate(conn: Connection, segment: TcpSegment, said: Options) -> str:
    """tcp_validate_incoming: empty, "reset" when a RST has ended the connection, or a drop reason."""
    flags = segment.flags
    if _is_too_old(conn, segment, said) and not flags & RST:
        if flags & SYN:
            return challenges.challenge_syn(conn)
        if flags & ACK and not segment.sequence_length and before(segment.seq, conn.expected):
            conn.namespace.count("TcpExtPAWSOldAck")
            return "TCP_RFC7323_PAWS_ACK"
        conn.namespace.count("TcpExtPAWSEstab")
        challenges.answer_oddity(conn, segment, "PAWS")
        return "TCP_RFC7323_PAWS"
    end = (segment.seq + segment.sequence_length) & MASK
    problem = _sequence_problem(conn, segment, end)
    at_end = segment.seq == (conn.expected - 1) & MASK and conn.state in (CLOSE_WAIT, LAST_ACK, CLOSING)
    if problem:
        if flags & RST:
            if not at_end:
                return problem
            _reset(conn)
            return "reset"
        if flags & SYN:
            return challenges.challenge_syn(conn)
        challenges.answer_oddity(conn, segment)
        return problem
    if flags & RST:
        if segment.seq == conn.expected or at_end or (conn.sacks and segment.seq == _highest_sack(conn)):
            _reset(conn)
            return "reset"
        challenges.challenge(conn, "rst")
        return "TCP_RESET"
    if flags & SYN:
        passes = (conn.state is SYN_RECV and flags & ACK and (segment.seq + 1) & MASK == conn.expected
                  and segment.ack == conn.nxt)
        return "" if passes else challenges.challenge_syn(conn)
    return ""


def _highest_sack(conn: Connection) -> int:
    highest = conn.sacks[0][1]
    for _start, end in conn.sacks:
        highest = end if after(end, highest) else highest
    return highest


def _sequence_problem(conn: Connection, segment: TcpSegment, end: int) -> str:
    """tcp_sequence: what lies outside of the window, and why."""
    if before(end, conn.acked_up_to):
        return "TCP_OLD_SEQUENCE"
    limit = (conn.expected + window.open_now(conn)) & MASK
    if not after((end - bool(segment.flags & FIN)) & MASK, limit):
        return ""
    if after(segment.seq, limit):
        return "TCP_INVALID_SEQUENCE"
    if not conn.received:
        return ""
    conn.namespace.count("TcpExtBeyondWindow")
    return "TCP_INVALID_END_SEQUENCE"


def _is_too_old(conn: Connection, segment: TcpSegment, said: Options) -> bool:
    if said.stamp is None or not conn.has_stamps:
        return False
    passed = conn.namespace.scheduler.clock - conn.recent_at
    return options.is_too_old(said.stamp[0], conn.recent_stamp, passed, PAWS_WINDOW) and not _is_late_ack(
        conn, segment, said.stamp[0])


def _is_late_ack(conn: Connection, segment: TcpSegment, stamp: int) -> bool:
    """A bare ACK that was overtaken on its way (tcp_disordered_ack_check, tcp_tsval_replay)."""
    return (bool(segment.flags & ACK) and not segment.sequence_length and segment.seq == conn.expected
            and segment.ack == conn.una and not ack.updates_window(conn, segment)
            and distance(conn.recent_stamp, stamp) <= conn.round_trip.timeout * 6 // 5 // MILLISECOND)


def _reset(conn: Connection) -> None:
    """tcp_reset: the peer has ended it."""
    conn.queued = 0
    connect.fail(conn, RESET_ERRORS.get(conn.state, "ECONNRESET"), "rst")
