"""A route as it was when something was decided by it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from netsandbox.linux.place import Place
from netsandbox.wire.addresses import FEW, LOOPBACK_ADDRESS, Network, format_ipv4

SCOPES = {"global": 0, "universe": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255}
Metrics = tuple[tuple[str, int | str], ...]  # In the order of their numbers (RTAX_MTU, …), by which they are listed too


class Terms(NamedTuple):
    """What a route says beside its interface and its source; see `route.Route`.

    Containers of a network have the same routes but for these two and the one to their own address.
    """

    destination: Network
    type: str
    gateway: int | None
    scope: str
    protocol: str
    metric: int
    table: str


@lru_cache(FEW)
def _remembered(terms: Terms) -> Terms:
    return terms


def shared(terms: Terms) -> Terms:
    """One object for all terms that are equal; but for those to an own address, which nobody else has but `lo`."""
    destination = terms.destination
    if terms.type == "local" and destination.length == 32 and destination.address != LOOPBACK_ADDRESS:
        return terms
    return _remembered(terms)


class HasTerms:
    """What is asked for its terms one by one."""

    __slots__ = ()
    terms: Terms

    @property
    def destination(self) -> Network:
        return self.terms.destination

    @property
    def type(self) -> str:
        return self.terms.type

    @property
    def gateway(self) -> int | None:
        return self.terms.gateway

    @property
    def scope(self) -> str:
        return self.terms.scope

    @property
    def protocol(self) -> str:
        return self.terms.protocol

    @property
    def metric(self) -> int:
        return self.terms.metric

    @property
    def table(self) -> str:
        return self.terms.table


class _Fields(NamedTuple):
    terms: Terms
    interface: Place | None
    source: int | None


class RouteValue(_Fields, HasTerms):
    """What identifies a route and says where it leads."""

    __slots__ = ()

    def __str__(self) -> str:
        """As iproute2 begins its line."""
        target = "default" if self.destination.length == 0 else (
            format_ipv4(self.destination.address) if self.destination.length == 32 else str(self.destination))
        parts = [target] if self.type == "unicast" else [self.type, target]
        parts += ["via", format_ipv4(self.gateway)] if self.gateway is not None else []
        parts += ["dev", self.interface.name] if self.interface is not None else []
        return " ".join(parts)

    def __repr__(self) -> str:
        """For `run --trace`: the fields in one row, as if they were not shared."""
        fields = "destination", "type", "gateway", "interface", "source", "scope", "protocol", "metric", "table"
        return f"RouteValue({', '.join(f'{name}={getattr(self, name)!r}' for name in fields)})"

    def trace_key(self) -> str:
        return f"{self.table} {self} metric {self.metric} src {self.source}"
