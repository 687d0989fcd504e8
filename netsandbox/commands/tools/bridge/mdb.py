"""`bridge mdb` (bridge/mdb.c): which ports of a bridge want which group."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.names import in_order, interface_named
from netsandbox.commands.tools.output import Style, json_text
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import mac_bytes, number
from netsandbox.commands.tools.words import USAGE, Words, flag, key, parse, passed_over, refused
from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink import mdb as requests
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4

COMMANDS = ("show*", "lst*", "list*", "add*", "delete*", "replace*", "flush*", "get*", "help*")
GONE = 254  # mdb_get gives -2 back where the kernel has no answer
NOT_MODELLED = ("src", "proto", "filter_mode", "source_list", "dst", "dst_port", "vni", "src_vni", "via")


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("bridge mdb", arguments, COMMANDS, ("replace",))
    if command == "show":
        return _show(context.namespace, words, style)
    if command == "get":
        return _get(context.namespace, words, style)
    if command == "flush":
        _flush(context.namespace, words)
        return ToolResult(0, "", "")
    _put(context.namespace, words, command == "add")
    return ToolResult(0, "", "")


def _get(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    """mdb_get: the rows of one group."""
    found = parse(words, (key("dev"), key("grp"), key("vid", read=number("invalid vid")),
                          *(refused(name, of="a group's row") for name in NOT_MODELLED)), passed_over)
    if not {"dev", "grp"} <= found.keys():
        raise ToolError(USAGE, "Device and group address are required arguments.")
    bridge = interface_named(namespace, found["dev"], USAGE)
    if style.json:
        raise ToolError(1, "netsandbox: `bridge -j mdb get` is not modelled")
    group, text = _group(found["grp"]), ""
    try:
        if requests.has_group(bridge, group, found.get("vid", 0)) and isinstance(bridge, Bridge):
            text = _groups(bridge, found.get("vid", 0), style, [], group)
    except KernelError as error:
        raise ToolError(GONE, str(error)) from None
    return ToolResult(0, text, "")


def _flush(namespace: NetworkNamespace, words: Words) -> None:
    """mdb_flush."""
    found = parse(words, (
        key("dev"), key("port"), key("vid", read=number("invalid vid")), flag("permanent"),
        key("nopermanent", name="permanent", read=lambda _words: False),
        *(refused(name, of="a flush of groups") for name in NOT_MODELLED)), passed_over)
    if "dev" not in found:
        raise ToolError(USAGE, "Device is a required argument.")
    bridge = interface_named(namespace, found["dev"], USAGE)
    port = interface_named(namespace, found["port"], USAGE) if "port" in found else None
    requests.flush(bridge, port, found.get("vid"), found.get("permanent"))


def _put(namespace: NetworkNamespace, words: Words, is_new: bool) -> None:
    """mdb_modify."""
    found = parse(words, (
        key("dev"), key("grp"), key("port"), key("vid", read=number("invalid vid")), flag("permanent"), flag("temp"),
        *(refused(name, of="a group's row") for name in NOT_MODELLED)), passed_over)
    if not {"dev", "grp", "port"} <= found.keys():
        raise ToolError(USAGE, "Device, group address and port name are required arguments.")
    bridge = interface_named(namespace, found["dev"], USAGE)
    port = interface_named(namespace, found["port"], USAGE)
    group = _group(found["grp"])
    if is_new:
        requests.add(bridge, port, group, found.get("vid", 0), "permanent" in found)
    else:
        requests.delete(bridge, port, group, found.get("vid", 0))


def _group(word: str) -> int:
    try:
        return parse_ipv4(word)
    except AddressError:
        if ":" in word:
            raise ToolError(1, "netsandbox: groups of other families than IPv4 are not modelled") from None
        raise ToolError(USAGE, f'{_refused_as_mac(word)}Invalid address "{word}"') from None


def _refused_as_mac(word: str) -> str:
    """What ll_addr_a2n says, which is asked once the word is no IP address."""
    try:
        mac_bytes(word)
    except ToolError as error:
        return f"{error.message}\n"
    return ""


def _show(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    """mdb_show: groups, and with -d the ports behind which somebody asks."""
    found = parse(words, (key("dev"), key("vid", read=number("invalid vid"))), passed_over)
    only = interface_named(namespace, found["dev"], USAGE) if "dev" in found else None
    bridges = [one for one in in_order(namespace) if isinstance(one, Bridge) and only in (None, one)]
    members: list[dict[str, Any]] = []
    text = "".join(_groups(bridge, found.get("vid"), style, members) for bridge in bridges)
    routers = {bridge.name: ports for bridge in bridges if (ports := _routers(bridge))}
    if style.json:
        told = {name: [{"port": port} | ({"timer": _time(left), "type": _kind(left)} if style.stats else {})
                       for port, left in ports] for name, ports in routers.items()}
        return ToolResult(0, json_text([{"mdb": members, "router": told}], bool(style.pretty)), "")
    if style.details or style.stats:
        text += "".join(f"router ports on {name}: {_router_text(ports, style)}\n" for name, ports in routers.items())
    return ToolResult(0, text, "")


def _groups(bridge: Bridge, vid: int | None, style: Style, members: list[dict[str, Any]], only: int = 0) -> str:
    text = ""
    for (vlan, group), port, one in bridge.snooping.rows() if bridge.snooping is not None else ():
        if vid not in (None, vlan) or only not in (0, group):
            continue
        state = "permanent" if one.expires is None else "temp"
        name = bridge.name if port is None else port.interface.name
        row: dict[str, Any] = {"index": bridge.index, "dev": bridge.name, "port": name, "grp": format_ipv4(group),
                               "state": "temp" if port is None else state}
        text += f"dev {bridge.name} port {name} grp {format_ipv4(group)} {row['state']}"
        if style.details and port is not None:
            row["protocol"] = "static" if one.is_by_hand else "kernel"
            text += f" proto {row['protocol']}"
        row["flags"] = []
        if vlan:
            row["vid"] = vlan
            text += f" vid {vlan}"
        if style.stats and one.expires is not None:
            row["timer"] = _time(one.expires - bridge.namespace.scheduler.now)
            text += f" {row['timer']}"
        members.append(row)
        text += "\n"
    return text


def _routers(bridge: Bridge) -> list[tuple[str, int]]:
    """Each port behind which somebody asks, and for how long it is taken to be one."""
    now = bridge.namespace.scheduler.now
    known = bridge.snooping.routers if bridge.snooping is not None else {}
    always = [(port.interface.name, 0) for port in reversed(bridge.ports) if port.mcast_router == 2]
    return always + [(port.interface.name, until - now) for port, until in known.items() if until > now]


def _router_text(ports: list[tuple[str, int]], style: Style) -> str:
    return "".join(f"{port} {_time(left)} {_kind(left)} " if style.stats else f"{port} " for port, left in ports)


def _kind(left: int) -> str:
    return "temp" if left else "permanent"


def _time(left: int) -> str:
    """format_timer: seconds, in four columns, and hundredths."""
    return f"{left // SECOND:4}.{left % SECOND * 100 // SECOND:02}"
