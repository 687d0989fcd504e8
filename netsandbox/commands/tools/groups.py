"""The multicast groups that an interface listens to, as /proc/net/dev_mcast and `ip maddress` have them.

IPv6 is off in a simulated host, but its all-nodes groups are there, as they
are on a real one: they come with the device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.namespace import ALL_SYSTEMS
from netsandbox.wire.addresses import MAC_GROUP_BIT, multicast_mac

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netsandbox.linux.core.interface import Interface

ALL_SNOOPERS = 0xE000006A
"""224.0.0.106, which a bridge joins that would look into IGMP (br_multicast_join_snoopers; RFC 4286)."""
ALL_NODES_MAC = 0x333300000001
ALL_NODES = (("inet6", "ff02::1"), ("inet6", "ff01::1"))


def joined(interface: Interface) -> list[int]:
    """IPv4 groups that programs joined on an interface."""
    return sorted(group for name, group in interface.namespace.groups if name == interface.name)


def _snoopers(interface: Interface) -> tuple[int, ...]:
    return (ALL_SNOOPERS,) if isinstance(interface, Bridge) and interface.multicast_snooping else ()


def group_macs(interface: Interface) -> Iterator[tuple[int, bool]]:
    """(address, whether a person added it) in the kernel's order; lo has none."""
    if interface.is_loopback:
        return
    yield ALL_NODES_MAC, False
    if interface.up:
        for group in (*_snoopers(interface), ALL_SYSTEMS, *joined(interface)):
            yield multicast_mac(group), False
    for mac in interface.group_macs:
        if mac & MAC_GROUP_BIT:
            yield mac, True


def group_addresses(interface: Interface) -> Iterator[tuple[str, int | str]]:
    """(family, address) of the groups: IPv4 ones while the interface is up."""
    if interface.up:
        for group in (*reversed(joined(interface)), ALL_SYSTEMS, *_snoopers(interface)):
            yield "inet", group
    yield from ALL_NODES
