"""The timeline as text: where a step stands in the bar, and which step a cell is.  No Textual."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.session.source import Mark
from netsandbox.tui.text import cell_len

_PRIORITY = {"flood": 0, "command": 1, "drop": 2}  # Of several marks in one cell, the highest is shown


def cell_of(step: int, last: int, width: int) -> int:
    """The cell of a step in a bar of `width` cells; the first step is in the first, the last in the last."""
    if last <= 0 or width <= 1:
        return 0
    return min(max(step, 0), last) * (width - 1) // last


def step_at(x: int, last: int, width: int) -> int:
    """The first step of a cell."""
    if last <= 0 or width <= 1:
        return 0
    return min(-(-min(max(x, 0), width - 1) * last // (width - 1)), last)


def mark_glyph(kind: str, glyphs: GlyphSet) -> str:
    """The glyph of a kind of mark."""
    return {"command": "c", "drop": glyphs.dropped, "flood": glyphs.flood}.get(kind, glyphs.mark)


def bar_runs(marks: Sequence[Mark], step: int, last: int, width: int, glyphs: GlyphSet) -> list[Run]:
    """The bar: the past, the place where the lab is, the future that can be gone to again, and the marks."""
    if width < 1:
        return []
    here = cell_of(step, last, width)
    line, future = ("=", "-") if glyphs.ascii else ("━", "─")
    cells = [(line, "past") if x < here else (future, "future") for x in range(width)]
    for mark in sorted(marks, key=lambda mark: _PRIORITY.get(mark.kind, -1)):
        cells[cell_of(mark.step, last, width)] = (mark_glyph(mark.kind, glyphs), mark.kind)
    cells[here] = (glyphs.playhead, "here")
    return [Run("".join(glyph for glyph, _ in run), style) for style, run in groupby(cells, key=lambda cell: cell[1])]


def legend(glyphs: GlyphSet, width: int) -> str:
    """What the marks mean, when there is room for it beside the bar."""
    kinds = ("command", "drop", "flood")
    text = "  ".join(f"{mark_glyph(kind, glyphs)} {tr('timeline.' + kind)}" for kind in kinds)
    return f"  {text} " if cell_len(text) + 41 <= width else ""
