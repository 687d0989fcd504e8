"""Lines of a page: broken where English and Chinese may be.

A line ends at a space between Latin words, or beside a Chinese character, but
not before what closes or after what opens, and not at the space that stands
between Chinese and Latin: both sides of it belong together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from textwrap import fill

_CLOSING = frozenset("，。、；：！？）】」』》”’…—,.;:!?)]}")
"""No line begins with these, nor ends with the others, unless there are too many of them for one."""
_OPENING = frozenset("（【「『《“‘([{")


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
        gap = " " if found else ""
        for piece in _pieces(word, size):
            if gap and found and (_is_wide(found[-1][1][-1:], size) != _is_wide(piece[:1], size)):
                before, left = found.pop()
                found.append((before, f"{left} {piece}"))
            else:
                found.append((gap, piece))
            gap = ""
    return found


def _is_wide(character: str, size: Callable[[str], int]) -> bool:
    return bool(character) and not character.isascii() and (size(character) > 1 or character in "“”‘’…—")


def _pieces(word: str, size: Callable[[str], int]) -> list[str]:
    """Split a word where a line may end in it."""
    if word.isascii():
        return [word]
    pieces: list[str] = []
    before, wide = "", False
    for character in word:
        width = size(character)
        apart = width and (wide or width > 1) and character not in _CLOSING and before not in _OPENING
        if pieces and not apart:
            pieces[-1] += character
        else:
            pieces.append(character)
        before, wide = (character, width > 1) if width else (before, wide)
    return pieces


def filled(text: str, width: int, indent: str = "") -> str:
    """A paragraph in lines of at most `width` cells, each behind `indent`."""
    if text.isascii():
        return fill(text, width, initial_indent=indent, subsequent_indent=indent)
    lines, line, used = [], "", len(indent)
    for gap, unit in units(text):
        need = sum(map(cells, unit))
        if line and used + len(gap) + need > width:
            lines.append(line)
            line, used, gap = "", len(indent), ""
        line, used = line + gap + unit, used + len(gap) + need
    return "\n".join(indent + line for line in [*lines, line])
