"""What the verbs that move in time need of a session; `session` implements it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from netsandbox.commands.job import Job

if TYPE_CHECKING:
    from netsandbox.lab.compare import Tables


class BranchRow(NamedTuple):
    """One branch of a session."""

    name: str
    is_present: bool
    # lines, step, at: how many lines and steps it has, and when it ends
    lines: int
    step: int
    at: int
    # parent, shared: which one it left after how many lines; empty for the first
    parent: str
    shared: int
    last: str  # its last line


class SessionProtocol(Protocol):
    """A journal that can be replayed; see session.session.Session."""

    journal: list[Any]
    done: int

    @property
    def position(self) -> Any:
        """(step, at): how many steps are done, and the clock."""

    @property
    def end(self) -> Any:
        """The furthest position."""

    def step(self) -> bool:
        """Do one step, or again what was taken back."""

    def back(self, steps: int = 1) -> None:
        """Take steps back."""

    @property
    def lines_of_set_up(self) -> int:
        """How many lines of the present branch are the scenario's set-up, which nobody takes back."""

    def undo(self) -> str | None:
        """Take the last line back."""

    def redo(self) -> str | None:
        """Do again what was taken back."""

    def go_to(self, step: int, at: int | None = None) -> None:
        """Stand at a step."""

    def run_to(self, step: int, at: int | None) -> None:
        """Let the lab go on to a step, and the clock to a time."""

    def step_at(self, when: int) -> int:
        """How many steps were done by a time."""

    def save(self, path: str, force: bool = False) -> str:
        """Write a scenario; returns what to tell."""

    def load(self, name: str) -> str:
        """Begin anew with a scenario; returns what to tell."""

    def new(self) -> None:
        """Begin anew with an empty lab."""

    def branch_rows(self) -> list[BranchRow]:
        """All branches, in the order in which they were begun."""

    def switch(self, name: str) -> None:
        """Go to the end of another branch."""

    def rename(self, name: str, new: str) -> None:
        """Call a branch by another name."""

    def tables_at_end_of(self, name: str) -> Tables:
        """What the tables say where a branch ends."""

    def names_of(self, noun: str, typed: str) -> Sequence[str]:
        """What a word of a kind may be that only the session knows; `typed` is what it begins with."""

    def next_step(self) -> list[Job] | None:
        """Do the scenario's next step; None when none is left."""
