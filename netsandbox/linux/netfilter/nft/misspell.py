"""Which name nft takes to have been meant by one that there is not (nftables' src/misspell.c)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def most_alike(name: str, known: Iterable[tuple[str, T]]) -> T | None:
    """What is named most alike, if any name is alike enough; of those that are as much so the first."""
    best, found = None, None
    for other, thing in known:
        longer, shorter = max(len(other), len(name)), min(len(other), len(name))
        most = -(-longer // 3) if longer - shorter <= 1 else -(-(longer + 2) // 3)
        apart = _distance(other, name)
        if longer > 1 and apart <= most and (best is None or apart < best):
            best, found = apart, thing
    return found


def _distance(one: str, other: str) -> int:
    """string_distance: edits and swaps, from the second letter to what ends a name; its rows overlap by a cell."""
    width = len(other)
    cells = [0] * ((len(one) + 1) * (width + 1))
    for row in range(len(one) + 1):
        cells[row * width] = row
    for column in range(width + 1):
        cells[column] = column
    first, second = one + "\0", other + "\0"
    for row in range(1, len(one) + 1):
        for column in range(1, width + 1):
            at, differs = row * width + column, first[row] != second[column]
            cells[at] = min(cells[at - width] + 1, cells[at - 1] + 1, cells[at - width - 1] + differs)
            if row > 1 and column > 1 and first[row] == second[column - 1] and first[row - 1] == second[column]:
                cells[at] = min(cells[at], cells[at - 2 * width - 2] + differs)
    return cells[len(one) * width + width]
