"""What was done to a lab, line by line, and the points of time between."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One line of the journal: at which step and virtual time it was executed."""

    step: int
    at: int
    line: str


class Position(NamedTuple):
    """A point of a session: so many steps done, and the clock there."""

    step: int
    at: int


def parting(one: list[Entry], other: list[Entry]) -> int:
    """The step from which on two journals do not agree any more."""
    same = next((number for number, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
                min(len(one), len(other)))
    return min([entry.step for journal in (one, other) for entry in journal[same:same + 1]], default=0)
