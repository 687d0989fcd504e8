"""Which tables a device has, and which of their names are seen where there is little room."""

from __future__ import annotations

from collections.abc import Sequence

from netsandbox.tui.session.source import LabSource
from netsandbox.tui.text import cell_len
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.proxies import NAME, proxied


def tabs_of(source: LabSource, place: Place) -> list[str]:
    """The tabs that a place has, the most telling first: arp, mac, vlans, links, routes, sockets, rules …"""
    node = next((row for row in source.nodes() if row.name == place.node), None)
    if node is None:
        return []
    if place.interface.startswith(f"{NAME} "):
        return ["proxy"] if proxied(source.nodes(), place) is not None else []
    bridges = {row.name: row for row in source.built(place.node) if row.kind == "bridge"}
    if place.interface:
        bridge = bridges.get(place.interface)
        if bridge is None:
            return ["links", "arp", "routes"]
        return ["mac", *(["vlans"] if bridge.vlans else []), "links", "arp", "routes"]
    if node.kind == "hub":
        return ["links"]
    vlans = ["vlans"] if any(row.vlans for row in bridges.values()) else []
    if node.kind in ("switch", "bridge"):
        return ["mac", *vlans, "links"]
    tabs = ["arp", *vlans, "links", "routes", "sockets"]
    if bridges:
        tabs.insert(1, "mac")
    tabs += ["rules"] if source.has_rules(place.node) else []
    tabs += ["connections"] if source.is_tracking(place.node) else []
    return [*tabs, "endpoints", "log"] if node.kind == "container" else tabs


def beyond(names: Sequence[str], chosen: int, room: int) -> int:
    """How many tabs have to go at the left so that the chosen one is seen in `room` cells, in brackets."""
    needed = 2
    for number in range(chosen, -1, -1):
        needed += 1 + cell_len(names[number])
        if needed > (room if number == 0 else room - 2):
            return min(number + 1, chosen)
    return 0
