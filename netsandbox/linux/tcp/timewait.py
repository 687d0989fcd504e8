"""TIME-WAIT, and FIN-WAIT-2 of sockets that no program has any more (net/ipv4/tcp_minisocks.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.tcp import options
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.events import TcpStateChanged
from netsandbox.linux.tcp.handshake import metrics
from netsandbox.linux.tcp.receiving import reset, window
from netsandbox.linux.tcp.sending.transmit import stamp_now
from netsandbox.linux.tcp.state import CLOSE, FIN_WAIT2, TIME_WAIT, TcpState
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.sequence import MASK, after, before, between, distance
from netsandbox.wire.tcp import ACK, FIN, RST, SYN, TcpSegment

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer
    from netsandbox.linux.core.devices.interface import Verdict

LENGTH = 60 * SECOND  # TCP_TIMEWAIT_LEN
MSL = 60 * SECOND  # So long after the last timestamp a RST with an older one is no old duplicate (TCP_PAWS_MSL)
KILLED = 4 * SECOND  # Records that go so soon are counted apart (inet_twsk_schedule)
INVALID_RATELIMIT = "net.ipv4.tcp_invalid_ratelimit"


class TimeWait:
    """What is left of a connection that is closed on both sides, or on ours and orphaned (struct tcp_timewait_sock)."""

    __slots__ = ("challenged_at", "due", "expected", "interface", "key", "namespace", "nxt", "process", "recent",
                 "recent_at", "reuse", "scale", "stamp_offset", "stamps", "state", "timer", "tos", "window")

    def __init__(self, conn: Connection, state: TcpState, window: int) -> None:
        self.namespace = conn.namespace
        self.interface = conn.interface
        self.key = conn.key
        self.process = conn.process
        self.reuse = conn.reuse
        self.state = state  # TIME_WAIT, or FIN_WAIT2 while the peer's FIN is still to come
        self.nxt = conn.nxt
        self.expected = conn.expected
        self.window = window
        self.scale = conn.receive_scale
        self.stamps = conn.has_stamps
        self.recent = conn.recent_stamp
        self.recent_at = conn.recent_at
        self.stamp_offset = conn.stamp_offset
        self.tos = conn.tos
        self.challenged_at = -1 << 62
        self.timer: Timer | None = None
        self.due = 0  # when it goes, in virtual nanoseconds


def fin_timeout(conn: Connection) -> int:
    """Nanoseconds that FIN-WAIT-2 lasts once nobody has the socket (tcp_fin_time)."""
    timeout = conn.round_trip.timeout
    return max(conn.namespace.sysctls.get("net.ipv4.tcp_fin_timeout") * SECOND, (timeout << 2) - (timeout >> 1))


def begin(conn: Connection, state: TcpState, length: int = LENGTH) -> None:
    """Let a small record take the connection's place (tcp_time_wait)."""
    metrics.learn(conn)
    if _is_full(conn.namespace):
        conn.namespace.count("TcpExtTCPTimeWaitOverflow")
        conn.change(CLOSE, "timewait")
        conn.forget()
        return
    conn.change(CLOSE if state is FIN_WAIT2 else state, "timewait")
    record = TimeWait(conn, state, window.open_now(conn))
    conn.forget()
    conn.namespace.sockets.connections[record.key] = record
    _schedule(record, length)
    conn.namespace.count("TcpExtTW" if length > KILLED else "TcpExtTWKilled")


def _is_full(namespace: NetworkNamespace) -> bool:
    """There are as many records as tcp_max_tw_buckets lets be (inet_twsk_alloc)."""
    most = namespace.sysctls.get("net.ipv4.tcp_max_tw_buckets")
    found = namespace.sockets.connections.values()
    return most <= len(found) and most <= sum(isinstance(one, TimeWait) for one in found)


def _schedule(record: TimeWait, length: int) -> None:
    scheduler = record.namespace.scheduler
    scheduler.cancel(record.timer)
    record.due = scheduler.now + length
    record.timer = scheduler.kernel_timer(length, _expire, record)


def _expire(record: TimeWait) -> None:
    dismiss(record, "timeout")


def dismiss(record: TimeWait, why: str) -> None:
    """The pair of addresses and ports is free again."""
    record.namespace.scheduler.cancel(record.timer)
    connections = record.namespace.sockets.connections
    if connections.get(record.key) is record:
        del connections[record.key]
    record.namespace.record(TcpStateChanged(record.namespace.name, *record.key, record.state.name, "CLOSE", why))


def take(record: TimeWait, packet: IPv4Packet, segment: TcpSegment) -> Verdict | str:
    """tcp_timewait_state_process: a verdict, or "syn" for a SYN that may open the next connection."""
    said = options.read(segment.options, bool(segment.flags & SYN))
    passed = record.namespace.scheduler.clock - record.recent_at
    is_late = said.stamp is not None and record.stamps and options.is_too_old(
        said.stamp[0], record.recent, passed) and not (segment.flags & RST and passed >= MSL)
    end = (segment.seq + segment.sequence_length) & MASK
    if record.state is FIN_WAIT2:
        return _in_fin_wait2(record, packet, segment, end, is_late)
    flags = segment.flags
    if not is_late and segment.seq == record.expected and (segment.seq == end or flags & RST):
        if flags & RST and not record.namespace.sysctls.get("net.ipv4.tcp_rfc1337"):
            dismiss(record, "rst")
        else:
            _note_stamp(record, said)
            _schedule(record, LENGTH)
        return Outcome.ACCEPTED
    newer = after(segment.seq, record.expected) or (said.stamp is not None and bool(record.recent_at)
                                                    and distance(record.recent, said.stamp[0]) < 0)
    if flags & SYN and not flags & (RST | ACK) and not is_late and newer:
        return "syn"
    reason = DropReason.TCP_RFC7323_TW_PAWS if is_late else DropReason.TCP_OLD_DATA
    if is_late:
        record.namespace.count("TcpExtPAWSTimewait")
    if not flags & RST:
        if is_late or flags & ACK:
            _schedule(record, LENGTH)
        acknowledge_if_allowed(record, segment)
    return Dropped(reason, (segment.dport,))


def _in_fin_wait2(record: TimeWait, packet: IPv4Packet, segment: TcpSegment, end: int, is_late: bool) -> Verdict:
    flags = segment.flags
    limit = (record.expected + record.window) & MASK
    inside = between(segment.seq, record.expected, limit) or segment.seq == end == limit
    if is_late or not inside:
        acknowledge_if_allowed(record, segment)
        return Dropped(DropReason.TCP_INVALID_SEQUENCE, (segment.dport,))
    if flags & RST:
        dismiss(record, "rst")
        return Outcome.ACCEPTED
    if flags & SYN and not before(segment.seq, record.expected):
        reset.answer(record.namespace, packet, segment, "time-wait")
        return Dropped(DropReason.TCP_FLAGS, (segment.dport,))
    if not flags & ACK or not after(end, record.expected) or end == segment.seq:
        return Outcome.ACCEPTED
    if not flags & FIN or end != (record.expected + 1) & MASK:
        reset.answer(record.namespace, packet, segment, "time-wait")
        dismiss(record, "abort")
        return Dropped(DropReason.TCP_ABORT_ON_DATA, (segment.dport,))
    record.namespace.record(TcpStateChanged(record.namespace.name, *record.key, "FIN_WAIT2", "TIME_WAIT", "fin"))
    record.state = TIME_WAIT
    record.expected = end
    _note_stamp(record, options.read(segment.options, False))
    _schedule(record, LENGTH)
    _acknowledge(record)
    return Outcome.ACCEPTED


def _note_stamp(record: TimeWait, said: options.Options) -> None:
    if record.stamps and said.stamp is not None:
        record.recent = said.stamp[0]
        record.recent_at = record.namespace.scheduler.clock + 1


def acknowledge_if_allowed(record: TimeWait, segment: TcpSegment) -> None:
    """tcp_oow_rate_limited: what holds data or a FIN is in no loop of acknowledgements, and always answered."""
    now = record.namespace.scheduler.now
    if segment.sequence_length and not segment.flags & SYN:
        _acknowledge(record)
    elif now - record.challenged_at >= record.namespace.sysctls.get(INVALID_RATELIMIT) * MILLISECOND:
        record.challenged_at = now
        _acknowledge(record)
    else:
        is_closed = record.state is TcpState.TIME_WAIT
        record.namespace.count(f"TcpExtTCPACKSkipped{'TimeWait' if is_closed else 'FinWait2'}")


def _acknowledge(record: TimeWait) -> None:
    """tcp_v4_timewait_ack: IP id 0, as no socket counts it; of too large a window the low bits (htons)."""
    namespace = record.namespace
    stamp = (stamp_now(namespace, record.stamp_offset), record.recent) if record.stamps else None
    address, port, peer, peer_port = record.key
    size = record.window >> record.scale & window.MAX_WINDOW
    segment = TcpSegment(port, peer_port, record.nxt, record.expected, ACK, size, options.of_data(stamp, ()))
    reset.send_alone(namespace, address, peer, segment, record.tos)


def reusable(record: TimeWait, is_bound: bool, is_loopback: bool) -> bool:
    """Whether connect() may take the pair already (tcp_twsk_unique), as timestamps tell old segments from new ones.

    A socket that is bound to the port may at once; to one that looks for a port the pair is free by tcp_tw_reuse, a
    second after the last stamp (tcp_tw_reuse_delay).
    """
    if is_bound:
        return record.recent_at > 0
    settings = record.namespace.sysctls
    mode, pause = settings.get("net.ipv4.tcp_tw_reuse"), settings.get("net.ipv4.tcp_tw_reuse_delay") * MILLISECOND
    passed = record.namespace.scheduler.clock - record.recent_at
    return bool(mode == 1 or (mode == 2 and is_loopback)) and record.recent_at > 0 and passed >= pause


def next_isn(record: TimeWait) -> int:
    """The first sequence number that cannot be mistaken for the old connection's."""
    return (record.nxt + 65535 + 2) & MASK or 1
