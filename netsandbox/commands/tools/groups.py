"""The multicast groups that an interface listens to, as /proc/net/dev_mcast and `ip maddress` have them.

IPv6 is off in a simulated host, but its all-nodes groups are there, as they
are on a real one: they come with the device.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import ALL_SYSTEMS
from netsandbox.linux.ipv4.igmp import ALL_SNOOPERS
from netsandbox.wire.addresses import MAC_GROUP_BIT, multicast_mac

ALL_NODES_MAC, ALL_SNOOPERS_MAC = 0x333300000001, 0x33330000006A
GVRP_MAC = 0x0180C2000021
"""GARP_MAC_GROUP: a device with VLANs listens to where they are announced, although nobody does."""
LEAST_MTU_V6 = 1280  # What IPv6 needs: a smaller device has none of it, nor its groups (addrconf_notify)
ALL_NODES = (("inet6", "ff02::1"), ("inet6", "ff01::1"))


def joined(interface: Interface) -> list[int]:
    """IPv4 groups that programs joined on an interface."""
    return sorted(group for name, group in interface.namespace.groups
                  if name == interface.name and group != ALL_SNOOPERS)


def _is_snooper(interface: Interface) -> bool:
    return isinstance(interface, Bridge) and interface.shows_snooping


def group_macs(interface: Interface) -> Iterator[tuple[int, bool]]:
    """(address, whether a person added it) in the kernel's order; lo has none."""
    if interface.is_loopback:
        return
    if interface.mtu >= LEAST_MTU_V6:
        yield ALL_NODES_MAC, False
    if interface.stack is not None and interface.stack.vlans:
        yield GVRP_MAC, False
    if interface.up:
        if _is_snooper(interface):
            yield multicast_mac(ALL_SNOOPERS), False
            yield ALL_SNOOPERS_MAC, False
        for group in (ALL_SYSTEMS, *joined(interface)):
            yield multicast_mac(group), False
    for mac in interface.group_macs:
        if mac & MAC_GROUP_BIT:
            yield mac, True


def groups_v4(interface: Interface) -> list[int]:
    """The newest first; none while it is down."""
    if not interface.up:
        return []
    return [*reversed(joined(interface)), ALL_SYSTEMS, *([ALL_SNOOPERS] if _is_snooper(interface) else [])]


def group_addresses(interface: Interface) -> Iterator[tuple[str, int | str]]:
    """(family, address) of the groups: IPv4 ones while the interface is up."""
    for group in groups_v4(interface):
        yield "inet", group
    if interface.up and _is_snooper(interface):
        yield "inet6", "ff02::6a"
    if interface.mtu >= LEAST_MTU_V6:
        yield from ALL_NODES
