"""Rows of a lab -> the scopes of its picture: which item hangs on which net, and what leaves its scope.

Every link joins an item to a net, or a net to a net, or leaves its scope through the frame of a host.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from netsandbox.lab.tables import InterfaceRow, LinkRow, NodeRow, PublishedRow
from netsandbox.tui.text import safe
from netsandbox.tui.topology.internet import INTERNET
from netsandbox.tui.topology.model import CLOSED, End, Item, Join, Net, Note, Place, Port, Scope, Wire, rank
from netsandbox.tui.topology.tunnels import TUNNEL

MILLISECOND = 1_000_000


class _Seat(NamedTuple):
    """What a link's end is attached to: an item or a net of a scope, or neither, the host's own stack."""

    scope: str | None
    item: Item | None = None
    net: int | None = None


def published_text(row: PublishedRow) -> str:
    """A published port on a host's edge."""
    return f"{row.outside}>{row.container}"


def build(nodes: Sequence[NodeRow], interfaces: Iterable[InterfaceRow], links: Iterable[LinkRow]) -> Scope:
    """Arrange the rows of a lab into scopes; every node becomes an item or a net."""
    return _Builder(nodes, interfaces).build(links)


class _Builder:
    """One pass over the rows; thrown away afterwards."""

    def __init__(self, nodes: Sequence[NodeRow], interfaces: Iterable[InterfaceRow]) -> None:
        self.nodes = {row.name: row for row in nodes}
        self.rows: dict[End, InterfaceRow] = {}
        self.addresses: dict[str, list[str]] = {}
        self.lowers: dict[str, list[str]] = {}  # What a node's devices stand on in other namespaces
        bridges: list[InterfaceRow] = []
        for row in interfaces:
            self.rows[row.node, row.name] = row
            if ":" in row.lower:
                self.lowers.setdefault(row.node, []).append(row.lower)
            if row.kind == "bridge":
                bridges.append(row)
            elif row.addresses and row.kind != "loopback":
                self.addresses.setdefault(row.node, []).extend(row.addresses)
        self.top = Scope()
        self.items: dict[str, Item] = {}
        self.nets: dict[Place, int] = {}
        for node in nodes:
            if node.kind == "host":
                self._add_host(node)
        for bridge in sorted(bridges, key=lambda row: row.ifindex):
            self._add_bridge(bridge)
        for node in nodes:
            if node.kind != "host":
                self._add_node(node)

    def build(self, links: Iterable[LinkRow]) -> Scope:
        for link in links:
            self._add_link(link)
        for scope in self._scopes():
            scope.items.sort(key=rank)
            _give_tails(scope)
        return self.top

    def _scopes(self) -> list[Scope]:
        return [self.top, *(item.inner for item in self.top.items if item.inner is not None)]

    def _scope(self, host: str | None) -> Scope:
        item = self.items.get(host) if host is not None else None
        return item.inner if item is not None and item.inner is not None else self.top

    def _add_host(self, node: NodeRow) -> None:
        item = Item(Place(node.name), safe(node.name), "host", _node_notes(node), inner=Scope())
        item.addresses = tuple(map(safe, self.addresses.get(node.name, ())))
        item.devices = tuple(_device(row) for row in self.rows.values() if row.node == node.name and row.lower)
        item.published = tuple(safe(published_text(row)) for row in node.published if not row.proxy_bridge)
        self.items[node.name] = item
        self.top.items.append(item)

    def _add_bridge(self, row: InterfaceRow) -> None:
        item = self.items.get(row.node)
        if item is None or item.inner is None:
            return
        detail = " ".join(map(safe, (row.name, *row.addresses) if row.title else row.addresses))
        place = Place(row.node, row.name)
        self.nets[place] = len(item.inner.nets)
        item.inner.nets.append(Net(place, safe(row.called), "bridge", detail, _interface_notes(row)))

    def _add_node(self, node: NodeRow) -> None:
        place = Place(node.name)
        if node.kind not in ("container", INTERNET):
            self.nets[place] = len(self.top.nets)
            self.top.nets.append(Net(place, safe(node.name), node.kind))
            return
        notes = (*_node_notes(node), *self._parents(node)) if node.kind == "container" else _node_notes(node)
        item = Item(place, safe(node.name), "container", notes)
        if node.network != "host" and not (node.network or "").startswith("container:"):
            item.addresses = tuple(map(safe, self.addresses.get(node.name, ())))
        self.items[node.name] = item
        self._scope(node.host).items.append(item)

    def _parents(self, node: NodeRow) -> Iterable[Note]:
        """The devices of other namespaces that a container's own stand on: macvlan's and ipvlan's parents."""
        below = dict.fromkeys(self.lowers.get(node.name, ()))
        return (Note("on", safe(lower.partition(":")[2])) for lower in below)

    def _seat(self, end: End) -> _Seat:
        node = end[0]
        if Place(node) in self.nets:
            return _Seat(None, net=self.nets[Place(node)])
        item = self.items.get(node)
        if item is None:
            item = self.items[node] = Item(Place(node), safe(node), "unknown")
            self.top.items.append(item)
        if item.inner is not None:
            row = self.rows.get(end)
            net = self.nets.get(Place(node, row.master)) if row is not None and row.master else None
            return _Seat(node, net=net)
        host = self.nodes[node].host if node in self.nodes else None
        scope = host if host in self.items and self.items[host].inner is not None else None
        return _Seat(scope, item=item)

    def _add_link(self, link: LinkRow) -> None:
        key, quality = (link.a, link.b), _quality(link)
        seats = self._seat(link.a), self._seat(link.b)
        is_inside = seats[0].scope == seats[1].scope and seats[0].scope is not None
        ports = []  # the far end is named where it is a bus's; a box has its names on its edge
        for side, (near, far) in enumerate([(link.a, link.b), (link.b, link.a)]):
            there = seats[1 - side]
            is_at_bus = there.item is None and (is_inside or (there.scope is None and link.kind != TUNNEL))
            ports.append(Port((Wire(key, bool(side)),), safe(near[1]), safe(far[1]) if is_at_bus else "",
                              self._state(link, None if is_at_bus else near), address=self._address(near),
                              marks=tuple(filter(None, (self._vlans(far), quality)))))
        if is_inside:
            inner = self._scope(seats[0].scope)
            _connect(inner, [_settle(inner, seat, port) for seat, port in zip(seats, ports, strict=True)], ports)
        else:
            ends = [self._lift(seat, port) for seat, port in zip(seats, ports, strict=True)]
            inner = self.top
            _connect(inner, ends, ports)
        joins = [join for net in inner.nets for join in net.joins if join.wire.link == key]
        for join in joins:
            join.marks, join.quality = (self._vlans(link.a), self._vlans(link.b)), quality

    def _lift(self, seat: _Seat, port: Port) -> _Seat:
        """The seat in the top scope; an end inside a host gets a way out through its frame."""
        if seat.scope is None:
            return seat
        host = self.items[seat.scope]
        assert host.inner is not None
        way_out = Port(port.wires, port.near, port.far, port.state, None, port.address, port.marks)
        if seat.item is not None:
            seat.item.ports.append(way_out)
        elif seat.net is not None:
            host.inner.nets[seat.net].exits.append(way_out)
        else:
            host.uplinks.append(way_out)
        return _Seat(None, item=host)

    def _address(self, end: End) -> str:
        row = self.rows.get(end)
        return safe(row.addresses[0]) if row is not None and row.addresses else ""

    def _state(self, link: LinkRow, end: End | None = None) -> str:
        """`down`, `no-carrier` or nothing, from the two interfaces; as it is at an end, where only that is told."""
        rows = [row for row in (self.rows.get(link.a), self.rows.get(link.b)) if row is not None]
        told = self.rows.get(end) if end is not None else None
        if told is not None and told.up and not told.carrier:
            return "no-carrier"
        if any(not row.up for row in rows) or not (link.up or rows):
            return "down"
        if any(not row.carrier for row in rows):
            return "no-carrier"
        if not link.up:
            return "down"
        return next((row.port_state for row in rows if row.port_state in CLOSED), "") or ""

    def _vlans(self, end: End) -> str:
        """The VLANs of a bridge port: `[1 10t]`, 1 for what comes without a tag and 10 with one."""
        row = self.rows.get(end)
        return f"[{' '.join(map(_short_vlan, row.vlans))}]" if row is not None and row.vlans else ""


def _device(row: InterfaceRow) -> str:
    """A device that stands on another: its name, its VLAN where the name does not say it, its first address."""
    vlan = f"VLAN {row.vlan}" if row.vlan and not row.name.endswith(f".{row.vlan}") else ""
    return safe(" ".join(filter(None, (row.name, vlan, *row.addresses[:1]))))


def _short_vlan(text: str) -> str:
    """A line of `bridge vlan`: 10 for the port's own VLAN, 10t for one with a tag, 10u for one that loses it."""
    vid, *flags = text.split()
    return vid if "PVID" in flags else f"{vid}u" if flags else f"{vid}t"


def _quality(link: LinkRow) -> str:
    """What a line does to frames: `20ms 5%`."""
    delay = f"{link.delay / MILLISECOND:g}ms" if link.delay else ""
    loss = f"{link.loss * 100:.3g}%" if link.loss else ""
    return f"{delay} {loss}".strip()


def _settle(scope: Scope, seat: _Seat, port: Port) -> _Seat:
    """A seat in a host's scope; an interface of the host's own stack gets a stub to hang on."""
    if seat.item is not None or seat.net is not None:
        return seat
    node, interface = port.wires[0].link[port.wires[0].reverse]
    scope.nets.append(Net(Place(node, interface), port.near, "stub", port.address))
    return _Seat(seat.scope, net=len(scope.nets) - 1)


def _connect(scope: Scope, ends: Sequence[_Seat], ports: Sequence[Port]) -> None:
    """Join two seats of one scope: item to net, net to net, or two items by a lane."""
    first, second = ends
    if first.item is not None and second.item is not None:
        scope.nets.append(Net(None, "", "lane"))
        for seat, port in zip((first, second), ports, strict=True):
            port.net = len(scope.nets) - 1
            assert seat.item is not None
            seat.item.ports.append(port)
    elif first.item is None and second.item is None:
        assert first.net is not None
        assert second.net is not None
        scope.nets[first.net].joins.append(Join(ports[0].wires[0], second.net, ports[0].state))
    else:
        seat, port, net = (first, ports[0], second.net) if first.item is not None else (second, ports[1], first.net)
        assert seat.item is not None
        port.net = net
        seat.item.ports.append(port)


def _give_tails(scope: Scope) -> None:
    """The last octets of the addresses in a scope: as many as differ between those that hang on the same nets."""
    neighbours: dict[tuple[int | None, ...], list[tuple[Item, list[str]]]] = {}
    for item in scope.items:
        if len(item.addresses) == 1:
            octets = item.addresses[0].partition("/")[0].split(".")
            neighbours.setdefault(tuple(port.net for port in item.ports), []).append((item, octets))
    for group in neighbours.values():
        count = 1 if len({tuple(octets[:-1]) for _, octets in group}) == 1 else 2
        for item, octets in group:
            item.tail = "".join(f".{octet}" for octet in octets[-count:])


def _node_notes(node: NodeRow) -> tuple[Note, ...]:
    notes: list[Note] = []
    mode = node.network or ""
    if node.kind == "container" and mode == "host":
        notes.append(Note("host-net"))
    elif mode.startswith("container:"):
        notes.append(Note("shared", safe(mode.partition(":")[2])))
    elif node.kind == "container" and mode == "none":
        notes.append(Note("no-net"))
    if node.kind == INTERNET:
        notes.append(Note("folded"))
    elif node.state not in ("running", "up"):
        notes.append(Note("exited" if node.state == "exited" else "created"))
    return tuple(notes)


def _interface_notes(row: InterfaceRow) -> tuple[Note, ...]:
    if not row.up:
        return (Note("down"),)
    return () if row.carrier else (Note("no-carrier"),)
