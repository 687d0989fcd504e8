"""The rows behind the frame log: bounded, filtered by an index that is built in slices, searched in slices.

A row has an *absolute* number, counted from the first that ever came, so that
a cursor stays on its row when old ones are dropped; and a *position* among the
rows that the filter lets through.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

from netsandbox.lab.tables import LogRow

SLACK = 0.12
"""Rows beyond the capacity, as a share of it, before the oldest are dropped: many at once is cheap."""
TELLING = {"answered": 4, "accepted": 3, "waits": 3}
"""How much a verdict tells of where a journey ended; a drop tells 2, but for a frame that was another station's."""
OVERHEARD = "OTHERHOST"


class Way(NamedTuple):
    """One journey: how many rows tell of it, and the one that tells best how it ended."""

    hops: int
    end: LogRow

    def with_row(self, row: LogRow) -> Way:
        """With one row more."""
        return Way(self.hops + 1, row if _telling(row) >= _telling(self.end) else self.end)


def _telling(row: LogRow) -> int:
    return (1 if row.reason == OVERHEARD else 2) if row.dropped else TELLING.get(row.verdict, 1)


class LogStore:
    """A bounded list of log rows with a filter."""

    def __init__(self, capacity: int = 100_000) -> None:
        self.capacity = capacity
        self._rows: list[LogRow] = []
        self._first = 0
        """Absolute number of the oldest row kept."""
        self._filter: Callable[[LogRow], bool] | None = None
        self.folded = False
        """One row stands for a journey, unless it is open."""
        self._open: set[int] = set()
        self._ways: dict[int, Way] = {}
        self._test: Callable[[LogRow], bool] | None = None
        """Filter and folding together."""
        self._index: list[int] = []
        """With a filter: absolute numbers of the rows that it lets through, ascending."""
        self._scanned = 0
        """Absolute number of the first row that the filter has not seen."""

    def __len__(self) -> int:
        return len(self._rows) if self._test is None else len(self._index)

    @property
    def total(self) -> int:
        """Rows kept, whatever the filter."""
        return len(self._rows)

    @property
    def end(self) -> int:
        """Absolute number of the next row."""
        return self._first + len(self._rows)

    @property
    def filtered(self) -> bool:
        """True with a filter."""
        return self._filter is not None

    @property
    def complete(self) -> bool:
        """True when the filter has seen all rows."""
        return self._test is None or self._scanned >= self.end

    def extend(self, rows: Iterable[LogRow]) -> int:
        """Add rows at the end; returns how many positions were dropped at the beginning."""
        rows = list(rows)
        self._rows.extend(rows)
        self._count(rows)
        excess = len(self._rows) - self.capacity
        if excess <= self.capacity * SLACK:
            return 0
        del self._rows[:excess]
        self._first += excess
        if self._test is None:
            return excess
        gone = bisect_left(self._index, self._first)
        del self._index[:gone]
        self._scanned = max(self._scanned, self._first)
        return gone

    def clear(self) -> None:
        """Forget all rows; the filter stays."""
        self._first = self._scanned = self.end
        self._rows.clear()
        self._index.clear()
        self._ways.clear()
        self._open.clear()

    def truncate(self, seq: int) -> None:
        """Forget the rows from record `seq` on: the lab went back in time."""
        keep = bisect_left(self._rows, seq, key=lambda row: row.seq)
        cut = {row.journey for row in self._rows[keep:]}
        del self._rows[keep:]
        del self._index[bisect_left(self._index, self.end) :]
        self._scanned = min(self._scanned, self.end)
        for journey in cut:
            self._ways.pop(journey, None)
        begun = min((journey for journey in cut if journey >= 0), default=seq)
        start = bisect_left(self._rows, begun, key=lambda row: row.seq)
        self._count(row for row in islice(self._rows, start, None) if row.journey in cut)

    def set_filter(self, test: Callable[[LogRow], bool] | None) -> None:
        """Let only rows through that pass the test; call `scan` until it says that all are seen."""
        self._filter = test
        self._begin_scan()

    def fold(self, folded: bool) -> None:
        """Let one row stand for each journey, or show all; call `scan` as for a filter."""
        self.folded = folded
        self._open.clear()
        self._begin_scan()

    def unfold(self, row: LogRow) -> bool:
        """Open the journey that a row stands for, or close it; False where it stands for itself alone."""
        if not self.folded or row.journey < 0 or self._ways[row.journey].hops == 1:
            return False
        self._open ^= {row.journey}
        self._begin_scan()
        return True

    def _begin_scan(self) -> None:
        self._test = self._passes if self.folded else self._filter
        self._index.clear()
        self._scanned = self._first

    def _passes(self, row: LogRow) -> bool:
        is_shown = row.journey in (row.seq, -1) or row.journey in self._open
        return is_shown and (self._filter is None or self._filter(row))

    def _count(self, rows: Iterable[LogRow]) -> None:
        ways = self._ways
        for row in rows:
            way = ways.get(row.journey)
            ways[row.journey] = Way(1, row) if way is None else way.with_row(row)
        if len(ways) > 2 * self.capacity:
            self._ways = {number: way for number, way in ways.items() if way.end.seq >= self._rows[0].seq}

    def shown(self, position: int) -> LogRow:
        """The row at a position, as it is shown: of a folded journey with its end."""
        row = self.row(position)
        if not self.folded or row.journey != row.seq:
            return row
        hops, end = self._ways[row.journey]
        if hops == 1:
            return row
        if row.journey in self._open:
            return row._replace(hops=-hops)
        return row._replace(hops=hops, verdict=end.verdict, dropped=end.dropped, reason=end.reason)

    def scan(self, limit: int) -> bool:
        """Show the filter at most `limit` more rows; returns True while there are others."""
        if self._test is None:
            return False
        start = self._scanned - self._first
        stop = min(start + limit, len(self._rows))
        test, first = self._test, self._first
        self._index.extend(first + at for at in range(start, stop) if test(self._rows[at]))
        self._scanned = first + stop
        return stop < len(self._rows)

    def absolute(self, position: int) -> int:
        """The absolute number of the row at a position."""
        return self._first + position if self._test is None else self._index[position]

    def row(self, position: int) -> LogRow:
        """The row at a position."""
        return self._rows[self.absolute(position) - self._first]

    def position(self, absolute: int) -> int:
        """The position of a row or, where it is not shown, of the next one that is; at most the last."""
        place = absolute - self._first if self._test is None else bisect_left(self._index, absolute)
        return min(max(place, 0), max(len(self) - 1, 0))

    def position_of_seq(self, seq: int) -> int | None:
        """The position of the first row of record `seq`, or of the last shown before it; None when all are later.

        A record that tells of several frames, as of a flood, has several rows.
        """
        place = bisect_left(self._rows, seq, key=lambda row: row.seq)
        if place == len(self._rows) or self._rows[place].seq != seq:
            place -= 1
        if place < 0 or not len(self):
            return None
        if self._test is None:
            return place
        shown = bisect_left(self._index, self._first + place + 1) - 1
        return shown if shown >= 0 else None

    def rows_of(self, seqs: Iterable[int]) -> list[LogRow]:
        """All rows of some records, whatever the filter, in order."""
        found: list[LogRow] = []
        for seq in sorted(seqs):
            begin = bisect_left(self._rows, seq, key=lambda row: row.seq)
            found += self._rows[begin:bisect_right(self._rows, seq, begin, key=lambda row: row.seq)]
        return found

    def find(self, wanted: Callable[[LogRow], bool], start: int, step: int, limit: int) -> tuple[int | None, int]:
        """Look for a row from position `start` on, forwards or backwards, at most at `limit` rows.

        Returns:
            The position found, or None; and where to go on looking, -1 at the end.
        """
        at = start
        for _ in range(limit):
            if not 0 <= at < len(self):
                return None, -1
            if wanted(self.row(at)):
                return at, at
            at += step
        return None, at if 0 <= at < len(self) else -1
