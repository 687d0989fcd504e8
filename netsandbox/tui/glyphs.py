"""The glyphs of the picture and the panes: box drawing, or ASCII for terminals and fonts without it.

A cell's lines are one byte: the low four bits say which of its edges a light
line reaches, the high four which a double one reaches.
"""

from __future__ import annotations

from typing import NamedTuple

NORTH, EAST, SOUTH, WEST = 1, 2, 4, 8
"""Edges of a cell that a light line reaches; shifted left by `DOUBLE` for a double line."""

DOUBLE = 4  # Bits between the light edges and the double ones

_LIGHT = " ╵╶└╷│┌├╴┘─┴┐┤┬┼"
_DOUBLE_HORIZONTAL = " ╵═╘╷│╒╞═╛═╧╕╡╤╪"
_DOUBLE_VERTICAL = " ║╶╙║║╓╟╴╜─╨╖╢╥╫"
_DOUBLE_BOTH = " ║═╚║║╔╠═╝═╩╗╣╦╬"
_HEAVY = str.maketrans("│─┌┐└┘├┤┬┴┼", "┃━┏┓┗┛┣┫┳┻╋")

_TO_ASCII = str.maketrans({"→": "->", "←": "<-", "⟵": "<-", "…": "...", "×": "x", "·": "-", "–": "-", "—": "-",
                           "❯": ">"})


def _line_table(light: str, horizontal: str, vertical: str, both: str) -> tuple[str, ...]:
    """The glyph of each of the 256 bytes; an axis that is double on one side is drawn double on both."""
    table: list[str] = []
    for value in range(256):
        doubles = value >> DOUBLE
        edges = (value | doubles) & 15
        across, along = doubles & (EAST | WEST), doubles & (NORTH | SOUTH)
        source = (both if along else horizontal) if across else (vertical if along else light)
        table.append(source[edges])
    return tuple(table)


def _ascii_table() -> tuple[str, ...]:
    """ASCII lines: `-` `|` light, `=` `#` double, `+` wherever two axes meet."""
    table: list[str] = []
    for value in range(256):
        doubles = value >> DOUBLE
        edges = (value | doubles) & 15
        across, along = edges & (EAST | WEST), edges & (NORTH | SOUTH)
        if across and along:
            table.append("+")
        elif across:
            table.append("=" if doubles & (EAST | WEST) else "-")
        elif along:
            table.append("#" if doubles & (NORTH | SOUTH) else "|")
        else:
            table.append(" ")
    return tuple(table)


class GlyphSet(NamedTuple):
    """One set of glyphs; every field but `lines` and `bar` is one cell wide."""

    ascii: bool
    lines: tuple[str, ...]  # The glyph of each byte of edges
    selected: str = "▶"
    pinned: str = "◆"
    up: str = "▲"
    down: str = "▼"
    left: str = "◀"
    right: str = "▶"
    dropped: str = "✗"
    link_down: str = "╳"
    no_carrier: str = "┊"
    blocked: str = "∅"
    host_net: str = "⌂"
    shared: str = "↳"
    no_net: str = "∅"
    exited: str = "◌"
    arrow: str = "→"
    into: str = "⇐"
    out: str = "⇒"
    caused: str = "⟵"
    left_arrow: str = "←"
    mark: str = "●"
    frame: str = "▪"
    flood: str = "≡"
    playhead: str = "┃"
    play: str = "▶"
    pause: str = "‖"
    prompt: str = "❯"
    ellipsis: str = "…"
    times: str = "×"
    separator: str = "·"
    changed: str = "✱"
    folded: str = "▸"
    unfolded: str = "▾"
    bar: str = "▁▂▃▄▅▆▇█"  # Eighths of a cell, for countdowns

    def plain(self, text: str) -> str:
        """A text without the arrows and dots that ASCII does not have; names in other scripts stay as they are."""
        return text.translate(_TO_ASCII) if self.ascii else text

    def heavy(self, glyph: str) -> str:
        """The heavy form of a light line's glyph, for the frame of what is selected."""
        return glyph if self.ascii else glyph.translate(_HEAVY)


UNICODE = GlyphSet(False, _line_table(_LIGHT, _DOUBLE_HORIZONTAL, _DOUBLE_VERTICAL, _DOUBLE_BOTH))

ASCII = GlyphSet(
    True,
    _ascii_table(),
    selected=">",
    pinned="*",
    up="^",
    down="v",
    left="<",
    right=">",
    dropped="X",
    link_down="x",
    no_carrier=":",
    blocked="0",
    host_net="@",
    shared="&",
    no_net="0",
    exited="~",
    arrow=">",
    into="<",
    out=">",
    caused="<",
    left_arrow="<",
    mark="*",
    frame=".",
    flood="w",
    playhead="|",
    play=">",
    pause="=",
    prompt=">",
    ellipsis="~",
    times="x",
    separator="-",
    changed="!",
    folded="+",
    unfolded="-",
    bar="....####",
)
