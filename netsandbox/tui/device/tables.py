"""The tables of a device as texts: which it has, their columns, and what fills an empty one.  No Textual."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from netsandbox.lab.tables import ConnectionRow, FdbRow, InterfaceRow, NeighbourRow, RuleRow
from netsandbox.tui.device.rows import Row, Table, countdown, made_by
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.session.source import LabSource
from netsandbox.tui.text import safe
from netsandbox.tui.topology.model import CLOSED, Place
from netsandbox.tui.topology.proxies import proxied

MOST_OWN = 1  # Permanent rows, the ports' own MACs, that are listed below those that were learned; more are counted


def table_of(source: LabSource, place: Place, tab: str, glyphs: GlyphSet) -> Table:
    """The table of one tab as it is now (KeyError: for a tab that does not exist)."""
    return _TABLES[tab](source, place, glyphs)


def _links(source: LabSource, place: Place, glyphs: GlyphSet) -> Table:
    called = _called(source, place)
    rows = [
        Row(row.name, _link_cells(row, called, glyphs), None, row)
        for row in source.interfaces(place.node)
        if not place.interface or place.interface in (row.name, row.master)
    ]
    columns = "interface", "state", "mtu", "addresses", "peer", "master", "rx", "tx", "dropped", "mac"
    return Table(columns, tuple(rows))


def _called(source: LabSource, place: Place) -> dict[str, str]:
    """What a person calls a node's bridges: switches, and Docker's networks."""
    return {row.name: row.called for row in source.built(place.node) if row.kind == "bridge"}


def _link_cells(row: InterfaceRow, called: Mapping[str, str], glyphs: GlyphSet) -> tuple[str, ...]:
    master = called.get(row.master or "", row.master or "")
    return (safe(row.name), link_state(row, glyphs), str(row.mtu), " ".join(map(safe, row.addresses)),
            safe(":".join(row.peer)) if row.peer is not None else "", safe(master), str(row.rx_packets),
            str(row.tx_packets), str(row.rx_dropped + row.tx_dropped), row.mac)


def _endpoints(source: LabSource, place: Place, _glyphs: GlyphSet) -> Table:
    """The networks that a container is on, and the host's ports that lead to it."""
    rows = [Row(row.network, tuple(map(safe, (row.network, row.interface, row.address, row.gateway,
                                              " ".join(row.names), row.mac)))) for row in source.endpoints(place.node)]
    ports = [row for node in source.nodes() for row in node.published if row.container == place.node]
    for port in ports:
        told = f"{port.address or '0.0.0.0'}:{port.port}"
        rows.append(Row(f"{told}/{port.protocol}", ("", "", safe(told), "", f"{port.target}/{port.protocol}", "")))
    return Table(("network", "interface", "address", "gateway", "names", "mac"), tuple(rows))


def _proxy(source: LabSource, place: Place, _glyphs: GlyphSet) -> Table:
    """What a docker-proxy carried, each on its way: the client, the host's port, whom the container sees, its port."""
    port = proxied(source.nodes(), place)
    rows = [Row(f"{row.client} {row.source}", (row.client, safe(port.outside), row.source,
                                               f"{safe(port.container)} {row.target}"))
            for row in source.carried(place.node, port)] if port is not None else []
    return Table(("client", "outside", "seen", "target"), _apart(rows))


def link_state(row: InterfaceRow, glyphs: GlyphSet) -> str:
    """An interface's condition as glyph and word."""
    if not row.up:
        return f"{glyphs.link_down} {tr('note.down')}"
    if not row.carrier:
        return f"{glyphs.no_carrier} {tr('note.no-carrier')}"
    if row.port_state in CLOSED:
        return f"{glyphs.blocked} {tr('note.' + row.port_state)}"
    return f"{glyphs.up} {row.state.lower()}"


def _neighbours(source: LabSource, place: Place, glyphs: GlyphSet) -> Table:
    now = source.position().at
    known = [row for row in source.neighbours(place.node) if place.interface in ("", row.interface)]
    several = len({row.interface for row in known}) > 1
    called = _called(source, place) if several else None
    rows = [
        Row(f"{row.interface} {row.address}", _neighbour_cells(row, now, called, glyphs), row.seq, row)
        for row in known
    ]
    columns = ("address", "mac", "nud", "timer", "made")
    return Table((*columns, "interface") if several else columns, tuple(rows), 3)


def _neighbour_cells(row: NeighbourRow, now: int, called: Mapping[str, str] | None,
                     glyphs: GlyphSet) -> tuple[str, ...]:
    interface = (safe(called.get(row.interface, row.interface)),) if called is not None else ()
    return (row.address, row.mac or "-", row.state, countdown(row.since, row.deadline, now, glyphs),
            made_by(row.seq, glyphs), *interface)


def _fdb(source: LabSource, place: Place, glyphs: GlyphSet) -> Table:
    now = source.position().at
    interfaces = source.built(place.node)
    owners = {row.name: row.peer[0] for row in interfaces if row.peer is not None}
    called = _called(source, place)
    known = source.fdb(place.node, place.interface or None)
    several, filters = len({row.bridge for row in known}) > 1, any(row.vlan for row in known)
    columns = ("mac", *["vlan"] * filters, "port", *["bridge"] * several, "age", "made")
    own = [row for row in known if row.permanent]
    folds = len(own) > MOST_OWN
    rows = [
        Row(f"{row.bridge} {row.port} {row.mac} {row.vlan}",
            (row.mac, *[str(row.vlan or "")] * filters, *_fdb_cells(row, owners, called, now, several, glyphs)),
            row.seq, row)
        for row in [row for row in known if not row.permanent] + ([] if folds else own)
    ]
    if folds:
        told = tr("table.own" if rows else "table.own-only", count=len(own))
        rows.append(Row("permanent", (told, *[""] * (len(columns) - 1))))
    return Table(columns, tuple(rows), len(columns) - 2)


def _apart(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows that each have a key of their own: one client's port is carried twice, one connection after another."""
    met: dict[str, int] = {}
    found = []
    for row in rows:
        met[row.key] = number = met.get(row.key, 0) + 1
        found.append(row if number == 1 else row._replace(key=f"{row.key} {number}"))
    return tuple(found)


def _fdb_cells(
    row: FdbRow, owners: dict[str, str], called: dict[str, str], now: int, several: bool, glyphs: GlyphSet
) -> tuple[str, ...]:
    owner = owners.get(row.port)
    port = f"{safe(row.port)} ({safe(owner)})" if owner else safe(called.get(row.port, row.port))
    age = tr("table.permanent") if row.permanent else countdown(row.updated, row.deadline, now, glyphs)
    bridge = (safe(called.get(row.bridge, row.bridge)),) if several else ()
    return (port, *bridge, age, made_by(row.seq, glyphs))


def _vlans(source: LabSource, place: Place, _glyphs: GlyphSet) -> Table:
    """`bridge vlan`: a line for each VLAN of each port, and of the bridge itself."""
    interfaces = source.interfaces(place.node)
    wanted = {row.name for row in interfaces if row.kind == "bridge" and place.interface in ("", row.name)}
    rows = [
        Row(f"{row.name} {line}", _vlan_cells(row, line), None, row)
        for row in interfaces
        if row.name in wanted or row.master in wanted
        for line in row.vlans
    ]
    return Table(("port", "vlan", "inward", "outward"), tuple(rows))


def _vlan_cells(row: InterfaceRow, line: str) -> tuple[str, ...]:
    """The port, the VLAN, whether what comes without a tag is put into it, and how its frames leave."""
    vid, *flags = line.split()
    owner = f"{safe(row.name)} ({safe(row.peer[0])})" if row.peer is not None else safe(row.called)
    loses_tag = "Untagged" in flags
    return (owner, vid, tr("vlan.pvid") if "PVID" in flags else "",
            tr("vlan.untagged") if loses_tag else tr("vlan.tagged"))


def _routes(source: LabSource, place: Place, _glyphs: GlyphSet) -> Table:
    rows = [
        Row(f"{number} {row.table} {row.text}", (row.table, safe(row.text)), None, row)
        for number, row in enumerate(source.routes(place.node))
        if not place.interface or f" dev {place.interface} " in f"{row.text} "
    ]
    return Table(("table", "route"), tuple(rows))


def _sockets(source: LabSource, place: Place, _glyphs: GlyphSet) -> Table:
    rows = [
        Row(f"{row.protocol} {row.local} {row.peer} {row.pid}",
            (row.protocol, row.state, row.local, row.peer, safe(row.process) + (f" ({row.pid})" if row.pid else "")),
            None, row)
        for row in source.sockets(place.node)
    ]
    return Table(("protocol", "state", "local", "remote", "process"), tuple(rows))


MOST_ROWS = 200  # Rules or connections that are listed; where there are more, a last line says which command lists all


def _rules(source: LabSource, place: Place, glyphs: GlyphSet) -> Table:
    """Each chain under a heading, as in `iptables -L`: beside its name on each line a rule had no room."""
    known = source.rules(place.node)
    columns = ("number", "packets", "bytes", "rule")
    rows = [
        Row(f"{row.table} {row.chain} {row.number}",
            (_count(row.number or None), _count(row.packets), _count(row.bytes),
             f"  {safe(row.text)}" if row.number else _heading(row, glyphs)),
            None, row if row.number else None)
        for row in islice(known, MOST_ROWS)
    ]
    return Table(columns, (*rows, *_more(len(known), len(columns), "iptables -S")))


def _heading(row: RuleRow, glyphs: GlyphSet) -> str:
    """The head of a chain; `-P INPUT DROP` says its policy as well."""
    policy = f" (policy {row.text.split()[-1]})" if row.text.startswith("-P ") else ""
    return f"{glyphs.unfolded} {row.table} {safe(row.chain)}{policy}"


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _connections(source: LabSource, place: Place, glyphs: GlyphSet) -> Table:
    now = source.position().at
    known = source.connections(place.node, MOST_ROWS + 1)
    columns = ("protocol", "state", "timer", "original", "reply", "made")
    rows = [
        Row(" ".join((row.protocol, *row.original, str(row.made_at))), _connection_cells(row, now, glyphs),
            row.made_at, row)
        for row in islice(known, MOST_ROWS)
    ]
    return Table(columns, (*rows, *_more(len(known), len(columns), "conntrack -L")), 2)


def _connection_cells(row: ConnectionRow, now: int, glyphs: GlyphSet) -> tuple[str, ...]:
    timer = countdown(row.since, row.deadline, now, glyphs)
    arrow = f" {glyphs.arrow} "
    return (row.protocol, row.state, timer, arrow.join(row.original), arrow.join(row.reply),
            made_by(row.made_at, glyphs))


def _more(count: int, columns: int, command: str) -> tuple[Row, ...]:
    """The last line of a table of which not all is listed."""
    return (Row("more", (tr("table.more", command=command), *[""] * (columns - 1))),) if count > MOST_ROWS else ()


def _log(source: LabSource, place: Place, _glyphs: GlyphSet) -> Table:
    lines = source.container_log(place.node)
    return Table(("line",), tuple(Row(str(number), (safe(line),)) for number, line in enumerate(lines)))


_TABLES: dict[str, Callable[[LabSource, Place, GlyphSet], Table]] = {
    "links": _links,
    "arp": _neighbours,
    "mac": _fdb,
    "vlans": _vlans,
    "routes": _routes,
    "sockets": _sockets,
    "rules": _rules,
    "connections": _connections,
    "endpoints": _endpoints,
    "log": _log,
    "proxy": _proxy,
}
