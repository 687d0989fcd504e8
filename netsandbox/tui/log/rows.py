"""The rows of the frame log by number: kept is only which record each tells of, and a row is made when somebody looks.

A row has an *absolute* number, counted from the first that ever came, so that
a cursor stays on its row when old ones are dropped.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Protocol

from netsandbox.lab.tables import Hop, LogRow

PAGE = 8  # Rows that are made together: a view takes two or three pages
PAGES = 256  # Those that are remembered at most
SLACK = 0.12  # Rows beyond the capacity, as a share of it, before the oldest are dropped: many at once is cheap


class Told(Protocol):
    """Who makes the rows: see `LabSource`."""

    def log(self, since: int, limit: int, skip: int = 0) -> Sequence[LogRow]: ...

    def hops(self, since: int, end: int) -> Iterable[Hop]: ...


class LogRows:
    """A bounded list of rows, each of which is read off the trace again when it is asked for."""

    def __init__(self, told: Told, capacity: int) -> None:
        self.told = told
        self.capacity = capacity
        # of each row kept the number of its record, ascending; a record that tells of several frames, as of a flood,
        # has several rows
        self.seqs = array("q")
        self.first = 0  # absolute number of the oldest row kept
        self._pages: dict[int, tuple[int, Sequence[LogRow]]] = {}
        """By number, each with the absolute number of its first row: beside the oldest rows it may be no whole one."""

    def __len__(self) -> int:
        return len(self.seqs)

    @property
    def end(self) -> int:
        """Absolute number of the next row."""
        return self.first + len(self.seqs)

    def __getitem__(self, absolute: int) -> LogRow:
        """A row that is kept."""
        number = absolute // PAGE
        start, rows = self._pages.get(number, (absolute, ()))
        if not 0 <= absolute - start < len(rows):
            start, rows = self._pages[number] = self._made(number)
            if len(self._pages) > PAGES:
                del self._pages[next(iter(self._pages))]
        return rows[absolute - start]

    def _made(self, number: int) -> tuple[int, Sequence[LogRow]]:
        start = max(number * PAGE, self.first)
        seqs = self.seqs[start - self.first:(number + 1) * PAGE - self.first]
        found = self.told.log(seqs[0], len(seqs), start - self.first - bisect_left(self.seqs, seqs[0]))
        gone = repeat(NOTHING)
        # The lab may be another one by now, of which nobody has told the log yet: such a row is empty for a picture.
        return start, [row if row.seq == seq else NOTHING._replace(seq=seq)
                       for seq, row in zip(seqs, chain(found, gone), strict=False)]

    def extend(self, seqs: Iterable[int]) -> int:
        """Add rows at the end, by their records' numbers; returns how many were dropped at the beginning."""
        self.seqs.extend(seqs)
        excess = len(self.seqs) - self.capacity
        if excess <= self.capacity * SLACK:
            return 0
        return self._drop(bisect_left(self.seqs, self.seqs[excess]))

    def forget(self, seq: int) -> int:
        """Drop the rows of records before one, which the trace has forgotten; returns how many."""
        return self._drop(bisect_left(self.seqs, seq))

    def _drop(self, count: int) -> int:
        del self.seqs[:count]
        self.first += count
        return count

    def truncate(self, seq: int) -> int:
        """Drop the rows from record `seq` on; returns how many stay."""
        keep = bisect_left(self.seqs, seq)
        del self.seqs[keep:]
        self._pages.clear()
        return keep

    def clear(self) -> None:
        """Drop all rows."""
        self.first = self.end
        del self.seqs[:]
        self._pages.clear()

    def place(self, seq: int) -> int | None:
        """The absolute number of the first row of a record, or of the last row before it; None when all are later."""
        at = bisect_left(self.seqs, seq)
        if at == len(self.seqs) or self.seqs[at] != seq:
            at -= 1
        return self.first + at if at >= 0 else None

    def of_record(self, seq: int) -> Iterator[LogRow]:
        """All rows of a record."""
        for at in range(bisect_left(self.seqs, seq), bisect_left(self.seqs, seq + 1)):
            yield self[self.first + at]


NOTHING = LogRow(-1, 0, 0, "", "", "", "", "", "", "", "", False, "")  # In place of a row that nobody can make any more
