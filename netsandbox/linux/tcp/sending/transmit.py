"""One segment leaves: its header, its options and its IP packet (net/ipv4/tcp_output.c __tcp_transmit_skb)."""

from __future__ import annotations

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import DO, WANT
from netsandbox.linux.events import RouteMissing
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.priority import BEST_EFFORT
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.tcp import alarm, options
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ecn, reduction
from netsandbox.linux.tcp.control.congestion import ALGORITHMS, INITIAL, Congestion
from netsandbox.linux.tcp.receiving import window
from netsandbox.linux.tcp.state import ATO_MIN, Recovery, Sent
from netsandbox.wire.ipv4 import TCP, Beside, IPv4Packet
from netsandbox.wire.tcp import ACK, RST, SYN, BurstSegment, TcpSegment

HEADERS = 40
PINGPONG = "net.ipv4.tcp_pingpong_thresh"
"""Answers within the delayed ACK's time after which a conversation is taken to be interactive."""
BLACKHOLE_MTU = 68
GRACE = 8 * MILLISECOND  # How long a removed route is still looked at (an RCU grace period)
LARGEST_PATH = 65535  # IP_MAX_MTU: a loopback device takes a byte more, no packet does


def stamp_now(namespace: NetworkNamespace, offset: int) -> int:
    """TSval: milliseconds, from a random beginning (tcp_time_stamp_ms)."""
    return (namespace.scheduler.clock // MILLISECOND + offset) & 0xFFFFFFFF


def stamp_of(conn: Connection, at: int) -> int:
    """The TSval of what left at a time (virtual ns)."""
    return (at // MILLISECOND + conn.stamp_offset) & 0xFFFFFFFF


def way_of(conn: Connection) -> OutputRoute | RouteMissing:
    """The way to the peer, kept as long as answers about routes are (__sk_dst_check)."""
    way, checked = conn.way, conn.way_checked
    if (way is not None and checked is not None and checked[0] is conn.namespace.routes.output_cache
            and checked[1] is conn.interface):
        return way
    route, conn.way_checked = _find_way(conn), None
    if not isinstance(route, OutputRoute):
        conn.way = None
        return route
    conn.way, routes = route, conn.namespace.routes
    if route.path is None and not routes.is_particular:
        conn.way_checked = routes.output_cache, conn.interface
    return route


def _find_way(conn: Connection) -> OutputRoute | RouteMissing:
    return route_output(conn.namespace, conn.peer, conn.address, conn.interface,
                        flow=(TCP, conn.port, conn.peer_port, conn.tos, 0))


def _mtu_of_way(conn: Connection) -> int:
    """What the way that is kept takes, whether or not it still leads anywhere (dst_mtu of __sk_dst_get); 0 without one.

    The device of a route that is gone is a black hole, as soon as nobody looks at the route any more (dst_dev_put).
    """
    way, checked = conn.way, conn.way_checked
    if way is None or (checked is not None and checked[0] is conn.namespace.routes.output_cache):
        return 0 if way is None else way.mtu
    died = way.route.died
    if died is not None:
        return way.mtu if conn.namespace.scheduler.now - died < GRACE else BLACKHOLE_MTU
    route = _find_way(conn)
    if isinstance(route, OutputRoute) and route.route is way.route:
        return route.mtu
    return way.route.mtu or way.interface.mtu


def advertised_mss(namespace: NetworkNamespace, route: OutputRoute) -> int:
    """What we tell the peer that we take (dst_metric_advmss, ipv4_default_advmss)."""
    least = namespace.sysctls.get("net.ipv4.route.min_adv_mss")
    return route.route.asks("advmss") or max(min(route.mtu, 65535) - HEADERS, least)


def follow(conn: Connection, route: Route) -> None:
    """Do what the route asks of connections by it (tcp_init_cwnd, tcp_ca_dst_init, tcp_rto_min)."""
    if not route.metrics:
        return
    wanted = dict(route.metrics).get("congctl")
    if wanted in ALGORITHMS:
        conn.congestion = Congestion(str(wanted))
    conn.congestion.initial = route.asks("initcwnd") or INITIAL
    conn.round_trip.floor = route.asks("rto_min") * 1000 or conn.round_trip.floor
    conn.hurries = bool(route.asks("quickack"))


def most_for(conn: Connection, mtu: int) -> int:
    """The largest segment that an MTU takes, in bytes of data (tcp_mtu_to_mss)."""
    mss = LARGEST_PATH - HEADERS
    if mss > mtu - HEADERS:
        mss = mtu - HEADERS
    if mss > conn.mss_clamp:
        mss = conn.mss_clamp
    least = conn.namespace.sysctls.get("net.ipv4.tcp_min_snd_mss")
    if mss < least:
        mss = least
    return mss - options.TIMESTAMP_SIZE if conn.has_stamps else mss


def sync_mss(conn: Connection, mtu: int) -> int:
    """tcp_sync_mss: the largest segment for a path, in bytes of data, and never half of the peer's window."""
    mss, largest, search = most_for(conn, mtu), conn.largest_window, conn.path_search
    if largest:
        cutoff = largest >> 1 if largest > 536 else largest
        if mss > cutoff:
            mss = min(mss, max(cutoff, 68 - 20 - (options.TIMESTAMP_SIZE if conn.has_stamps else 0)))
    if search.high > mtu:
        search.high = mtu
    if search.is_on:
        mss = min(mss, most_for(conn, search.low))
    conn.path_mtu = mtu
    conn.mss = mss
    return mss


def current_mss(conn: Connection) -> int:
    """tcp_current_mss: the path may have changed, and SACK blocks take room."""
    mtu, mss = _mtu_of_way(conn), conn.mss
    if mtu and mtu != conn.path_mtu:
        mss = sync_mss(conn, mtu)
    if conn.sacks or conn.duplicate:
        blocks = min(len(conn.sacks) + (conn.duplicate is not None), options.most_sacks(conn.has_stamps))
        mss -= options.SACK_BASE + options.SACK_BLOCK * blocks
    return mss


def _sack_blocks(conn: Connection) -> tuple[tuple[int, int], ...]:
    if not conn.has_sack:
        return ()
    blocks = ([conn.duplicate] if conn.duplicate else []) + conn.sacks
    conn.duplicate = None
    return tuple(blocks[:options.most_sacks(conn.has_stamps)])


def _syn_options(conn: Connection) -> bytes:
    """What a SYN offers; the SYN,ACK of a simultaneous open does, whatever the peer has (tcp_syn_options)."""
    settings = conn.namespace.sysctls
    stamps, sack, scaling = (bool(settings.get(key)) for key in (
        "net.ipv4.tcp_timestamps", "net.ipv4.tcp_sack", "net.ipv4.tcp_window_scaling"))
    stamp = (stamp_now(conn.namespace, conn.stamp_offset), conn.recent_stamp) if stamps else None
    return options.of_syn(conn.advertised_mss, stamp, sack, conn.receive_scale if scaling else None)


def transmit(conn: Connection, seq: int, flags: int, data: bytes = b"", size: int = 0, in_burst: bool = False) -> str:
    """Send one segment; empty, or the errno name of what kept it back.

    Args:
        size: where the data is that of several segments, how much each of them takes (gso_size).
        in_burst: it is one of several that leave as one. What an interface without a queue takes of those is not told.
    """
    namespace = conn.namespace
    if flags & SYN:
        room, offered = min(conn.receive_window, window.MAX_WINDOW), _syn_options(conn)
    else:
        stamp = (stamp_now(namespace, conn.stamp_offset), conn.recent_stamp) if conn.has_stamps else None
        offered = options.of_data(stamp, _sack_blocks(conn) if conn.sacks or conn.duplicate else ())
        room = window.select(conn)
        if conn.ecn:
            flags |= ecn.send(conn, seq, bool(data))
    number = conn.expected if flags & ACK else 0
    kind = BurstSegment if in_burst else TcpSegment
    segment = kind(conn.port, conn.peer_port, seq, number, flags, room, offered, data)
    conn.wire = segment
    count = -(-len(data) // size) if size else 1
    conn.counts.segments_out += count
    if flags & ACK:
        _note_ack(conn)
    if data:
        conn.counts.data_out += count
        conn.counts.bytes_sent += len(data)
        _note_data(conn)
    problem = deliver(conn, segment, size, count)
    if problem == "ENOBUFS" and (size or in_burst) and _leaves_at_once(conn):
        return ""
    if problem == "ENOBUFS":
        reduction.enter(conn)
    return problem


def _leaves_at_once(conn: Connection) -> bool:
    """The interface has no queue."""
    route = way_of(conn)
    return isinstance(route, OutputRoute) and route.interface.shaper is None


def deliver(conn: Connection, segment: TcpSegment, size: int = 0, count: int = 1) -> str:
    """Put a segment, or `count` of them of some size, into a packet and send it (__ip_queue_xmit)."""
    namespace = conn.namespace
    route = way_of(conn)
    if not isinstance(route, OutputRoute):
        namespace.record(route)
        namespace.count("IpOutNoRoutes")
        return "EHOSTUNREACH"
    conn.ident = conn.ident % 0xFFFF + 1
    whole = conn.pmtudisc == DO or (conn.pmtudisc == WANT and not route.locked)
    packet = IPv4Packet(conn.address, conn.peer, TCP, segment, conn.ttl or route.hops or namespace.default_ttl,
                        conn.ident, whole, conn.tos & ~ecn.BITS | conn.ect if conn.ecn else conn.tos)
    packet.confirms, conn.confirm = conn.confirm, False
    if conn.tos and conn.is_accepted:  # sk_clone: its priority is not the listener's
        packet.beside = Beside(namespace.name, 0, BEST_EFFORT)
    buffer = None
    if size:
        buffer = SocketBuffer(packet)
        buffer.segment_size = size
        conn.ident = (conn.ident + count - 2) % 0xFFFF + 1
    return ip_output.send(namespace, packet, route, buffer)


def is_still_here(conn: Connection, sent: Sent) -> bool:
    """Whether what left last of a segment still waits for ARP, also by a way that is none any more
    (skb_still_in_host_queue).
    """
    return any(_holds(packet, sent) for interface in conn.namespace.interfaces.values()
               for entry in interface.neighbours.values() for packet in entry.queue or ())


def _holds(packet: IPv4Packet, sent: Sent) -> bool:
    """Whether a packet is what left last of a segment, by itself or cut from what left with it."""
    segment = packet.payload
    return segment is sent.wire or (sent.wire is None and isinstance(segment, TcpSegment)
                                    and (segment.seq, segment.data) == (sent.seq, sent.data))


def _note_ack(conn: Connection) -> None:
    """tcp_event_ack_sent: nothing waits to be acknowledged now."""
    if conn.quick:
        conn.quick -= conn.ack_wanted
        if not conn.quick:
            conn.ato = ATO_MIN
    conn.ack_wanted = conn.ack_now = conn.no_memory = False
    conn.pushed_in = 0
    if conn.compressed is not None and conn.gap_acks > alarm.GAP_ACKS:
        conn.namespace.count("TcpExtTCPAckCompressed", conn.gap_acks - alarm.GAP_ACKS)
    if conn.ack_timer is not None or conn.compressed is not None:
        alarm.disarm_ack(conn)


def _note_data(conn: Connection) -> None:
    """tcp_event_data_sent: an answer to what has just come makes a conversation."""
    now = conn.namespace.scheduler.now
    if not conn.sent and conn.congestion.cubic is not None:
        conn.congestion.cubic.skip(conn.last_sent, now)
    conn.last_sent = now
    if now - conn.received_at < conn.ato:
        conn.pingpong = min(conn.pingpong + 1, 255)


def is_interactive(conn: Connection) -> bool:
    """inet_csk_in_pingpong_mode."""
    return conn.pingpong > 0 and conn.pingpong >= conn.namespace.sysctls.get(PINGPONG)


def restart_after_idle(conn: Connection) -> None:
    """RFC 2861: the window that was won halves with each timeout of silence (tcp_slow_start_after_idle_check)."""
    timeout, state = conn.round_trip.timeout, conn.congestion
    idle = conn.namespace.scheduler.now - conn.last_sent
    if conn.sent or idle <= timeout or not conn.namespace.sysctls.get("net.ipv4.tcp_slow_start_after_idle"):
        return
    if conn.recovery not in (Recovery.CWR, Recovery.RECOVERY):
        state.threshold = state.present_threshold
    least = min(state.initial, state.window)
    while idle > timeout and state.window > least:
        state.window >>= 1
        idle -= timeout
    state.window = max(state.window, least)
    state.restarted(conn.namespace.scheduler.now)


def send_ack(conn: Connection) -> None:
    """A bare ACK (tcp_send_ack)."""
    transmit(conn, conn.nxt, ACK)


def send_reset(conn: Connection) -> None:
    """tcp_send_active_reset: RST, ACK with timestamps."""
    transmit(conn, conn.nxt, RST | ACK)
