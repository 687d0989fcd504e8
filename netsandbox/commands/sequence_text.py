"""A sequence diagram in characters: a column for each party, an arrow a line, time at the left."""

from __future__ import annotations

from itertools import pairwise

from netsandbox.commands.show import columns_of
from netsandbox.engine.units import SECOND
from netsandbox.lab.sequence import Arrow, Sequence

LEAST, MOST = 12, 70
"""Characters between two neighbours."""
MARGIN = 13
"""Characters for the time."""


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
    gaps = [max(LEAST, (len(left) + len(right)) // 2 + 2) for left, right in pairwise(parties)]
    for arrow in sequence.arrows:
        low, high = span(arrow, parties)
        if high > low:
            each = min(-(-(len(arrow.label) + 8) // (high - low)), MOST)
            gaps[low:high] = [max(gap, each) for gap in gaps[low:high]]
    places = [MARGIN + max(len(parties[0]) // 2 - 1, 0)]
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
        line = line.ljust(max(place - columns_of(name) // 2, 0)) + name + " "
    return line.rstrip()


def _line(arrow: Arrow, columns: dict[str, int], first: int) -> str:
    cells = list(f"+{(arrow.at - first) / SECOND:.6f}".ljust(max(columns.values()) + 1))
    for place in columns.values():
        cells[place] = "│"
    here = columns[arrow.source]
    for end in sorted((columns[name] for name in arrow.targets), key=lambda end: -abs(end - here)):
        _draw(cells, here, end, "✗" if arrow.dropped else "")
    low, high = (list(columns.values())[number] for number in span(arrow, tuple(columns)))
    behind = [f"#{arrow.seq}", *([arrow.marks] if arrow.marks else [])]
    if low == high:
        behind.insert(0, arrow.label)
    else:
        label = arrow.label if len(arrow.label) <= high - low - 6 else arrow.label[:high - low - 7] + "…"
        start = low + (high - low - len(label)) // 2
        cells[start - 1:start + len(label) + 1] = f" {label} "
    return "".join(cells) + "  " + "  ".join(behind)


def _draw(cells: list[str], here: int, end: int, cross: str) -> None:
    if here == end:
        return
    step = 1 if end > here else -1
    for place in range(here + step, end, step):
        cells[place] = "─" if cells[place] in " ─" else "┼"
    cells[end] = "│"
    cells[end - step] = cross or ("▶" if step > 0 else "◀")
