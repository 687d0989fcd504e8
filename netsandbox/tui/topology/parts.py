"""What the layout of the topology is made of: rectangles, boxes, lines and blocks, all in cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.topology.model import Item, LinkKey, Place

Cell = tuple[int, int]  # (x, y), from the upper left


def across(x1: int, x2: int, y: int) -> list[Cell]:
    """The cells of a row from column `x1` to column `x2`, both included."""
    step = 1 if x2 >= x1 else -1
    return [(x, y) for x in range(x1, x2 + step, step)]


class Detail(IntEnum):
    """How much of each item is shown; the largest that fits is chosen."""

    COLLAPSED = 0  # Chips in one row a host, the rest of them as `+N`
    CHIP = 1  # One line each
    BOX = 2  # Boxes with their names
    PLAIN = 3  # Names and addresses, without boxes
    ADDRESS = 4  # Boxes with their addresses too
    FULL = 5  # And the names of both ends of each link


class Options(NamedTuple):
    """How to draw: one candidate of the layout."""

    glyphs: GlyphSet
    detail: Detail
    drop: int = 1  # Rows between a box and the first bus below it; without any, there is still one inside of a host
    grouped: bool = False  # Start a new row of boxes for each net
    under: bool = False  # Write the name of a bus below it, not left of it: narrower and one row higher
    gap: int = 1  # Columns between two boxes
    chained: bool = False  # The nets of the whole picture side by side on one line
    tails: bool = False  # Behind the name on a chip the end of its address, of which the rest stands beside the bus


class Region(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    def contains(self, x: int, y: int) -> bool:
        """True when the cell (x, y) lies in the rectangle."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def overlaps(self, other: Region) -> bool:
        """True when the two rectangles share a cell."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def shift(self, x: int, y: int) -> Region:
        """The rectangle moved right by `x` and down by `y`."""
        return Region(self.x + x, self.y + y, self.width, self.height)


class Line(NamedTuple):
    """A stroke between two cells of one row or one column."""

    x1: int
    y1: int
    x2: int
    y2: int
    style: str
    double: bool = False


class Over(NamedTuple):
    """A cell where a vertical line passes over a horizontal one."""

    x: int
    y: int
    style: str
    double: bool


class Label(NamedTuple):
    """A text at a cell."""

    x: int
    y: int
    text: str
    style: str


class WayOut(NamedTuple):
    """Where a link leaves a scope through the frame below it."""

    column: int
    cells: list[Cell]  # The link's own cells in the scope, from its end down; empty when the link starts at the frame
    start: int  # The row of the scope from which its line runs down to the frame
    label: str
    width: int  # Columns kept free of other exits, from `column` on


@dataclass(slots=True)
class Block:
    """A scope laid out, coordinates relative to its upper left cell."""

    width: int = 0
    height: int = 0
    seats: list[Seat] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    overs: list[Over] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    paths: dict[LinkKey, list[Cell]] = field(default_factory=dict)
    exits: dict[LinkKey, WayOut] = field(default_factory=dict)
    regions: list[tuple[Place, Region]] = field(default_factory=list)
    """Of the buses; the first of a place holds its name."""
    wrapped: bool = False  # True when a net, here or in a host, needs more than one line
    rows: int = 0  # Rows of boxes, here and in the hosts
    clipped: bool = False  # True when a bus, here or in a host, had no room for its address


class EdgeLabel(NamedTuple):
    """The name of an interface on a frame's lower edge, right of where its link crosses."""

    column: int
    text: str


@dataclass(slots=True)
class Shape:
    """An item with a size; coordinates are relative to its upper left cell."""

    item: Item
    width: int
    height: int
    columns: list[int]  # Where each of the item's ports leaves its lower edge
    labels: list[str]  # The text beside each port's line, below the box
    lines: list[tuple[str, str]] = field(default_factory=list)  # (text, style) of each line in a box; a chip has one
    block: Block | None = None
    edge: list[EdgeLabel] = field(default_factory=list)
    leads: list[list[Cell]] = field(default_factory=list)
    """For each port of a host, the part of its link that runs inside the frame, above its lower edge."""

    pad: int = 0  # For a host, cells from its left edge to its inside, the edge included
    boxed: bool = True  # Lines are drawn around it
    tail: str = ""  # What stands behind the name on a chip

    @property
    def frame(self) -> bool:
        """True for a host around its inside."""
        return self.item.kind == "host" and self.boxed

    def height_in(self, row: int) -> int:
        """In a row of so many lines: a host around something is as high as its neighbours, one without is not."""
        inner = self.item.inner
        return row if self.frame and inner is not None and (inner.items or inner.nets) else self.height

    @property
    def chip(self) -> bool:
        """True when the item is text alone, without lines around it."""
        return not self.boxed


class Seat(NamedTuple):
    """An item in its place."""

    x: int
    y: int
    shape: Shape
    height: int  # At least the shape's own: frames around something are equally high in a row

    @property
    def region(self) -> Region:
        """The box."""
        return Region(self.x, self.y, self.shape.width, self.height)
