"""ping's send buffer: what waits for a neighbour counts against it, and beyond twice its size nothing is taken."""

from __future__ import annotations

from netsandbox.linux.core.neighbours.queue import buffer_size
from netsandbox.linux.ipv4.routing import OutputRoute
from netsandbox.wire.ipv4 import ICMP, IPv4Packet

LEAST = 4608  # SOCK_MIN_SNDBUF of net/core/sock.c, in bytes
MOST = 212992  # net.core.wmem_max as it stands, in bytes


def size_of(payload: int, options: int, asked: int = 0) -> int:
    """Bytes that the kernel sets aside when ping asks for room for one request, or for what -S says (sock_setbufs)."""
    if asked:
        return max(2 * min(asked, MOST), LEAST)
    hold = payload + 8
    hold += (hold + 511) // 512 * (options + 20 + 16 + 64 + 160)
    return max(2 * hold, LEAST)


def has_room(buffer: int, packet: IPv4Packet, route: OutputRoute) -> bool:
    """Whether a raw socket takes a packet, in as many pieces as it is to be cut (__ip_append_data)."""
    charged = 1 + _waiting(packet, route)
    room = (route.mtu - packet.header_size) & ~7 if packet.total_length > route.mtu else packet.total_length
    rest = packet.total_length - packet.header_size
    while rest > 0:
        if charged > 2 * buffer:
            return False
        part = min(room, rest)
        charged += buffer_size(part + packet.header_size)
        rest -= part
    return True


def _waiting(packet: IPv4Packet, route: OutputRoute) -> int:
    """Bytes of buffer that earlier requests hold, as long as their next hop has not answered."""
    entry = None if route.next_hop is None else route.interface.neighbours.get(route.next_hop)
    if entry is None or not entry.queue:
        return 0
    mark = packet.payload_bytes()[4:6]
    own = {(p.dst, p.ident) for p in entry.queue
           if p.protocol == ICMP and not p.offset and p.payload_bytes()[4:6] == mark}
    return sum(buffer_size(p.total_length) for p in entry.queue if p.protocol == ICMP and (p.dst, p.ident) in own)
