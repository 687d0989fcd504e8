"""The tables of a device as texts: which it has, their columns, and what fills an empty one.  No Textual."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from netsandbox.lab.tables import ConnectionRow, FdbRow, InterfaceRow, NeighbourRow, RuleRow
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.source import LabSource, TableRow
from netsandbox.tui.text import cell_len, safe
from netsandbox.tui.topology_model import CLOSED, Place
from netsandbox.tui.topology_proxies import NAME, proxied

SECOND = 1_000_000_000
"""Nanoseconds."""

BAR_CELLS = 5
"""Length of a countdown's bar."""


class Row(NamedTuple):
    """One line of a table."""

    key: str
    """The same as long as it is the same thing: an address, a port."""
    cells: tuple[str, ...]
    """Safe texts, one for each column."""
    seq: int | None = None
    """The record that made it."""
    origin: TableRow | None = None
    """What it shows, for who asks why it is there; None for a line of output."""


class Table(NamedTuple):
    """What a tab shows."""

    columns: tuple[str, ...]
    """Keys of the titles; `tr("column." + key)`."""
    rows: tuple[Row, ...]
    clock: int = -1
    """The column that changes as time goes by, which is no news; -1 for none."""
    whole: tuple[Row, ...] = ()
    """The rows before they were made narrower."""


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


MOST_OWN = 1
"""Permanent rows, the ports' own MACs, that are listed below those that were learned; more are counted."""


def table_of(source: LabSource, place: Place, tab: str, glyphs: GlyphSet) -> Table:
    """The table of one tab as it is now.

    Raises:
        KeyError: for a tab that does not exist.
    """
    return _TABLES[tab](source, place, glyphs)


def _links(source: LabSource, place: Place, glyphs: GlyphSet) -> Table:
    rows = [
        Row(row.name, _link_cells(row, glyphs), None, row)
        for row in source.interfaces(place.node)
        if not place.interface or place.interface in (row.name, row.master)
    ]
    return Table(("interface", "state", "addresses", "peer", "master", "rx", "tx", "dropped", "mac"), tuple(rows))


def _link_cells(row: InterfaceRow, glyphs: GlyphSet) -> tuple[str, ...]:
    return (safe(row.name), link_state(row, glyphs), " ".join(map(safe, row.addresses)),
            safe(":".join(row.peer)) if row.peer is not None else "", safe(row.master or ""), str(row.rx_packets),
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
    rows = [
        Row(f"{row.interface} {row.address}", _neighbour_cells(row, now, several, glyphs), row.seq, row)
        for row in known
    ]
    columns = ("address", "mac", "nud", "timer", "made")
    return Table((*columns, "interface") if several else columns, tuple(rows), 3)


def _neighbour_cells(row: NeighbourRow, now: int, several: bool, glyphs: GlyphSet) -> tuple[str, ...]:
    interface = (safe(row.interface),) if several else ()
    return (row.address, row.mac or "-", row.state, countdown(row.since, row.deadline, now, glyphs),
            made_by(row.seq, glyphs), *interface)


def _fdb(source: LabSource, place: Place, glyphs: GlyphSet) -> Table:
    now = source.position().at
    interfaces = source.built(place.node)
    owners = {row.name: row.peer[0] for row in interfaces if row.peer is not None}
    called = {row.name: row.called for row in interfaces if row.kind == "bridge"}
    known = source.fdb(place.node, place.interface or None)
    several = len({row.bridge for row in known}) > 1
    columns = ("mac", "port", "bridge", "age", "made") if several else ("mac", "port", "age", "made")
    own = [row for row in known if row.permanent]
    folds = len(own) > MOST_OWN
    rows = [
        Row(f"{row.bridge} {row.port} {row.mac}", _fdb_cells(row, owners, called, now, several, glyphs), row.seq, row)
        for row in [row for row in known if not row.permanent] + ([] if folds else own)
    ]
    if folds:
        told = tr("table.own" if rows else "table.own-only", count=len(own))
        rows.append(Row("permanent", (told, *[""] * (len(columns) - 1))))
    return Table(columns, _apart(rows), len(columns) - 2)


def _apart(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows that each have a key of their own: one MAC is learned behind a port in several VLANs."""
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
    return (row.mac, port, *bridge, age, made_by(row.seq, glyphs))


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
            (row.protocol, row.state, row.local, row.peer, f"{safe(row.process)} ({row.pid})"), None, row)
        for row in source.sockets(place.node)
    ]
    return Table(("protocol", "state", "local", "remote", "process"), tuple(rows))


MOST_ROWS = 200
"""Rules or connections that are listed; where there are more, a last line says which command lists all."""


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


def made_by(seq: int | None, glyphs: GlyphSet) -> str:
    """The record that made a row: `⟵14`."""
    return "" if seq is None else f"{glyphs.caused}{seq}"


def countdown(since: int, deadline: int | None, now: int, glyphs: GlyphSet) -> str:
    """What is left of a timer, as a bar and in seconds rounded up: `▇▇▇▇▃ 27 s`; nothing when none runs."""
    if deadline is None:
        return ""
    left = max(deadline - now, 0)
    whole = max(deadline - since, 1)
    eighths = min(-(-left * BAR_CELLS * 8 // whole), BAR_CELLS * 8)
    full, part = divmod(eighths, 8)
    bar = glyphs.bar[-1] * full + (glyphs.bar[part - 1] if part else "")
    return f"{bar:<{BAR_CELLS}} {-(-left // SECOND)} s"


def narrower(table: Table, room: int) -> Table:
    """A table for a pane that is narrower: countdowns are seconds alone, and rules go on below, in `room` cells.

    Both ways of a connection stand below it: the second one says where NAT has led it.
    """
    if table.columns[-1] == "rule":
        rows = tuple(line for row in table.rows for line in _wrapped(row, room))
        return table._replace(rows=rows, whole=table.rows)
    if "reply" in table.columns:
        rows = tuple(line for row in table.rows for line in _below_each_other(row))
        return Table(("connection",), rows, whole=table.rows, clock=table.clock)
    at = table.clock
    if at < 0:
        return table
    rows = tuple(row._replace(cells=(*row.cells[:at], _BAR.sub("", row.cells[at]), *row.cells[at + 1 :]))
                 for row in table.rows)
    columns = tuple("timer" if column == "age" else column for column in table.columns)  # a shorter title
    return table._replace(columns=columns, rows=rows)


def _wrapped(row: Row, room: int) -> list[Row]:
    """A rule as lines of at most `room` cells where its words allow it, each begun by an option."""
    lines = [""]
    for part in _OPTIONS.split(row.cells[-1]):
        if lines[-1] and cell_len(f"{lines[-1]} {part}") > room:
            lines.append(f"    {part}")
        else:
            lines[-1] += f" {part}" if lines[-1] else part
    empty = ("",) * (len(row.cells) - 1)
    return [row._replace(cells=(*row.cells[:-1], lines[0])),
            *(row._replace(key=f"{row.key}\n{at}", cells=(*empty, line)) for at, line in enumerate(lines[1:], 1))]


def _below_each_other(row: Row) -> list[Row]:
    """A connection in three lines; what says that there are more is one."""
    *about, original, reply, made = row.cells
    if row.origin is None:
        return [row._replace(cells=row.cells[:1])]
    return [row._replace(cells=(" ".join(filter(None, (*(_BAR.sub("", cell) for cell in about), made))),)),
            row._replace(key=f"{row.key}\n1", cells=(f"  {original}",)),
            row._replace(key=f"{row.key}\n2", cells=(f"  {reply}",))]


def key_of(row: Row) -> str:
    """The key of what a row shows, or goes on with."""
    return row.key.partition("\n")[0]


_OPTIONS = re.compile(r"(?<=[^\s!]) (?=(?:! )?-)")
_BAR = re.compile(r"^.{5} (?=\d+ s$)")
"""What `countdown` puts before the seconds."""


def news(before: Table | None, after: Table) -> frozenset[str] | None:
    """The keys of the rows that are new or say something else; None when nothing but clocks has moved."""
    if before is None:
        return frozenset()
    rows = after.whole or after.rows
    old = {row.key: _told(row, before.clock) for row in before.whole or before.rows}
    fresh = {row.key for row in rows if old.get(row.key) != _told(row, after.clock)}
    gone = old.keys() - {row.key for row in rows}
    return frozenset(fresh) if fresh or gone else None


def _told(row: Row, clock: int) -> Sequence[object]:
    """What a row says, its clock apart."""
    return (*row.cells[:clock], *row.cells[clock + 1 :]) if clock >= 0 else row.cells
