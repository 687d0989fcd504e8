"""The files that the app keeps between runs: histories, what was seen already, and the log of its own failures."""

from __future__ import annotations

import os
from pathlib import Path

from netsandbox.session.failures import log_failure
from netsandbox.session.files import FileError, write_atomically
from netsandbox.session.leftovers import state_directory
from netsandbox.tui.history import History


class StateFiles:
    """A directory of small files; one that cannot be read is empty, one that cannot be written is told once.

    Attributes:
        problem: why something could not be kept, or empty.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory if directory is not None else state_directory()
        self.problem = ""

    def history(self, name: str) -> History:
        """The lines of a history, oldest first."""
        try:
            text = (self.directory / name).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return History()
        return History(line for line in text.splitlines() if line.isprintable())

    def keep_history(self, name: str, history: History) -> None:
        """Write a history."""
        self._write(name, "".join(f"{line}\n" for line in history.lines if line.isprintable()))

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return os.path.exists(self.directory / name)

    def touch(self, name: str) -> None:
        """Leave a note that something was seen."""
        self._write(name, "")

    def _write(self, name: str, text: str) -> None:
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            write_atomically(self.directory / name, text)
        except (FileError, OSError) as error:
            self.problem = str(error)

    def log_failure(self, what: str, error: BaseException) -> str:
        """Append an exception to the failures' log; returns where it is, or why it could not be kept."""
        return log_failure(what, error, self.directory)
