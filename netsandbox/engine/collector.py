"""When the collector of garbage looks, and at what: never at the whole of a long trace while somebody waits."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from netsandbox.engine.fields import Fields

if TYPE_CHECKING:
    from netsandbox.engine.trace import Trace

RARELY = 5_000, 200, 100
"""After how many new objects, and collections of the younger ones, garbage is collected."""


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
SLICE = 1_000
"""Objects that are taken apart at once while a person may press a key: two milliseconds."""
Ways = Mapping[type, Callable[[Any], None] | None]
"""How an object of a class is made to forget all that it refers to; None for what is not to be looked into."""


def only_looked_into(_thing: object) -> None:
    """The way of what refers to others but goes by itself, as a list does."""


class Left:
    """A lab that was left: all of its objects refer to each other, and with its trace.

    Only the collector could find them, which would look through every trace that there is for it.  So in time they are
    made to forget each other: those that are known because a copy made them, and what was made since, which is found
    from them.
    """

    __slots__ = ("_found", "_known", "_made", "_trace", "_ways")

    def __init__(self, trace: Trace, made: list[object], found: list[object], ways: Ways) -> None:
        """Note it.

        Args:
            made: what was made for this lab alone, whatever it is.
            found: where more may be found; of that, only what has a way to do so forgets anything.
        """
        self._trace = trace
        self._made = made
        self._found = found
        self._ways = ways
        self._known: set[int] | None = None
        """Once it is begun: the objects that were found."""

    def __len__(self) -> int:
        """How many objects are known, and not taken apart."""
        return len(self._made) + len(self._found)

    def forget_records(self) -> None:
        """The records are by far the most of it."""
        self._trace.forget_all()

    def take_apart(self, most: int) -> int:
        """Let so many objects forget all that they refer to, so that they go at once; returns how many did."""
        if self._known is None:
            self.forget_records()
            self._known = set(map(id, (*self._made, *self._found, self._trace)))
        is_found = not self._made
        part = _last(self._made or self._found, most)
        found = gc.get_referents(*part)
        found += gc.get_referents(*(thing for thing in found if type(thing) is dict))  # those of fields will be empty
        for thing in part:
            kind: type = type(thing)
            way = self._ways[kind] if is_found else Fields.of(kind).clear
            if way is not None:
                way(thing)
        self._note(found)
        return len(part)

    def _note(self, found: list[object]) -> None:
        """What nobody knew so far of what is referred to, and may refer to more."""
        ways, known = self._ways, self._known or set()
        for thing in found:
            if ways[type(thing)] is not None and id(thing) not in known:
                known.add(id(thing))
                self._found.append(thing)


def _last(things: list[object], most: int) -> list[object]:
    part = things[-most:]
    del things[-most:]
    return part


_left: deque[Left] = deque()


def leave(left: Left) -> None:
    """Nobody will stand in that lab again."""
    _left.append(left)
    if len(_left) > AT_WORK:
        _left[-AT_WORK - 1].forget_records()
    while len(_left) > AT_WORK and sum(map(len, _left)) > MANY_LEFT:
        one = _left.popleft()
        while one:
            one.take_apart(MANY_LEFT)


def tidy_some() -> bool:
    """Take away a little of what was left; whether there is more."""
    room = SLICE
    while _left and room > 0:
        room -= _left[0].take_apart(room)
        if not _left[0]:
            _left.popleft()
    return bool(_left)


@contextmanager
def undisturbed_by_it() -> Iterator[None]:
    """A copy makes tens of thousands of objects, none of them garbage: to look for some takes longer than the copy.

    Afterwards they count as old, as if they had been looked at: frozen, and where nothing stays frozen, no more.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            if not Settled.is_on:
                gc.unfreeze()
            gc.enable()
