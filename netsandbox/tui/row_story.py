"""What made a line of a device's tables: a neighbour, a MAC address, a route, an interface, a socket."""

from __future__ import annotations

from typing import Any

from netsandbox.engine.trace import Trace
from netsandbox.explain.story import Story, why_change, why_row
from netsandbox.explain.voice import Names
from netsandbox.lab.tables import FdbRow, InterfaceRow, NeighbourRow, RouteRow, SocketRow
from netsandbox.lab.views import route_text
from netsandbox.linux.events import AddressChanged, LinkChanged, RouteChanged, SocketBound
from netsandbox.tui.source import TableRow
from netsandbox.wire.addresses import parse_ipv4, parse_mac


def row_story(trace: Trace, namespace: str, row: TableRow, language: str, names: Names) -> Story:
    """Why a row is there, as it is.

    Args:
        namespace: the network namespace whose table it is in.
    """
    if isinstance(row, NeighbourRow):
        return why_row(trace, row.seq, parse_ipv4(row.address), language, names)
    if isinstance(row, FdbRow):
        # A bridge's own addresses were never learned: no record is looked for.
        return why_row(trace, trace.end if row.seq is None else row.seq, parse_mac(row.mac), language, names)
    if isinstance(row, RouteRow):
        return why_change(trace, (RouteChanged,), lambda event: _is_route(event, namespace, row), language, names)
    if isinstance(row, InterfaceRow):
        kinds = (LinkChanged, AddressChanged)
        return why_change(trace, kinds, lambda event: _is_interface(event.interface, row), language, names)
    return why_change(trace, (SocketBound,), lambda event: _is_socket(event, namespace, row), language, names)


def _is_route(event: RouteChanged, namespace: str, row: RouteRow) -> bool:
    route = event.route
    return event.namespace.name == namespace and route.table == row.table and route_text(route) == row.text


def _is_interface(interface: Any, row: InterfaceRow) -> bool:
    return bool(interface.name == row.name and interface.namespace.name == row.node)


def _is_socket(event: SocketBound, namespace: str, row: SocketRow) -> bool:
    port = row.local.rpartition(":")[2]
    return (event.namespace.name, event.protocol, str(event.port)) == (namespace, row.protocol, port)
