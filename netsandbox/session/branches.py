"""The branches of a session: what a line typed in the past leaves behind, and what undo took back."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.session.journal import Entry, Position

FIRST = "main"
MOST = 100  # Branches that are kept; then the oldest goes that is neither the present one nor the first
MOST_UNDONE = 1000


class Begun(NamedTuple):
    """Where a scenario's step began: behind so many lines and steps of the lab."""

    done: int
    step: int

    def is_past(self, done: int, step: int) -> bool:
        """Whether it was begun where so many lines and steps are done."""
        return self.done < done and self.step <= step


class Branch:
    """One way that things went."""

    def __init__(self, name: str, parent: Branch | None = None, shared: int = 0, step: int = 0) -> None:
        self.name = name  # what a person calls it
        # every line of it, those that were taken back included
        self.journal: list[Entry] = parent.journal[:shared] if parent is not None else []
        self.end = Position(0, 0)  # its furthest position
        # parent, shared: the branch that it left, and how many lines they have in common; None for the first
        self.parent = parent
        self.shared = shared
        steps = parent.begun if parent is not None else []
        # where each of a scenario's steps began that were taken in it
        self.begun: list[Begun] = [one for one in steps if one.is_past(shared, step)]


class Undone(NamedTuple):
    """Where an undo began, for redo to lead back to; `line` is what it took back."""

    branch: Branch
    position: Position
    done: int
    line: str


class Ways(NamedTuple):
    """What can be put back of a session's branches."""

    present: Branch
    all: list[Branch]
    undone: list[Undone]


class Branches:
    """Those of one session, in the order in which they were begun."""

    def __init__(self) -> None:
        self.present = Branch(FIRST)  # the one that the lab stands in
        self.all = [self.present]
        self.undone: list[Undone] = []  # what was taken back one after the other, for redo, the latest last
        self._count = 1

    def begin(self, shared: int, position: Position) -> Branch:
        """Leave the present branch at a position, after so many of its lines."""
        self._count += 1
        while self.named(f"b{self._count}") is not None:
            self._count += 1
        self.present = Branch(f"b{self._count}", self.present, shared, position.step)
        self.present.end = position
        self.all.append(self.present)
        if len(self.all) > MOST:
            gone = self.all.pop(1)
            for one in self.all:
                one.parent = None if one.parent is gone else one.parent
        return self.present

    def take_back(self, before: Branch) -> None:
        """The present branch was never begun."""
        if before is not self.present:
            self.all.remove(self.present)
            self.present = before
            self._count -= 1

    def ways(self) -> Ways:
        """Which branches there are, and what was undone, to be put back."""
        return Ways(self.present, list(self.all), list(self.undone))

    def put_back(self, ways: Ways) -> None:
        self.present, self.all, self.undone = ways

    def named(self, name: str) -> Branch | None:
        return next((one for one in self.all if one.name == name), None)

    def note_undone(self, undone: Undone) -> None:
        self.undone.append(undone)
        del self.undone[:-MOST_UNDONE]

    def next_undone(self, position: Position, done: int) -> Undone | None:
        """Where redo leads: what lies behind, because steps or `goto` led there already, is none of it any more."""
        while self.undone:
            latest = self.undone.pop()
            if latest.branch is not self.present or (latest.position, latest.done) > (position, done):
                return latest if latest.branch in self.all else None
        return None
