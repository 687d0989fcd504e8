"""By which of its slaves a bond sends a frame (drivers/net/bonding/bond_main.c)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.icmp import ERRORS, QUERIES
from netsandbox.wire.ipv4 import ICMP, IPv4Packet
from netsandbox.wire.vlan import VlanTag

if TYPE_CHECKING:

    from netsandbox.linux.drivers.bond_slave import Slave

ROUND_ROBIN, ACTIVE_BACKUP, XOR, BROADCAST = "balance-rr", "active-backup", "balance-xor", "broadcast"
MODES = (ROUND_ROBIN, ACTIVE_BACKUP, XOR, BROADCAST, "802.3ad", "balance-tlb", "balance-alb")
LONG_NAMES = {ROUND_ROBIN: "load balancing (round-robin)", ACTIVE_BACKUP: "fault-tolerance (active-backup)",
              XOR: "load balancing (xor)", BROADCAST: "fault-tolerance (broadcast)"}
"""As /proc/net/bonding says them; of those that are modelled."""
UP, GOING_DOWN, DOWN, GOING_BACK = "up", "going down", "down", "going back"
"""BOND_LINK_*, as /proc/net/bonding says them."""
POLICIES = ("layer2", "layer3+4", "layer2+3")  # BOND_XMIT_POLICY_*, by number
WITH_PORTS = frozenset({6, 17, 33, 132, 136})
"""Protocols that begin with two ports (flow_dissector.c): TCP, UDP, DCCP, SCTP, UDP-Lite."""


def in_turn(slaves: Sequence[Slave], number: int) -> Slave | None:
    """bond_get_slave_by_id: the slave of that number, or the next one behind it that has a link."""
    return next((slave for slave in (*slaves[number:], *slaves[:number]) if slave.can_send), None)


def by_hash(slaves: Sequence[Slave], frame: Frame, policy: str) -> Slave | None:
    """bond_xmit_3ad_xor_slave_get: a flow stays on its slave as long as there are as many of them."""
    usable = [slave for slave in slaves if slave.can_send]
    return usable[hash_of(frame, policy) % len(usable)] if usable else None


def hash_of(frame: Frame, policy: str) -> int:
    """bond_xmit_hash, of a frame as a little-endian processor reads it.

    What is no IPv4 packet is told apart by its addresses and its type alone (bond_eth_hash).  The tag of a VLAN is kept
    beside the frame, and none of it.
    """
    if isinstance(frame.payload, VlanTag):
        frame = frame.untagged()
    stations = frame.dst & 0xFF ^ frame.src & 0xFF ^ frame.ethertype
    packet = frame.payload
    if policy == "layer2" or not isinstance(packet, IPv4Packet):
        return stations
    try:
        packet = _flow_of(packet)
    except ParseError:
        return stations
    found = stations if policy == "layer2+3" else _ports(packet)
    found ^= _little(packet.dst.to_bytes(4, "big")) ^ _little(packet.src.to_bytes(4, "big"))
    found ^= found >> 16
    found ^= found >> 8
    return found >> 1 if policy == "layer3+4" else found


def _flow_of(packet: IPv4Packet) -> IPv4Packet:
    """bond_flow_dissect: an ICMP error goes the way of the flow that it tells of."""
    body = packet.payload_bytes()
    is_error = packet.protocol == ICMP and not (packet.offset or packet.mf) and len(body) >= 8 and body[0] in ERRORS
    return IPv4Packet.parse(body[8:], quoted=True) if is_error else packet


def _ports(packet: IPv4Packet) -> int:
    """bond_flow_dissect: the ports, or of ICMP's questions and answers type, code and, as the host has it, number."""
    head = packet.payload_bytes()[:8] if not (packet.offset or packet.mf) else b""
    if packet.protocol == ICMP and len(head) == 8:
        number = (head[5:3:-1] if any(head[4:6]) else b"\1\0") if head[0] in QUERIES else b"\0\0"
        return _little(head[:2] + number) if any(number) else 0
    return _little(head[:4]) if packet.protocol in WITH_PORTS else 0


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
