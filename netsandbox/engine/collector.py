"""When the collector of garbage looks, and at what: never at the whole of a long trace while somebody waits."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from netsandbox.engine.fields import Fields

if TYPE_CHECKING:
    from netsandbox.engine.trace import Trace

RARELY = 5_000, 10, 2_000  # After how many new objects, and collections of the younger ones, garbage is collected


class Settled:
    """Whether what was there when the program had started stays out of the collector's sight."""

    is_on = False


def settle() -> None:
    """What is there by now stays to the end: no collection needs to look at it again.

    What is frozen does not count when a full collection is due; with the usual thresholds one comes with every other
    step back in a large lab, and takes longer than the step.
    """
    Settled.is_on = True
    gc.freeze()
    gc.set_threshold(*RARELY)
    gc.enable()


MANY_LEFT = 500_000
"""Objects of labs that were left, some 45 MB: to take one apart takes half as long as to copy it, which can wait until
somebody pauses, but not for ever.  Their records, by far the most, do not wait."""
AT_WORK = 2
"""Labs, the last that were left, that are whole until somebody pauses: who typed the line that left them may still be
at work."""
AT_ONCE = 20_000  # Objects beside as many as were left that are taken apart at once when there are too many
SLICE = 1_000  # Objects that are taken apart at once while a person may press a key: two milliseconds
Ways = Mapping[type, Callable[[Any], None] | None]
"""How an object of a class is made to forget all that it refers to; None for what is not to be looked into."""
Gates = Mapping[type, tuple[str, ...] | None]
"""The fields of a copy's objects, by class, where what was made since the copy can hang; None for all fields."""


def only_looked_into(_thing: object) -> None:
    """The way of what refers to others but goes by itself, as a list does."""


class Left:
    """A lab that was left: all of its objects refer to each other, and with its trace.

    Only the collector could find them, which would look through every trace that there is for it.  So in time they are
    made to forget each other: those that are known because a copy made them, and what was made since, which is found
    from them first.  To look for it everywhere would take three times as long as to forget.
    """

    __slots__ = ("_around", "_found", "_gates", "_known", "_made", "_trace", "_waiting", "_ways")

    def __init__(self, trace: Trace | None, made: list[list[Any]], roots: list[object], ways: Ways, gates: Gates,
                 around: Sequence[object] = ()) -> None:
        """Note it.

        Args:
            trace: none where only a part of a lab is left.
            made: what was made for this lab alone, whatever it is, class by class.
            roots: where more may be found beside the gates; of that, only what has a way to do so forgets anything.
            around: what stays as it is, and is not looked into.
        """
        self._around = trace, *around
        self._trace = trace
        self._made = made
        self._found = list[Any]()
        self._waiting = roots  # What nobody has looked into
        self._ways = ways
        self._gates = gates
        self._known: set[int] | None = None  # Once it is begun: the objects that were found

    def __len__(self) -> int:
        """How many objects are known, and not taken apart."""
        return sum(map(len, self._made)) + len(self._found) + len(self._waiting)

    def go_at_once(self) -> None:
        """Take all of it apart."""
        while self:
            self.take_apart(len(self))

    def forget_records(self) -> None:
        """The records are by far the most of it."""
        if self._trace is not None:
            self._trace.forget_all()

    def take_apart(self, most: int) -> int:
        """Look into so many objects, or let so many forget all that they refer to, so that they go at once.

        Returns how many did.
        """
        if self._known is None:
            self._begin()
        if self._waiting:
            part = _last(self._waiting, most)
            self._found += part
            self._note(gc.get_referents(*part))
        elif self._made:
            part = _last(self._made[-1], most)
            kind: type = type(part[0])
            Fields.of(kind).clear(part)
            if not self._made[-1]:
                self._made.pop()
        else:
            part = _last(self._found, most)
            for thing in part:
                way = self._ways[type(thing)]
                if way is not None:
                    way(thing)
        return len(part)

    def _begin(self) -> None:
        self.forget_records()
        known = {id(thing) for alike in self._made for thing in alike}
        self._known = known.union(map(id, (*self._waiting, *self._around)))
        for alike in self._made:
            fields = self._gates[type(alike[0])]
            if fields is None:
                self._note(gc.get_referents(*alike))
            for name in fields or ():
                self._note([getattr(thing, name, None) for thing in alike])

    def _note(self, found: list[Any]) -> None:
        """What nobody knew so far of what is referred to, and may refer to more."""
        ways, known, waiting = self._ways, self._known or set(), self._waiting
        for thing in found:
            if ways[type(thing)] is not None and id(thing) not in known:
                known.add(id(thing))
                waiting.append(thing)


def _last(things: list[Any], most: int) -> list[Any]:
    part = things[-most:]
    del things[-most:]
    return part


_left: deque[Left] = deque()


def leave(left: Left) -> None:
    """Nobody will stand in that lab again."""
    _left.append(left)
    if len(_left) > AT_WORK:
        _left[-AT_WORK - 1].forget_records()
    room = max(map(len, _left)) + AT_ONCE  # more than is left each time; no key waits for a lab that no copy made
    while room > 0 and len(_left) > AT_WORK and sum(map(len, _left)) > MANY_LEFT:
        room -= _take_from_the_first(room)


def _take_from_the_first(most: int) -> int:
    taken = _left[0].take_apart(most)
    if not _left[0]:
        _left.popleft()
    return taken


def tidy_some() -> bool:
    """Take away a little of what was left; whether there is more."""
    room = SLICE
    while _left and room > 0:
        room -= _take_from_the_first(room)
    return bool(_left)


@contextmanager
def undisturbed_by_it() -> Iterator[None]:
    """A copy makes tens of thousands of objects, none of them garbage: to look for some takes longer than the copy.

    Afterwards they count as old, as if they had been looked at: frozen, and where nothing stays frozen, no more.  So
    does all else that is young: it is looked at once more before, or garbage in it would stay for ever.
    """
    was_on = gc.isenabled()
    if was_on and Settled.is_on:
        gc.collect(1)
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            if not Settled.is_on:
                gc.unfreeze()
            gc.enable()
