"""What the verbs that move in time need of a session; `session` implements it."""

from __future__ import annotations

from typing import Any, Protocol

from netsandbox.commands.job import Job


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

    def next_step(self) -> list[Job] | None:
        """Do the scenario's next step; None when none is left."""
