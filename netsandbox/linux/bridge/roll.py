"""Who was there when a flood went out, kept for all floods together: a list that only grows, and views of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, Protocol, TypeVar, overload

from netsandbox.linux.place import Place


class Placed(Protocol):
    """What records have a place for."""

    @property
    def place(self) -> Place:
        """What they call it now."""


T = TypeVar("T", bound=Placed)
S = TypeVar("S")


class Roll(Generic[T]):
    """Things in the order in which they came; what leaves begins a new roll, so that a view of this one stays true."""

    __slots__ = ("_leading", "called", "items", "places")

    def __init__(self, items: Iterable[T] = ()) -> None:
        self.items = list(items)
        self.called = [item.place for item in self.items]  # what records call each of them
        self.places = {item: place for place, item in enumerate(self.items)}
        self._leading = 0

    def add(self, item: T) -> None:
        self.places[item] = len(self.items)
        self.items.append(item)
        self.called.append(item.place)

    def call_anew(self, item: T) -> None:
        """Something is called otherwise from now on: views that were given away still show what it was called then."""
        self.called = [*self.called]
        self.called[self.places[item]] = item.place

    def led_by(self, items: Sequence[T]) -> int:
        """How many of a list's first are all in the roll: each is looked at once, however often this is asked."""
        while self._leading < len(items) and items[self._leading] in self.places:
            self._leading += 1
        return self._leading

    def without(self, gone: Collection[T]) -> Roll[T]:
        return Roll(item for item in self.items if item not in gone)


class Backwards(Sequence[S]):
    """A list up to some place, the last first, perhaps without one of it; a thousand take no memory.

    Records have it of places, so it outlives the lab of its roll, and copies share it: up to there the list never
    changes.
    """

    __slots__ = ("_end", "_items", "_place", "size")

    def __init__(self, items: list[S], end: int, place: int) -> None:
        self._items = items
        self._end = end
        self._place = place
        self.size = end - (place >= 0)

    def trace_key(self) -> tuple[S, ...]:
        return tuple(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[S]:
        items = self._items
        return (items[place] for place in range(self._end - 1, -1, -1) if place != self._place)

    @overload
    def __getitem__(self, index: int) -> S: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[S]: ...
    def __getitem__(self, index: int | slice) -> S | Sequence[S]:
        if isinstance(index, slice):
            return tuple(self)[index]
        size = self.size
        if not -size <= index < size:
            raise IndexError(index)
        place = self._end - 1 - index % size
        return self._items[place - (self._place >= place)]


class Newest(Backwards[T]):
    """Those that are in a roll now, the newest first, perhaps without one of them."""

    __slots__ = ("_roll", "called", "left_out")

    def __init__(self, roll: Roll[T], left_out: T | None = None) -> None:
        place = -1 if left_out is None else roll.places.get(left_out, -1)
        super().__init__(roll.items, len(roll.items), place)
        self._roll = roll
        self.left_out = left_out if place >= 0 else None
        self.called: Backwards[Place] = Backwards(roll.called, self._end, place)  # The same as records list them

    def missing_from(self, items: Sequence[T]) -> Iterator[T]:
        """What a list, to whose end things are put, has and the roll had not."""
        end, places = self._end, self._roll.places
        first = self._roll.led_by(items) if end == len(places) else 0
        return (item for item in islice(items, first, None) if places.get(item, end) >= end)

    def shows_all(self, roll: Roll[T]) -> bool:
        """Whether it is a view of this roll, and nobody has come since."""
        return self._roll is roll and self._end == len(roll.items)

    def find(self, item: T) -> int | None:
        """The index of an item; None if it is not here."""
        place = self._roll.places.get(item, self._end)
        if place >= self._end or place == self._place:
            return None
        return self._end - 1 - place - (self._place > place)
