"""`ip route get`: which way one packet would go."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip.route_rows import put_cache, put_flags, put_learned, put_metrics, route_row
from netsandbox.commands.tools.ip.rule import ip_protocol, read_tos
from netsandbox.commands.tools.ip.table_names import shown as shown_table
from netsandbox.commands.tools.ip.vrf import vrf_reader
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.word_values import Family, number
from netsandbox.commands.tools.words import USAGE, Key, Words, flag, key, parse, refused
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import DropReason
from netsandbox.linux.events import RouteMissing
from netsandbox.linux.ipv4.input_route import route_input
from netsandbox.linux.ipv4.multipath import Flow
from netsandbox.linux.ipv4.next_hop import learned_about
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import LIMITED_BROADCAST, format_ipv4, is_multicast
from netsandbox.wire.ipv4 import UDP

NOBODY = 0xFFFFFFFF  # INVALID_UID


def run(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    family = Family(style.family)
    warnings: list[str] = []

    def read(rest: Words) -> int:
        is_plain = "/" not in rest.peek()
        network = family.prefix(rest)
        if network.length != 32 and not is_plain:
            warnings.append(f"Warning: /{network.length} as prefix is invalid, only /32 (or none) is supported.\n")
        return network.address

    found = parse(words, _keys(namespace, family), key("to", read=read, usage=usage("ip route")))
    if "to" not in found:
        raise ToolError(1, "need at least a destination address")
    source = found.get("from", 0)
    enters = interface_named(namespace, found["iif"]) if "iif" in found else None
    leaves = interface_named(namespace, found["oif"]) if "oif" in found else found.get("vrf")
    if enters is not None:
        row = _input_row(enters, source, found["to"], style, found)
    else:
        row = _output_row(namespace, source, found["to"], leaves, style, found)
    twice = "connected" in found and not source  # again, with the source that was found, as connect(2) does
    if twice and enters is not None:
        raise ToolError(USAGE, "Failed to connect the route")
    return ToolResult(0, render([row, row] if twice else [row], style), "".join(warnings))


def _keys(namespace: NetworkNamespace, family: Family) -> tuple[Key, ...]:
    return (key("tos", "dsfield*", name="tos", read=read_tos),
            key("from*", read=lambda rest: family.prefix(rest).address), key("iif*"),
            key("mark*", read=number("invalid mark value")), key("oif*", "dev", name="oif"), flag("notify*"),
            flag("connected*"), key("vrf*", read=vrf_reader(namespace, "Invalid VRF\n")),
            key("uid*", read=number("invalid UID\n")), flag("fibmatch*"), refused("as", of="a question"),
            *(key(f"{name}*", read=number(f"invalid {name}\n", 0, 65535)) for name in ("sport", "dport")),
            key("ipproto*", read=ip_protocol), refused("flowlabel", of="a question"))


def _flow(found: dict[str, Any]) -> Flow:
    """Of no protocol in particular it is UDP's (inet_rtm_getroute)."""
    ports = found.get("sport", 0), found.get("dport", 0)
    return found.get("ipproto", UDP), *ports, found.get("tos", 0), found.get("uid", 0)


def _output_row(namespace: NetworkNamespace, source: int, destination: int, leaves: Interface | None, style: Style,
                found: dict[str, Any]) -> Row:
    _check_source(namespace, source)
    chosen = route_output(namespace, destination, source, leaves, False, found.get("mark", 0), _flow(found))
    if isinstance(chosen, RouteMissing):
        raise KernelError(chosen.error)
    if "fibmatch" in found:
        return route_row(_whole(namespace, chosen.route), style)
    kind = _kind(chosen, destination)
    row = _beginning(kind, destination, source, style)
    _put_hop(row, chosen.gateway if kind == "unicast" else None, chosen.interface)
    _put_table(row, chosen.route, namespace, style)
    _put_source(row, chosen.source if not source else 0)
    # RTCF_MULTICAST and the flag of an offload that failed are one bit; iproute2 prints both.
    notify = ["notify"] if "notify" in found else []
    _put_mark(row, found)
    put_flags(row, ["rt_offload_failed"] if kind == "multicast" else notify)
    _put_user(row, found.get("uid", 0))  # root asks
    _put_known(row, namespace, chosen, kind, [*_cache_flags(chosen, kind, destination), *notify])
    row.say("\n")
    return row


def _whole(namespace: NetworkNamespace, path: Route) -> Route:
    """The route of the tables that one of its ways was chosen of."""
    return next((route for route in namespace.routes.all(None) if any(one is path for one in route.paths)), path)


def _put_known(row: Row, namespace: NetworkNamespace, chosen: OutputRoute, kind: str, flags: list[str]) -> None:
    """What was learned of the way, or what its route says."""
    learned = learned_about(namespace, chosen.destination, chosen.route)
    if learned is not None and kind == "unicast":
        put_learned(row, learned, namespace.scheduler.now)
    else:
        put_cache(row, flags, None)
        put_metrics(row, chosen.route.mtu, chosen.route.mtu_is_locked, chosen.route.metrics)


def _put_hop(row: Row, gateway: int | None, device: Interface) -> None:
    if gateway is not None:
        row.put("gateway", format_ipv4(gateway), f"via {format_ipv4(gateway)} ")
    row.put("dev", device.name, f"dev {device.name} ")


def _put_source(row: Row, chosen: int) -> None:
    if chosen:
        row.put("prefsrc", format_ipv4(chosen), f"src {format_ipv4(chosen)} ")


def _put_user(row: Row, user: int) -> None:
    if user != NOBODY:
        row.put("uid", user, f"uid {user} ")


def _put_mark(row: Row, found: dict[str, Any]) -> None:
    mark = found.get("mark", 0)
    if mark:
        row.put("mark", mark, f"mark {mark if mark < 16 else f'{mark:#x}'} ")


def _put_table(row: Row, route: Route | None, namespace: NetworkNamespace, style: Style) -> None:
    """Without rules of a person's, the tables local and main are one (fib_unmerge)."""
    table = route.table if route is not None and namespace.routes.is_policed else "main"
    if table != "main" or style.details:
        row.put("table", shown_table(table), f"table {shown_table(table)} ")


def _check_source(namespace: NetworkNamespace, source: int) -> None:
    """ip_route_output_key_hash_rcu: a source must be an address of ours."""
    if is_multicast(source) or source == LIMITED_BROADCAST or (source and source >> 24 == 0):
        raise KernelError("EINVAL")
    if source and namespace.holder_of(source) is None:
        raise KernelError("ENETUNREACH")


def _beginning(kind: str, destination: int, source: int, style: Style) -> Row:
    row = Row(style)
    if kind != "unicast" or style.details:
        row.put("type", kind, f"{kind} ")
    row.put("dst", format_ipv4(destination), f"{format_ipv4(destination)} ")
    if source:
        row.put("from", format_ipv4(source), f"from {format_ipv4(source)} ")
    return row


def _kind(chosen: OutputRoute, destination: int) -> str:
    if destination == LIMITED_BROADCAST:
        return "broadcast"
    return "multicast" if is_multicast(destination) else str(chosen.route.type)


def _cache_flags(chosen: OutputRoute, kind: str, destination: int) -> list[str]:
    flags = {"local": ["local"], "broadcast": ["local", "brd"], "multicast": ["mc"]}.get(kind, [])
    if kind == "multicast" and chosen.interface.namespace.is_group_member(chosen.interface, destination):
        return ["local", "mc"]
    return flags


def _input_row(enters: Interface, source: int, destination: int, style: Style, found: dict[str, Any]) -> Row:
    """What a router would do with a packet that comes in."""
    about = _flow(found | {"uid": 0})  # no user sends what comes from a wire
    answer = route_input(enters, source, destination, found.get("mark", 0), about=about)
    if answer.refusal is not None:
        raise KernelError("EXDEV" if answer.refusal.reason is DropReason.IP_RPFILTER else "EINVAL")
    if answer.error:
        raise KernelError(answer.error)
    if "fibmatch" in found and answer.route is not None:
        return route_row(_whole(enters.namespace, answer.route), style)
    row = _beginning(answer.type, destination, source, style)
    chosen = answer.chosen if answer.type == "unicast" else None
    if chosen is None:
        _put_hop(row, None, enters.namespace.lo)
    else:
        _put_hop(row, chosen.gateway, chosen.interface)
    _put_table(row, answer.route, enters.namespace, style)
    _put_mark(row, found)
    put_flags(row, ["rt_offload_failed"] if answer.type == "multicast" else [])
    _put_user(row, found.get("uid", NOBODY))
    flags = {"local": ["local"], "broadcast": ["local", "brd"], "multicast": ["local", "mc"]}.get(answer.type, [])
    put_cache(row, [*flags, "redirect"] if answer.redirect else flags, None)
    if answer.type == "unicast" and answer.route is not None:
        put_metrics(row, answer.route.mtu, answer.route.mtu_is_locked, answer.route.metrics)
    row.put("iif", enters.name, f"iif {enters.name} ")
    row.say("\n")
    return row
