"""An explanation laid out in lines: five at the most, or all of it.  No Textual."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.session.source import Cause, Why
from netsandbox.tui.text import cell_len, crop, safe, wrap

COMPACT_LINES = 5  # Lines of an explanation until a person asks for the rest


class Piece(NamedTuple):
    """Part of a line; `cause` is the index of the cause that it leads to."""

    text: str
    style: str  # decision, operand, reference, caused or cause
    cause: int | None = None


def why_lines(why: Why, width: int, expanded: bool, glyphs: GlyphSet, height: int = COMPACT_LINES) -> list[list[Piece]]:
    """The lines of an explanation: the decision, what it looked at, and the causes back to the command.

    Args:
        expanded: all of it, else only what has room.
        height: lines of the pane; there are never less than `COMPACT_LINES`.
    """
    if not expanded:
        return _compact(why, width, max(height, COMPACT_LINES), glyphs)
    lines = [[Piece(line, "decision")] for line in wrap(glyphs.plain(safe(why.decision)), width)]
    for operand in why.operands:
        lines += [[Piece(line, "operand")] for line in wrap(glyphs.plain(safe(operand)), width)]
    if why.reference:
        lines += [[Piece(line, "reference")] for line in wrap(glyphs.plain(safe(why.reference)), width)]
    for index, cause in enumerate(why.causes):
        text = f"{glyphs.caused} {glyphs.plain(_label(cause))}"
        lines += [[Piece(line, "cause", index)] for line in wrap(text, width)]
    return lines


def _compact(why: Why, width: int, room: int, glyphs: GlyphSet) -> list[list[Piece]]:
    """The decision first, but at least a line for what it looked at, and one for the causes."""
    dots = glyphs.ellipsis
    causes = [_chain(why.causes, width, glyphs)] if why.causes else []
    room -= len(causes)
    most = room - 1 if why.operands else room
    lines = [[Piece(line, "decision")] for line in wrap(glyphs.plain(safe(why.decision)), width, most, dots)]
    for operand in why.operands:
        left = room - len(lines)
        if left:
            lines += [[Piece(line, "operand")] for line in wrap(glyphs.plain(safe(operand)), width, left, dots)]
    return [*lines, *causes]


def _chain(causes: tuple[Cause, ...], width: int, glyphs: GlyphSet) -> list[Piece]:
    """All causes in one line, those that do not fit left out in the middle: `caused by #10 ← #9 ← ❯ ping a b`."""
    arrow = f" {glyphs.left_arrow} "
    texts = [f"#{cause.seq}" if cause.seq is not None else glyphs.plain(safe(cause.text)) for cause in causes]
    head = tr("why.caused") + " "
    shown = list(range(len(texts)))
    room = width - cell_len(head)
    while len(shown) > 2:
        gap = (len(shown) < len(texts)) * cell_len(arrow + glyphs.ellipsis)
        if sum(cell_len(texts[at]) for at in shown) + cell_len(arrow) * (len(shown) - 1) + gap <= room:
            break
        del shown[len(shown) // 2]
    line = [Piece(head, "caused")]
    used = cell_len(head)
    for place, at in enumerate(shown):
        skipped = place and at != shown[place - 1] + 1
        joint = f"{arrow}{glyphs.ellipsis}{arrow}" if skipped else arrow if place else ""
        room = width - used - cell_len(joint)
        if room < 1:
            break
        text = crop(texts[at], room, glyphs.ellipsis)
        line += [Piece(joint, "caused"), Piece(text, "cause", at)]
        used += cell_len(joint) + cell_len(text)
    return [piece for piece in line if piece.text]


def _label(cause: Cause) -> str:
    return safe(cause.text) if cause.seq is None else f"#{cause.seq}  {safe(cause.text)}"
