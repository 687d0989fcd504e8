"""Routes with several next hops: which one a packet takes (net/ipv4/fib_semantics.c, route.c).

Each packet of a flow takes the same, as a hash of the flow decides: of the addresses, and with
fib_multipath_hash_policy 1 of the ports as well; with 2 of the addresses within a tunnel, with 3 of
fib_multipath_hash_fields.  The hash is the kernel's own, keyed by fib_multipath_hash_seed, so that with the same seed
the same flows take the same ways; without a seed chance gives one.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.jhash import jhash_2words
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.siphash import siphash
from netsandbox.wire import gre
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import Frame, parse_payload
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import ICMP, IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram
from netsandbox.wire.vlan import VlanTag

HASHED = 48
"""Bytes of struct flow_keys that are hashed for IPv4: from `basic` to the addresses, and the padding behind them."""
PROTOCOL_AT, PORTS_AT, ADDRESSES_AT = 2, 28, 36
ERRORS = (3, 4, 5, 11, 12)
SEED = "net.ipv4.fib_multipath_hash_seed"
POLICY = "net.ipv4.fib_multipath_hash_policy"
FIELDS = "net.ipv4.fib_multipath_hash_fields"
FIELD_BITS = (1, 2, 4, 16, 32)
"""FIB_MULTIPATH_HASH_FIELD_*, in the order of Keys; 8 is a flow label, which IPv4 has not."""
INNER, OUTER = 6, 0x3F  # How much further left the inner packet's fields are; all of the outer one's
IPIP = 4


Flow = tuple[int, int, int, int, int]
"""What is looked at of a packet besides its addresses: protocol, source and destination port; by rules TOS and user."""
NO_FLOW: Flow = (0, 0, 0, 0, 0)
Keys = tuple[int, int, int, int, int]  # What is hashed: addresses, protocol, ports; 0 for what is not looked at


class Seen(NamedTuple):
    """What the hash looks at of one packet."""

    # outer, inner: of its own header, and of the innermost packet in a tunnel; None: not at all
    outer: Keys | None
    inner: Keys | None = None
    is_mixed: bool = False  # the two hashes make one (fib_multipath_custom_hash_skb)


def flow_of(packet: IPv4Packet) -> Flow:
    """A packet's, as the flow dissector sees it: of a fragment it knows no ports."""
    payload = packet.payload
    if isinstance(payload, (TcpSegment, UdpDatagram)) and not packet.mf and not packet.offset:
        return packet.protocol, payload.sport, payload.dport, packet.tos, 0
    return packet.protocol, 0, 0, packet.tos, 0


def see(namespace: NetworkNamespace, source: int, destination: int, flow: Flow,
        packet: IPv4Packet | None = None) -> Seen:
    """What fib_multipath_hash_policy has the hash look at.

    Args:
        packet: one that is forwarded; of our own the kernel has no more than the flow.
    """
    policy = namespace.sysctls.get(POLICY)
    if policy == 1:
        return Seen((source, destination, *flow[:3]))
    if policy == 3:
        return _chosen(namespace.sysctls.get(FIELDS), (source, destination, *flow[:3]), packet)
    if packet is not None:
        source, destination = (_innermost(packet)[:2] if policy == 2 else _ends_of(packet))
    return Seen((source, destination, 0, 0, 0))


def _chosen(fields: int, own: Keys, packet: IPv4Packet | None) -> Seen:
    """fib_multipath_custom_hash_fl4, fib_multipath_custom_hash_skb."""
    outer = _only(fields, own) if fields & OUTER else None
    if packet is None:
        return Seen(outer)
    inside = _innermost(packet) if fields >> INNER & OUTER else own
    return Seen(outer, _only(fields >> INNER, inside) if inside != own else None, True)


def _only(fields: int, keys: Keys) -> Keys:
    source, destination, protocol, sport, dport = (
        key if fields & bit else 0 for key, bit in zip(keys, FIELD_BITS, strict=True))
    return source, destination, protocol, sport, dport


def _ends_of(packet: IPv4Packet) -> tuple[int, int]:
    """Whose addresses count: of an ICMP error those of the packet that it is about (ip_multipath_l3_keys)."""
    message = packet.payload
    if packet.protocol == ICMP and isinstance(message, IcmpMessage) and message.type in ERRORS and (
            len(message.data) >= 20):
        return (int.from_bytes(message.data[12:16], "big"), int.from_bytes(message.data[16:20], "big"))
    return packet.src, packet.dst


def _innermost(packet: IPv4Packet) -> Keys:
    """Of the packet within IPIP and GRE, however deep (__skb_flow_dissect)."""
    try:
        while packet.protocol in (IPIP, gre.PROTOCOL) and not packet.offset and not packet.mf:
            inside = _inside(packet)
            if not isinstance(inside, IPv4Packet):
                break
            packet = inside
    except ParseError:
        pass
    return packet.src, packet.dst, *flow_of(packet)[:3]


def _inside(packet: IPv4Packet) -> object:
    data = packet.payload_bytes()
    if packet.protocol == IPIP:
        return IPv4Packet.parse(data)
    found = gre.GrePacket.parse(data)
    if found.ethertype != gre.ETHERNET:
        return parse_payload(found.ethertype, found.data)
    payload: object = Frame.parse(found.data).payload
    while isinstance(payload, VlanTag):
        payload = payload.payload
    return payload


def flow_hash(namespace: NetworkNamespace, seen: Seen) -> int:
    """fib_multipath_hash: 31 bits, the same for both directions of a flow."""
    outer, inner = (0 if keys is None else _hash(namespace, keys) for keys in seen[:2])
    return (jhash_2words(outer, inner) if seen.is_mixed else outer) >> 1


def _hash(namespace: NetworkNamespace, seen: Keys) -> int:
    """fib_multipath_hash_from_keys."""
    seed = namespace.sysctls.get(SEED) or namespace.chance.stream(f"{namespace.name}/multipath").bits(32)
    keys = bytearray(HASHED)
    # The kernel compares the numbers as they lie in memory: network order, read by a little-endian machine.
    ends = sorted((end.to_bytes(4, "big") for end in seen[:2]), key=_as_read)
    keys[ADDRESSES_AT:ADDRESSES_AT + 8] = b"".join(ends)
    ports = sorted((port.to_bytes(2, "big") for port in seen[3:]), key=_as_read)
    keys[PROTOCOL_AT] = seen[2]
    keys[PORTS_AT:PORTS_AT + 4] = b"".join(ports)
    word = seed << 32 | seed
    return siphash(bytes(keys), (word, word)) & 0xFFFFFFFF or 1


def _as_read(data: bytes) -> int:
    return int.from_bytes(data, "little")


def is_dead(path: Route) -> bool:
    """RTNH_F_DEAD: its interface is down, or has lost its last address, of which no next hop with a number hears."""
    interface = path.interface
    return interface is None or not interface.up or (
        path.gateway is not None and not path.nexthop_id and not interface.addresses)


def usable(route: Route, interface: Interface | None = None) -> list[Route]:
    """The next hops that can be taken (fib_lookup_good_nhc)."""
    return [path for path in route.paths if not is_dead(path) and not path.is_ignored
            and interface in (None, path.interface)]


Way = TypeVar("Way")


class Paths(Generic[Way]):
    """What one lookup has found where several ways lead there, until something changes."""

    __slots__ = ("_bounds", "_namespace", "_picked", "_ways")

    def __init__(self, namespace: NetworkNamespace, paths: list[Route], ways: list[Way]) -> None:
        self._namespace = namespace
        self._ways = ways
        self._bounds = bounds([path.weight for path in paths])
        self._picked: dict[Seen, Way] = {}

    def take(self, seen: Seen) -> Way:
        """fib_select_multipath."""
        way = self._picked.get(seen)
        if way is None:
            number = flow_hash(self._namespace, seen)
            place = next(place for place, bound in enumerate(self._bounds) if number <= bound)
            way = self._picked[seen] = self._ways[place]
        return way


def bounds(weights: list[int]) -> list[int]:
    """fib_rebalance: up to which hash each way is taken."""
    total, sum_so_far, found = sum(weights), 0, []
    for weight in weights:
        sum_so_far += weight
        found.append(((sum_so_far << 31) + total // 2) // total - 1)
    return found
