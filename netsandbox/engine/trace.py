"""The record of everything that was decided, in order, with its cause.

Events are named tuples.  The frequent ones are recorded as plain tuples `(class, field, …)`, which cost a third as much
to make, and become instances when someone reads them.  Time and cause are kept once a step.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from hashlib import blake2b
from sys import maxsize
from typing import Any, NamedTuple

from netsandbox.engine.ledger import Ledger
from netsandbox.engine.steps import MANY, NO_CAUSE, Steps

DEFAULT_CAP = 1_000_000  # Records that a trace keeps unless told otherwise

BEFORE_ANY_STEP = (0, 0, None)  # First sequence number, time and cause of what is recorded before the first step


class Record(NamedTuple):
    """One event as a reader sees it."""

    seq: int
    at: int  # Virtual nanoseconds; each step inside a cascade adds one microsecond
    step: int
    cause: int | None  # The step that scheduled this one; None for what a person did
    event: Any


class Step(NamedTuple):
    """One unit of work: a delivery, a timer, a program's turn, or a command."""

    number: int
    first: int  # Sequence number of its first record, if it made any
    at: int
    cause: int | None


class Storm(NamedTuple):
    """One cascade has gone on for so many steps that timers get their turn between them."""

    steps: int


class QueueDropped(NamedTuple):
    """A cascade without end was cut off."""

    frames: int


class Alike(NamedTuple):
    """Consecutive records that differ only in their receiver; the trace's list holds it for all of them.

    It begins and ends as each of them does in the form of a plain tuple, (class, receiver, frame, verdict).
    """

    kind: type
    receiver: None
    frame: Any
    receivers: Sequence[Any]
    start: int  # The place of the first one's receiver among all of them
    first: int  # Sequence number of the first of the records
    end: int  # Sequence number behind the last
    place: int  # Where it is in the list, with all that were forgotten before
    verdict: Any

    def plain(self, seq: int) -> tuple[Any, ...]:
        """One of the records, by its number."""
        return self.kind, self.receivers[self.start + seq - self.first], self.frame, self.verdict


UNDER_WAY = None
"""What stands in the list for an arrival, whose record has its number at once, until the verdict on it is known."""
BLOCK = 2_000  # Records that are looked through at once for those of some classes: so it takes a tenth of the time
PLAIN = (tuple, Alike)  # The types of records that are not instances of their event's class; they begin with it


class Trace:
    """A list of records that forgets its oldest ones beyond a cap."""

    def __init__(self, cap: int = DEFAULT_CAP) -> None:
        self.keep(cap)
        self.events: list[Any] = []  # The records, in order; those of an Alike are one
        self.ahead = 0  # How far the number of the next record is ahead of its place in the list
        self.steps = Steps()  # Those that are still known
        self.first = 0  # Sequence number of the oldest record that is kept
        self.first_step = self.step_count = 0  # The oldest step that is known, and how many there have been in all
        self.record = self.events.append
        self.ledger = Ledger()  # What was counted of them, those that are forgotten included
        self._runs: list[Alike] = []  # Those in the list, in order
        self._gone = 0  # Places of the list that were forgotten
        self._forgotten = blake2b(digest_size=16)

    def keep(self, cap: int) -> None:
        """Keep so many records, and forget the others when there are an eighth more, so that it happens seldom."""
        self.cap = cap
        self.limit = cap + (cap >> 3)

    @property
    def end(self) -> int:
        """The sequence number that the next record will get."""
        return self.ahead + len(self.events)

    @property
    def is_full(self) -> bool:
        """Whether it is time to forget the oldest records."""
        return self.end - self.first > self.limit

    def record_alike(self, kind: type, receivers: Sequence[Any], start: int, stop: int, frame: Any,
                     verdict: Any) -> None:
        """Record that the receivers from `start` up to `stop`, one by one, gave the same verdict on a frame."""
        if start < stop:
            place, count = len(self.events), stop - start
            first = self.ahead + place
            alike = tuple.__new__(Alike, (kind, None, frame, receivers, start, first, first + count, self._gone + place,
                                          verdict))
            self._runs.append(alike)
            self.record(alike)
            self.ahead += count - 1

    def begin(self, at: int, cause: int = NO_CAUSE) -> int:
        """Open a step; what is recorded from now on belongs to it."""
        fresh = self.steps.fresh
        if len(fresh) > MANY:
            self.steps.pack()
        fresh.append(self.ahead + len(self.events))
        fresh.append(at)
        fresh.append(cause)
        number = self.step_count
        self.step_count = number + 1
        return number

    def trim(self) -> None:
        """Forget the oldest records, keeping `cap`.

        What stays of them is a digest of their steps: time, cause, and how
        many records each made, which is what a replay must do again.
        """
        oldest = self.end - self.cap
        if oldest <= self.first:
            return
        self.ledger.forget(self, oldest)
        excess = self._place(oldest)
        self.first = oldest
        del self.events[:excess]
        self.ahead += excess
        self._gone += excess
        del self._runs[:bisect_right(self._runs, self.first, key=_end_of)]
        gone = self.steps.with_record(self.first)
        self._forgotten.update(self.steps.forget(gone))
        self.first_step += gone

    def forget_all(self) -> None:
        """Nobody will read it again: what goes on to be recorded is numbered as before."""
        self.first = self.ahead = self.end
        self.first_step = self.step_count
        self.events.clear()
        self._runs.clear()
        self.steps = Steps()

    def cut(self, start: int, end: int) -> None:
        """Take out some of the newest records, none of them an Alike's, of what is not to have been; steps stay."""
        del self.events[self._place(start):self._place(end)]
        self.steps.renumber(end, end - start)

    def digest(self) -> str:
        """A hash of every record that is kept, and of the steps of those that are forgotten."""
        hasher = self._forgotten.copy()
        for first, raw in self.entries(self.first):
            for plain in map(raw.plain, range(first, raw.end)) if type(raw) is Alike else (raw,):
                _fold(hasher, plain)
        return hasher.hexdigest()

    def until(self, end: int, steps: int) -> Trace:
        """A trace of its own of what was recorded up to a number, in so many steps."""
        early = Trace(self.cap)
        early.first, early.first_step, early.step_count = min(self.first, end), min(self.first_step, steps), steps
        place = len(self.events) if end >= self.end else self._place(end) if end > self.first else 0
        early.events = self.events[:place]
        early.ahead, early._gone = end - len(early.events), self._gone
        early._runs = self._runs[:bisect_right(self._runs, end, key=_end_of)]
        early.steps = self.steps.part(0, max(0, steps - self.first_step))
        early.record = early.events.append
        early._forgotten = self._forgotten.copy()
        early.ledger = self.ledger.until(end)
        return early

    def branch(self) -> Trace:
        """An empty trace that goes on where this one ends: what is older it does not know."""
        later = Trace(self.cap)
        later.first = later.ahead = self.end
        later.first_step = later.step_count = self.step_count
        later._forgotten = self._forgotten.copy()
        later.ledger = self.ledger.branch(self)
        return later

    # -- reading

    def _place(self, seq: int) -> int:
        """Where a record is in the list."""
        number = bisect_right(self._runs, seq, key=_first_of_run) - 1
        if number < 0:
            return seq - self.first
        run = self._runs[number]
        place = run.place - self._gone
        return place if seq < run.end else place + 1 + seq - run.end

    def raw(self, seq: int) -> Any:
        """A record that is kept, in the form that it was recorded in."""
        return self.events[self._place(seq)]

    def entries(self, start: int) -> Iterator[tuple[int, Any]]:
        """From a record on, each with its number; those of an Alike once, from the first one wanted."""
        seq = max(start, self.first)
        if seq < self.end:
            for place in range(self._place(seq), len(self.events)):
                raw = self.events[place]
                yield seq, raw
                seq = raw.end if type(raw) is Alike else seq + 1

    def within(self, start: int, stop: int) -> list[Any]:
        """What stands in the list for the records from one up to another; an Alike may begin before or end behind."""
        return self.events[self._place(start):self._place(stop - 1) + 1] if start < stop else []

    def tail(self, start: int) -> tuple[int, list[Any]]:
        """The place of a record in the list, and what stands there from it on, for whoever looks through very many."""
        seq = max(start, self.first)
        place = self._place(seq) if seq < self.end else len(self.events)
        return place, self.events[place:]

    def back(self, end: int) -> Iterator[tuple[int, Any]]:
        """The records before one, each with its number, newest first; those of an Alike once, by the last one's."""
        seq = min(end, self.end) - 1
        if seq >= self.first:
            for place in range(self._place(seq), -1, -1):
                raw = self.events[place]
                yield seq, raw
                seq = raw.first - 1 if type(raw) is Alike else seq - 1

    def back_to(self, end: int, kinds: Collection[type], most: int | None = None) -> Iterator[tuple[int, Any]]:
        """As `back`, but only the records of some classes, none of them an Alike's, among the last `most`."""
        seq = min(end, self.end) - 1
        stop = self._place(seq) + 1 if seq >= self.first else 0
        least = 0 if most is None else max(stop - most, 0)
        while stop > least:
            start = max(stop - BLOCK, least)
            found = [place for place, raw in enumerate(self.events[start:stop], start)
                     if (raw[0] if type(raw) is tuple else type(raw)) in kinds]
            for place in reversed(found):
                yield self.number_at(place), self.events[place]
            stop = start

    def number_at(self, place: int) -> int:
        """The number of the record at a place in the list; of an Alike's, the first."""
        number = bisect_left(self._runs, place + self._gone, key=_place_of) - 1
        if number < 0:
            return self.first + place
        run = self._runs[number]
        return run.end + place + self._gone - run.place - 1

    def step(self, number: int) -> Step | None:
        """A step by its number, or None when it is older than the trace."""
        index = number - self.first_step
        if not 0 <= index < len(self.steps):
            return None
        first, at, cause = self.steps[index]
        return Step(number, first, at, cause)

    def step_of(self, seq: int) -> int:
        """The number of the step that made a record; what was recorded before any step counts to the first."""
        return self.first_step + self.steps.with_record(seq)

    def get(self, seq: int) -> Record | None:
        """One record, or None when it is forgotten or not yet made."""
        if not self.first <= seq < self.end:
            return None
        number = self.step_of(seq)
        _first, at, cause = self.steps[number - self.first_step] if self.steps else BEFORE_ANY_STEP
        return Record(seq, at, number, cause, event_of(self.raw(seq), seq))

    def of_step(self, number: int) -> Iterator[Record]:
        """The records of one step."""
        step = self.step(number)
        if step is None:
            return
        following = self.step(number + 1)
        end = self.end if following is None else following.first
        for seq, event in self._events(step.first, end):
            yield Record(seq, step.at, number, step.cause, event)

    def since(self, cursor: int, end: int | None = None) -> Iterator[Record]:
        """The records from `cursor` on that are still kept."""
        return self._told(cursor, self._events(cursor, self.end if end is None else min(end, self.end)))

    def heads(self, cursor: int, end: int) -> Iterator[Record]:
        """As `since`, but of the records of an Alike only the first."""
        return self._told(cursor, ((seq, event_of(raw, seq)) for seq, raw in self.entries(cursor) if seq < end))

    def _told(self, cursor: int, events: Iterator[tuple[int, Any]]) -> Iterator[Record]:
        number = self.step_of(max(cursor, self.first))
        _first, at, cause = self.steps[number - self.first_step] if self.steps else BEFORE_ANY_STEP
        following = self._first_behind(number)
        for seq, event in events:
            while seq >= following:
                number += 1
                _first, at, cause = self.steps[number - self.first_step]
                following = self._first_behind(number)
            yield Record(seq, at, number, cause, event)

    def _first_behind(self, number: int) -> int:
        """The first record that belongs to a later step."""
        index = number + 1 - self.first_step
        return self.steps.first_of(index) if index < len(self.steps) else maxsize

    def _events(self, start: int, end: int) -> Iterator[tuple[int, Any]]:
        """Some records, each with its number."""
        for first, raw in self.entries(start):
            if first >= end:
                return
            for seq in range(first, min(raw.end, end)) if type(raw) is Alike else (first,):
                yield seq, event_of(raw, seq)


def event_of(raw: Any, seq: int) -> Any:
    """The event as an instance of its class, whichever form it was recorded in."""
    if type(raw) is Alike:
        raw = raw.plain(seq)
    return raw[0](*raw[1:]) if type(raw) is tuple else raw


def kind_of(raw: Any) -> type:
    """The class of a recorded event."""
    kind: type = raw[0] if type(raw) in PLAIN else type(raw)
    return kind


def _first_of_run(run: Alike) -> int:
    return run.first


def _end_of(run: Alike) -> int:
    return run.end


def _place_of(run: Alike) -> int:
    return run.place


def _fold(hasher: Any, value: Any) -> None:
    """Feed a value to a hash in a form that no hash seed, host or run can change."""
    if isinstance(value, tuple) and not hasattr(value, "trace_key"):
        hasher.update(type(value).__name__.encode() + b"(")
        for part in value:
            _fold(hasher, part)
        hasher.update(b")")
    elif isinstance(value, bytes):
        hasher.update(b"%d:" % len(value) + value)
    elif isinstance(value, Enum):
        hasher.update(value.name.encode() + b";")
    elif isinstance(value, type):
        hasher.update(value.__name__.encode() + b";")
    elif value is None or isinstance(value, int | str):
        hasher.update(f"{value!r};".encode())
    else:
        _fold(hasher, value.trace_key())
