"""What the verbs that move in time need of a session; `session` implements it."""

from __future__ import annotations

from typing import Protocol


class SessionProtocol(Protocol):
    """A journal that can be replayed."""

    def back(self, steps: int) -> str:
        """Go back by a number of steps; returns what to tell."""

    def step(self, steps: int) -> str:
        """Do a number of steps."""

    def undo(self) -> str:
        """Take the last line back."""

    def redo(self) -> str:
        """Do again what was taken back."""

    def goto(self, where: str) -> str:
        """Go to a time, a frame or a command."""

    def save(self, path: str) -> str:
        """Write a scenario."""

    def load(self, path: str) -> str:
        """Begin anew with a scenario."""

    def new(self) -> str:
        """Begin anew with an empty lab."""

    def journal(self) -> list[str]:
        """The lines so far."""
