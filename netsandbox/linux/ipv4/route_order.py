"""In which order the routes of a table are kept and walked (net/ipv4/fib_trie.c)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.ipv4.multipath import usable
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.route_value import SCOPES
from netsandbox.wire.addresses import Network, prefix_mask

Levels = list[tuple[int, dict[int, list["Route"]]]]
"""A table as a lookup walks it: (mask, routes by network), the longest prefix first."""
Walk = tuple[list[Levels], Collection[int], int]
"""Some tables, the single addresses that they have routes to, and the mask of the longest other prefix."""
HOST = prefix_mask(32)


def place(route: Route) -> tuple[int, int, int]:
    return *target(route), route.metric


def target(route: Route) -> tuple[int, int]:
    return order(route.destination)


def source(route: Route) -> int:
    return route.source or 0


def order(destination: Network) -> tuple[int, int]:
    return destination.network, -destination.length


def renew(levels: Levels, destination: Network, routes: list[Route]) -> None:
    """The routes to one destination are these now."""
    mask = prefix_mask(destination.length)
    at = bisect_left(levels, -mask, key=lambda level: -level[0])
    if at == len(levels) or levels[at][0] != mask:
        levels.insert(at, (mask, {}))
    by_network = levels[at][1]
    if routes:
        by_network[destination.network] = routes
    else:
        del by_network[destination.network]
    if not by_network:
        del levels[at]


def walk(tables: list[Levels]) -> Walk:
    hosts = [by_address for levels in tables for mask, by_address in levels if mask == HOST]
    others = [mask for levels in tables for mask, _by_network in levels if mask != HOST]
    return tables, hosts[0] if len(hosts) == 1 else set().union(*hosts), max(others, default=0)


def as_walked(routes: Iterable[Route]) -> Levels:
    found: dict[int, dict[int, list[Route]]] = {}
    for route in routes:
        destination = route.destination
        found.setdefault(destination.length, {}).setdefault(destination.network, []).append(route)
    return [(prefix_mask(length), found[length]) for length in sorted(found, reverse=True)]


def look(tables: Iterable[Levels], destination: int, interface: Interface | None, scope: int,
         found: list[Route]) -> None:
    """fib_table_lookup, in one table after the other."""
    for levels in tables:
        for mask, by_network in levels:
            routes = by_network.get(destination & mask)
            if routes and not _take(routes, interface, scope, found):
                break


def _take(routes: list[Route], interface: Interface | None, scope: int, found: list[Route]) -> bool:
    """Add the usable routes of one prefix; False when one of them is a throw route."""
    for route in routes:
        out = route.interface
        if out is None:
            if route.paths and not usable(route, interface):
                continue
        elif (interface is not None and out is not interface) or not (out.carrier or not route.is_ignored):
            continue
        if scope and SCOPES[route.scope] < scope:
            continue
        if route.type == "throw":
            return False
        found.append(route)
    return True
