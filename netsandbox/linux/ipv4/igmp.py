"""What a host tells the routers of its network about groups that it joins and leaves (RFC 3376; net/ipv4/igmp.c).

Only what the kernel joins by itself is reported, a VXLAN device's group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MILLISECOND
from netsandbox.wire.addresses import multicast_mac
from netsandbox.wire.checksum import internet_checksum
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface

IGMP = 2
ROUTERS = 0xE0000016
"""224.0.0.22."""
ROUTER_ALERT = bytes.fromhex("94040000")
TO_INCLUDE, TO_EXCLUDE = 3, 4
SECOND_REPORT = 1000
"""Milliseconds within which a report is said again (igmpv3_unsolicited_report_interval)."""


def join(interface: Interface, group: int) -> None:
    """ip_mc_join_group: from now on packets to the group are for this host, and its routers hear of it, twice."""
    namespace = interface.namespace
    key = (interface.name, group)
    if key not in namespace.groups:
        namespace.groups = frozenset({*namespace.groups, key})
        _report(interface, group, TO_EXCLUDE)


def leave(interface: Interface, group: int) -> None:
    """ip_mc_leave_group."""
    namespace = interface.namespace
    key = (interface.name, group)
    if key in namespace.groups:
        namespace.groups = frozenset(namespace.groups - {key})
        _report(interface, group, TO_INCLUDE)


def _report(interface: Interface, group: int, record: int) -> None:
    namespace = interface.namespace
    first = namespace.chance.stream(f"{namespace.name}/igmp").below(8) + 1
    again = namespace.chance.stream(f"{namespace.name}/igmp").below(SECOND_REPORT) + first
    for delay in (first, again):
        namespace.scheduler.after(delay * MILLISECOND, _send, (interface, group, record), foreground=True)


def _send(what: tuple[Interface, int, int]) -> None:
    """add_grec, igmpv3_sendpack."""
    interface, group, record = what
    if not interface.running:
        return
    body = bytes([0x22, 0, 0, 0, 0, 0, 0, 1, record, 0, 0, 0]) + group.to_bytes(4, "big")
    body = body[:2] + internet_checksum(body).to_bytes(2, "big") + body[4:]
    source = interface.addresses[0].local if interface.addresses else 0
    packet = IPv4Packet(source, ROUTERS, IGMP, body, 1, 0, True, 0xC0, options=ROUTER_ALERT)
    interface.transmit(Frame(multicast_mac(ROUTERS), interface.mac, ETH_P_IP, packet))
