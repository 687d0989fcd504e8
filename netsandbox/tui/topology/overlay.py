"""What is laid over the picture for a while: the selection's marks and the frames on their way.

An overlay is a dict of cells, so that two of them can be compared and only the cells that differ painted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netsandbox.explain.verdicts import drop_words
from netsandbox.tui.canvas import CanvasRow
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import language
from netsandbox.tui.session.source import Flight
from netsandbox.tui.text import cells, safe
from netsandbox.tui.topology.draw import Placed
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.parts import Cell, Region

Patch = tuple[str | None, str]
"""A glyph, None to keep the one below, and a style; after a wide glyph comes an empty one."""

Overlay = dict[Cell, Patch]

_WORDS = {"name", "frame-title", "bus-name", "bus-note", "address", "group", "link-down", "link-no-carrier"}
_EDGES = {"box", "frame"}
_KEPT = _WORDS | _EDGES
"""Styles of what a label beside a frame never covers; the name of a link's end it may hide, but whole."""


JOINTS, NOTHING = frozenset("╧╤╪╨╥╫┴┬┼+"), frozenset[str]()
LINKS = JOINTS | frozenset("│|")  # Of links that go up and down, and where they meet a bus
BUSES = LINKS | frozenset("═=")


@dataclass(slots=True)
class Travel:
    """One or more frames of a step that take the same way."""

    path: list[Cell]
    label: str
    dropped: bool
    count: int = 1


def travels(placed: Placed, flights: Sequence[Flight]) -> list[Travel]:
    """The ways of a step's frames; those that share one because a group hides their ends become one."""
    found: dict[tuple[tuple[Cell, ...], str, bool], Travel] = {}
    for flight in flights:
        path = placed.path_along(flight.along or ((flight.node, flight.interface),)) or _at_node(placed, flight)
        why = f" {drop_words(flight.reason, language())}" if flight.reason else ""
        label = safe(flight.label + why)
        if not path:
            continue
        key = (tuple(path), label, flight.dropped)
        if key in found:
            found[key].count += 1
        else:
            found[key] = Travel(path, label, flight.dropped)
    return list(found.values())


def _at_node(placed: Placed, flight: Flight) -> list[Cell]:
    """A frame that never left its node is shown at the node's mark."""
    place = placed.shown(Place(flight.node, flight.interface))
    name = placed.names.get(place) if place is not None else None
    return [(name.x - 1, name.y)] if name is not None else []


def flight_overlay(placed: Placed, ways: Iterable[Travel], progress: float, glyphs: GlyphSet) -> Overlay:
    """The frames when they have gone `progress` (0 to 1) of their ways."""
    overlay: Overlay = {}
    heads: list[tuple[int, Travel]] = []
    for travel in ways:
        at = min(int(progress * len(travel.path)), len(travel.path) - 1)
        ended = travel.dropped and progress >= 1
        glyph = glyphs.dropped if ended else _arrow(travel.path, at, glyphs)
        overlay[travel.path[at]] = (glyph, "dropped" if travel.dropped else "frame-mark")
        heads.append((at, travel))
    for at, travel in heads:
        text = f"{travel.label}{glyphs.times}{travel.count}" if travel.count > 1 else travel.label
        style = "dropped" if travel.dropped else "frame-label"
        _write_near(placed, overlay, (travel.path[at], *_beyond(travel.path, at)), text, style)
    return overlay


def _write_near(placed: Placed, overlay: Overlay, places: Iterable[Cell], text: str, style: str) -> None:
    """Write a label beside the first place with room; buses and others' links are covered only where there is none."""
    for kept in (BUSES, LINKS, JOINTS, NOTHING):
        for x, y in places:
            if _write_beside(placed, overlay, x, y, text, style, kept):
                return


def _arrow(path: list[Cell], at: int, glyphs: GlyphSet) -> str:
    """The way that a frame is going at a cell of its path."""
    if len(path) == 1:
        return glyphs.mark
    one, two = (path[at], path[at + 1]) if at + 1 < len(path) else (path[at - 1], path[at])
    if one[0] == two[0]:
        return glyphs.down if two[1] > one[1] else glyphs.up
    return glyphs.right if two[0] > one[0] else glyphs.left


def _beyond(path: list[Cell], at: int) -> list[Cell]:
    """Where a label goes that has no room beside its frame: along the way, above or below."""
    y = path[at][1]
    return sorted((cell for cell in path if 0 < abs(cell[1] - y) <= 2), key=lambda cell: abs(cell[1] - y))


def _write_beside(
    placed: Placed, overlay: Overlay, x: int, y: int, text: str, style: str, kept: frozenset[str]
) -> bool:
    """Write a label right of a cell, or left of it, where it covers no text, box, other frame or glyph that is kept;
    False for nowhere."""
    glyphs = cells(text)
    for start in (x + 1, x - len(glyphs)):
        span = [(start + offset, y) for offset in range(len(glyphs))]
        if all(_is_free(placed, overlay, cell, kept) for cell in span):
            overlay.update(zip(span, ((glyph, style) for glyph in glyphs), strict=True))
            _hide_rest(placed, overlay, span[-1][0] + 1, y, 1)
            _hide_rest(placed, overlay, span[0][0] - 1, y, -1)
            return True
    return False


def _hide_rest(placed: Placed, overlay: Overlay, x: int, y: int, step: int) -> None:
    """Blank what is left of an end's name that a label covers in part."""
    while 0 <= x < placed.width and placed.rows[y].styles[x] == "end" and (x, y) not in overlay:
        overlay[x, y] = (" ", "")
        x += step


def _is_free(placed: Placed, overlay: Overlay, cell: Cell, kept: frozenset[str]) -> bool:
    x, y = cell
    is_kept = (not 0 <= x < placed.width or placed.rows[y].styles[x] in _KEPT or placed.rows[y].glyphs[x] in kept
               or _is_in_edge(placed, x, y))
    return not is_kept and cell not in overlay


def _is_in_edge(placed: Placed, x: int, y: int) -> bool:
    """Whether a cell is of an end's name that stands in the edge of a box, which its rest would leave open."""
    styles = placed.rows[y].styles
    if styles[x] != "end":
        return False
    left, right = (next((styles[at] for at in way if styles[at] != "end"), "")
                   for way in (range(x, -1, -1), range(x, placed.width)))
    return left in _EDGES or right in _EDGES


def selection_overlay(placed: Placed, selected: Place | None, pinned: Place | None, glyphs: GlyphSet) -> Overlay:
    """The marks of the selected place, a heavy frame around it if it has one, and of the pinned place."""
    overlay: Overlay = {}
    for place, mark, style in ((pinned, glyphs.pinned, "pinned"), (selected, glyphs.selected, "selected")):
        shown = placed.shown(place) if place is not None else None
        if shown is None or shown not in placed.names:
            continue
        name, region = placed.names[shown], placed.regions[shown]
        if region.height > 1:
            for x, y in _edge(region):
                glyph = glyphs.heavy(placed.rows[y].glyphs[x]) if style == "selected" else None
                if placed.rows[y].styles[x] not in _WORDS:
                    overlay[x, y] = (glyph, style)
        for x in range(name.x, name.x + name.width):
            overlay[x, name.y] = (None, style + "-name")
        overlay[name.x - 1, name.y] = (mark, style)
    return overlay


def _edge(region: Region) -> Iterable[Cell]:
    """The cells of a rectangle's edge."""
    right, bottom = region.x + region.width - 1, region.y + region.height - 1
    for x in range(region.x, right + 1):
        yield x, region.y
        yield x, bottom
    for y in range(region.y + 1, bottom):
        yield region.x, y
        yield right, y


def overlaid(row: CanvasRow, over: Mapping[int, Patch]) -> CanvasRow:
    """A row with an overlay's cells in it; a wide character that is half covered gives up its other half."""
    glyphs, styles = list(row.glyphs), list(row.styles)
    for x, (glyph, style) in over.items():
        styles[x] = style
        if glyph is not None:
            glyphs[x] = glyph
    for x in {near for touched in over for near in (touched - 1, touched, touched + 1) if 0 <= near < len(glyphs)}:
        orphan = glyphs[x] == "" and not (x and _is_wide(glyphs[x - 1]))
        if orphan or (_is_wide(glyphs[x]) and (x + 1 == len(glyphs) or glyphs[x + 1] != "")):
            glyphs[x] = " "
    return CanvasRow(glyphs, styles)


def _is_wide(glyph: str) -> bool:
    return not glyph.isascii() and len(cells(glyph)) == 2


def changed(before: Overlay, after: Overlay) -> list[Region]:
    """The cells in which two overlays differ, neighbours of one row as one region; the halves of wide ones too."""
    rows: dict[int, list[int]] = {}
    for cell in before.keys() | after.keys():
        if before.get(cell) != after.get(cell):
            rows.setdefault(cell[1], []).append(cell[0])
    regions: list[Region] = []
    for y, columns in rows.items():
        columns.sort()
        start = end = columns[0]
        for x in [*columns[1:], columns[-1] + 9]:
            if x > end + 2:
                regions.append(Region(start - 1, y, end - start + 3, 1))
                start = x
            end = x
    return regions
