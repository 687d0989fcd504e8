"""Text that a person or a packet supplied, made safe to paint, and measured in cells.

A container may be called `web\\x1b[2J`, a payload may hold right-to-left overrides, and a log line may be a thousand
combining marks.  `safe` is the one gate that all of them pass: what comes out has no character that moves the cursor,
reorders its neighbours or changes their width, so that `cell_len(safe(text))` is what a terminal will use.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import get_character_cell_size

from netsandbox.explain.lines import units

REPLACEMENT = "\ufffd"  # Stands for a character that cannot be shown harmlessly

MAX_MARKS = 2  # Combining marks kept on one base character: enough for Vietnamese, too few to climb over the line above

_MARK_CARRIER = "\u25cc"  # The dotted circle that a mark without a base is put on, as Unicode charts do

_REGIONAL_INDICATOR_A = 0x1F1E6
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_VARIATION_SELECTORS = frozenset([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


_harmless = set[str]()
"""Characters that were painted as they are, each in cells of its own; what is made of them alone is safe."""


@lru_cache(maxsize=4096)
def _safe_character(character: str) -> str:
    """One character as it may be painted: itself, a stand-in of one cell, or nothing."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if code in _VARIATION_SELECTORS:
        return ""
    if 0 <= code - _REGIONAL_INDICATOR_A < 26:
        return chr(ord("A") + code - _REGIONAL_INDICATOR_A)
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category[0] == "C" or category in ("Zl", "Zp", "Me") or code in _SKIN_TONES:
        return REPLACEMENT
    return character


def safe(text: str) -> str:
    """Return `text` with every harmful character replaced; idempotent, and always `str.isprintable`.

    Control characters become their pictures (`␛`), format, bidirectional, private-use and unassigned ones `\ufffd`;
    runs of combining marks are cut after `MAX_MARKS`.  Markup brackets stay: nothing in tui/ parses markup.
    """
    if (text.isascii() and text.isprintable()) or _harmless.issuperset(text):
        return text
    painted: list[str] = []
    marks = 0
    for original in text:
        character = _safe_character(original)
        if not character:
            continue
        if get_character_cell_size(character):
            marks = 0
            if character == original:
                _harmless.add(character)
        else:
            marks += 1
            if marks > MAX_MARKS:
                continue
            if not painted:
                painted.append(_MARK_CARRIER)
        painted.append(character)
    return "".join(painted)


def cell_len(text: str) -> int:
    """Cells that a safe text takes: CJK and emoji two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(get_character_cell_size, text))


def cells(text: str) -> list[str]:
    """Split a safe text into its cells: a wide character is itself and then an empty cell."""
    if text.isascii():
        return list(text)
    result: list[str] = []
    for character in text:
        width = get_character_cell_size(character)
        if width:
            result.append(character)
            result.extend([""] * (width - 1))
        elif result:
            at = len(result) - 1
            while at and not result[at]:
                at -= 1
            result[at] += character
    return result


def crop(text: str, width: int, ellipsis: str = "…") -> str:
    """Cut a safe text to at most `width` cells, its end marked by `ellipsis`."""
    if cell_len(text) <= width:
        return text
    room = width - cell_len(ellipsis)
    if room < 0:
        return "." * max(width, 0)
    kept: list[str] = []
    for character in text:
        room -= get_character_cell_size(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + ellipsis


def window(text: str, left: int, width: int, ellipsis: str = "…") -> str:
    """What is seen of a safe text through an opening `width` cells wide, `left` cells from its start; what is cut off
    is marked on its side."""
    shown = [cell or " " if at == 0 else cell for at, cell in enumerate(cells(text)[left:])]
    if left and shown:
        mark = cell_len(ellipsis)
        shown = [ellipsis, *(cell or " " for cell in shown[mark : mark + 1]), *shown[mark + 1 :]]
    return crop("".join(shown), width, ellipsis)


def fit(text: str, width: int, align: str = "left", ellipsis: str = "…") -> str:
    """Make a safe text exactly `width` cells wide: padded (`left`, `right`, `center`) or cut."""
    text = crop(text, width, ellipsis)
    room = width - cell_len(text)
    if room <= 0:
        return text
    if align == "right":
        return " " * room + text
    if align == "center":
        return " " * (room // 2) + text + " " * (room - room // 2)
    return text + " " * room


def breaks(text: str, width: int) -> list[int]:
    """Where a safe text goes on in the next line of `width` cells, where both languages may (`explain/lines.py`).

    What does not fit into a line is broken between its characters.
    """
    found: list[int] = []
    at = used = 0
    for gap, unit in units(text, get_character_cell_size):
        at, used, need = at + len(gap), used + len(gap), cell_len(unit)
        if 0 < need <= width < used + need:
            if text[found[-1] if found else 0:at].strip(" "):  # blanks alone are none of a line
                found.append(at)
            used = 0
        for character in unit if need > width else ():
            size = get_character_cell_size(character)
            if used + size > width:
                found.append(at)
                used = 0
            at, used = at + 1, used + size
        if need <= width:
            at, used = at + len(unit), used + need
    return found


def wrap(text: str, width: int, limit: int | None = None, ellipsis: str = "…") -> list[str]:
    """Break a safe text into lines of at most `width` cells; with `limit`, the last line kept ends in an ellipsis."""
    width = max(width, 2)
    starts = breaks(text, width)
    lines = [text[start:end].strip(" ") for start, end in zip([0, *starts], [*starts, None], strict=True)]
    if limit is not None and len(lines) > limit:
        lines = [*lines[: limit - 1], crop(lines[limit - 1] + ellipsis, width, ellipsis)] if limit else []
    return lines
