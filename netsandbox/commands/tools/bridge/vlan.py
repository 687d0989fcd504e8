"""`bridge vlan`: the VLANs of bridges and of their ports (bridge/vlan.c)."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.names import find_interface, in_order, interface_named
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import number, number_of
from netsandbox.commands.tools.words import USAGE, Key, Words, asking, choose, flag, key, parse, passed_over, refused
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import FORWARDING, STATES
from netsandbox.linux.bridge.vlan import everywhere
from netsandbox.linux.bridge.vlan_group import VlanGroup
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink import vlan as requests

COMMANDS = ("add*", "delete*", "show*", "lst*", "list*", "tunnelshow*", "set*", "global*", "help*")
GLOBAL_OPTIONS = {
    "mcast_snooping": 1, "mcast_querier": 0, "mcast_igmp_version": 2, "mcast_mld_version": 1,
    "mcast_last_member_count": 2, "mcast_last_member_interval": 100, "mcast_startup_query_count": 2,
    "mcast_startup_query_interval": 3124, "mcast_membership_interval": 26000, "mcast_querier_interval": 25500,
    "mcast_query_interval": 12500, "mcast_query_response_interval": 1000, "msti": 0}
"""What a VLAN of a whole bridge has; the bridge heeds it with mcast_vlan_snooping 1, which is not modelled."""
FIRST_ROW, DETAILS = 18, 20  # Columns before the number of a VLAN


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("bridge vlan", arguments, COMMANDS)
    namespace = context.namespace
    if command == "show":
        return _show(namespace, words, style)
    if command == "tunnelshow":
        _read(words, key("dev", read=lambda rest: interface_named(namespace, rest.next(), USAGE)), key("vid"))
        return ToolResult(0, "" if style.json else f"{'port':<{FIRST_ROW}}{'vlan-id':<11}tunnel-id\n", "")
    if command == "global":
        return _global(namespace, arguments[1:], style)
    if command == "set":
        _set(namespace, words)
    else:
        _modify(namespace, words, command == "add")
    return ToolResult(0, "", "")


def _read(words: Words, *keys: Key) -> dict[str, Any]:
    """A word that is no keyword is not looked at, unless it is `help`."""
    return parse(words, (*keys, asking(usage("bridge vlan"))), passed_over)


def _modify(namespace: NetworkNamespace, words: Words, adds: bool) -> None:
    """vlan_modify."""
    found = _read(words, key("dev"), key("vid"), flag("self"), flag("master"), flag("pvid"), flag("untagged"),
                  refused("tunnel_info", of="a VLAN"))
    device, first, last = _place(namespace, found)
    if "pvid" in found and first != last:
        raise ToolError(USAGE, "pvid cannot be configured for a vlan range")
    to_self = "self" in found
    request = requests.VlanRequest(first, last, "pvid" in found, "untagged" in found)
    (requests.add if adds else requests.delete)(device, request, to_self, "master" in found or not to_self)


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
    found = _read(words, key("dev"), key("vid"))
    device = interface_named(namespace, found["dev"], USAGE) if "dev" in found else None
    wanted = _atoi(found["vid"]) if "vid" in found else 0
    rows = []
    interfaces = list(in_order(namespace))
    if style.stats:
        interfaces.sort(key=lambda one: not isinstance(one, Bridge))
    for interface in interfaces:
        group = _group_of(interface)
        if group is None or device not in (None, interface):
            continue
        vids = [vid for vid in sorted(group.vlans) if wanted in (0, vid)]
        if vids:
            rows.append(_row(interface, group, vids, style))
    return _listed(rows, style)


def _listed(rows: list[Row], style: Style) -> ToolResult:
    heading = "port              vlan-id" + ("" if style.stats else "  ") + "\n"
    return ToolResult(0, render(rows, style) if style.json else heading + render(rows, style), "")


def _group_of(interface: Interface) -> VlanGroup | None:
    """The VLANs of a bridge or of a port, the default one where nobody has asked for any; None for other devices."""
    if isinstance(interface, Bridge):
        return interface.vlans or VlanGroup(interface.default_pvid)
    port = interface.port
    return None if port is None else port.vlans or VlanGroup(port.bridge.default_pvid)


def _row(interface: Interface, group: VlanGroup, vids: list[int], style: Style) -> Row:
    """print_vlan_port; with -d or -compressvlans, VLANs that differ in nothing but their numbers are one."""
    row, members = Row(style), []

    def what(vid: int) -> Hashable:
        return vid == group.pvid and vid, vid in group.untagged, group.states.get(vid) if style.details else None
    runs = _runs(vids, what) if style.details or style.compressed else [(vid, vid) for vid in vids]
    for count, (first, last) in enumerate(runs):
        member: dict[str, Any] = {"vlan": first} | ({"vlanEnd": last} if last > first else {})
        flags = (["PVID"] if first == group.pvid else []) + (["Egress Untagged"] if first in group.untagged else [])
        if flags:
            member["flags"] = flags
        row.say(f"{'' if count else interface.name:<{FIRST_ROW}}{' '.join([_span(first, last), *flags])}")
        row.new_line()
        if style.details:
            state = group.states.get(first, FORWARDING)
            member |= {"state": state, "mcast_router": 1, "neigh_suppress": False}
            row.say(f"{'':{DETAILS}}state {state} mcast_router 1 neigh_suppress off ")
            row.new_line()
        if style.stats:
            _put_counters(row, member)
        members.append(member)
    row.note("ifname", interface.name)
    row.note("vlans", members)
    return row


def _put_counters(row: Row, member: dict[str, Any]) -> None:
    """Nothing is counted by VLAN here."""
    member["vid"] = member.pop("vlan")
    member |= {f"{way}_{what}": 0 for way in ("rx", "tx") for what in ("bytes", "packets")}
    for way in ("RX", "TX"):
        row.say(f"{'':{DETAILS}}{way}: 0 bytes 0 packets")
        row.new_line()


def _runs(vids: list[int], what: Callable[[int], Hashable]) -> list[tuple[int, int]]:
    """br_vlan_can_enter_range: neighbours in number that are alike."""
    runs: list[tuple[int, int]] = []
    for vid in vids:
        if runs and runs[-1][1] == vid - 1 and what(vid - 1) == what(vid):
            runs[-1] = runs[-1][0], vid
        else:
            runs.append((vid, vid))
    return runs


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


# -- options

def _set(namespace: NetworkNamespace, words: Words) -> None:
    """vlan_option_set."""
    found = _read(words, key("dev"), key("vid"), key("state", read=_state),
                  *(refused(name, of="a VLAN of a port") for name in (
                      "mcast_router", "mcast_max_groups", "neigh_suppress")))
    device, first, last = _place(namespace, found)
    if "state" in found:
        requests.set_state(device, first, last, found["state"])


def _state(words: Words) -> str:
    word = words.next()
    number = number_of(word)
    if word.lower() not in STATES and (number is None or not 0 <= number < len(STATES)):
        raise ToolError(USAGE, "Error: invalid STP state" if number is None else "Error: bridge: Invalid vlan state.")
    return word.lower() if number is None else STATES[number]


def _place(namespace: NetworkNamespace, found: dict[str, Any]) -> tuple[Interface, int, int]:
    if "dev" not in found or "vid" not in found:
        raise ToolError(USAGE, "Device and VLAN ID are required arguments.")
    return _bridge_device(namespace, found["dev"]), *_range(found["vid"])


def _global(namespace: NetworkNamespace, arguments: list[str], style: Style) -> ToolResult:
    """vlan_global: what a VLAN has in the bridge as a whole."""
    words = Words(arguments[1:])
    command = choose(arguments[0], ("show*", "lst*", "list*", "set*")) if arguments else "show"
    if command is None:
        raise usage("bridge vlan")
    if command != "set":
        return _show_global(namespace, words, style)
    found = _read(words, key("dev"), key("vid"), *(key(name, read=number(f"invalid {name}"))
                                                   for name in GLOBAL_OPTIONS))
    device, first, last = _place(namespace, found)
    requests.set_global(device, first, last, {name: found[name] for name in GLOBAL_OPTIONS if name in found})
    return ToolResult(0, "", "")


def _show_global(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    found = _read(words, key("dev"), key("vid"))
    device = interface_named(namespace, found["dev"], USAGE) if "dev" in found else None
    rows = []
    for bridge in in_order(namespace):
        if not isinstance(bridge, Bridge) or bridge.vlans is None or device not in (None, bridge):
            continue
        vids = [vid for vid in sorted(everywhere(bridge)) if "vid" not in found or vid == _atoi(found["vid"])]
        if vids:
            rows.append(_global_row(bridge, vids, style))
    return _listed(rows, style)


def _global_row(bridge: Bridge, vids: list[int], style: Style) -> Row:
    options = bridge.vlan_group.options
    row, members = Row(style), []
    for count, (first, last) in enumerate(_runs(vids, lambda vid: tuple(options.get(vid, {}).items()))):
        values = GLOBAL_OPTIONS | options.get(first, {})
        members.append({"vlan": first} | ({"vlanEnd": last} if last > first else {}) | values)
        row.say(f"{'' if count else bridge.name:<{FIRST_ROW}}{_span(first, last)}\n{'':{DETAILS}}"
                + "".join(f"{name} {value} " for name, value in values.items()) + "\n")
    row.note("ifname", bridge.name)
    row.note("vlans", members)
    return row
