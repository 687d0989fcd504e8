"""`bridge link` (bridge/link.c): the ports of bridges and their flags."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip.link_rows import put_flags, put_name
from netsandbox.commands.tools.names import find_interface, in_order, interface_named
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.words import USAGE, Words, duplicate, flag, key, on_or_off, parse
from netsandbox.linux.bridge.port import STATES, BridgePort
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink import bridge as bridge_requests

SWITCHES = ("guard", "hairpin", "fastleave", "root_block", "learning", "learning_sync", "flood", "mcast_flood",
            "bcast_flood", "mcast_to_unicast", "neigh_suppress", "neigh_vlan_suppress", "vlan_tunnel", "isolated",
            "locked", "mab")
WRONG_SWITCH = 234  # parse_on_off's error is -EINVAL, and the exit status its low byte


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("bridge link", arguments, ("set*", "change*", "show*", "lst*", "list*", "help*"))
    if command == "show":
        return _show(context.namespace, words, style)
    _modify(context.namespace, words)
    return ToolResult(0, "", "")


# -- showing

def port_row(port: BridgePort, style: Style) -> Row:
    """print_linkinfo of bridge(8)."""
    row, interface = Row(style), port.interface
    row.put("ifindex", interface.index, f"{interface.index}: ")
    put_flags(row, interface, put_name(row, interface, "%s: ", knows_namespaces=False))
    row.put("mtu", interface.mtu, f"mtu {interface.mtu} ")
    row.put("master", port.bridge.name, f"master {port.bridge.name} ")
    row.put("state", port.state, f"state {port.state} ")
    for name, value in (("priority", port.priority), ("cost", port.path_cost)):
        row.put(name, value, f"{name} {value} ")
    if style.details:
        row.new_line()
        row.say("    ")
        for name, value in _details(port):
            row.put(name, value, f"{name} {('on' if value else 'off') if isinstance(value, bool) else value} ")
    row.say("\n")
    return row


def _details(port: BridgePort) -> list[tuple[str, Any]]:
    """The flags in the order of print_protinfo."""
    set_by_hand = port.flags
    return [("hairpin", port.hairpin), *((name, bool(set_by_hand.get(name))) for name in (
                "guard", "root_block", "fastleave")),
            ("learning", port.learning), ("flood", port.flood), ("mcast_flood", port.mcast_flood),
            ("bcast_flood", port.bcast_flood), ("mcast_router", port.mcast_router),
            ("mcast_to_unicast", bool(set_by_hand.get("mcast_to_unicast"))), ("neigh_suppress", port.neigh_suppress),
            ("neigh_vlan_suppress", False), ("vlan_tunnel", False),
            ("isolated", port.isolated), ("locked", port.locked), ("mab", False), ("mcast_n_groups", 0),
            ("mcast_max_groups", 0)]


def _show(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    wanted: dict[str, str] = {}
    while words:
        word = words.next()
        if word in ("dev", "master"):
            name = words.next()
            if word in wanted:
                raise duplicate(word, name)
            wanted[word] = name
    device, master = (interface_named(namespace, wanted[word], USAGE) if word in wanted else None
                      for word in ("dev", "master"))
    rows = [port_row(interface.port, style) for interface in in_order(namespace)
            if interface.port is not None and device in (None, interface) and master in (None, interface.port.bridge)]
    return ToolResult(0, render(rows, style), "")


# -- changing

def _modify(namespace: NetworkNamespace, words: Words) -> None:
    def other(_word: str, _words: Words) -> None:
        raise usage("bridge link")

    found = parse(words, (
        key("dev"), *(on_or_off(name, WRONG_SWITCH) for name in SWITCHES), key("mcast_max_groups"),
        key("mcast_router", read=_lenient),
        key("cost", read=_lenient), key("priority", read=_lenient), key("state", read=_state), key("hwmode"),
        flag("self"), flag("master"), key("backup_port"), flag("nobackup_port"), key("backup_nhid")), other)
    if "dev" not in found:
        raise ToolError(USAGE, "Device is a required argument.")
    device = find_interface(namespace, found["dev"])
    if device is None:
        raise ToolError(USAGE, f'Cannot find bridge device "{found["dev"]}"')
    is_own = "self" in found
    if device.port is None or (is_own and "master" not in found):
        raise KernelError("EOPNOTSUPP")
    for name in ("learning_sync", "hwmode", "backup_port", "backup_nhid", "mcast_max_groups"):
        if found.get(name):
            raise ToolError(1, f"netsandbox: {name} of a bridge port is not modelled")
    if not found.get("cost", 1):
        del found["cost"]  # brlink_modify sends none that is 0
    bridge_requests.change_port(device.port, found)
    if is_own:  # the bridge has done its part; the device has no bridge of its own
        raise KernelError("EOPNOTSUPP")


def _lenient(words: Words) -> int:
    """atoi: digits at the front, else 0."""
    word = words.next()
    digits = word[:len(word) - len(word.lstrip("0123456789"))]
    return int(digits or 0)


def _state(words: Words) -> int:
    word = words.next()
    if word in STATES:
        return STATES.index(word)
    try:
        return int(word)
    except ValueError:
        raise ToolError(USAGE, "Error: invalid STP port state") from None
