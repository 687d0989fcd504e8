"""A scenario that cannot be used; apart from YAML, which who only looks for one need not import."""

from __future__ import annotations

from netsandbox.commands.words import printable
from netsandbox.lab.errors import LabError


class ScenarioError(LabError):
    """A scenario that cannot be used, said in one line.

    path is the file's name as the user gave it, line counts from 1 (0 when the whole file is meant) and message has no
    position in it. The text is `FILE:LINE: message`, safe to print on a terminal whatever the file was called.
    """

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(path, line, message)
        self.path = path
        self.line = line
        self.message = message

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return printable(f"{place}: {self.message}")

