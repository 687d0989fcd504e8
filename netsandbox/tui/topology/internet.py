"""The internet behind the uplink as one node of the picture, until a person opens it."""

from __future__ import annotations

from collections.abc import Sequence

from netsandbox.lab.tables import InterfaceRow, LinkRow, NodeRow

INTERNET = "internet"  # Kind of a node that stands for others: a box, of which nothing inside is shown

Rows = tuple[Sequence[NodeRow], Sequence[InterfaceRow], Sequence[LinkRow]]


def fold_internet(nodes: Sequence[NodeRow], interfaces: Sequence[InterfaceRow], links: Sequence[LinkRow]) -> Rows:
    """The rows without the hosts behind the uplink; the router stands for them."""
    hidden = {row.name: row.host for row in nodes if row.kind == "host" and row.host is not None}
    if not hidden:
        return nodes, interfaces, links
    routers = set(hidden.values())
    kept = [row._replace(kind=INTERNET) if row.name in routers else row for row in nodes if row.name not in hidden]
    inner = {end for row in links for end in (row.a, row.b) if row.a[0] in hidden or row.b[0] in hidden}
    return (kept, [row for row in interfaces if row.node not in hidden and (row.node, row.name) not in inner],
            [row for row in links if row.a not in inner and row.b not in inner])


def stands_for_internet(nodes: Sequence[NodeRow], name: str) -> bool:
    """Whether a node is the one that the internet is folded into."""
    return any(row.host == name and row.kind == "host" for row in nodes)
