"""Tunnels in the picture: all VXLAN devices of one network hang on one bus, whatever lies between their hosts."""

from __future__ import annotations

from netsandbox.lab.tables import LinkRow, NodeRow
from netsandbox.tui.topology.internet import Rows

TUNNEL = "tunnel"  # Kind of the node, and of the links, that stand for a tunnel; the lab has neither


def with_tunnels(nodes: Rows) -> Rows:
    """The rows with a node for each VXLAN network that has an end in the lab."""
    known, interfaces, links = nodes
    ends: dict[int, list[tuple[str, str]]] = {}
    for row in interfaces:
        if row.vni:
            ends.setdefault(row.vni, []).append((row.node, row.name))
    if not ends:
        return nodes
    names = {row.name for row in known}
    up = {(row.node, row.name): row.up for row in interfaces}
    tunnels, ways = [], []
    for vni, found in sorted(ends.items()):
        name = f"VNI {vni}"
        if name in names:
            continue
        tunnels.append(NodeRow(name, TUNNEL, None, None, None, "up", name))
        ways += [LinkRow(end, (name, ":".join(end)), TUNNEL, up[end]) for end in found]
    return [*known, *tunnels], interfaces, [*links, *ways]
