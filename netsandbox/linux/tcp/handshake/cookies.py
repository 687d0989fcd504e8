"""SYN cookies: a SYN,ACK whose sequence number remembers the SYN (RFC 4987, 3.6; net/ipv4/syncookies.c)."""

from __future__ import annotations

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.tcp import options
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import ecn
from netsandbox.linux.tcp.handshake.request import Request
from netsandbox.linux.tcp.receiving import window
from netsandbox.linux.tcp.sending.transmit import advertised_mss
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.sequence import MASK
from netsandbox.wire.tcp import TcpSegment

SIZES = (536, 1300, 1440, 1460)  # The segment sizes that a cookie can name (msstab)
MINUTE = 60 * SECOND
VALID_MINUTES = 2  # MAX_SYNCOOKIE_AGE
BITS = 24
NO_SCALE = 15  # In the low bits of TSval: the peer scales no windows


def _hash(listener: Connection, key: tuple[int, int, int, int], what: object) -> int:
    namespace = listener.namespace
    return namespace.chance.stream(f"{namespace.name}/cookie/{key}/{what}").bits(32)


def make(listener: Connection, request: Request) -> int:
    """The sequence number of the SYN,ACK; the options go into the low bits of its timestamp."""
    now = listener.namespace.scheduler.now
    listener.overflowed_at = now
    index = max(place for place, size in enumerate(SIZES) if size <= request.mss or place == 0)
    minute = now // MINUTE
    body = (_hash(listener, request.key, minute) + index) & (1 << BITS) - 1
    request.ecn = request.ecn and request.stamps
    if request.stamps:
        scale = request.send_scale if request.scaling else NO_SCALE
        present = listener.namespace.scheduler.clock // MILLISECOND
        stamp = present & ~0x3F | request.ecn << 5 | request.sack << 4 | scale
        request.stamp_offset += stamp - present - (stamp > present) * 0x40
    return (_hash(listener, request.key, "base") + request.peer_isn + (minute << BITS) + body) & MASK


def check(listener: Connection, packet: IPv4Packet, segment: TcpSegment, offset: int) -> Request | None:
    """The half-open connection that an ACK's cookie stands for, or None (cookie_v4_check) (offset: where our timestamps
    for this peer begin)."""
    namespace = listener.namespace
    now, since = namespace.scheduler.now, listener.overflowed_at
    if not namespace.sysctls.get("net.ipv4.tcp_syncookies") or since is None or now - since > VALID_MINUTES * MINUTE:
        return None
    key = packet.dst, segment.dport, packet.src, segment.sport
    peer_isn = (segment.seq - 1) & MASK
    value = (segment.ack - 1 - _hash(listener, key, "base") - peer_isn) & MASK
    age = (now // MINUTE - (value >> BITS)) & 0xFF
    index = (value - _hash(listener, key, now // MINUTE - age)) & (1 << BITS) - 1
    route = route_output(namespace, packet.src, packet.dst)
    is_right = age < VALID_MINUTES and index < len(SIZES)
    namespace.count(f"TcpExtSyncookies{'Recv' if is_right else 'Failed'}")
    if not is_right or not isinstance(route, OutputRoute):
        return None
    return _request(listener, key, segment, (peer_isn, SIZES[index], offset), route)


def _request(listener: Connection, key: tuple[int, int, int, int], segment: TcpSegment, told: tuple[int, int, int],
             route: OutputRoute) -> Request:
    settings = listener.namespace.sysctls
    peer_isn, mss, offset = told
    request = Request(listener, key, (segment.ack - 1) & MASK, peer_isn)
    request.mss = mss
    request.advertised_mss = min(advertised_mss(listener.namespace, route), listener.tuning.mss)
    stamp = options.read(segment.options, False).stamp
    if stamp is not None:
        request.stamps, request.recent = True, stamp[0]
        bits = stamp[1] - offset
        request.sack = bool(bits & 0x10)
        request.ecn = bool(bits & 0x20) and (
            settings.get("net.ipv4.tcp_ecn") != ecn.OFF or bool(route.route.asks("features")))
        request.scaling = bits & 15 != NO_SCALE
        request.send_scale = bits & 15 if request.scaling else 0
        request.stamp_offset = offset
    request.window, request.receive_scale, request.clamp = window.initial(
        listener, request.mss, request.scaling, route.route)
    return request
