"""Fields that few objects of a class ever fill, of which thousands stand in a lab."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

from netsandbox.engine.nothing import NOTHING

T = TypeVar("T")


class Spacious(Protocol):
    """What has a slot for all fields of this kind; it begins with NOTHING."""

    rare: dict[str, Any]


class Rare(Generic[T]):
    """A field that takes no room in an object until it differs from what is usual. Not for what every frame asks.

    Where nothing is usual, an empty dictionary is something: who put it there may be about to fill it.
    """

    def __init__(self, usual: T) -> None:
        self._usual = usual

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, thing: Spacious, _owner: type) -> T:
        found: T = thing.rare.get(self._name, self._usual)
        return found

    def __set__(self, thing: Spacious, value: T) -> None:
        if value is self._usual or (value == self._usual and self._usual is not NOTHING):
            if self._name in thing.rare:
                del thing.rare[self._name]
                thing.rare = thing.rare or NOTHING
            return
        if thing.rare is NOTHING:
            thing.rare = {}
        thing.rare[self._name] = value
