"""How far one word is from another, for tools that ask what was meant."""

from __future__ import annotations


def edit_distance(first: str, second: str) -> int:
    """Levenshtein's: letters to put in, take out or change."""
    row = list(range(len(second) + 1))
    for at, letter in enumerate(first, 1):
        before, row[0] = row[0], at
        for place, other in enumerate(second, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != other))
    return row[-1]
