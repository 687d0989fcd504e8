"""Connections that others begin: SYNs, half-open connections, and the queue for accept() (tcp_conn_request)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import SocketMatched
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.tcp import alarm, options
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ecn
from netsandbox.linux.tcp.events import TcpCookieSent, TcpRetransmitted
from netsandbox.linux.tcp.handshake import cookies
from netsandbox.linux.tcp.handshake.request import Request
from netsandbox.linux.tcp.options import Options
from netsandbox.linux.tcp.receiving import reset, window
from netsandbox.linux.tcp.sending.transmit import HEADERS, advertised_mss, follow, stamp_now, stamp_of, sync_mss, way_of
from netsandbox.linux.tcp.state import DEFAULT_MSS, USUAL, TcpState
from netsandbox.linux.tcp.timewait import INVALID_RATELIMIT
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.sequence import MASK, after, before
from netsandbox.wire.tcp import ACK, ECE, FIN, RST, SYN, TcpSegment

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

RETRY = SECOND  # TCP_TIMEOUT_INIT: the first SYN,ACK is sent again after this, and then after twice as long each time
LEAST_RECEIVE_MSS = 88


def take(listener: Connection, interface: Interface, packet: IPv4Packet, segment: TcpSegment,
            isn: int = 0) -> Verdict | Connection:
    """A segment for a listening socket (tcp_rcv_state_process, TCP_LISTEN).

    Returns:
        A verdict, or the connection that a SYN cookie has brought back.
    """
    flags, port = segment.flags, segment.dport
    if listener.is_deaf:
        return Dropped(DropReason.SOCKET_FILTER, (port,))
    if flags & RST:
        return Dropped(DropReason.TCP_RESET, (port,))
    if flags & ACK:
        if not flags & SYN and (found := cookies.check(
                listener, packet, segment, stamp_offset(listener.namespace, packet.dst, packet.src))) is not None:
            found.interface = interface
            return _become_whole(found, packet, segment)
        reset.answer(listener.namespace, packet, segment, "handshake")
        return Dropped(DropReason.TCP_FLAGS, (port,))
    if not flags & SYN or flags & FIN:
        return Dropped(DropReason.TCP_FLAGS, (port,))
    return _receive_syn(listener, interface, packet, segment, isn)


def _receive_syn(listener: Connection, interface: Interface, packet: IPv4Packet, segment: TcpSegment,
                 isn: int) -> Verdict:
    namespace = listener.namespace
    namespace.record(SocketMatched(namespace.name, "tcp", listener.address, listener.port, listener.process.name))
    mode = namespace.sysctls.get("net.ipv4.tcp_syncookies")
    crowded = not isn and len(listener.requests) > listener.backlog
    wants_cookie = mode == 2 or (crowded and mode == 1)
    is_refused = crowded and not wants_cookie
    if crowded or wants_cookie:
        namespace.count("TcpExtTCPReqQFullDrop" if is_refused else "TcpExtTCPReqQFullDoCookies")
    if is_refused or len(listener.accepted) > listener.backlog:
        if not is_refused:
            namespace.count("TcpExtListenOverflows")
        return _deny(listener, DropReason.TCP_LISTEN_OVERFLOW, segment.dport, len(listener.accepted), listener.backlog)
    said = options.read(segment.options, True)
    if wants_cookie and (said.stamp is None or not namespace.sysctls.get("net.ipv4.tcp_timestamps")):
        said = Options(mss=said.mss)
    route = route_output(namespace, packet.src, packet.dst, interface.l3mdev)
    if not isinstance(route, OutputRoute):
        namespace.record(route)
        namespace.count("IpOutNoRoutes")
        return _deny(listener, DropReason.IP_OUTNOROUTES, packet.src)
    most = namespace.sysctls.get("net.ipv4.tcp_max_syn_backlog")
    if not mode and not isn and most - len(listener.requests) < most >> 2:  # a quarter is for peers known to be alive
        return _deny(listener, DropReason.TCP_LISTEN_OVERFLOW, segment.dport, len(listener.requests), most)
    request = new_request(listener, packet, segment, said, route)
    request.interface = interface
    _answer_syn(request, isn, wants_cookie)
    return Outcome.ANSWERED


def _deny(listener: Connection, reason: DropReason, *why: int) -> Dropped:
    """tcp_listendrop."""
    listener.namespace.count("TcpExtListenDrops")
    listener.drops += 1
    return Dropped(reason, why)


def _answer_syn(request: Request, isn: int, with_cookie: bool) -> None:
    """With a cookie nothing is kept of it."""
    namespace = request.listener.namespace
    if with_cookie:
        request.isn = cookies.make(request.listener, request)
        namespace.count("TcpExtSyncookiesSent")
        namespace.record(TcpCookieSent(namespace.name, *request.key, len(request.listener.requests)))
    else:
        request.isn = isn or first_number(namespace, request.key)
        request.listener.requests[request.key] = namespace.sockets.connections[request.key] = request
        request.timer = namespace.scheduler.kernel_timer(RETRY, _on_timer, request)
    _send_syn_ack(request)


def first_number(namespace: NetworkNamespace, key: tuple[int, int, int, int]) -> int:
    """An initial sequence number: a hash of the two ends, and a clock (RFC 6528; secure_tcp_seq)."""
    base = namespace.chance.first(f"{namespace.name}/isn/{key}", 32)
    return (base + (namespace.scheduler.clock >> 6)) & MASK


def stamp_offset(namespace: NetworkNamespace, source: int, destination: int) -> int:
    """Where the timestamps of two hosts' connections begin (secure_tcp_ts_off)."""
    return namespace.chance.lasting(f"{namespace.name}/ts/{source}/{destination}", 32)


def new_request(listener: Connection, packet: IPv4Packet, segment: TcpSegment, said: Options,
                route: OutputRoute) -> Request:
    """What a SYN asks for, as far as we go along with it (tcp_openreq_init)."""
    namespace = listener.namespace
    settings = namespace.sysctls
    request = Request(listener, (packet.dst, segment.dport, packet.src, segment.sport), 0, segment.seq)
    request.mss = min(said.mss or DEFAULT_MSS, listener.tuning.mss)
    request.stamps = said.stamp is not None and bool(settings.get("net.ipv4.tcp_timestamps"))
    request.recent = said.stamp[0] if request.stamps and said.stamp is not None else 0
    request.sack = said.sack_permitted and bool(settings.get("net.ipv4.tcp_sack"))
    request.scaling = said.scale is not None and bool(settings.get("net.ipv4.tcp_window_scaling"))
    request.send_scale = said.scale or 0 if request.scaling else 0
    request.ecn = ecn.is_asked(namespace, packet, segment, route.route)
    if settings.get("net.ipv4.tcp_reflect_tos"):
        request.tos = packet.tos & ~ecn.BITS | listener.tos & ecn.BITS
    request.advertised_mss = min(advertised_mss(listener.namespace, route), listener.tuning.mss)
    size = request.advertised_mss - options.TIMESTAMP_SIZE * request.stamps
    request.window, request.receive_scale, request.clamp = window.initial(
        listener, size, request.scaling, route.route)
    request.stamp_offset = stamp_offset(namespace, packet.dst, packet.src)
    return request


def _send_syn_ack(request: Request) -> str:
    """tcp_v4_send_synack: IP id 0, as no socket counts it; OK or the errno name of what kept it back."""
    namespace = request.listener.namespace
    request.sent_at = request.sent_at or namespace.scheduler.clock
    stamp = (stamp_now(namespace, request.stamp_offset), request.recent) if request.stamps else None
    offered = options.of_syn(request.advertised_mss, stamp, request.sack,
                             request.receive_scale if request.scaling else None)
    address, port, peer, peer_port = request.key
    return reset.send_alone(namespace, address, peer, TcpSegment(
        port, peer_port, request.isn, (request.peer_isn + 1) & MASK, SYN | ACK | ECE * request.ecn,
        min(request.window, window.MAX_WINDOW), offered), request.tos, _vrf_of(request), request.listener.ttl)


def _send_again(request: Request) -> str:
    """inet_rtx_syn_ack: one that left is counted."""
    problem = _send_syn_ack(request)
    if not problem:
        request.resent += 1
        request.listener.namespace.count("TcpRetransSegs")
        request.listener.namespace.count("TcpExtTCPSynRetrans")
    return problem


def _vrf_of(request: Request) -> Interface | None:
    """The VRF that the SYN came by, to which the connection is bound (inet_request_bound_dev_if)."""
    return None if request.interface is None else request.interface.l3mdev


def _on_timer(request: Request) -> None:
    """Nobody has answered the SYN,ACK: once more, or never mind, as when it cannot leave (reqsk_timer_handler)."""
    listener = request.listener
    namespace = listener.namespace
    if listener.state is TcpState.LISTEN:
        namespace.count("TcpExtTCPTimeouts")
    if request.tries >= namespace.sysctls.get("net.ipv4.tcp_synack_retries") or listener.state is not TcpState.LISTEN:
        drop(request)
        return
    request.tries += 1
    namespace.record(TcpRetransmitted(namespace.name, *request.key, "synack", "timeout", 0, request.tries,
                                      _patience(request)))
    if _send_again(request):
        drop(request)
    else:
        _await_answer(request)


def _patience(request: Request) -> int:
    """reqsk_timeout."""
    return min(RETRY << request.tries, request.listener.round_trip.ceiling)


def _await_answer(request: Request) -> None:
    """However the SYN,ACK was sent again: the next time is a whole pause away."""
    scheduler = request.listener.namespace.scheduler
    scheduler.cancel(request.timer)
    request.timer = scheduler.kernel_timer(_patience(request), _on_timer, request)


def drop(request: Request) -> None:
    """Forget a half-open connection."""
    namespace = request.listener.namespace
    namespace.scheduler.cancel(request.timer)
    request.listener.requests.pop(request.key, None)
    connections = namespace.sockets.connections
    if connections.get(request.key) is request:
        del connections[request.key]


def answer(request: Request, packet: IPv4Packet, segment: TcpSegment) -> Verdict | Connection | str:
    """A segment for a half-open connection (tcp_check_req).

    Returns:
        A verdict, the connection that is whole now, or "listener": the listening socket may say what it is worth.
    """
    flags, port = segment.flags, segment.dport
    said = options.read(segment.options, bool(flags & SYN))
    late = request.stamps and said.stamp is not None and options.is_too_old(said.stamp[0], request.recent)
    kind = flags & (SYN | ACK | RST)
    if segment.seq == request.peer_isn and kind == SYN and not late:
        if _may_challenge(request) and not _send_again(request):
            _await_answer(request)
        return Outcome.ANSWERED
    if kind & (ACK | RST) == ACK and segment.ack != (request.isn + 1) & MASK:
        return "listener"
    expected = (request.peer_isn + 1) & MASK
    if late or not _is_inside(segment, expected, request.window):
        if not kind & RST and _may_challenge(request):
            _acknowledge(request)
        if late:
            request.listener.namespace.count("TcpExtPAWSEstab")
        reason = DropReason.TCP_RFC7323_PAWS if late else DropReason.TCP_INVALID_SEQUENCE
        return Dropped(reason, (port,))
    if said.stamp is not None and not after(segment.seq, expected):
        request.recent = said.stamp[0]
    if segment.seq == request.peer_isn:
        kind &= ~SYN
    if kind & (RST | SYN):
        return _end(request, packet, segment, is_reset=bool(kind & RST))
    if not kind & ACK:
        return Dropped(DropReason.TCP_FLAGS, (port,))
    return _become_whole(request, packet, segment)


def _end(request: Request, packet: IPv4Packet, segment: TcpSegment, is_reset: bool) -> Verdict:
    """A RST, or another SYN, ends a half-open connection."""
    namespace = request.listener.namespace
    if not is_reset:
        reset.answer(namespace, packet, segment, "handshake")
    drop(request)
    namespace.count("TcpAttemptFails")
    namespace.count("TcpExtEmbryonicRsts")
    return Outcome.ACCEPTED if is_reset else Dropped(DropReason.TCP_RESET, (segment.dport,))


def _is_inside(segment: TcpSegment, expected: int, size: int) -> bool:
    """tcp_in_window."""
    end, limit = (segment.seq + segment.sequence_length) & MASK, (expected + size) & MASK
    if segment.seq == expected or (after(end, expected) and before(segment.seq, limit)):
        return True
    return segment.seq == limit and segment.seq == end


def _may_challenge(request: Request) -> bool:
    """tcp_oow_rate_limited: one such answer each half second, unless tcp_invalid_ratelimit says else."""
    now = request.listener.namespace.scheduler.now
    if now - request.challenged_at < request.listener.namespace.sysctls.get(INVALID_RATELIMIT) * MILLISECOND:
        request.listener.namespace.count("TcpExtTCPACKSkippedSynRecv")
        return False
    request.challenged_at = now
    return True


def _acknowledge(request: Request) -> None:
    """tcp_v4_reqsk_send_ack."""
    namespace = request.listener.namespace
    stamp = (stamp_now(namespace, request.stamp_offset), request.recent) if request.stamps else None
    address, port, peer, peer_port = request.key
    reset.send_alone(namespace, address, peer, TcpSegment(
        port, peer_port, (request.isn + 1) & MASK, (request.peer_isn + 1) & MASK, ACK,
        request.window >> request.receive_scale, options.of_data(stamp, ())))


def _become_whole(request: Request, packet: IPv4Packet, segment: TcpSegment) -> Verdict | Connection:
    """The third segment: the connection joins the queue for accept(), if there is room (tcp_v4_syn_recv_sock)."""
    listener = request.listener
    namespace = listener.namespace
    if len(listener.accepted) > listener.backlog:
        namespace.count("TcpExtListenOverflows")
        if namespace.sysctls.get("net.ipv4.tcp_abort_on_overflow"):
            reset.answer(namespace, packet, segment, "handshake")
            namespace.count("TcpExtEmbryonicRsts")
            drop(request)
        return _deny(listener, DropReason.TCP_LISTEN_OVERFLOW, segment.dport, len(listener.accepted), listener.backlog)
    drop(request)
    child = make_child(request, segment)
    namespace.count("TcpPassiveOpens")
    listener.accepted.append(child)
    namespace.sockets.adopt(child)
    return child


def make_child(request: Request, segment: TcpSegment) -> Connection:
    """The socket of a whole connection, from what the handshake agreed on (tcp_create_openreq_child)."""
    listener = request.listener
    namespace = listener.namespace
    child = type(listener)(namespace, listener.process, listener.reuse)
    child.address, child.port, child.peer, child.peer_port = request.key
    child.parent, child.tos, child.ttl, child.foreground = listener, request.tos, listener.ttl, listener.foreground
    child.nodelay, child.keepalive, child.shares = listener.nodelay, listener.keepalive, listener.shares
    child.pmtudisc, child.is_accepted = listener.pmtudisc, True
    child.receive_buffer, child.send_buffer = listener.receive_buffer, listener.send_buffer
    if listener.tuning is not USUAL:
        child.tuning = listener.tuning  # type: ignore[misc]
    child.state = TcpState.SYN_RECV
    child.has_stamps, child.has_sack, child.ecn = request.stamps, request.sack, ecn.AGREED * request.ecn
    child.stamp_offset, child.recent_stamp = request.stamp_offset, request.recent
    child.recent_at = namespace.scheduler.clock + 1 if request.stamps else 0
    child.send_scale, child.receive_scale = request.send_scale, request.receive_scale
    child.una = child.nxt = child.written = child.pushed = child.small = (request.isn + 1) & MASK
    child.expected = child.acked_up_to = child.copied = (request.peer_isn + 1) & MASK
    child.window_seq = segment.seq
    child.send_window = child.largest_window = segment.window << request.send_scale
    child.receive_window = child.slow_start = request.window
    child.window_clamp = request.clamp
    child.mss_clamp = request.mss
    child.advertised_mss = request.advertised_mss
    child.ident = namespace.chance.first(f"{namespace.name}/tcp/{request.key}/{request.isn}", 16)
    child.interface = _vrf_of(request)
    route = way_of(child)
    sync_mss(child, route.mtu if isinstance(route, OutputRoute) else child.mss_clamp + HEADERS)
    if isinstance(route, OutputRoute):
        follow(child, route.route)
    child.segment_size = first_segment_size(child)
    child.received_at = namespace.scheduler.now
    child.retransmitted = request.resent
    child.counts.segments_in = 1
    child.handshake_at = 0 if request.resent else request.sent_at
    if request.tries:
        child.undo_marker, child.retry_since = request.isn, stamp_of(child, request.sent_at)
    alarm.await_peer(child)
    return child


def first_segment_size(conn: Connection) -> int:
    """What the peer's segments are taken to hold before the first has come (tcp_initialize_rcv_mss)."""
    hint = min(conn.advertised_mss, conn.mss, conn.receive_window // 2, DEFAULT_MSS)
    return max(hint, LEAST_RECEIVE_MSS)


def refuse_waiting(listener: Connection) -> None:
    """A listener closes: half-open connections go in silence, whole ones with a RST (inet_csk_listen_stop)."""
    for request in list(listener.requests.values()):
        drop(request)
    while listener.accepted:
        child: Any = listener.accepted.pop(0)
        child.abort()
