"""What `ip -d link` adds: the device's limits, and how its kind is set up."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.output import Row
from netsandbox.linux.core.devices import kind as kinds
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import Detail

IPV6_MIN_MTU = 1280


def put_details(row: Row, interface: Interface, is_link: bool) -> None:
    count, groups = _wanted_above(interface)
    row.put("promiscuity", count, f" promiscuity {count} ")
    row.put("allmulti", groups, f"allmulti {groups} ")
    row.put("min_mtu", interface.min_mtu, f"minmtu {interface.min_mtu} ")
    row.put("max_mtu", interface.max_mtu, f"maxmtu {interface.max_mtu} ")
    if not interface.is_loopback:
        _put_kind(row, interface)
    if is_link and (interface.is_loopback or interface.mtu >= IPV6_MIN_MTU):
        row.put("inet6_addr_gen_mode", "eui64", "addrgenmode eui64 ")
    for name, value in _limits(interface).items():
        row.put(name, value, f"{name.replace('num_tx_', 'numtx').replace('num_rx_', 'numrx')} {value} ")


def _wanted_above(interface: Interface) -> tuple[int, int]:
    """Who made it take every frame, and every frame to groups: a bridge, and what stands on it passes that down."""
    stack, in_bridge = interface.stack, int(interface.port is not None)
    count, groups = in_bridge + int(interface.promisc), in_bridge + int("ALLMULTI" in interface.odd_flags)
    count += interface.taps
    for upper in stack.uppers if stack is not None else ():
        if upper.up and upper.passes_down_to(interface):
            above = _wanted_above(upper)
            count, groups = count + (above[0] > 0), groups + (above[1] > 0)
    return count + (len(stack.listeners) if stack is not None else 0), groups


def _limits(interface: Interface) -> dict[str, int]:
    """What the driver takes at once; the numbers are the kernel's for each kind."""
    return {"num_tx_queues": interface.queues, "num_rx_queues": interface.queues, "gso_max_size": 65536,
            "gso_max_segs": 65535, "tso_max_size": interface.tso_max, "tso_max_segs": 65535, "gro_max_size": 65536,
            "gso_ipv4_max_size": 65536, "gro_ipv4_max_size": 65536}


def _put_kind(row: Row, interface: Interface) -> None:
    kind, master = kinds.find(interface.kind), interface.master
    info: dict[str, Any] = {}
    if kind is not None:
        info["info_kind"] = interface.kind
        row.new_line()
        row.say(f"    {interface.kind} ")
        if details := kind.details(interface):
            info["info_data"] = _put_all(row, details)
    if master is not None and (above := kinds.find(master.kind)) is not None:
        info["info_slave_kind"] = master.kind
        row.new_line()
        row.say(f"    {master.kind}_slave ")
        info["info_slave_data"] = _put_all(row, above.slave_details(interface))
    if info:
        row.note("linkinfo", info)


def _put_all(row: Row, details: list[Detail]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for detail in details:
        if detail.name:
            members[detail.name] = detail.value
        if detail.text:
            row.say(detail.text)
    return members
