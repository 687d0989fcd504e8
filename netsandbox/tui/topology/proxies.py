"""docker-proxy in the picture: a box between the port on the host's edge and the bridge, once it has carried something.

Where only names fit on chips there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netsandbox.lab.tables import NodeRow, PublishedRow
from netsandbox.tui.text import safe
from netsandbox.tui.topology.build import published_text
from netsandbox.tui.topology.model import PROXY, Item, LinkKey, Place, Port, Scope, Wire, rank

NAME = "docker-proxy"


def place_of(host: str, row: PublishedRow) -> Place:
    """Where the proxy of a port is selected: each port has one of its own, as on a real host."""
    return Place(host, f"{NAME} {row.outside}")


def proxied(nodes: Sequence[NodeRow], place: Place) -> PublishedRow | None:
    """The port whose proxy a place is."""
    rows = (row for node in nodes if node.name == place.node for row in node.published if row.proxy_bridge)
    return next((row for row in rows if place_of(place.node, row) == place), None)


def links_of(place: Place) -> tuple[LinkKey, LinkKey]:
    """The lines of a proxy, both from it: to the host's edge and to the bridge."""
    node, name = place
    return ((node, f"{name} front"), (node, f"{name} edge")), ((node, f"{name} back"), (node, f"{name} bridge"))


def with_proxies(scope: Scope, nodes: Sequence[NodeRow]) -> Scope:
    """The picture with the proxies of its hosts."""
    published = {node.name: node.published for node in nodes}
    for host in scope.items:
        if host.inner is None:
            continue
        nets = {net.place: number for number, net in enumerate(host.inner.nets)}
        for row in published.get(host.place.node, ()):
            net = nets.get(Place(host.place.node, row.proxy_bridge))
            if net is not None:
                host.inner.items.append(_proxy(host.place.node, row, net))
        host.inner.items.sort(key=rank)
    return scope


def without_proxies(scope: Scope) -> Scope:
    """The inside of a host for a picture without ports on its edge."""
    return Scope([item for item in scope.items if item.kind != PROXY], scope.nets)


def proxied_ports(scope: Scope) -> tuple[str, ...]:
    """The ports that the proxies of a host carry, for its edge where it is drawn without them."""
    return tuple(item.ports[0].edge for item in scope.items if item.kind == PROXY)


def bare_of(scope: Scope) -> Scope:
    """The picture without proxies, whose ports stand on the edges of their hosts; the same where there are none."""
    ports = [proxied_ports(item.inner) if item.inner is not None else () for item in scope.items]
    if not any(ports):
        return scope
    return Scope([item if item.inner is None else
                  replace(item, inner=without_proxies(item.inner), published=(*item.published, *own))
                  for item, own in zip(scope.items, ports, strict=True)], scope.nets)


def _proxy(host: str, row: PublishedRow, net: int) -> Item:
    place = place_of(host, row)
    front, back = links_of(place)
    outside = Port((Wire(front, False),), "", "", "", edge=safe(published_text(row)))
    return Item(place, NAME, PROXY, ports=[outside, Port((Wire(back, False),), "", "", "", net)])
