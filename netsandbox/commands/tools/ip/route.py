"""`ip route` (ip/iproute.c): list, change and flush routes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip import route_get, route_words
from netsandbox.commands.tools.ip.route_hops import hops_of
from netsandbox.commands.tools.ip.route_rows import cached_row, route_row
from netsandbox.commands.tools.ip.vrf import table_reader
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.rights import check_flush
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import Family, number, or_all, reader, scope_of
from netsandbox.commands.tools.words import Words, fits, flag, garbage, key, parse, refused, wrong
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.netlink import route as requests
from netsandbox.linux.netlink.route import Hop, RouteRequest
from netsandbox.wire.addresses import Network

COMMANDS = ("add*", "change*", "chg", "replace*", "prepend*", "append*", "test*", "delete*", "list*", "show*", "lst*",
            "get*", "flush*", "save*", "restore*", "showdump*", "help*")
FIXED = 32  # A filter with a whole address fixes it, so that it is not printed again


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip route", arguments, COMMANDS, ("save", "restore", "showdump"))
    namespace = context.namespace
    look = {"show": _show, "get": route_get.run, "flush": _flush}.get(command)
    if look is not None:
        return look(namespace, words, style)
    request = read_request(namespace, command, words, style)
    if command == "delete":
        requests.delete(namespace, request)
        return ToolResult(0, "", "")
    return ToolResult(0, "", _put(context, request, command))


def _put(context: ToolContext, request: RouteRequest, command: str) -> str:
    """Set a route; where the sandbox's own LAN is in its way, that one gives way, and this is said."""
    try:
        requests.put(context.namespace, request, command)
    except KernelError:
        note = context.machine.make_room(context.namespace, "", request.destination, request.gateway)
        if not note:
            raise
        requests.put(context.namespace, request, command)
        return note
    return ""


# -- changing

class _Reading:
    """The words of one request, as iproute_modify takes them."""

    def __init__(self, namespace: NetworkNamespace, words: Words, family: Family) -> None:
        self._namespace = namespace
        self._family = family
        self._has_gateway = False
        self.kind = ""
        self.destination: Network | None = None
        self.found = parse(words, (
            key("src", read=family.address), key("via", read=self._gateway),
            key("tos", "dsfield*", read=reader(route_words.dsfield_of, '"tos" value is invalid\n')),
            key("metric*", "priority*", "preference", read=number('"metric" value is invalid\n')),
            key("scope", read=reader(scope_of, 'invalid "scope" value\n')),
            key("mtu", read=route_words.read_mtu),
            flag("onlink"), key("protocol*", read=reader(route_words.protocol_of, '"protocol" value is invalid\n')),
            key("table*", read=reader(route_words.table_of, '"table" value is invalid\n')), key("dev", "oif"),
            key("vrf", name="table", read=table_reader(namespace)), key("nexthop*", read=self._hops),
            key("nhid", read=number('"id" value is invalid\n')), *route_words.metrics(),
            *route_words.not_modelled(family)), self._other)

    def _other(self, word: str, rest: Words) -> None:
        if word == "to":
            word = rest.next()
        found = route_words.type_of(word)
        if found is not None:
            self.kind, word = found, rest.next()
        if word and "help".startswith(word):
            raise usage("ip route")
        if self.destination is not None:
            raise garbage("to", word)
        self.destination = self._family.prefix_of(word)

    def _gateway(self, rest: Words) -> int:
        if self._has_gateway:
            raise wrong("via", "use nexthop syntax to specify multiple via\n")
        self._has_gateway = True
        return self._family.gateway(rest)

    def _hops(self, rest: Words) -> tuple[Hop, ...]:
        if self.destination is None:
            raise usage("ip route")
        return hops_of(self._namespace, rest, self._family)


def read_request(namespace: NetworkNamespace, command: str, words: Words, style: Style) -> RouteRequest:
    """What a route is to be, or which one is meant."""
    said = _Reading(namespace, words, Family(style.family))
    if said.destination is None:
        raise usage("ip route")
    if style.family == "inet6":
        raise KernelError("EAFNOSUPPORT")
    if said.kind in ("nat", "anycast", "multicast", "xresolve"):
        raise ToolError(1, f"netsandbox: routes of type {said.kind} are not modelled")
    device = interface_named(namespace, said.found["dev"]) if "dev" in said.found else None
    _check_tos(said.found.get("tos", 0))
    return _request(command, said.kind, said.destination, device, said.found)


def _check_tos(tos: int) -> None:
    if tos & 3:
        raise KernelError("EINVAL", "Invalid dsfield (tos): ECN bits must be 0")
    if tos:
        raise ToolError(1, "netsandbox: routing by TOS is not modelled")


def _request(command: str, kind: str, destination: Network, device: Interface | None,
             found: dict[str, Any]) -> RouteRequest:
    """Fill in what iproute2 takes for granted."""
    in_local = kind in ("local", "broadcast")
    width = found.get("scope")
    if width is None:
        if kind == "local":
            width = "host"
        elif kind == "broadcast":
            width = "link"
        elif command == "delete":
            width = None if kind in ("", "unicast") else "global"
        else:
            is_direct = not found.keys() & {"via", "nexthop", "nhid"}
            width = "link" if kind in ("", "unicast") and is_direct else "global"
    mtu, is_locked = found.get("mtu", (0, False))
    return RouteRequest(destination, kind, found.get("via"), device, found.get("src"), width, found.get("protocol", ""),
                        found.get("metric", 0), found.get("table", "local" if in_local else "main"), "onlink" in found,
                        found.get("tos", 0), mtu, is_locked, route_words.metrics_of(found), found.get("nexthop", ()),
                        found.get("nhid", 0))


# -- showing

class Filter:
    """Which routes to list or flush."""

    def __init__(self, namespace: NetworkNamespace, words: Words, family: str) -> None:
        self._family = family
        self.table, self.cached, self.in_vrf = "main", False, False
        self.root: Network | None = None
        self.match: Network | None = None
        found = parse(words, (
            key("table*", read=self._read_table), key("vrf*", read=self._read_vrf(namespace)),
            flag("cached*", "cloned*"),
            key("tos", "dsfield*", read=reader(route_words.dsfield_of, "TOS value is invalid\n")),
            key("protocol*", read=or_all(route_words.protocol_of, 'invalid "protocol"\n')),
            key("scope*", read=or_all(scope_of, 'invalid "scope"\n')),
            key("type*", read=reader(route_words.type_of, "node type value is invalid\n")),
            key("dev", "oif"), key("iif"), key("mark", read=number("invalid mark value")),
            key("metric*", "priority*", "preference", read=number('"metric" value is invalid\n')),
            key("via", read=self._prefix), key("src", read=self._prefix),
            refused("realms*", of="a filter", read=reader(route_words.realm_of, "invalid realms\n")),
            key("from*", read=self._read_from)), self._destination)
        self.cached |= "cached" in found
        self.found = found
        self.device = interface_named(namespace, found["dev"]) if "dev" in found else None
        if "iif" in found:
            interface_named(namespace, found["iif"])

    def _read_table(self, words: Words) -> str:
        word = words.next()
        table = route_words.table_of(word)
        if table is None and word == "cache":
            self.cached = True
        elif table is None and word != "all":
            raise wrong(word, "table id value is invalid\n")
        else:
            self.table = table or "all"
        return word

    def _read_vrf(self, namespace: NetworkNamespace) -> Callable[[Words], str]:
        def read(words: Words) -> str:
            self.table, self.in_vrf = table_reader(namespace)(words), True
            return self.table
        return read

    def _read_from(self, words: Words) -> Network:
        words.skip("root", "match", "exact")
        return self._prefix(words)

    def _prefix(self, words: Words) -> Network:
        return Family(self._family).prefix(words)

    def _destination(self, word: str, words: Words) -> None:
        """[to] [root | match | exact] PREFIX."""
        if fits(word, "to*"):
            word = words.next()
        if fits(word, "root*"):
            self.root = self._prefix(words)
        elif fits(word, "match*"):
            self.match = self._prefix(words)
        else:
            chosen = words.next() if fits(word, "exact*") else word
            self.root = self.match = Family(self._family).prefix_of(chosen)

    @property
    def shown(self) -> frozenset[str]:
        """What need not be printed, because every route listed has it."""
        fixed: set[str] = {name for name in ("protocol", "scope", "metric", "tos")
                 if name in self.found and self.found[name] != "all"}
        fixed |= {"dev"} if self.device is not None else set()
        fixed |= {name for name in ("via", "src") if name in self.found and self.found[name].length == FIXED}
        return frozenset(fixed)

    def takes(self, route: Route) -> bool:
        found, device = self.found, self.device
        if device is not None and all(path.interface is not device for path in route.paths or (route,)):
            return False
        if found.get("mark"):  # no route of a table has one
            return False
        if self.in_vrf and route.type in ("local", "broadcast"):
            return False
        for name, has in (("protocol", route.protocol), ("scope", route.scope), ("type", route.type),
                          ("metric", route.metric), ("tos", route.tos)):
            if name in found and found[name] not in ("all", has):
                return False
        for name, address in (("via", route.gateway), ("src", route.source)):
            if name in found and (address or 0) & found[name].mask != found[name].network:
                return False
        return "from" not in found and "iif" not in found and self._covers(route.destination)

    def _covers(self, destination: Network) -> bool:
        if self.root is not None and (destination.length < self.root.length
                                      or destination.address & self.root.mask != self.root.network):
            return False
        return self.match is None or (destination.length <= self.match.length
                                      and self.match.address & destination.mask == destination.network)


def _listed(namespace: NetworkNamespace, chosen: Filter, what: str = "Dump") -> list[Route]:
    if chosen.table != "all":
        routes = list(namespace.routes.all(chosen.table))
        if not namespace.routes.has(chosen.table):
            error = KernelError("ENOENT", "ipv4: FIB table does not exist")
            raise ToolError(2, f"{error}\n{what} terminated")
    else:
        routes = sorted(namespace.routes.all(None), key=lambda route: route_words.table_number(route.table) & 255)
    return [route for route in routes if chosen.takes(route)]


def _show(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    chosen = Filter(namespace, words, style.family)
    if style.family in ("inet6", "link"):
        return ToolResult(0, render([], style), "")
    if chosen.cached:
        return ToolResult(0, render(_cached_rows(namespace, chosen, style), style), "")
    names_table = chosen.table == "all"
    rows = [route_row(route, style, chosen.shown, names_table, namespace) for route in _listed(namespace, chosen)]
    return ToolResult(0, render(rows, style), "")


def _cached_rows(namespace: NetworkNamespace, chosen: Filter, style: Style) -> list[Row]:
    """fib_dump_info_fnhe: each route says what was learned on its way, and several may share one way."""
    rows: list[tuple[int, Row]] = []
    ways = Counter(route.way() for route in namespace.routes.all("main")) if namespace.exceptions else Counter()
    for destination, learned in list(namespace.exceptions.items()):
        if not learned.is_used:
            continue
        route = route_output(namespace, destination)
        if not isinstance(route, OutputRoute) or learned.route is not route.route:
            continue
        if chosen.device is not None and route.interface is not chosen.device:
            continue
        row = cached_row(destination, learned, route.interface, route.gateway, namespace.scheduler.now, style)
        rows += [(turn, row) for turn in range(max(ways[learned.route.way()], 1))]
    return [row for _turn, row in sorted(rows, key=itemgetter(0))]


def route_json(namespace: NetworkNamespace, table: str = "main") -> list[dict[str, Any]]:
    """What `ip -j route show table …` gives, as Python objects."""
    style = Style(json=1)
    names_table = table == "all"
    routes = sorted(namespace.routes.all(None if names_table else table),
                    key=lambda route: route_words.table_number(route.table) & 255)
    return [route_row(route, style, names_table=names_table).members for route in routes]


def route_cache_json(namespace: NetworkNamespace) -> list[dict[str, Any]]:
    """What `ip -j route show cache` gives, as Python objects."""
    chosen = Filter(namespace, Words([]), "")
    return [row.members for row in _cached_rows(namespace, chosen, Style(json=1))]


def _flush(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    if not words:
        raise ToolError(1, '"ip route flush" requires arguments.')
    chosen = Filter(namespace, words, style.family)
    if chosen.cached:
        namespace.exceptions.clear()
        namespace.routes.flush_cache()
        return ToolResult(0, "*** IPv4 routing cache is flushed.\n" if style.stats else "", "")
    doomed = _listed(namespace, chosen, "Flush")
    check_flush(doomed, 2)
    for route in doomed:
        requests.remove(namespace, route)
    if not style.stats:
        return ToolResult(0, "", "")
    if not doomed:
        return ToolResult(0, "Nothing to flush.\n", "")
    return ToolResult(0, f"\n*** Round 1, deleting {len(doomed)} entries ***\n"
                         "*** Flush is complete after 1 round ***\n", "")
