"""Which journey each row of the log tells of, and how it ended: read while one row stands for a journey."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection
from itertools import count
from typing import NamedTuple

from netsandbox.lab.tables import Hop
from netsandbox.tui.log.rows import LogRows

TELLING = {"answered": 4, "accepted": 3, "waits": 3}
"""How much a verdict tells of where a journey ended; a drop tells 2, but for a frame that was another station's."""
OVERHEARD = "OTHERHOST"
NOTHING = Hop(-1, "", "")  # In place of what nobody can tell any more


class Way(NamedTuple):
    """One journey: how many rows tell of it, and which of them tells best how it ended."""

    hops: int
    end: int  # The absolute number of that row
    telling: int


def _telling(hop: Hop) -> int:
    return (1 if hop.reason == OVERHEARD else 2) if hop.reason else TELLING.get(hop.verdict, 1)


class Ways:
    """The journeys of some rows, read in slices from the oldest on."""

    def __init__(self, rows: LogRows) -> None:
        self._rows = rows
        self._journeys = array("q")
        self._tellings = array("b")
        self._first = rows.first  # Absolute number of the oldest row that was read and is kept
        self._ways: dict[int, Way] = {}

    @property
    def end(self) -> int:
        """Absolute number of the first row that was not read."""
        return self._first + len(self._journeys)

    def journey(self, absolute: int) -> int:
        """The number of the first record of a row's journey; -1 where it was not read yet."""
        at = absolute - self._first
        return self._journeys[at] if 0 <= at < len(self._journeys) else -1

    def way(self, journey: int) -> Way:
        """What is known of a journey."""
        return self._ways[journey]

    def standing(self, start: int, stop: int, opened: Collection[int]) -> list[int]:
        """The rows, of some that were read, that stand for a journey, for themselves, or belong to one that is open."""
        seqs, journeys = self._rows.seqs, self._journeys
        some = zip(count(start), seqs[start - self._rows.first:stop - self._rows.first],
                   journeys[start - self._first:stop - self._first], strict=False)
        return [at for at, seq, journey in some if journey == seq or journey in opened or journey == NOTHING.journey]

    def read(self, end: int) -> None:
        """Look at the rows up to one, all those of its record together."""
        rows = self._rows
        self._trim()
        start = self.end - rows.first
        if self.end >= end:
            return
        first, last = rows.seqs[start], rows.seqs[end - 1 - rows.first]
        left = bisect_right(rows.seqs, last) - start
        for hop in rows.told.hops(first, last + 1):  # to its end: only so the next part goes on with these journeys
            left -= self._take(hop, min(hop.rows, left))
        self._take(NOTHING, left)  # the lab may be another one by now, of which nobody has told the log yet

    def _take(self, hop: Hop, rows: int) -> int:
        """So many rows are alike in that."""
        if rows:
            self._journeys.extend([hop.journey] * rows)
            self._tellings.extend([_telling(hop)] * rows)
            self._count(self.end - 1, rows)
        return rows

    def _count(self, absolute: int, rows: int = 1) -> None:
        """So many rows more up to one, which are all alike."""
        at = absolute - self._first
        journey, telling = self._journeys[at], self._tellings[at]
        way = self._ways.get(journey)
        hops = rows if way is None else way.hops + rows
        if way is None or telling >= way.telling:
            self._ways[journey] = Way(hops, absolute, telling)
        else:
            self._ways[journey] = way._replace(hops=hops)

    def _trim(self) -> None:
        """Forget what was read of rows that were dropped."""
        gone = self._rows.first - self._first
        del self._journeys[:gone]
        del self._tellings[:gone]
        self._first += gone
        if len(self._ways) > 2 * self._rows.capacity:
            self._ways = {number: way for number, way in self._ways.items() if way.end >= self._first}

    def truncate(self) -> None:
        """Forget what was read of rows that were taken away at the end: what others tell of their journeys stays."""
        self._trim()
        keep = len(self._rows)
        cut = set(self._journeys[keep:])
        del self._journeys[keep:]
        del self._tellings[keep:]
        for journey in cut:
            self._ways.pop(journey, None)
        for at, journey in enumerate(self._journeys):
            if journey in cut:
                self._count(self._first + at)
