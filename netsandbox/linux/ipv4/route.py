"""A route: where packets for a network go (net/ipv4/fib_semantics.c)."""

from __future__ import annotations

from typing import Any, ClassVar

from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.rare import Rare
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.events import RouteChanged
from netsandbox.linux.ipv4.route_value import HasTerms, Metrics, RouteValue, Terms, shared
from netsandbox.wire.addresses import Network

ERRORS = {"unreachable": "EHOSTUNREACH", "prohibit": "EACCES", "blackhole": "EINVAL", "throw": "ENETUNREACH"}
"""What `connect` fails with for a route type that leads nowhere."""


class Route(HasTerms):
    """One route.

    Attributes:
        terms: what it has in common with other containers' routes, one object for all of them.
        type: unicast, local, broadcast, unreachable, prohibit, blackhole or throw.
        source: the preferred source address (`src`), or None.
        metrics: what TCP is to do on it beside the MTU (`advmss`, `initcwnd`, …), by iproute2's names.
        mtu_is_locked: no path MTU is learned, and nothing is asked to stay whole.
        onlink: the gateway is taken to be on the link without being checked.
        gateway_is_own: the gateway was an address of this host when the route was made (nhc_scope is host), so
            that it is shown and not used.
        made: how many records after the namespace's beginning: of small numbers Python has one for all.
        paths: its next hops, each as a route of its own, where it has several; then it has no interface itself.
        weight: how much of all flows a next hop gets, in comparison to the others.
        nexthop_id: the next hop or group by whose number it goes (`nhid`), which then says the way; else 0.
        died: when it was removed, and with it what it says of the way (struct fib_info), as no other route says it too.
    """

    __slots__ = ("_value", "interface", "made", "rare", "source", "terms")
    caches: ClassVar = {"_value": "None"}

    gateway_is_own = Rare(False)
    died: Rare[int | None] = Rare(None)
    metrics: Rare[Metrics] = Rare(())
    mtu = Rare(0)
    mtu_is_locked = Rare(False)
    nexthop_id = Rare(0)
    onlink = Rare(False)
    paths: Rare[tuple[Route, ...]] = Rare(())
    tos = Rare(0)
    weight = Rare(1)

    def __init__(self, destination: Network, kind: str = "unicast", gateway: int | None = None,
                 interface: Interface | None = None, source: int | None = None, scope: str = "global",
                 protocol: str = "boot", metric: int = 0, table: str = "main", onlink: bool = False,
                 tos: int = 0, mtu: int = 0) -> None:
        self.rare: dict[str, Any] = NOTHING
        self.terms = shared(Terms(destination, kind, gateway, scope, protocol, metric, table))
        self.interface, self.source = interface, source
        if onlink or tos or mtu:
            self.onlink, self.tos, self.mtu = onlink, tos, mtu
        self.made = 0
        self._value: RouteValue | None = None

    @property
    def is_linkdown(self) -> bool:
        """The interface has no carrier; the route is used all the same."""
        return self.interface is not None and not self.interface.seems_connected and not self.interface.is_loopback

    @property
    def is_ignored(self) -> bool:
        """Linkdown, and ignore_routes_with_linkdown is on."""
        interface = self.interface
        if interface is None or interface.carrier or self.type == "local" or not self.is_linkdown:
            return False
        settings = interface.namespace.sysctls
        return bool(interface.conf.ignore_routes_with_linkdown or settings.all.ignore_routes_with_linkdown)

    def asks(self, name: str) -> int:
        """A metric as a number, or 0 (dst_metric)."""
        for other, value in self.metrics:
            if other == name:
                return value if isinstance(value, int) else 1
        return 0

    def way(self) -> tuple[object, ...]:
        """What routes to several destinations share (struct fib_info, fib_find_info)."""
        return (self.table, self.type, self.gateway, self.interface, self.source, self.scope, self.protocol,
                self.metric, self.onlink, self.mtu, self.mtu_is_locked, self.metrics, self.weight, self.nexthop_id,
                *(p.way() for p in self.paths))

    def key(self) -> tuple[Network, int, int]:
        """What two routes of one table must not share."""
        return self.destination, self.metric, self.tos

    def lead(self, gateway: int | None, interface: Interface | None, kind: str = "") -> None:
        """Go another way from now on, and perhaps be of another type."""
        self.terms = shared(self.terms._replace(gateway=gateway, type=kind or self.type))
        self.interface = interface

    def value(self) -> RouteValue:
        """The route as records hold it."""
        place = None if self.interface is None else self.interface.place
        value = self._value
        if value is None or value.interface is not place or value.terms is not self.terms:
            value = self._value = RouteValue(self.terms, place, self.source)
        return value

    def change(self, namespace: str, is_added: bool) -> RouteChanged:
        """The record of its coming to a namespace, or of its end."""
        place = None if self.interface is None else self.interface.place
        return RouteChanged(namespace, self.terms, place, self.source, is_added)

    def __str__(self) -> str:
        return str(self.value())

    def __repr__(self) -> str:
        return f"<route {self}>"
