"""Routes with several next hops: which one a packet takes (net/ipv4/fib_semantics.c, route.c).

Each packet of a flow takes the same, as a hash of the flow decides: of the
addresses, and with fib_multipath_hash_policy 1 of the ports as well.  The
hash is the kernel's own, keyed by fib_multipath_hash_seed, so that with the
same seed the same flows take the same ways; without a seed chance gives one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from netsandbox.linux.ipv4.siphash import siphash
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import ICMP, IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.ipv4.route import Route

HASHED = 48
"""Bytes of struct flow_keys that are hashed for IPv4: from `basic` to the addresses, and the padding behind them."""
PROTOCOL_AT, PORTS_AT, ADDRESSES_AT = 2, 28, 36
ERRORS = (3, 4, 5, 11, 12)
SEED = "net.ipv4.fib_multipath_hash_seed"
POLICY = "net.ipv4.fib_multipath_hash_policy"


Flow = tuple[int, int, int, int]
"""What is looked at of a packet, besides its addresses: protocol, source port, destination port, and by rules TOS."""
NO_FLOW: Flow = (0, 0, 0, 0)


def flow_of(packet: IPv4Packet) -> Flow:
    """A packet's, as the flow dissector sees it: of a fragment it knows no ports."""
    payload = packet.payload
    if isinstance(payload, (TcpSegment, UdpDatagram)) and not packet.mf and not packet.offset:
        return packet.protocol, payload.sport, payload.dport, packet.tos
    return packet.protocol, 0, 0, packet.tos


def ends_of(packet: IPv4Packet) -> tuple[int, int]:
    """Whose addresses count: of an ICMP error those of the packet that it is about (ip_multipath_l3_keys)."""
    message = packet.payload
    if packet.protocol == ICMP and isinstance(message, IcmpMessage) and message.type in ERRORS and (
            len(message.data) >= 20):
        return (int.from_bytes(message.data[12:16], "big"), int.from_bytes(message.data[16:20], "big"))
    return packet.src, packet.dst


def flow_hash(namespace: NetworkNamespace, source: int, destination: int, flow: Flow) -> int:
    """fib_multipath_hash: 31 bits, the same for both directions of a flow."""
    seed = namespace.sysctls.get(SEED) or namespace.chance.stream(f"{namespace.name}/multipath").bits(32)
    keys = bytearray(HASHED)
    # The kernel compares the numbers as they lie in memory: network order, read by a little-endian machine.
    ends = sorted((source.to_bytes(4, "big"), destination.to_bytes(4, "big")), key=_as_read)
    keys[ADDRESSES_AT:ADDRESSES_AT + 8] = b"".join(ends)
    if namespace.sysctls.get(POLICY) == 1:
        ports = sorted((port.to_bytes(2, "big") for port in flow[1:3]), key=_as_read)
        keys[PROTOCOL_AT] = flow[0]
        keys[PORTS_AT:PORTS_AT + 4] = b"".join(ports)
    word = seed << 32 | seed
    return (siphash(bytes(keys), (word, word)) & 0xFFFFFFFF or 1) >> 1


def _as_read(data: bytes) -> int:
    return int.from_bytes(data, "little")


def is_dead(path: Route) -> bool:
    """RTNH_F_DEAD: its interface is down, or has lost its last address."""
    interface = path.interface
    return interface is None or not interface.up or (path.gateway is not None and not interface.addresses)


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
        self._picked: dict[tuple[int, int, Flow], Way] = {}

    def take(self, source: int, destination: int, flow: Flow) -> Way:
        """fib_select_multipath."""
        key = source, destination, flow
        way = self._picked.get(key)
        if way is None:
            number = flow_hash(self._namespace, source, destination, flow)
            place = next(place for place, bound in enumerate(self._bounds) if number <= bound)
            way = self._picked[key] = self._ways[place]
        return way


def bounds(weights: list[int]) -> list[int]:
    """fib_rebalance: up to which hash each way is taken."""
    total, sum_so_far, found = sum(weights), 0, []
    for weight in weights:
        sum_so_far += weight
        found.append(((sum_so_far << 31) + total // 2) // total - 1)
    return found
