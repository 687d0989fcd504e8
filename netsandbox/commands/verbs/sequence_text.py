"""A sequence diagram in characters: a column for each party, an arrow a line, time at the left."""

from __future__ import annotations

from itertools import pairwise

from netsandbox.commands.verbs.show import columns_of
from netsandbox.engine.units import SECOND
from netsandbox.lab.sequence import Arrow, Sequence

LEAST, MOST = 12, 70  # Characters between two neighbours
MARGIN = 13  # Characters for the time


def text(sequence: Sequence) -> list[str]:
    """The lines of the diagram; numbers behind it are records of the log."""
    if not sequence.arrows:
        return ["no frame was sent"]
    columns = _columns(sequence)
    first = sequence.arrows[0].at
    return [_names(columns), *(_line(arrow, columns, first) for arrow in sequence.arrows)]


def _columns(sequence: Sequence) -> dict[str, int]:
    """Where each party's line stands: as far apart as names and what is sent between them need."""
    parties = sequence.parties
    gaps = [max(LEAST, (columns_of(left) + columns_of(right)) // 2 + 2) for left, right in pairwise(parties)]
    for arrow in sequence.arrows:
        low, high = span(arrow, parties)
        if high > low:
            each = min(-(-(columns_of(arrow.label) + 8) // (high - low)), MOST)
            gaps[low:high] = [max(gap, each) for gap in gaps[low:high]]
    places = [MARGIN + max(columns_of(parties[0]) // 2 - 1, 0)]
    for gap in gaps:
        places.append(places[-1] + gap)
    return dict(zip(parties, places, strict=True))


def span(arrow: Arrow, parties: tuple[str, ...]) -> tuple[int, int]:
    """The numbers of the two parties between which what is sent is said: who sent it, and the nearest who got it."""
    here = parties.index(arrow.source)
    there = min((number for number in map(parties.index, arrow.targets) if number != here),
                key=lambda number: abs(number - here), default=here)
    return min(here, there), max(here, there)


def _names(columns: dict[str, int]) -> str:
    line = ""
    for name, place in columns.items():
        line += " " * (max(place - columns_of(name) // 2, 0) - columns_of(line)) + name + " "
    return line.rstrip()


def _line(arrow: Arrow, columns: dict[str, int], first: int) -> str:
    cells = list(f"+{(arrow.at - first) / SECOND:.6f}".ljust(max(columns.values()) + 1))
    for place in columns.values():
        cells[place] = "│"
    here = columns[arrow.source]
    ends = [columns[name] for name in arrow.targets]
    _draw(cells, here, 1, [end for end in ends if end > here], "✗" if arrow.dropped else "▶")
    _draw(cells, here, -1, [end for end in ends if end < here], "✗" if arrow.dropped else "◀")
    low, high = (list(columns.values())[number] for number in span(arrow, tuple(columns)))
    behind = [f"#{arrow.seq}", *([arrow.marks] if arrow.marks else [])]
    if low == high:
        behind.insert(0, arrow.label)
    else:
        label = _cells(arrow.label, high - low - 6)
        start = low + (high - low - len(label)) // 2
        cells[start - 1:start + len(label) + 1] = [" ", *label, " "]
    return "".join(cells) + "  " + "  ".join(behind)


def _cells(label: str, room: int) -> list[str]:
    """A label by columns, cut where it is too long: behind a wide character comes an empty one."""
    found = [cell for char in label for cell in ([char] if columns_of(char) == 1 else [char, ""])]
    return found if len(found) <= room else [*found[:room - 1 - (found[room - 1:room] == [""])], "…"]


def _draw(cells: list[str], here: int, step: int, ends: list[int], head: str) -> None:
    """A line to the farthest of some ends on one side, with a head at each."""
    farthest = max(ends, key=lambda end: end * step, default=here)
    for place in range(here + step, farthest, step):
        cells[place] = "─" if cells[place] in " ─" else "┼"
    for end in ends:
        cells[end] = "│"
        cells[end - step] = head
