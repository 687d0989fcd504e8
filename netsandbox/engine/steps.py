"""The steps of a trace in three columns: a third of the memory that a tuple for each would take."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from sys import byteorder

NO_CAUSE = -1


class Steps:
    """The first record's number, the time and the cause of each step; one more is appended to each column.

    Attributes:
        firsts, times, causes: one number a step; NO_CAUSE for what nothing caused.
    """

    __slots__ = ("causes", "firsts", "times")

    def __init__(self) -> None:
        self.firsts, self.times, self.causes = array("q"), array("q"), array("q")

    def __len__(self) -> int:
        return len(self.causes)

    def __getitem__(self, index: int) -> tuple[int, int, int | None]:
        cause = self.causes[index]
        return self.firsts[index], self.times[index], None if cause == NO_CAUSE else cause

    def part(self, start: int, stop: int) -> Steps:
        """Some of them, in columns of their own."""
        some = Steps()
        some.firsts, some.times, some.causes = (
            self.firsts[start:stop], self.times[start:stop], self.causes[start:stop])
        return some

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Steps) and (
            (self.firsts, self.times, self.causes) == (other.firsts, other.times, other.causes))

    __hash__ = None  # type: ignore[assignment]

    def forget(self, count: int) -> bytes:
        """The oldest go; what stands for them in a digest."""
        numbers = array("q", bytes(24 * count))
        for place, column in enumerate((self.firsts, self.times, self.causes)):
            numbers[place::3] = column[:count]
            del column[:count]
        if byteorder == "big":
            numbers.byteswap()
        return numbers.tobytes()

    def with_record(self, seq: int) -> int:
        """The index of the step that made a record; the first one's for what was recorded before any."""
        return max(0, bisect_right(self.firsts, seq) - 1)

    def done_by(self, when: int) -> int:
        """How many were done by a time."""
        return bisect_right(self.times, when)
