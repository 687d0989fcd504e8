"""The routing tables of a namespace, and the choice of a route (net/ipv4/fib_trie.c, fib_frontend.c).

Three tables are asked in turn: local, main, default.  In each the longest
prefix wins, then the lowest metric, then the older route.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from netsandbox.engine.few import Few, with_one, without
from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.rare import Rare
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.nexthop_object import NextHop
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.route_order import Levels, Walk, as_walked, look, order, place, renew, source, target, walk
from netsandbox.linux.ipv4.route_value import SCOPES
from netsandbox.linux.ipv4.rule import DEFAULT, GOTO, LOOKUP, REFUSING, Flow, Rule
from netsandbox.wire.addresses import LIMITED_BROADCAST, Network, is_multicast

TABLES = ("local", "main", "default")
MOST_FOUND = 1000  # Networks of which it is kept what leads there
FEW = 32  # Routes of a table that are walked through in no time: what a lookup needs is made anew after a change
LOOPBACK = 127  # The first byte of addresses that are every host's own


def _is_local_prefix(route: Route) -> bool:
    destination = route.destination
    return route.type == "local" and destination.length < 32 and destination.address >> 24 != LOOPBACK


class RouteTables:
    """The routes of one namespace."""

    __slots__ = ("_began", "_found", "_levels", "_local", "_main", "_namespace", "_others", "_usual",
                 "decided_by", "has_custom_local", "input_cache", "is_particular", "is_policed", "local",
                 "output_cache", "prefixes", "rare", "rules")
    caches: ClassVar = {"_found": "NOTHING", "_levels": "NOTHING", "_usual": "()", "input_cache": "NOTHING",
                        "output_cache": "NOTHING"}

    _naming: Rare[list[Route] | None] = Rare(None)
    """By the source address that they name, if they do (fib_info_laddrhash); None until somebody asks."""
    last_nexthop = Rare(0)
    # the next hops that have a number of their own, by it; last_nexthop: the number given last
    nexthops: Rare[dict[int, NextHop]] = Rare(NOTHING)

    def __init__(self, namespace: NetworkNamespace) -> None:
        self.rare: dict[str, Any] = NOTHING
        self._namespace = namespace
        self._began = namespace.trace.ledger.last_given(namespace.name)
        self._local: list[Route] = []
        self._main: list[Route] = []
        self._others: dict[str, list[Route]] = NOTHING
        """Of other tables, by name; each as `ip route` lists it: by network, the longer prefix first, metric, age."""
        # every address that is this host's, for the question asked of each packet and each ARP request
        self.local: Few[int] = ()
        self.prefixes = 0  # how many routes of type local stand for more than one address, 127.0.0.0/8 aside
        self.has_custom_local = False  # a person has added a route of type local (fib_has_custom_local_routes)
        self._levels: dict[str, Levels] = NOTHING  # For each table what a lookup walks, once one is made after a change
        self._usual: Walk | tuple[()] = ()
        """The same for those of TABLES that have routes, in their order; empty when it is to be found out."""
        self._found: dict[int, Sequence[Route]] = NOTHING
        """What `matches` has said, by the bits of a destination that routes to networks look at."""
        # which tables are asked for what; is_policed: they are others than the three that are always there
        self.rules: tuple[Rule, ...] = DEFAULT
        self.is_policed = self.is_particular = False
        self.decided_by: Rule | None = None  # the rule whose table had the route that was found last
        # output_cache, input_cache: answers of `routing`, kept until something changes
        self.output_cache: dict[Any, Any] = NOTHING
        self.input_cache: dict[Any, Any] = NOTHING

    def flush_cache(self) -> None:
        """Forget what was found (rt_cache_flush)."""
        self.output_cache = self.input_cache = self._found = NOTHING

    def _of(self, table: str) -> list[Route]:
        return self._main if table == "main" else self._local if table == "local" else self._others.get(table, [])

    def made_by(self, route: Route) -> int:
        """The trace record that tells of a route's making."""
        return self._began + route.made

    def _changed(self, route: Route) -> None:
        """The routes to one destination have."""
        self._levels = {table: levels for table, levels in self._levels.items()
                        if len(self._of(table)) > FEW} or NOTHING
        if route.table in self._levels:
            routes = list(self.to((route.destination,), route.table))
            renew(self._levels[route.table], route.destination, routes)
        self._usual = ()
        self.flush_cache()

    def _walk(self, table: str) -> Levels:
        levels = self._levels.get(table)
        if levels is None:
            levels = as_walked(self._of(table))
            self._levels = {**self._levels, table: levels}
        return levels

    def _walk_usual(self) -> Walk:
        self._usual = usual = walk([levels for table in TABLES if (levels := self._walk(table))])
        return usual

    def set_rules(self, rules: tuple[Rule, ...]) -> None:
        """Have others from now on."""
        self.rules = rules
        self.is_policed = rules != DEFAULT
        self.is_particular = any(rule.is_particular for rule in rules)
        self.flush_cache()

    def add(self, route: Route, before: bool = False) -> None:
        """Insert behind the routes of the same prefix with a lower or the same metric, or `before` the latter, and
        record it."""
        self.make(route.table)
        routes = self._of(route.table)
        find = bisect_left if before else bisect_right
        routes.insert(find(routes, place(route), key=place), route)
        if route.source is not None and self._naming is not None:
            insort_right(self._naming, route, key=source)
        if route.type == "local" and route.destination.length == 32:
            self.local = with_one(self.local, route.destination.address)
            self._namespace.stations_changed()
        elif _is_local_prefix(route):
            self.prefixes += 1
            self._namespace.note_arp_settings()
        self._changed(route)
        route.made = self._namespace.trace.end - self._began
        self._namespace.record(route.change(self._namespace.name, True))

    def remove(self, route: Route) -> None:
        """Take a route out, and record it."""
        routes = self._of(route.table)
        del routes[routes.index(route, bisect_left(routes, place(route), key=place))]
        if all(other.way() != route.way() for other in self._leave(route)):
            route.died = self._namespace.scheduler.now
        if _is_local_prefix(route):
            self.prefixes -= 1
            self._namespace.note_arp_settings()
        elif route.type == "local" and route.destination.length == 32 and not self._has_twin(route):
            self.local = without(self.local, route.destination.address)
            self._namespace.stations_changed()
        self._changed(route)
        self._namespace.record(route.change(self._namespace.name, False))

    def _leave(self, route: Route) -> Sequence[Route]:
        """Strike a route from those that name its source; the routes that may say the same of the way."""
        if route.source is None:
            return self._of(route.table)
        if self._naming is not None:
            del self._naming[self._naming.index(route, bisect_left(self._naming, route.source, key=source))]
        return self.naming(route.source)

    def _has_twin(self, route: Route) -> bool:
        """Another local route has the same destination, in whichever VRF's table."""
        return any(other.type == "local" for other in self.to((route.destination,)))

    def make(self, table: str) -> None:
        """fib_new_table."""
        if table not in (*TABLES[:2], *self._others):
            self._others = {**self._others, table: []}

    def has(self, table: str) -> bool:
        """Whether a table exists: main always, another one since it got its first route, or a VRF."""
        return table == "main" or bool(self._of(table)) or (table in self._others and table not in TABLES)

    def several(self) -> list[Route]:
        """Those with several next hops."""
        return [route for route in self.all(None) if route.paths]

    def all(self, table: str | None = "main") -> Iterator[Route]:
        """The routes of one table or of every one, in the order that `ip route` lists them."""
        for name in self._names() if table is None else (table,):
            yield from self._of(name)

    def to(self, destinations: Iterable[Network], table: str | None = None) -> Iterator[Route]:
        """Those of `all` that lead to one of these."""
        targets = sorted(map(order, destinations))
        for name in self._names() if table is None else (table,):
            routes = self._of(name)
            for wanted in targets:
                yield from routes[bisect_left(routes, wanted, key=target):bisect_right(routes, wanted, key=target)]

    def naming(self, address: int) -> Sequence[Route]:
        """The routes of every table that name this source address."""
        if self._naming is None:
            self._naming = sorted((route for route in self.all(None) if route.source is not None), key=source)
        first = bisect_left(self._naming, address, key=source)
        return self._naming[first:bisect_right(self._naming, address, first, key=source)]

    def _names(self) -> list[str]:
        return [*TABLES, *(name for name in self._others if name not in TABLES)]

    def matches(self, destination: int, interface: Interface | None = None, scope: str = "global",
                flow: Flow | None = None) -> Sequence[Route]:
        """Every route that covers a destination, the one to use first; a throw route ends its table.

        Args:
            interface: only routes that leave by it (flowi4_oif).
            scope: only routes of this scope or a narrower one (flowi4_scope).
            flow: what else rules look at.
        """
        found: list[Route] = []
        if self.is_policed:
            self._ask_rules(destination, interface, SCOPES[scope], flow or Flow(), found)
            return found
        tables, hosts, mask = self._usual or self._walk_usual()
        if interface is not None or scope != "global" or destination in hosts:
            look(tables, destination, interface, SCOPES[scope], found)
            return found
        return self._found.get(destination & mask) or self._find(tables, destination, mask)

    def _find(self, tables: Iterable[Levels], destination: int, mask: int) -> Sequence[Route]:
        """What no route to a single address decides is the same for all that the longest prefix does not tell apart."""
        found: list[Route] = []
        look(tables, destination, None, 0, found)
        if not self._found or len(self._found) > MOST_FOUND:
            self._found = {}
        self._found[destination & mask] = found
        return found

    def matches_in(self, table: str, destination: int, interface: Interface | None = None) -> list[Route]:
        """The same of one table, whatever rules there are."""
        found: list[Route] = []
        look((self._walk(table),), destination, interface, 0, found)
        return found

    def _ask_rules(self, destination: int, interface: Interface | None, scope: int, flow: Flow,
                   found: list[Route]) -> None:
        """fib_rules_lookup: the rules by number, until a table has a route; `decided_by` is the one that did."""
        self.decided_by, least = None, 0
        for rule in self.rules:
            if rule.priority < least or not rule.fits(destination, flow):
                continue
            if rule.action == GOTO:
                least = rule.target if any(one.priority == rule.target for one in self.rules) else least
            elif rule.action in REFUSING:
                found.append(Route(Network(0, 0), REFUSING[rule.action], table="main"))
            elif rule.action == LOOKUP:
                before = len(found)
                table = flow.vrf or "" if rule.is_vrf else rule.table
                look((self._walk(table),), destination, interface, scope, found)
                found[before:] = [route for route in found[before:] if route.destination.length > rule.suppressed]
            if found and self.decided_by is None:
                self.decided_by = rule
            if rule.action in REFUSING:
                return

    def lookup(self, destination: int, interface: Interface | None = None, flow: Flow | None = None) -> Route | None:
        """The route to use (fib_lookup); a throw route ends its table.

        Args:
            interface: only routes that leave by it (flowi4_oif).
        """
        found = self.matches(destination, interface, flow=flow)
        return found[0] if found else None

    def is_local(self, address: int) -> bool:
        """Whether an address is this host's: its own, of 127.0.0.0/8, or of a local prefix."""
        return address in self.local or address >> 24 == LOOPBACK or (
            self.prefixes > 0 and self.address_type(address) == "local")

    def local_route(self, address: int) -> Route | None:
        """The route of the local table that covers an address."""
        for mask, by_network in self._levels.get("local") or self._walk("local"):
            routes = by_network.get(address & mask)
            if routes:
                return routes[0]
        return None

    def address_type(self, address: int) -> str:
        """inet_addr_type: local, broadcast, multicast or unicast."""
        if not address or address == LIMITED_BROADCAST:
            return "broadcast"
        if is_multicast(address):
            return "multicast"
        route = self.local_route(address)
        return "unicast" if route is None else route.terms.type
