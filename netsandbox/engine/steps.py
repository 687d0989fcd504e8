"""The steps of a trace as numbers in one array: a seventh of the memory that a tuple for each would take."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from struct import pack
from sys import byteorder

NO_CAUSE = -1
WIDTH = 3
"""Numbers that a step has."""
MANY = 3_000
"""New numbers that are worth packing."""


class Steps:
    """The first record's number, the time and the cause of each step.

    Attributes:
        fresh: whoever adds a step appends these three to it, with NO_CAUSE for what nothing caused.
        packed: those of the steps before; to put them there all at once takes half the time.
        kept: how many steps are packed.
    """

    __slots__ = ("fresh", "kept", "packed")

    def __init__(self) -> None:
        self.packed = array("q")
        self.kept = 0
        self.fresh: list[int] = []

    def pack(self) -> None:
        """Add what is fresh to what is packed: when there are MANY, and before anybody reads."""
        self.packed.frombytes(pack(f"={len(self.fresh)}q", *self.fresh))
        self.kept += len(self.fresh) // WIDTH
        self.fresh.clear()

    @property
    def numbers(self) -> array[int]:
        """The three numbers of each, step by step."""
        if self.fresh:
            self.pack()
        return self.packed

    def __len__(self) -> int:
        return self.kept + len(self.fresh) // WIDTH

    def __getitem__(self, index: int) -> tuple[int, int, int | None]:
        count = len(self)
        if not -count <= index < count:
            raise IndexError(index)
        place = index % count * WIDTH
        first, at, cause = self.numbers[place:place + WIDTH]
        return first, at, None if cause == NO_CAUSE else cause

    def first_of(self, index: int) -> int:
        """The number of the first record that a step made."""
        return self.numbers[index * WIDTH]

    def time_of(self, index: int) -> int:
        return self.numbers[index * WIDTH + 1]

    def part(self, start: int, stop: int) -> Steps:
        """Some of them, in an array of their own."""
        some = Steps()
        some.packed = self.numbers[start * WIDTH:stop * WIDTH]
        some.kept = len(some.packed) // WIDTH
        return some

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Steps) and self.numbers == other.numbers

    __hash__ = None  # type: ignore[assignment]

    def forget(self, count: int) -> bytes:
        """The oldest go; what stands for them in a digest."""
        gone = self.part(0, count).numbers
        del self.numbers[:count * WIDTH]
        self.kept = len(self.packed) // WIDTH
        if byteorder == "big":
            gone.byteswap()
        return gone.tobytes()

    def renumber(self, first: int, gone: int) -> None:
        """Before a record, so many others are there no more: the steps from there on make earlier ones."""
        numbers = self.numbers
        for place in range(len(numbers) - WIDTH, -1, -WIDTH):
            if numbers[place] < first:
                break
            numbers[place] -= gone

    def with_record(self, seq: int) -> int:
        """The index of the step that made a record; the first one's for what was recorded before any."""
        return max(0, bisect_right(range(len(self)), seq, key=self.first_of) - 1)

    def done_by(self, when: int) -> int:
        """How many were done by a time."""
        return bisect_right(range(len(self)), when, key=self.time_of)
