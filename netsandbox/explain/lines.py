"""Lines of a page: broken where English and Chinese may be.

A line ends at a space, or beside a Chinese character, but not before what
closes or after what opens, nor within a Latin word, a number or an address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_CLOSING = frozenset("，。、；：！？）】」』》〉％～”’…—,.;:!?)]}")
"""No line begins with these, nor ends with the others, unless there are too many of them for one."""
_OPENING = frozenset("（【「『《〈“‘([{")
_AS_WIDE = frozenset("“”‘’…—")
"""A cell wide; among Chinese they are Chinese, and a line may end beside them as beside a character."""


APART = re.compile(r" (?!(?<=\d )(?:\d{3}\b(?!\.)|m?s\b))")
"""A space between words: not within a time, as in `+71.168 000 s`, which is one."""


def cells(character: str) -> int:
    """Cells that a character takes in a terminal."""
    if character.isascii():
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def units(text: str, size: Callable[[str], int] = cells) -> list[tuple[str, str]]:
    """(space before it, what stays on one line), in order: a line may end between any two."""
    found: list[tuple[str, str]] = []
    for word in APART.split(text):
        first, *others = _pieces(word, size) or [""]
        found += [(" " if found else "", first), *(("", piece) for piece in others)]
    return found


def _pieces(word: str, size: Callable[[str], int]) -> list[str]:
    """Split a word where a line may end in it."""
    if word.isascii():
        return [word]
    pieces: list[str] = []
    before, wide = "", False
    for character in word:
        width = size(character)
        may = wide or width > 1 or character in "“‘"
        apart = may and width and character not in _CLOSING and before not in _OPENING
        if pieces and not apart:
            pieces[-1] += character
        else:
            pieces.append(character)
        if width:
            before, wide = character, width > 1 or (wide and character in _AS_WIDE)
    return pieces


def filled(text: str, width: int, indent: str = "") -> str:
    """A paragraph in lines of at most `width` cells, each behind `indent`."""
    lines, line, used = [], "", len(indent)
    for gap, unit in units(text):
        need = sum(map(cells, unit))
        if line and used + len(gap) + need > width:
            lines.append(line)
            line, used, gap = "", len(indent), ""
        line, used = line + gap + unit, used + len(gap) + need
    return "\n".join(indent + line for line in [*lines, line])
