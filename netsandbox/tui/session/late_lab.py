"""A lab before it is made: the panes are painted for the first time while nothing of it is imported."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.lab.names import DEFAULT_HOST
from netsandbox.tui.session.source import LabSource


class LateLab:
    """A `LabSource` that is made when it is first asked for more than the prompt of its first shell."""

    def __init__(self, make: Callable[[], LabSource]) -> None:
        self._make = make
        self._made: LabSource | None = None

    def prompt(self) -> str:
        """As the lab has it."""
        return DEFAULT_HOST if self._made is None else self._made.prompt()

    def __getattr__(self, name: str) -> object:
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, name)
