"""What can be counted of a trace's records, those that it has forgotten included, at no cost while they are made.

The records are folded into sums only when somebody asks, or when the trace is about to forget them.  Sums are kept by
owner, which has a name; a name may be given again, and then nothing is left of what its last owner had.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from netsandbox.engine.trace import Trace

Counts: TypeAlias = dict[str, int]
Fold: TypeAlias = "Callable[[list[Any], int, int, Sums], dict[str, Counts]]"
"""(records in the form that they were recorded in, number of the first and behind the last, sums so far): what they add
to the counts of each owner, by its name."""


class Sums:
    """What was counted of all records before one."""

    __slots__ = ("by_owner", "rest", "upto")

    def __init__(self, upto: int = 0) -> None:
        self.upto = upto
        self.by_owner: dict[tuple[str, int], Counts] = {}  # by name, and how often the name had been given
        self.rest: Any = None  # what a fold has to remember from one part to the next

    def copy(self) -> Sums:
        twin = Sums(self.upto)
        twin.by_owner = {owner: dict(counts) for owner, counts in self.by_owner.items()}
        twin.rest = self.rest
        return twin

    def add(self, owner: tuple[str, int], more: Counts) -> None:
        counts = self.by_owner.setdefault(owner, {})
        for name, value in more.items():
            counts[name] = counts.get(name, 0) + value


class Ledger:
    """The sums of one trace."""

    def __init__(self) -> None:
        self.fold: Fold | None = None  # what counts; None as long as nobody does
        self.forgotten = Sums()  # of the records that the trace keeps no more
        self._known = self.forgotten
        self._given: dict[str, int] = {}  # By name, the record before which it was given first
        self._given_again: dict[str, tuple[int, ...]] = {}  # Of the few that were, each further time
        self._again: list[int] = []
        """Those of all names that were given more than once, so that not every name is looked at for them."""
        self._before: dict[tuple[str, int], tuple[str, int]] = {}  # What an owner was called before it was renamed
        self._marks: dict[int, Sums | None] = {}
        """By number of a record, where somebody may want to stand again, the sums there once they are forgotten."""

    # -- owners

    def begin(self, name: str, seq: int) -> None:
        """A new owner of that name, of whom nothing was recorded yet."""
        if name not in self._given:
            self._given[name] = seq
            return
        further = self._given_again.get(name, ())
        self._again += (seq,) if further else (self._given[name], seq)
        self._given_again[name] = (*further, seq)

    def last_given(self, name: str) -> int:
        """The record before which a name was given last."""
        return self._given_again.get(name, (self._given[name],))[-1]

    def _times(self, name: str) -> tuple[int, ...]:
        """The records before which a name was given."""
        return (self._given[name], *self._given_again.get(name, ())) if name in self._given else ()

    def rename(self, old: str, new: str, seq: int) -> None:
        """The owner goes by another name from here on."""
        owner = self._owner(old, seq)
        self.begin(new, seq)
        self._before[new, len(self._times(new))] = owner

    def _owner(self, name: str, end: int) -> tuple[str, int]:
        """Whose records up to there are that are told with a name."""
        return name, bisect_left(self._times(name), end)

    # -- counts

    def counts(self, name: str, trace: Trace) -> Counts:
        """All that was counted of the present owner of a name."""
        sums = self._settled(trace)
        owner: tuple[str, int] | None = self._owner(name, trace.end + 1)
        total = Sums()
        while owner is not None:
            total.add(("", 0), sums.by_owner.get(owner, {}))
            owner = self._before.get(owner)
        return total.by_owner["", 0]

    def _settled(self, trace: Trace) -> Sums:
        if self._known is self.forgotten or self._known.upto < trace.first:
            self._known = self.forgotten.copy()
        self._advance(self._known, trace, trace.end)
        return self._known

    def _advance(self, sums: Sums, trace: Trace, end: int) -> None:
        """Fold what was recorded up to there, in parts in each of which a name is one owner's."""
        if self.fold is None:
            return
        ends = {seq for seq in self._again if sums.upto < seq < end}
        for stop in sorted(ends | {end}):
            if stop > sums.upto:
                found = self.fold(trace.within(sums.upto, stop), sums.upto, stop, sums)
                for name, counts in found.items():
                    sums.add(self._owner(name, stop), counts)
                sums.upto = stop

    # -- what the trace tells

    def forget(self, trace: Trace, oldest: int) -> None:
        """The trace is about to forget the records before one."""
        for mark in sorted(seq for seq, sums in self._marks.items() if sums is None and seq < oldest):
            self._advance(self.forgotten, trace, mark)
            self._marks[mark] = self.forgotten.copy()
        self._advance(self.forgotten, trace, oldest)

    def mark(self, ends: set[int]) -> None:
        """These are the places where somebody may want to stand again, and no others."""
        self._marks = {end: self._marks.get(end) for end in ends}

    def until(self, end: int) -> Ledger:
        """The ledger as it was when there were so many records; of one that is marked, if they are forgotten."""
        early = Ledger()
        early.fold = self.fold
        sums = self.forgotten if self.forgotten.upto <= end else self._marks.get(end) or Sums(end)
        early.forgotten = early._known = sums.copy()
        early._given = {name: seq for name, seq in self._given.items() if seq <= end}
        early._given_again = {name: seqs for name, further in self._given_again.items()
                              if (seqs := further[:bisect_right(further, end)])}
        early._again = [seq for seq in self._again if seq <= end]
        early._before = {owner: before for owner, before in self._before.items()
                         if owner[1] <= len(early._times(owner[0]))}
        early._marks = {seq: known for seq, known in self._marks.items() if seq <= end}
        return early

    def branch(self, trace: Trace) -> Ledger:
        """One that goes on where the trace ends, without its records."""
        later = self.until(trace.end)
        later.forgotten = later._known = self._settled(trace).copy()
        later._marks = {}
        return later
