"""The least of several owners' numbers, known without asking them all again: a bridge's MTU, MAC and longest frame."""

from __future__ import annotations

from collections.abc import Hashable


class Tally:
    """A number for each owner. Only after one has gone that had the least is it looked for among all."""

    __slots__ = ("_least", "_numbers")

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._least: int | None = None

    def put(self, owner: Hashable, number: int) -> None:
        """The owner's number is this from now on."""
        if self._numbers.get(owner) == number:
            return
        self.drop(owner)
        if not self._numbers or (self._least is not None and number < self._least):
            self._least = number
        self._numbers[owner] = number

    def drop(self, owner: Hashable) -> None:
        """Forget an owner; harmless when it has no number."""
        if owner in self._numbers and self._numbers.pop(owner) == self._least:
            self._least = None

    def least(self, default: int) -> int:
        """The lowest number, or the default when there is none."""
        if self._least is None:
            self._least = min(self._numbers.values(), default=None)
        return default if self._least is None else self._least
