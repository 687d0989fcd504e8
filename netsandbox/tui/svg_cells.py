"""Rich's picture of a screen, cell by cell: words where their cells are, and boxes as lines that meet in any font.

Rich writes a line of the screen as a few long texts, so that it depends on the font, and on what reads the picture,
where in them a character stands, and whether box drawing touches what is above and beside it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from netsandbox.tui.glyphs import DOUBLE, EAST, NORTH, SOUTH, UNICODE, WEST
from netsandbox.tui.text import cells

_TEXT = re.compile(r'<text ([^>]*?)x="([0-9.]+)" y="([0-9.]+)" textLength="([0-9.]+)"([^>]*)>([^<]*)</text>')
_CLASS = re.compile(r'class="([^"]*)"')
LINE, ABOVE = 24.4, 18.5  # Pixels of a line of the screen in Rich's pictures, and of it above the feet of the letters
THIN, THICK, APART = 1.5, 3.0, 2.5  # Of a stroke, of a heavy one, and half of what is between the two of a double one
SEAM = 0.4
"""By this a bar's cell reaches into the next: between two edges that only meet the background would shine through."""

_EDGES = {glyph: value for value, glyph in sorted(enumerate(UNICODE.lines), key=lambda line: line[0].bit_count())
          if glyph != " "}
"""Of a glyph that stands for several, such as `═`, the one that reaches the most edges."""
_HEAVY = {UNICODE.heavy(glyph): value for glyph, value in _EDGES.items() if UNICODE.heavy(glyph) != glyph}
_ROUND = {"╭": EAST | SOUTH, "╮": WEST | SOUTH, "╰": EAST | NORTH, "╯": WEST | NORTH}
_BARS = {glyph: eighths for eighths, glyph in enumerate(UNICODE.bar, 1)}


def drawn(svg: str) -> str:
    """The picture with every word and every line in its own cells."""
    return _TEXT.sub(lambda found: "".join(_cells(*found.groups())), svg)


def _cells(before: str, x: str, y: str, length: str, behind: str, text: str) -> Iterator[str]:
    """The parts of one text."""
    row = cells(html.unescape(text).replace("\u00a0", " "))
    width = float(length) / max(len(html.unescape(text)), 1)
    styled = _CLASS.search(before + behind)
    style = f'class="{styled[1]}" ' if styled else ""
    word, start = "", 0
    for at, glyph in enumerate([*row, " "]):
        is_line = glyph in _EDGES or glyph in _HEAVY or glyph in _ROUND or glyph in _BARS
        if word and (glyph == " " or is_line):
            span = f'x="{float(x) + start * width:.6g}" y="{y}" textLength="{(at - start) * width:.6g}"'
            yield f"<text {before}{span}{behind}>{html.escape(word, quote=False)}</text>"
            word = ""
        if is_line:
            left, top = float(x) + at * width, float(y) - ABOVE
            yield from (f'<rect {style}x="{a:.6g}" y="{b:.6g}" width="{c:.6g}" height="{d:.6g}"/>'
                        for a, b, c, d in _strokes(glyph, left, top, width))
        elif glyph != " ":
            start = at if not word else start
            word += glyph


def _strokes(glyph: str, x: float, y: float, width: float) -> Iterator[tuple[float, float, float, float]]:
    """(left, top, width, height) of each bar that a line's glyph is made of."""
    if glyph in _BARS:
        high = LINE * _BARS[glyph] / 8
        yield x, y + LINE - high, width + SEAM, high
        return
    edges = _EDGES.get(glyph, _ROUND.get(glyph, _HEAVY.get(glyph, 0)))
    thick = THICK if glyph in _HEAVY else THIN
    doubles = edges >> DOUBLE
    middle, centre = x + width / 2, y + LINE / 2
    for shift in (-APART, APART) if doubles & (EAST | WEST) else (0.0,):
        left = x if (edges | doubles) & WEST else middle - thick / 2
        right = x + width if (edges | doubles) & EAST else middle + thick / 2
        if (edges | doubles) & (EAST | WEST):
            yield left, centre + shift - thick / 2, right - left, thick
    for shift in (-APART, APART) if doubles & (NORTH | SOUTH) else (0.0,):
        top = y if (edges | doubles) & NORTH else centre - thick / 2
        bottom = y + LINE if (edges | doubles) & SOUTH else centre + thick / 2
        if (edges | doubles) & (NORTH | SOUTH):
            yield middle + shift - thick / 2, top, thick, bottom - top
