"""One route as `ip route` prints it (print_route)."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.ip.nexthop_row import put_nexthop
from netsandbox.commands.tools.ip.route_words import PARTS, dsfield_text
from netsandbox.commands.tools.ip.table_names import shown as shown_table
from netsandbox.commands.tools.output import Row, Style
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import multipath
from netsandbox.linux.ipv4.next_hop import NextHopException
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.route_value import Metrics
from netsandbox.wire.addresses import Network, format_ipv4

TIMES = frozenset({"rto_min", *PARTS})


def destination_text(network: Network) -> str:
    """`default`, an address, or an address with its length."""
    if network.length == 0:
        return "default"
    return format_ipv4(network.address) if network.length == 32 else str(network)


def route_row(route: Route, style: Style, shown: frozenset[str] = frozenset(), names_table: bool = False,
              namespace: NetworkNamespace | None = None) -> Row:
    """A route of a table.

    Args:
        shown: what the filter has fixed, so that it is not printed again.
        names_table: every table is listed.
        namespace: whose it is, for what is said of a next hop with a number.
    """
    row = Row(style)
    for name, lead, value, is_told in _parts(route, bool(style.details), shown, names_table):
        if is_told:
            row.put(name, value, f"{lead}{value} ")
    put_flags(row, [] if route.paths else route_flags(route))
    put_metrics(row, route.mtu, route.mtu_is_locked, route.metrics)
    if route.nexthop_id and style.details and namespace is not None:
        row.new_line()
        row.say("\tnh_info ")
        put_nexthop(row, namespace.routes.nexthops[route.nexthop_id], style)
    if route.paths:
        row.note("nexthops", [_hop(row, path) for path in route.paths])
    row.say("\n")
    return row


def _parts(route: Route, always: bool, shown: frozenset[str],
           names_table: bool) -> tuple[tuple[str, str, object, object], ...]:
    """What is said of a route, in its order: the name in JSON, the word before it, the value, whether it is said."""
    return (("type", "", route.type, (route.type != "unicast" or always) and "type" not in shown),
            ("dst", "", destination_text(route.destination), True),
            ("tos", "tos ", dsfield_text(route.tos), route.tos and "tos" not in shown),
            ("nhid", "nhid ", route.nexthop_id, route.nexthop_id),
            ("gateway", "via ", _address(route.gateway), route.gateway is not None and "via" not in shown),
            ("dev", "dev ", route.interface and route.interface.name, route.interface and "dev" not in shown),
            ("table", "table ", shown_table(route.table), names_table and (route.table != "main" or always)),
            ("protocol", "proto ", route.protocol, (route.protocol != "boot" or always) and "protocol" not in shown),
            ("scope", "scope ", route.scope, (route.scope != "global" or always) and "scope" not in shown),
            ("prefsrc", "src ", _address(route.source), route.source is not None and "src" not in shown),
            ("metric", "metric ", route.metric, route.metric and "metric" not in shown))


def _address(address: int | None) -> str:
    return "" if address is None else format_ipv4(address)


def _hop(row: Row, path: Route) -> dict[str, Any]:
    """print_rta_multipath: a line for each next hop."""
    found: dict[str, Any] = {}
    row.new_line()
    text = "\tnexthop "
    if path.gateway is not None:
        found["gateway"] = format_ipv4(path.gateway)
        text += f"via {found['gateway']} "
    if path.interface is not None:
        found["dev"] = path.interface.name
        text += f"dev {path.interface.name} "
    found["weight"] = path.weight
    dead = multipath.is_dead(path)
    flags = ["dead", *(["onlink"] if path.onlink else []), "linkdown"] if dead else route_flags(path)
    found["flags"] = flags
    row.say(f"{text}weight {path.weight} " + "".join(f"{flag} " for flag in flags))
    return found


def route_flags(route: Route) -> list[str]:
    """RTNH_F_*; routes of host scope never lose their link."""
    linkdown = route.is_linkdown and route.scope != "host"
    flags = ["dead"] if linkdown and route.is_ignored else []
    flags += ["onlink"] if route.onlink else []
    return flags + (["linkdown"] if linkdown else [])


def put_flags(row: Row, flags: list[str]) -> None:
    row.put("flags", flags, "".join(f"{flag} " for flag in flags))


def put_metrics(row: Row, mtu: int, is_locked: bool = False, others: Metrics = ()) -> None:
    """print_rta_metrics: what the route asks for, the MTU first."""
    if not mtu and not others:
        return
    members: dict[str, int | str | None] = {"mtu": mtu} if mtu else {}
    text = f"mtu {'lock ' if is_locked else ''}{mtu} " if mtu else ""
    locked = ["rto_min", *next((str(value).split() for name, value in others if name == "lock"), [])]
    for name, value in others:
        if name == "lock":
            continue
        number = int(value) // PARTS.get(name, 1) if name in TIMES else value
        members[{"features": "ecn", "congctl": "congestion"}.get(name, name)] = None if name == "features" else number
        text += f"{name} {'lock ' if name in locked else ''}{_time(int(number)) if name in TIMES else number} "
    row.put("metrics", [members], text)


def _time(milliseconds: int) -> str:
    return f"{milliseconds / 1000:g}s" if milliseconds >= 1000 else f"{milliseconds}ms"


def put_cache(row: Row, flags: list[str], expires: int | None) -> None:
    """The second line: flags, and seconds until what was learned is forgotten."""
    row.note("cache", flags)
    row.new_line()
    row.say("    cache " + (f"<{','.join(flags)}> " if flags else ""))
    if expires is not None:
        row.put("expires", expires, f"expires {expires}sec ")


def cached_row(destination: int, learned: NextHopException, interface: Interface, gateway: int | None, now: int,
               style: Style) -> Row:
    """A path MTU or redirect that was learned (`ip route show cache`)."""
    row = Row(style)
    if style.details:
        row.put("type", "unicast", "unicast ")
    row.put("dst", format_ipv4(destination), f"{format_ipv4(destination)} ")
    if gateway is not None:
        row.put("gateway", format_ipv4(gateway), f"via {format_ipv4(gateway)} ")
    row.put("dev", interface.name, f"dev {interface.name} ")
    put_flags(row, [])
    put_learned(row, learned, now)
    row.say("\n")
    return row


def put_learned(row: Row, learned: NextHopException, now: int) -> None:
    put_cache(row, ["redirected"] if learned.gateway is not None else [], max(learned.expires - now, 0) // SECOND)
    route = learned.route
    put_metrics(row, learned.mtu or route.mtu, learned.locked or route.mtu_is_locked, route.metrics)


def members(rows: list[Row]) -> list[dict[str, Any]]:
    return [row.members for row in rows]
