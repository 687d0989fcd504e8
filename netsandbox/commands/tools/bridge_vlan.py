"""`bridge vlan`: the VLANs of bridges and of their ports (bridge/vlan.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.names import find_interface, in_order, interface_named
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.words import USAGE, Words, flag, key, parse
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.netlink import vlan as requests

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.linux.bridge.vlan import VlanGroup
    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace

COMMANDS = ("add*", "delete*", "show*", "lst*", "list*", "tunnelshow*", "set*", "global*", "help*")
FIRST_ROW, DETAILS = 18, 20
"""Columns before the number of a VLAN."""


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("bridge vlan", arguments, COMMANDS, ("set", "tunnelshow", "global"))
    if command == "show":
        return _show(context.namespace, words, style)
    _modify(context.namespace, words, command == "add")
    return ToolResult(0, "", "")


def _modify(namespace: NetworkNamespace, words: Words, adds: bool) -> None:
    """vlan_modify."""
    def other(word: str, _words: Words) -> None:
        if word and "help".startswith(word):
            raise usage("bridge vlan")
    found = parse(words, (key("dev"), key("vid"), flag("self"), flag("master"), flag("pvid"), flag("untagged"),
                          key("tunnel_info", read=_refuse_tunnel)), other)
    if "dev" not in found or "vid" not in found:
        raise ToolError(USAGE, "Device and VLAN ID are required arguments.")
    device = _bridge_device(namespace, found["dev"])
    first, last = _range(found["vid"])
    if "pvid" in found and first != last:
        raise ToolError(USAGE, "pvid cannot be configured for a vlan range")
    to_self = "self" in found
    request = requests.VlanRequest(first, last, "pvid" in found, "untagged" in found)
    (requests.add if adds else requests.delete)(device, request, to_self, "master" in found or not to_self)


def _refuse_tunnel(_words: Words) -> None:
    raise ToolError(1, "netsandbox: tunnel_info of a VLAN is not modelled")


def _bridge_device(namespace: NetworkNamespace, name: str) -> Interface:
    found = find_interface(namespace, name)
    if found is None:
        raise ToolError(USAGE, f'Cannot find bridge device "{name}"')
    return found


def _range(text: str) -> tuple[int, int]:
    """`10` or `10-20`; atoi reads what it can."""
    first, dash, last = text.partition("-")
    low = _atoi(first)
    high = _atoi(last) if dash else low
    if low >= 4096 or high >= 4096:
        raise ToolError(USAGE, f'Invalid VLAN ID "{low if low >= 4096 else high}"')
    if low > high or (dash and low == high):
        raise ToolError(USAGE, f'Invalid VLAN range "{low}-{high}"')
    return low, high


def _atoi(text: str) -> int:
    digits = re.match(r"\d{1,9}", text)
    return int(digits[0]) if digits else 0


def _show(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    def other(word: str, _words: Words) -> None:
        if word and "help".startswith(word):
            raise usage("bridge vlan")
    found = parse(words, (key("dev"), key("vid")), other)
    device = interface_named(namespace, found["dev"], USAGE) if "dev" in found else None
    wanted = _atoi(found["vid"]) if "vid" in found else 0
    rows = []
    for interface in in_order(namespace):
        group = _group_of(interface)
        if group is None or device not in (None, interface):
            continue
        vids = [vid for vid in sorted(group.vlans) if wanted in (0, vid)]
        if vids:
            rows.append(_row(interface, group, vids, style))
    heading = "port              vlan-id" + ("" if style.stats else "  ") + "\n"
    return ToolResult(0, render(rows, style) if style.json else heading + render(rows, style), "")


def _group_of(interface: Interface) -> VlanGroup | None:
    """The VLANs of a bridge or of a port; None for other devices, and where nobody has asked for VLANs yet: such a
    bridge is shown as a kernel without CONFIG_BRIDGE_VLAN_FILTERING shows it."""
    if isinstance(interface, Bridge):
        return interface.vlans
    return interface.port.vlan_group if interface.port is not None and interface.port.bridge.vlans else None


def _row(interface: Interface, group: VlanGroup, vids: list[int], style: Style) -> Row:
    row, members = Row(style), []
    for number, vid in enumerate(vids):
        member: dict[str, Any] = {"vlan": vid}
        flags = (["PVID"] if vid == group.pvid else []) + (["Egress Untagged"] if vid in group.untagged else [])
        if flags:
            member["flags"] = flags
        members.append(member)
        name = "" if number else interface.name
        row.say(f"{name:<{FIRST_ROW}}{' '.join([str(vid), *flags])}\n")
        if style.details:
            row.say(f"{'':{DETAILS}}state forwarding mcast_router 1 neigh_suppress off\n")
        if style.stats:
            row.say(f"{'':{DETAILS}}RX: 0 bytes 0 packets\n{'':{DETAILS}}TX: 0 bytes 0 packets\n")
    row.note("ifname", interface.name)
    row.note("vlans", members)
    return row
