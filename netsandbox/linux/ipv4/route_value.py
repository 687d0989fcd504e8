"""A route as it was when something was decided by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.wire.addresses import Network, format_ipv4

if TYPE_CHECKING:
    from netsandbox.linux.place import Place

SCOPES = {"global": 0, "universe": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255}


class RouteValue(NamedTuple):
    """What identifies a route and says where it leads; see `route.Route`."""

    destination: Network
    type: str
    gateway: int | None
    interface: Place | None
    source: int | None
    scope: str
    protocol: str
    metric: int
    table: str

    def __str__(self) -> str:
        """As iproute2 begins its line."""
        target = "default" if self.destination.length == 0 else (
            format_ipv4(self.destination.address) if self.destination.length == 32 else str(self.destination))
        parts = [target] if self.type == "unicast" else [self.type, target]
        parts += ["via", format_ipv4(self.gateway)] if self.gateway is not None else []
        parts += ["dev", self.interface.name] if self.interface is not None else []
        return " ".join(parts)

    def trace_key(self) -> str:
        return f"{self.table} {self} metric {self.metric} src {self.source}"
