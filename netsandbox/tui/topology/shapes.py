"""Boxes of the picture, measured: how big an item is and where its links leave it.

A container is a full box (addresses, interface names), a box (its name) or a chip (one line); a host is a frame around
the block of its own scope, with the names of its interfaces on its lower edge.
"""

from __future__ import annotations

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr, widest
from netsandbox.tui.text import cell_len
from netsandbox.tui.topology.model import PROXY, Item, LinkKey, Net, Note, Port
from netsandbox.tui.topology.parts import Block, Cell, Detail, EdgeLabel, Options, Shape

MOST_PORTS = 3  # Published ports that stand on a host's edge


def note_text(note: Note, glyphs: GlyphSet) -> str:
    """A note as glyph and word, `⌂host net`."""
    glyph = {"host-net": glyphs.host_net, "shared": glyphs.shared, "on": glyphs.shared, "no-net": glyphs.no_net,
             "exited": glyphs.exited, "created": glyphs.exited, "folded": glyphs.out, "down": glyphs.link_down,
             "no-carrier": glyphs.no_carrier}[note.kind]
    return glyph + (note.name if note.kind in ("shared", "on") else tr("note." + note.kind))


def _spare(item: Item) -> int:
    """Cells that its notes would take more in the language in which they are longest, so that boxes stand alike."""
    said = [note for note in item.notes if note.kind not in ("shared", "on")]
    return sum(widest("note." + note.kind) - cell_len(tr("note." + note.kind)) for note in said)


def port_label(port: Port, detail: Detail) -> str:
    """What stands beside a port's line: the far end's name in full detail, and any state in a word."""
    parts = [port.far] if detail is Detail.FULL and port.far else []
    parts += port.marks if detail >= Detail.PLAIN else ()
    if port.state:
        parts.append(tr("note." + port.state))
    return " ".join(parts)


def edge_text(port: Port, detail: Detail) -> str:
    """What stands on a frame's lower edge: the interface, with its address in full detail."""
    return f"{port.near} {port.address}" if detail is Detail.FULL and port.address else port.near


def edge_width(port: Port, detail: Detail, named: bool = True) -> int:
    """Columns that a link crossing a frame's lower edge keeps for its labels."""
    label = cell_len(port_label(port, detail))
    return 2 + (max(cell_len(edge_text(port, detail)), label) if named else label)


def measure(item: Item, options: Options) -> Shape:
    """Measure an item that has no inside: a container or a group."""
    detail = options.detail if item.kind != "group" else min(options.detail, Detail.CHIP)
    if detail < Detail.ADDRESS and any(note.kind == "folded" for note in item.notes):
        detail = Detail.ADDRESS if detail is Detail.PLAIN else Detail.BOX  # bare, beside frames, it is a caption
    notes = " ".join(note_text(note, options.glyphs) for note in item.notes)
    title = f"{item.name} {notes}" if notes else item.name
    labels = [port_label(port, detail) for port in item.ports]
    if detail in (Detail.COLLAPSED, Detail.CHIP, Detail.PLAIN):
        return _text(item, title, labels, options)
    lines = [(title, "name")]
    if detail >= Detail.ADDRESS:
        full = detail is Detail.FULL
        lines += [(one if full else one.partition("/")[0], "address") for one in item.addresses]
    if detail is Detail.FULL:
        strides = [2 + max(cell_len(port.near), cell_len(text)) for port, text in zip(item.ports, labels, strict=True)]
        width = max(cell_len(title) + _spare(item) + 4, *(cell_len(text) + 4 for text, _ in lines), sum(strides) + 3)
        first = max(2, min(width // 2, width - sum(strides) - 1))
        columns = [first + sum(strides[:index]) for index in range(len(strides))]
    else:
        width = max(cell_len(title) + _spare(item) + 4, *(cell_len(text) + 4 for text, _ in lines),
                    _ports_width(labels) + 2)
        columns = _spread(labels, width)
    edge = [EdgeLabel(at, port.near) for at, port in zip(columns, item.ports, strict=True)]
    return Shape(item, width, len(lines) + 2, columns, labels, lines, edge=edge if detail is Detail.FULL else [])


def _text(item: Item, title: str, labels: list[str], options: Options) -> Shape:
    """An item of text alone: its name and, where it is wanted, its address or the end of it."""
    title = f"[{title}]" if item.kind == PROXY else title
    plain = options.detail is Detail.PLAIN and item.kind != "group"
    lines = [(title, "name"), *((one.partition("/")[0], "address") for one in item.addresses if plain)]
    tail = item.tail if options.tails else ""
    titled = cell_len(title) + _spare(item) + (1 + len(tail) if tail else 0)
    used = max(titled, *(cell_len(text) for text, _ in lines))
    if item.kind == "group" and title.endswith(tr("group.hosts")):
        used += widest("group.hosts") - cell_len(tr("group.hosts"))
    width = max(used + 1, _ports_width(labels) + 1)
    return Shape(item, width, len(lines), _spread(labels, width), labels, lines, boxed=False, tail=tail)


def _ports_width(labels: list[str]) -> int:
    return 1 + sum(max(cell_len(label) + 2, 2) for label in labels)


def _spread(labels: list[str], width: int) -> list[int]:
    """Columns of ports on a box's lower edge: even when nothing is written beside them."""
    count = len(labels)
    if not any(labels):
        return [(index + 1) * width // (count + 1) if count > 1 else width // 2 for index in range(count)]
    columns, at = [], 1
    for label in labels:
        columns.append(at)
        at += max(cell_len(label) + 2, 2)
    return columns


def measure_host(item: Item, block: Block, options: Options, published: tuple[str, ...]) -> Shape:
    """Measure a host around the finished block of its inside; with nothing in it, it needs no frame to be small
    (published: ports on its edge that no box of the inside leads to)."""
    if options.detail is Detail.PLAIN and _is_empty(item):
        notes = " ".join(note_text(note, options.glyphs) for note in item.notes)
        labels = [port_label(port, options.detail) for port in item.ports]
        return _text(item, f"{item.name} {notes}".rstrip(), labels, options)
    pad = 2 if options.detail >= Detail.BOX else 1
    title = 6 + cell_len(item.name)
    lines = _host_lines(item, options)
    width = max(block.width + pad + 2, title, *(cell_len(text) + 4 for text, _ in lines), 0)
    edge = _Edge()
    columns: dict[LinkKey, int] = {}
    leads: dict[LinkKey, list[Cell]] = {}
    for link, way_out in block.exits.items():
        columns[link] = edge.put(way_out.column + pad, way_out.width, way_out.label)
        leads[link] = [(x + pad, y + 1) for x, y in way_out.cells]
    for port in item.uplinks:
        need = edge_width(port, options.detail)
        columns[port.wires[0].link] = edge.put(edge.free_column(need), need, edge_text(port, options.detail))
    least = max(width, edge.width)
    _put_published(edge, published, least if options.detail < Detail.BOX else None)
    links = [port.wires[0].link for port in item.ports]
    return Shape(item, max(width, edge.width), 2 + max(block.height, len(lines)), [columns[link] for link in links],
                 [port_label(port, options.detail) for port in item.ports], lines, block, edge.labels,
                 [leads.get(link, []) for link in links], pad)


class _Edge:
    """A host's lower edge, as what stands on it is put there from the left."""

    def __init__(self) -> None:
        self.labels: list[EdgeLabel] = []
        self._taken: list[tuple[int, int]] = []

    @property
    def width(self) -> int:
        return max((end + 1 for _, end in self._taken), default=0)

    def put(self, column: int, need: int, text: str) -> int:
        """Take columns for a label, which may be empty; the first of them."""
        self._taken.append((column, column + need))
        if text:
            self.labels.append(EdgeLabel(column, text))
        return column

    def free_column(self, need: int) -> int:
        """The first column whose label does not touch another's."""
        column = 2
        for start, end in sorted(self._taken):
            if column + need < start:
                break
            column = max(column, end + 1)
        return column


def _put_published(edge: _Edge, published: tuple[str, ...], most: int | None) -> None:
    """The published ports, as far as there is room: beside chips `most` columns."""
    for text in _shown(published):
        need = cell_len(text) + 2
        column = edge.free_column(need)
        if most is not None and column + need + 1 > most:
            break
        edge.put(column, need, text)


def _shown(published: tuple[str, ...]) -> list[str]:
    """The ports on a host's edge: some, and how many more."""
    shown = list(published[:MOST_PORTS])
    rest = len(published) - len(shown)
    return [*shown, f"+{rest}"] if rest else shown


def _is_empty(item: Item) -> bool:
    return item.inner is not None and not item.inner.items and not item.inner.nets


def _host_lines(item: Item, options: Options) -> list[tuple[str, str]]:
    """What a host without containers or bridges says instead of a picture."""
    if not _is_empty(item) or options.detail < Detail.BOX:
        return []
    on_edge = {port.address for port in item.uplinks} if options.detail is Detail.FULL else set()
    stacked = {device.rpartition(" ")[2] for device in item.devices}
    own = [address for address in item.addresses if address not in stacked]
    lines = [address for address in (own if options.detail > Detail.BOX else own[:1]) if address not in on_edge]
    return [(line, "address") for line in (*lines, *(item.devices if options.detail > Detail.BOX else ()))]


def bus_name(net: Net) -> str:
    """The name left of a bus; what is no bridge inside a host says what it is."""
    inside = net.place is not None and net.place.interface
    return net.name if inside else f"{net.name} {tr('kind.' + net.kind)}"


def bus_name_room(net: Net) -> int:
    """Cells of a bus's name in the language in which it is longest, so that boxes stand alike in all of them."""
    inside = net.place is not None and net.place.interface
    return cell_len(net.name) + (0 if inside else 1 + widest("kind." + net.kind))


def name_width(nets: list[Net]) -> int:
    """Columns of the names left of the buses, with a cell for the selection's mark and a space; 0 without any."""
    named = [bus_name_room(net) for net in nets if net.kind != "lane"]
    return max(named) + 2 if named else 0


def conditions(net: Net, options: Options) -> str:
    """The notes of a net as one text."""
    return " ".join(note_text(note, options.glyphs) for note in net.notes)


def bus_detail(net: Net, options: Options, extra: list[str], room: int) -> str:
    """The text right of a bus: its address when there is room, its conditions always."""
    states = " ".join(filter(None, [conditions(net, options), *extra]))
    both = f"{net.detail} {states}".strip()
    return both if cell_len(both) <= room else states
