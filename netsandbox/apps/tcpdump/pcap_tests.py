"""What the primitives of a pcap filter look at: bytes of a frame, at the places where libpcap finds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, HEADER
from netsandbox.wire.ipv4 import ICMP, TCP, UDP
from netsandbox.wire.vlan import ETH_P_8021AD, ETH_P_8021Q, ID_BITS
from netsandbox.wire.vlan import SIZE as TAG

TAG_TYPES = (ETH_P_8021Q, ETH_P_8021AD, 0x9100)
LONGEST_LENGTH = 1500  # Up to here the type field is a length (IEEE 802.3)
ETH_P_RARP, ETH_P_IPV6 = 0x8035, 0x86DD
IGMP, IGRP, ESP, AH, IPV6_ICMP, PIM, VRRP, SCTP = 2, 9, 50, 51, 58, 103, 112, 132
ETHERTYPES = {"ip": ETH_P_IP, "arp": ETH_P_ARP, "rarp": ETH_P_RARP, "ip6": ETH_P_IPV6}
PROTOCOLS = {"icmp": ICMP, "igmp": IGMP, "tcp": TCP, "udp": UDP, "sctp": SCTP, "igrp": IGRP, "esp": ESP, "ah": AH,
             "pim": PIM, "vrrp": VRRP, "carp": VRRP}
TRANSPORTS = (TCP, UDP, SCTP)  # The protocols that have ports
_IN_BOTH = (*TRANSPORTS, ESP, AH, PIM)  # Those that are looked for in IPv6 too
_BRIDGE_GROUP_SAP = 0x42
_PLACES = {"ip": (26, 30), "arp": (28, 38), "rarp": (28, 38)}
"""Where each protocol's source and destination address stand, in bytes from the frame's beginning."""
_OFFSET = 0x1FFF  # The fragment offset in the IP header's fourth 16-bit word


class OutOfFrame(Exception):  # noqa: N818 - it carries a verdict out, and is no error of the caller's
    """The filter looked behind the frame's end: libpcap's machine then rejects the packet, whatever else is asked."""


class Packet(NamedTuple):
    """What a filter is asked about."""

    data: bytes  # the frame from its Ethernet header on
    length: int  # what `len` means: bytes with the link header that the capture shows
    is_out: bool = False  # whether the interface sends it

    def number(self, at: int, size: int) -> int:
        """Some bytes as a number (OutOfFrame: the frame ends before they do)."""
        if at < 0 or at + size > len(self.data):
            raise OutOfFrame
        return int.from_bytes(self.data[at:at + size], "big")

    def untagged(self) -> Packet:
        """The frame without its outermost VLAN tag."""
        return self._replace(data=self.data[:12] + self.data[12 + TAG:])


Test = Callable[[Packet], bool]


def every(*tests: Test) -> Test:
    """All of them, asked in order until one fails."""
    return lambda packet: all(test(packet) for test in tests)


def either(*tests: Test) -> Test:
    """One of them, asked in order until one holds."""
    return lambda packet: any(test(packet) for test in tests)


def chain(first: Test, rest: list[tuple[str, Test]]) -> Test:
    """Tests joined by `and` and `or`, which bind equally, from the left."""
    def holds(packet: Packet) -> bool:
        result = first(packet)
        for word, test in rest:
            if result == (word == "and"):
                result = test(packet)
        return result
    return holds if rest else first


def behind_tags(test: Test, count: int) -> Test:
    """The test, of what is behind so many VLAN tags."""
    def holds(packet: Packet) -> bool:
        for _ in range(count):
            packet = packet.untagged()
        return test(packet)
    return holds if count else test


def tagged(vid: int | None) -> Test:
    """`vlan`, of any number or this one."""
    return lambda packet: packet.number(12, 2) in TAG_TYPES and (vid is None or packet.number(14, 2) & ID_BITS == vid)


def spanning_tree(packet: Packet) -> bool:
    """`stp`: LLC with its service access point."""
    return packet.number(12, 2) <= LONGEST_LENGTH and packet.number(HEADER, 1) == _BRIDGE_GROUP_SAP


def negated(test: Test) -> Test:
    return lambda packet: not test(packet)


def ethertype(number: int) -> Test:
    return lambda packet: packet.number(12, 2) == number


def ip_protocol(number: int) -> Test:
    """An IPv4 packet of a protocol, later fragments included."""
    return every(ethertype(ETH_P_IP), lambda packet: packet.number(23, 1) == number)


def any_protocol(number: int) -> Test:
    """The same in IPv4, or next in an IPv6 header or behind its fragment header."""
    def in_ip6(packet: Packet) -> bool:
        following = packet.number(20, 1)
        return following == number or (following == 44 and packet.number(54, 1) == number)
    return either(ip_protocol(number), every(ethertype(ETH_P_IPV6), in_ip6))


def named(protocol: str) -> Test:
    """A protocol's name alone: `arp`, `ip`, `icmp`, `tcp` …"""
    if protocol in ETHERTYPES:
        return ethertype(ETHERTYPES[protocol])
    if protocol == "icmp6":
        return every(any_protocol(IPV6_ICMP), ethertype(ETH_P_IPV6))
    number = PROTOCOLS[protocol]
    return any_protocol(number) if number in _IN_BOTH else ip_protocol(number)


def _directed(direction: str, source: Test, destination: Test) -> Test:
    """`src`, `dst`, `src and dst`, or either."""
    if direction in ("src", "dst"):
        return source if direction == "src" else destination
    return every(source, destination) if direction == "and" else either(source, destination)


def network(protocol: str, direction: str, address: int, mask: int) -> Test:
    """An IPv4 address inside a network, in IP or ARP (or RARP) as `protocol` says; empty for any of them."""
    if not protocol:
        return either(*(network(name, direction, address, mask) for name in _PLACES))

    def at(place: int) -> Test:
        return lambda packet: packet.number(place, 4) & mask == address
    source, destination = _PLACES[protocol]
    return every(ethertype(ETHERTYPES[protocol]), _directed(direction, at(source), at(destination)))


def station(direction: str, mac: int) -> Test:
    """`ether host`: a MAC address in the Ethernet header."""
    return _directed(direction, lambda packet: packet.number(6, 6) == mac, lambda packet: packet.number(0, 6) == mac)


def ip_payload(packet: Packet) -> int:
    """Where what follows the IP header begins."""
    return HEADER + (packet.number(HEADER, 1) & 15) * 4


def is_first_fragment(packet: Packet) -> bool:
    return not packet.number(20, 2) & _OFFSET


def ports(protocol: str, direction: str, low: int, high: int) -> Test:
    """A port within a range, of TCP, UDP or SCTP; later fragments have none."""
    wanted = (PROTOCOLS[protocol],) if protocol else TRANSPORTS

    def at(offset: int) -> Test:
        return lambda packet: low <= packet.number(ip_payload(packet) + offset, 2) <= high
    return every(ethertype(ETH_P_IP), lambda packet: packet.number(23, 1) in wanted, is_first_fragment,
                 _directed(direction, at(0), at(2)))


def link_broadcast(packet: Packet) -> bool:
    return packet.number(0, 6) == BROADCAST_MAC


def link_multicast(packet: Packet) -> bool:
    """The group bit: broadcast has it as well."""
    return bool(packet.number(0, 6) & MAC_GROUP_BIT)


def ip_broadcast(mask: int) -> Test:
    """All host bits of the destination one or, as once upon a time, zero."""
    hosts = ~mask & 0xFFFFFFFF
    return every(ethertype(ETH_P_IP), lambda packet: packet.number(30, 4) & hosts in (0, hosts))


def ip_multicast(packet: Packet) -> bool:
    """224 and above, as libpcap has it: 255.255.255.255 is among them."""
    return packet.number(12, 2) == ETH_P_IP and packet.number(30, 1) >= 224
