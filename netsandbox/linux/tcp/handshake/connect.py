"""Connections that we begin: the SYN, and what may answer it (tcp_v4_connect, tcp_rcv_synsent_state_process)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.socket import ANY, SocketError
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.tcp import alarm, options, timewait
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ack, ecn, hystart, undo
from netsandbox.linux.tcp.counts import Counts
from netsandbox.linux.tcp.events import TcpFailed
from netsandbox.linux.tcp.handshake import listen, metrics
from netsandbox.linux.tcp.receiving import reset, window
from netsandbox.linux.tcp.sending import path_search, send_buffer
from netsandbox.linux.tcp.sending.transmit import advertised_mss, follow, send_ack, stamp_of, sync_mss, transmit, way_of
from netsandbox.linux.tcp.state import CLOSE, ESTABLISHED, SYN_RECV, SYN_SENT, Sent
from netsandbox.linux.tcp.timewait import TimeWait
from netsandbox.wire.ipv4 import TCP, IPv4Packet
from netsandbox.wire.sequence import MASK, after, between
from netsandbox.wire.tcp import ACK, RST, SYN, TcpSegment

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Verdict


def begin(conn: Connection, address: int, port: int) -> None:
    """connect(): choose the source, and send a SYN (SocketError: no route, no free port, or the pair is in use)."""
    namespace = conn.namespace
    if namespace.routes.address_type(conn.address) in ("broadcast", "multicast"):
        conn.address = ANY  # inet_bind: from such an address nothing is sent
    route = route_output(namespace, address, conn.address, conn.interface, flow=(TCP, conn.port, port, conn.tos, 0))
    if not isinstance(route, OutputRoute):
        namespace.record(route)
        ip_output.note_no_route(namespace, route.error)
        raise SocketError(route.error)
    if route.route.type in ("broadcast", "multicast") or (route.next_hop is None and not route.interface.is_loopback):
        raise SocketError("ENETUNREACH")
    conn.address = conn.address or route.source
    conn.peer, conn.peer_port = route.destination, port
    is_bound = bool(conn.port)
    if not is_bound:
        namespace.sockets.choose_port(conn)
    first = _take_pair(conn, is_bound, route.interface.is_loopback)
    conn.stamp_offset = listen.stamp_offset(namespace, conn.address, conn.peer)
    conn.ident = namespace.chance.first(f"{namespace.name}/tcp/{conn.key}/{namespace.scheduler.now}", 16)
    conn.advertised_mss = min(advertised_mss(namespace, route), conn.tuning.mss)
    follow(conn, route.route)
    stamps = bool(namespace.sysctls.get("net.ipv4.tcp_timestamps"))
    conn.mss = sync_mss(conn, route.mtu) - options.TIMESTAMP_SIZE * stamps
    conn.segment_size = listen.LEAST_RECEIVE_MSS
    scaling = bool(namespace.sysctls.get("net.ipv4.tcp_window_scaling"))
    conn.receive_window, conn.receive_scale, conn.window_clamp = window.initial(
        conn, conn.advertised_mss - (options.TIMESTAMP_SIZE if conn.recent_at else 0), scaling, route.route)
    conn.slow_start = conn.receive_window
    conn.una = conn.nxt = conn.written = conn.small = first or listen.first_number(namespace, conn.key)
    conn.change(SYN_SENT, "connect")
    send_syn(conn, ecn.begin(conn, route.route))


def _take_pair(conn: Connection, is_bound: bool, is_loopback: bool) -> int:
    """__inet_check_established: the four numbers must be free; the first sequence number after a TIME-WAIT, or 0."""
    connections = conn.namespace.sockets.connections
    known = connections.get(conn.key)
    first = 0
    if isinstance(known, TimeWait) and timewait.reusable(known, is_bound, is_loopback):
        first = timewait.next_isn(known)
        conn.recent_stamp, conn.recent_at = known.recent, known.recent_at
        timewait.dismiss(known, "reuse")
        conn.namespace.count("TcpExtTWRecycled")
    elif known is not None:
        raise SocketError("EADDRNOTAVAIL")
    connections[conn.key] = conn
    if conn.counts.is_settled:  # the socket was another connection's
        conn.counts, conn.delivered = Counts(), 0
    return first


def send_syn(conn: Connection, flags: int) -> None:
    """tcp_connect: the SYN is under way, and a timer runs for it."""
    segment = Sent(conn.written, b"", flags, conn.namespace.scheduler.clock)
    segment.departure = conn.delivery.departure(conn, segment.at)
    conn.sent.append(segment)
    conn.retry_since = stamp_of(conn, segment.at)
    conn.written = conn.pushed = (conn.written + 1) & MASK
    transmit(conn, segment.seq, flags)
    conn.namespace.count("TcpActiveOpens")
    segment.wire = conn.wire
    conn.nxt = conn.written
    alarm.arm(conn, alarm.RETRANSMIT, conn.round_trip.timeout)


def fail(conn: Connection, error: str, why: str) -> None:
    """The connection is over, and its program gets an errno (tcp_done_with_error)."""
    conn.error = error
    conn.namespace.record(TcpFailed(conn.namespace.name, *conn.key, error, why))
    conn.change(CLOSE, why)
    conn.forget()
    conn.wake()


def take(conn: Connection, packet: IPv4Packet, segment: TcpSegment) -> Verdict:
    """A segment for a socket in SYN-SENT."""
    flags, port = segment.flags, segment.dport
    said = options.read(segment.options, bool(flags & SYN))
    if flags & ACK:
        if not after(segment.ack, conn.una) or after(segment.ack, conn.nxt):
            reset.answer(conn.namespace, packet, segment, "handshake")
            return Dropped(DropReason.TCP_INVALID_ACK_SEQUENCE, (port,))
        if said.stamp is not None and said.stamp[1] and not _is_own_stamp(conn, said.stamp[1]):
            conn.namespace.count("TcpExtPAWSActive")
            reset.answer(conn.namespace, packet, segment, "handshake")
            return Dropped(DropReason.TCP_RFC7323_PAWS, (port,))
        if flags & RST:
            fail(conn, "ECONNREFUSED", "rst")
            return Outcome.ACCEPTED
        if not flags & SYN:
            return Dropped(DropReason.TCP_FLAGS, (port,))
        return _open(conn, segment, said)
    if flags & RST:
        return Dropped(DropReason.TCP_RESET, (port,))
    if flags & SYN:
        return _open_at_once(conn, segment, said)
    return Dropped(DropReason.TCP_FLAGS, (port,))


def _is_own_stamp(conn: Connection, echoed: int) -> bool:
    """Whether TSecr is one that we sent since the SYN (RFC 7323, 3.2)."""
    now = (conn.namespace.scheduler.clock // 1_000_000 + conn.stamp_offset) & MASK
    first = (conn.created // 1_000_000 + conn.stamp_offset) & MASK
    return between(echoed, first, now)


def _take_options(conn: Connection, said: options.Options) -> None:
    """What both can do (tcp_parse_options)."""
    settings = conn.namespace.sysctls
    conn.has_sack = said.sack_permitted and bool(settings.get("net.ipv4.tcp_sack"))
    conn.has_stamps = said.stamp is not None and bool(settings.get("net.ipv4.tcp_timestamps"))


def _agree(conn: Connection, segment: TcpSegment, said: options.Options) -> None:
    """What the peer's SYN says of it."""
    settings = conn.namespace.sysctls
    conn.mss_clamp = min(said.mss or 536, conn.tuning.mss)
    ecn.agree(conn, segment)
    if said.scale is None or not settings.get("net.ipv4.tcp_window_scaling"):
        conn.send_scale = conn.receive_scale = 0
        conn.window_clamp = min(conn.window_clamp, window.MAX_WINDOW)
    else:
        conn.send_scale = said.scale
    _take_options(conn, said)
    if said.stamp is not None and conn.has_stamps:
        conn.advertised_mss -= options.TIMESTAMP_SIZE * bool(segment.flags & ACK)
        conn.recent_stamp, conn.recent_at = said.stamp[0], conn.namespace.scheduler.clock + 1
    conn.expected = conn.acked_up_to = conn.copied = (segment.seq + 1) & MASK
    conn.window_seq = segment.seq
    conn.send_window = segment.window
    conn.largest_window = max(conn.largest_window, conn.send_window)
    sync_mss(conn, conn.path_mtu)
    conn.segment_size = listen.first_segment_size(conn)


def _open(conn: Connection, segment: TcpSegment, said: options.Options) -> Verdict:
    _take_options(conn, said)
    if conn.has_stamps and said.stamp is not None:
        undo.spurious_syn(conn, said.stamp[1])
    ack.take(conn, segment, said)
    _agree(conn, segment, said)
    conn.received_at = conn.namespace.scheduler.now
    established(conn)
    sync_mss(conn, conn.path_mtu)
    send_ack(conn)
    return Outcome.ANSWERED


def established(conn: Connection) -> None:
    """The handshake is done (tcp_finish_connect)."""
    conn.counts.foresees = conn.state is SYN_RECV or not conn.send_scale
    conn.change(ESTABLISHED, "handshake")
    conn.last_sent = conn.namespace.scheduler.now
    conn.confirm = True
    conn.congestion.begin(conn.retransmitted > 1 and bool(conn.undo_marker), conn.last_sent)
    metrics.apply(conn)
    if conn.congestion.cubic is not None:
        hystart.begin(conn, conn.congestion.cubic)
    way = way_of(conn)
    conn.is_local = isinstance(way, OutputRoute) and way.interface.is_loopback
    window.opened(conn)
    send_buffer.expand(conn)
    path_search.begin(conn)
    alarm.await_peer(conn)
    conn.wake()


def _open_at_once(conn: Connection, segment: TcpSegment, said: options.Options) -> Verdict:
    """Both began at once: SYN,ACK answers the SYN (RFC 9293, 3.5, figure 7; tcp_send_synack)."""
    _agree(conn, segment, said)
    conn.change(SYN_RECV, "syn")
    sent = conn.sent[0]
    sent.flags = ecn.flags_of_answer(conn, sent.flags | ACK)
    sent.at = conn.namespace.scheduler.clock
    conn.counts.again += 1
    transmit(conn, sent.seq, sent.flags)
    sent.wire = conn.wire
    return Outcome.ANSWERED
