"""Who was there when a flood went out, kept for all floods together: a list that only grows, and views of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Roll(Generic[T]):
    """Things in the order in which they came; what leaves begins a new roll, so that a view of this one stays true."""

    __slots__ = ("items", "places")

    def __init__(self, items: Iterable[T] = ()) -> None:
        self.items = list(items)
        self.places = {item: place for place, item in enumerate(self.items)}

    def add(self, item: T) -> None:
        self.places[item] = len(self.items)
        self.items.append(item)

    def without(self, gone: Collection[T]) -> Roll[T]:
        return Roll(item for item in self.items if item not in gone)


class Newest(Sequence[T]):
    """Those that are in a roll now, the newest first, perhaps without one of them; a thousand take no memory."""

    __slots__ = ("_end", "_place", "_roll", "left_out")

    def __init__(self, roll: Roll[T], left_out: T | None = None) -> None:
        self._roll = roll
        self._end = len(roll.items)
        self._place = -1 if left_out is None else roll.places.get(left_out, -1)
        self.left_out = left_out if self._place >= 0 else None

    def shows_all(self, roll: Roll[T]) -> bool:
        """Whether it is a view of this roll, and nobody has come since."""
        return self._roll is roll and self._end == len(roll.items)

    def find(self, item: T) -> int | None:
        """The index of an item; None if it is not here."""
        place = self._roll.places.get(item, self._end)
        if place >= self._end or place == self._place:
            return None
        return self._end - 1 - place - (self._place > place)

    def trace_key(self) -> tuple[T, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __len__(self) -> int:
        return self._end - (self._place >= 0)

    def __iter__(self) -> Iterator[T]:
        items = self._roll.items
        return (items[place] for place in range(self._end - 1, -1, -1) if place != self._place)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return tuple(self)[index]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        place = self._end - 1 - index % len(self)
        return self._roll.items[place - (self._place >= place)]
