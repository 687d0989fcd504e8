"""The rows of the frame log that are shown: by a filter whose index is built in slices, one for each journey, or all.

A row has an *absolute* number (see `LogRows`); and a *position* among the rows that the filter lets through.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Sequence

from netsandbox.lab.tables import LogRow
from netsandbox.tui.log.rows import LogRows, Told
from netsandbox.tui.log.ways import Ways

CHEAPER = 8  # By this a row's journey is found sooner than its words are made


class LogStore:
    """A bounded list of log rows with a filter."""

    def __init__(self, told: Told, capacity: int = 100_000) -> None:
        self.rows = LogRows(told, capacity)
        self._filter: Callable[[LogRow], bool] | None = None
        self._ways: Ways | None = None  # While one row stands for a journey, unless it is open
        self._open: set[int] = set()
        self._index = array("q")  # With a filter or journeys: absolute numbers of the rows that are shown, ascending
        self._scanned = 0  # Absolute number of the first row that the filter has not seen

    def __len__(self) -> int:
        return len(self.rows) if self._shows_all else len(self._index)

    @property
    def _shows_all(self) -> bool:
        return self._filter is None and self._ways is None

    @property
    def total(self) -> int:
        """Rows kept, whatever the filter."""
        return len(self.rows)

    @property
    def filtered(self) -> bool:
        """True with a filter."""
        return self._filter is not None

    @property
    def folded(self) -> bool:
        """One row stands for a journey, unless it is open."""
        return self._ways is not None

    @property
    def complete(self) -> bool:
        """True when the filter has seen all rows."""
        return self._shows_all or self._scanned >= self.rows.end

    def extend(self, seqs: Iterable[int]) -> int:
        """Add rows at the end, by their records' numbers; returns how many positions were dropped at the beginning."""
        return self._dropped(self.rows.extend(seqs))

    def forget(self, seq: int) -> int:
        """Drop the rows of records before one, which the trace has forgotten; returns how many positions went."""
        return self._dropped(self.rows.forget(seq))

    def _dropped(self, count: int) -> int:
        if not count or self._shows_all:
            return count
        gone = bisect_left(self._index, self.rows.first)
        del self._index[:gone]
        self._scanned = max(self._scanned, self.rows.first)
        return gone

    def clear(self) -> None:
        """Forget all rows; the filter stays."""
        self.rows.clear()
        if self._ways is not None:
            self._ways = Ways(self.rows)
        self._begin_scan()

    def truncate(self, seq: int) -> None:
        """Forget the rows from record `seq` on: the lab went back in time."""
        self.rows.truncate(seq)
        if self._ways is not None:
            self._ways.truncate()
        if self._ways is not None and self._filter is not None:  # of a journey that passed no row may be left that does
            self._begin_scan(self._open)
            return
        del self._index[bisect_left(self._index, self.rows.end):]
        self._scanned = min(self._scanned, self.rows.end)

    def set_filter(self, test: Callable[[LogRow], bool] | None) -> None:
        """Let only rows through that pass the test; call `scan` until it says that all are seen."""
        self._filter = test
        self._begin_scan(self._open)

    def fold(self, folded: bool) -> None:
        """Let one row stand for each journey, or show all; call `scan` as for a filter."""
        self._ways = Ways(self.rows) if folded else None
        self._begin_scan()

    def unfold(self, row: LogRow) -> bool:
        """Open the journey that a row stands for, or close it; False where it stands for itself alone."""
        if self._ways is None or row.journey < 0 or self._ways.way(row.journey).hops == 1:
            return False
        self._begin_scan(self._open ^ {row.journey})
        return True

    def _begin_scan(self, opened: Iterable[int] = ()) -> None:
        self._open = set(opened)
        del self._index[:]
        self._scanned = self.rows.first

    def scan(self, limit: int) -> bool:
        """Show the filter at most `limit` more rows, and where only journeys are looked for, more of them at a time.

        Returns:
            True while there are others.
        """
        if self._shows_all:
            return False
        start = self._scanned
        stop = min(start + (limit if self._filter is not None else limit * CHEAPER), self.rows.end)
        found: Sequence[int] = range(start, stop)
        if self._ways is not None:
            self._ways.read(stop)
            found = self._ways.standing(start, stop, self._open)
        if self._filter is not None:
            found = self._passing(self._filter, start, stop, set(found))
        self._index.extend(found)
        self._scanned = stop
        return stop < self.rows.end

    def _passing(self, test: Callable[[LogRow], bool], start: int, stop: int, shown: Container[int]) -> list[int]:
        """Of those that could be shown the rows that pass, and those that stand for a journey of which another does."""
        found = set[int]()
        for at in range(start, stop):
            if test(self.rows[at]):
                stands = at if at in shown else self._standing_for(at)
                if stands >= start:
                    found.add(stands)
                elif stands >= self.rows.first:
                    self._show_earlier(stands)
        return sorted(found)

    def _standing_for(self, absolute: int) -> int:
        """The row that stands for another one's journey; -1 where that is kept no more."""
        assert self._ways is not None
        journey = self._ways.journey(absolute)
        place = self.rows.place(journey)
        return place if place is not None and self.rows[place].seq == journey else -1

    def _show_earlier(self, absolute: int) -> None:
        at = bisect_left(self._index, absolute)
        if at == len(self._index) or self._index[at] != absolute:
            self._index.insert(at, absolute)

    def shown(self, position: int) -> LogRow:
        """The row at a position, as it is shown: of a folded journey with its end."""
        row = self.row(position)
        if self._ways is None or row.journey != row.seq:
            return row
        hops, last, _ = self._ways.way(row.journey)
        if hops == 1:
            return row
        if row.journey in self._open:
            return row._replace(hops=-hops)
        end = self.rows[last]
        return row._replace(hops=hops, verdict=end.verdict, dropped=end.dropped, reason=end.reason)

    def telling(self, row: LogRow) -> int:
        """The number of the record that says what a row shows: of a folded journey that ended in a drop, the drop."""
        if self._ways is None or row.journey != row.seq or row.journey in self._open:
            return row.seq
        end = self.rows[self._ways.way(row.journey).end]
        return end.seq if end.dropped else row.seq

    def absolute(self, position: int) -> int:
        """The absolute number of the row at a position."""
        return self.rows.first + position if self._shows_all else self._index[position]

    def row(self, position: int) -> LogRow:
        """The row at a position; while journeys are shown, with its own."""
        absolute = self.absolute(position)
        row = self.rows[absolute]
        return row if self._ways is None else row._replace(journey=self._ways.journey(absolute))

    def position(self, absolute: int) -> int:
        """The position of a row or, where it is not shown, of the next one that is; at most the last."""
        place = absolute - self.rows.first if self._shows_all else bisect_left(self._index, absolute)
        return min(max(place, 0), max(len(self) - 1, 0))

    def position_of_seq(self, seq: int) -> int | None:
        """The position of the first row of record `seq`, or of the last shown before it; None when all are later."""
        absolute = self.rows.place(seq)
        if absolute is None or not len(self):
            return None
        if self._shows_all:
            return absolute - self.rows.first
        shown = bisect_left(self._index, absolute + 1) - 1
        return shown if shown >= 0 else None

    def rows_of(self, seqs: Iterable[int]) -> list[LogRow]:
        """All rows of some records, whatever the filter, in order."""
        return [row for seq in sorted(seqs) for row in self.rows.of_record(seq)]

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
