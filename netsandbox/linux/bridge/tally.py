"""The least of several owners' numbers, known without asking them all again: a bridge's MTU, MAC and longest frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable


class Tally:
    """A number for each owner."""

    __slots__ = ("_counts", "_numbers")

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._counts: Counter[int] = Counter()

    def put(self, owner: Hashable, number: int) -> None:
        """The owner's number is this from now on."""
        self.drop(owner)
        self._numbers[owner] = number
        self._counts[number] += 1

    def drop(self, owner: Hashable) -> None:
        """Forget an owner; harmless when it has no number."""
        number = self._numbers.pop(owner, None)
        if number is None:
            return
        self._counts[number] -= 1
        if not self._counts[number]:
            del self._counts[number]

    def least(self, default: int) -> int:
        """The lowest number, or the default when there is none."""
        return min(self._counts, default=default)
