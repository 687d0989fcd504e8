"""Paint a finished block on a canvas and say where everything is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from netsandbox.tui.canvas import Canvas, CanvasRow
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.text import cell_len
from netsandbox.tui.topology.model import PROXY, End, LinkKey, Place, Scope
from netsandbox.tui.topology.parts import Block, Cell, Detail, Region, Seat, across

_BOX_STYLES = {"container": "box", "host": "frame", "group": "group", "unknown": "box", PROXY: "box"}


@dataclass(slots=True)
class Placed:
    """The picture: its rows, where each thing is, and the cells of each link."""

    width: int
    height: int
    detail: Detail
    used: int  # Rows down to the lowest that something is drawn on
    rows: list[CanvasRow] = field(default_factory=list)
    regions: dict[Place, Region] = field(default_factory=dict)
    """Of everything that is drawn; a group of collapsed items has a place of its own."""
    members: dict[Place, tuple[Place, ...]] = field(default_factory=dict)  # The places that each group stands for
    names: dict[Place, Region] = field(default_factory=dict)
    """The cells of each name, for the selection; the cell left of it is kept for the mark."""
    paths: dict[LinkKey, list[Cell]] = field(default_factory=dict)
    """The cells of each link from its `a` to its `b`, each beside the one before it."""
    ends: dict[End, tuple[LinkKey, bool]] = field(default_factory=dict)
    """The link at an interface, and True when the interface is its `b`."""
    areas: list[tuple[Place, Region]] = field(default_factory=list)
    """Every rectangle that a click can hit, the later lines of a bus too."""
    groups: dict[Place, Place] = field(default_factory=dict)  # Collapsed place -> the group that it is in

    def at(self, x: int, y: int) -> Place | None:
        """The place under a cell: of several, the smallest."""
        hits = [(region.width * region.height, place) for place, region in self.areas if region.contains(x, y)]
        return min(hits)[1] if hits else None

    def where(self, place: Place) -> Region | None:
        """Where a place is shown: itself, or the group it is in, or for an interface its node."""
        shown = self.shown(place)
        return self.regions[shown] if shown is not None else None

    def shown(self, place: Place) -> Place | None:
        """The place that stands for `place` in the picture; None for one that the lab does not have."""
        for candidate in (place, Place(place.node)):
            candidate = self.groups.get(candidate, candidate)
            if candidate in self.regions:
                return candidate
        return None

    def path_from(self, end: End) -> list[Cell]:
        """The cells of the link at an interface, from that interface on; empty when it has none."""
        if end not in self.ends:
            return []
        link, reverse = self.ends[end]
        return self.paths[link][::-1] if reverse else self.paths[link]

    def path_along(self, ends: Sequence[End]) -> list[Cell]:
        """The cells of several links, each from an interface on, with what lies between them in a row."""
        path: list[Cell] = []
        for end in ends:
            part = self.path_from(end)
            if path and part and path[-1][1] == part[0][1]:
                path += across(path[-1][0], part[0][0], part[0][1])[1:-1]
            path += part
        return path


def draw(
    scope: Scope, block: Block, width: int, height: int, detail: Detail, glyphs: GlyphSet, at_top: bool = False
) -> Placed:
    """Paint the block of the whole picture in the middle of at least `width` by `height` cells."""
    placed = Placed(max(width, block.width), max(height, block.height), detail, block.height)
    canvas = Canvas(placed.width, placed.height)
    down = 0 if at_top else (placed.height - block.height) // 2
    _paint(canvas, block, (placed.width - block.width) // 2, down, placed)
    placed.rows = canvas.rows(glyphs)
    _find_links(scope, placed)
    return placed


def _paint(canvas: Canvas, block: Block, x: int, y: int, placed: Placed) -> None:
    """Paint a block whose upper left cell is (x, y)."""
    for seat in block.seats:
        _paint_seat(canvas, seat, x + seat.x, y + seat.y, placed)
    for line in sorted(block.lines, key=lambda line: line.double):
        if line.x1 == line.x2 and line.y1 != line.y2:
            canvas.vertical(x + line.x1, y + line.y1, y + line.y2, line.style, line.double)
        elif line.y1 == line.y2:
            canvas.horizontal(x + line.x1, x + line.x2, y + line.y1, line.style, line.double)
    for over in block.overs:
        canvas.over(x + over.x, y + over.y, over.style, over.double)
    for label in block.labels:
        canvas.text(x + label.x, y + label.y, label.text, label.style)
        if label.style == "bus-name":
            for place, region in block.regions:
                if region.contains(label.x - 1, label.y) and place not in placed.names:
                    placed.names[place] = Region(x + label.x, y + label.y, cell_len(label.text), 1)
    for place, region in block.regions:
        region = region.shift(x, y)
        placed.regions.setdefault(place, region)
        placed.areas.append((place, region))
    for link, path in block.paths.items():
        placed.paths[link] = [(px + x, py + y) for px, py in path]


def _paint_seat(canvas: Canvas, seat: Seat, x: int, y: int, placed: Placed) -> None:
    """Paint one box, chip or frame, and what is in it."""
    shape = seat.shape
    place, kind = shape.item.place, shape.item.kind
    region = Region(x, y, shape.width, seat.height)
    placed.regions[place] = region
    placed.areas.append((place, region))
    if shape.item.members:
        placed.members[place] = shape.item.members
        placed.groups.update(dict.fromkeys(shape.item.members, place))
    style = _BOX_STYLES[kind]
    if shape.chip:
        _paint_text(canvas, seat, x, y, placed)
        return
    canvas.box(x, y, shape.width, seat.height, style)
    if shape.frame:
        _paint_frame(canvas, seat, x, y, placed)
    else:
        placed.names[place] = Region(x + 2, y + 1, cell_len(shape.item.name), 1)
    for row, (text, text_style) in enumerate(shape.lines, 1):
        canvas.text(x + 2, y + row, text, text_style)
    for label in shape.edge:
        canvas.text(x + label.column + 1, y + seat.height - 1, label.text, "end")


def _paint_text(canvas: Canvas, seat: Seat, x: int, y: int, placed: Placed) -> None:
    """Paint an item that is text alone."""
    shape = seat.shape
    for row, (text, style) in enumerate(shape.lines):
        canvas.text(x + 1, y + row, text, "group" if shape.item.kind == "group" else style)
    width = cell_len(shape.lines[0][0])
    if shape.tail:
        canvas.text(x + 2 + width, y, shape.tail, "address")
    placed.names[shape.item.place] = Region(x + 1, y, width, 1)


def _paint_frame(canvas: Canvas, seat: Seat, x: int, y: int, placed: Placed) -> None:
    """Paint a host's title, its inside, and the links that leave through its lower edge."""
    shape = seat.shape
    canvas.text(x + 2, y, f" {shape.item.name} ", "frame-title")
    placed.names[shape.item.place] = Region(x + 3, y, cell_len(shape.item.name), 1)
    if shape.block is None:
        return
    pad = shape.pad
    for link, way_out in shape.block.exits.items():
        canvas.vertical(x + pad + way_out.column, y + 1 + way_out.start, y + seat.height - 1, "link")
        inside = [(x + pad + column, y + 1 + row) for column, row in way_out.cells]
        placed.paths[link] = [*inside, (x + pad + way_out.column, y + seat.height - 1)]  # of one that ends there
    _paint(canvas, shape.block, x + pad, y + 1, placed)


def _find_links(scope: Scope, placed: Placed) -> None:
    """Index all links by their ends; one that is hidden in a group gets the cell of the group as its path."""
    for link in dict.fromkeys((*_links(scope), *placed.paths)):
        if link not in placed.paths:
            region = next(filter(None, (placed.where(Place(*end)) for end in link)), Region(0, 0, 1, 1))
            placed.paths[link] = [(region.x, region.y)]
        for reverse, end in enumerate(link):
            placed.ends[end] = (link, bool(reverse))


def _links(scope: Scope) -> Iterator[LinkKey]:
    """All links of a scope and of those in it, but for docker-proxies', which may not be drawn; some more than once."""
    for item in scope.items:
        if item.kind == PROXY:
            continue
        for port in (*item.ports, *item.uplinks):
            yield from (wire.link for wire in port.wires)
        if item.inner is not None:
            yield from _links(item.inner)
    for net in scope.nets:
        yield from (wire.link for port in net.exits for wire in port.wires)
        yield from (join.wire.link for join in net.joins)
