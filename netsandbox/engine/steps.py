"""The steps of a trace as numbers in arrays: a seventh of the memory that a tuple for each would take."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from struct import pack
from sys import byteorder

NO_CAUSE = -1
WIDTH = 3  # Numbers that a step has
MANY = 3_000  # New numbers that are worth packing, and how many are packed together
CHUNK = MANY // WIDTH  # Steps that are packed together


class Steps:
    """The first record's number, the time and the cause of each step.

    The oldest go and others come all the time: in one array of all of them, each time most would be moved.
    """

    __slots__ = ("chunks", "fresh", "gone")

    def __init__(self) -> None:
        # those of the steps before, MANY in each; never changed, so that they can be shared
        self.chunks: list[array[int]] = []
        # whoever adds a step appends these three to it, with NO_CAUSE for what nothing caused
        self.fresh: list[int] = []
        self.gone = 0  # steps at the beginning that are forgotten

    def pack(self) -> None:
        """Put what is fresh to the chunks, if it makes one."""
        fresh = self.fresh
        while len(fresh) >= MANY:
            self.chunks.append(array("q", pack(f"={MANY}q", *fresh[:MANY])))
            del fresh[:MANY]

    def __len__(self) -> int:
        return len(self.chunks) * CHUNK + len(self.fresh) // WIDTH - self.gone

    def _at(self, index: int) -> tuple[Sequence[int], int]:
        """Where the numbers of a step are: in what, and from which place on."""
        chunk, step = divmod(index + self.gone, CHUNK)
        if chunk < len(self.chunks):
            return self.chunks[chunk], step * WIDTH
        return self.fresh, (index + self.gone - len(self.chunks) * CHUNK) * WIDTH

    def __getitem__(self, index: int) -> tuple[int, int, int | None]:
        count = len(self)
        if not -count <= index < count:
            raise IndexError(index)
        numbers, place = self._at(index % count)
        first, at, cause = numbers[place:place + WIDTH]
        return first, at, None if cause == NO_CAUSE else cause

    def first_of(self, index: int) -> int:
        """The number of the first record that a step made."""
        numbers, place = self._at(index)
        return numbers[place]

    def time_of(self, index: int) -> int:
        numbers, place = self._at(index)
        return numbers[place + 1]

    def numbers(self, start: int, stop: int) -> array[int]:
        """The three numbers of each of some steps, step by step."""
        first, last, packed = (start + self.gone) * WIDTH, (stop + self.gone) * WIDTH, len(self.chunks) * MANY
        some = array("q")
        for place in range(first - first % MANY, min(last, packed), MANY):
            some += self.chunks[place // MANY][max(first - place, 0):last - place]
        some.fromlist(self.fresh[max(first - packed, 0):max(last - packed, 0)])
        return some

    def part(self, start: int, stop: int) -> Steps:
        """Some of them; what is packed is shared."""
        some = Steps()
        first = min((start + self.gone) // CHUNK, len(self.chunks))
        behind = max(first, min((stop + self.gone) // CHUNK, len(self.chunks)))
        some.chunks = self.chunks[first:behind]
        some.fresh = self.numbers(behind * CHUNK - self.gone, stop).tolist()
        some.gone = start + self.gone - first * CHUNK
        return some

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Steps) and self.numbers(0, len(self)) == other.numbers(0, len(other))

    __hash__ = None  # type: ignore[assignment]

    def forget(self, count: int) -> bytes:
        """The oldest go; what stands for them in a digest."""
        numbers = self.numbers(0, count)
        self.gone += count
        whole = min(self.gone // CHUNK, len(self.chunks))
        del self.chunks[:whole]
        self.gone -= whole * CHUNK
        if not self.chunks:
            del self.fresh[:self.gone * WIDTH]
            self.gone = 0
        if byteorder == "big":
            numbers.byteswap()
        return numbers.tobytes()

    def renumber(self, first: int, gone: int) -> None:
        """Before a record, so many others are there no more: the steps from there on make earlier ones."""
        index = bisect_left(range(len(self)), first, key=self.first_of)
        chunk = (index + self.gone) // CHUNK
        self.fresh[:0] = [number for numbers in self.chunks[chunk:] for number in numbers]
        del self.chunks[chunk:]
        for place in range((index + self.gone - len(self.chunks) * CHUNK) * WIDTH, len(self.fresh), WIDTH):
            self.fresh[place] -= gone

    def with_record(self, seq: int) -> int:
        """The index of the step that made a record; the first one's for what was recorded before any."""
        return max(0, bisect_right(range(len(self)), seq, key=self.first_of) - 1)

    def done_by(self, when: int) -> int:
        """How many were done by a time."""
        return bisect_right(range(len(self)), when, key=self.time_of)
