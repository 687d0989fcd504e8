"""A grid of terminal cells to draw lines and text on; lines that meet are joined.

Each cell keeps the edges that lines reach as one byte (`netsandbox.tui.glyphs`), so drawing is a bitwise or and the
joint comes out right whatever the order. Text lies over lines; a wide character takes two cells, the second one empty.
"""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from netsandbox.tui.glyphs import DOUBLE, EAST, NORTH, SOUTH, WEST, GlyphSet
from netsandbox.tui.text import cells


class Run(NamedTuple):
    """Neighbouring cells of one style."""

    text: str
    style: str


class CanvasRow(NamedTuple):
    """One finished row: a glyph and a style for each cell."""

    glyphs: list[str]
    styles: list[str]

    @property
    def text(self) -> str:
        """The row as one string; shorter than the canvas by one for each wide character."""
        return "".join(self.glyphs)

    def runs(self) -> list[Run]:
        """The row in runs of one style."""
        result: list[Run] = []
        at = 0
        for style, group in groupby(self.styles):
            end = at + sum(1 for _ in group)
            result.append(Run("".join(self.glyphs[at:end]), style))
            at = end
        return result


class Canvas:
    """A grid of `width` by `height` cells; what is drawn outside it is left out."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._edges = [bytearray(width) for _ in range(height)]
        self._styles = [[""] * width for _ in range(height)]
        self._texts: list[dict[int, str]] = [{} for _ in range(height)]

    def horizontal(self, x1: int, x2: int, y: int, style: str, double: bool = False) -> None:
        """Draw a line from the middle of cell `x1` to the middle of cell `x2`."""
        if not 0 <= y < self.height:
            return
        if x1 > x2:
            x1, x2 = x2, x1
        edges, shift = self._edges[y], DOUBLE if double else 0
        east, west = EAST << shift, WEST << shift
        for x in range(max(x1, 0), min(x2, self.width)):
            edges[x] |= east
        for x in range(max(x1 + 1, 0), min(x2 + 1, self.width)):
            edges[x] |= west
        start, stop = max(x1, 0), min(x2 + 1, self.width)
        self._styles[y][start:stop] = [style] * max(stop - start, 0)

    def vertical(self, x: int, y1: int, y2: int, style: str, double: bool = False) -> None:
        """Draw a line from the middle of cell `y1` to the middle of cell `y2`."""
        if not 0 <= x < self.width:
            return
        if y1 > y2:
            y1, y2 = y2, y1
        shift = DOUBLE if double else 0
        for y in range(max(y1, 0), min(y2 + 1, self.height)):
            if y > y1:
                self._edges[y][x] |= NORTH << shift
            if y < y2:
                self._edges[y][x] |= SOUTH << shift
            self._styles[y][x] = style

    def box(self, x: int, y: int, width: int, height: int, style: str) -> None:
        """Draw a rectangle of light lines, `width` by `height` cells."""
        right, bottom = x + width - 1, y + height - 1
        self.horizontal(x, right, y, style)
        self.horizontal(x, right, bottom, style)
        self.vertical(x, y, bottom, style)
        self.vertical(right, y, bottom, style)

    def text(self, x: int, y: int, text: str, style: str) -> None:
        """Write a safe text over whatever lines are there."""
        if not 0 <= y < self.height:
            return
        texts, styles = self._texts[y], self._styles[y]
        for offset, glyph in enumerate(cells(text), x):
            if 0 <= offset < self.width:
                texts[offset] = glyph
                styles[offset] = style

    def over(self, x: int, y: int, style: str, double: bool = False) -> None:
        """Let a vertical line pass over the horizontal one in this cell, not joined to it."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._edges[y][x] = (NORTH | SOUTH) << (DOUBLE if double else 0)
            self._styles[y][x] = style

    def row(self, y: int, glyphs: GlyphSet) -> CanvasRow:
        """Row `y` in the glyphs of a set."""
        row = [glyphs.lines[edges] for edges in self._edges[y]]
        for x, glyph in self._texts[y].items():
            row[x] = glyph
        _mend_wide(row, self._texts[y])
        return CanvasRow(row, self._styles[y])

    def rows(self, glyphs: GlyphSet) -> list[CanvasRow]:
        """All rows, top first."""
        return [self.row(y, glyphs) for y in range(self.height)]


def _mend_wide(row: list[str], texts: dict[int, str]) -> None:
    """Blank the half of a wide character whose other half was written over or fell off the edge."""
    for x, glyph in texts.items():
        if glyph.isascii() and glyph:
            continue
        if glyph == "":
            if x == 0 or len(cells(row[x - 1])) != 2:
                row[x] = " "
        elif len(cells(glyph)) == 2 and (x + 1 >= len(row) or row[x + 1] != ""):
            row[x] = " "
