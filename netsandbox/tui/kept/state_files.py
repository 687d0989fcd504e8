"""The files that the app keeps between runs: histories, what was seen already, and the log of its own failures."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from netsandbox.session.failures import log_failure
from netsandbox.session.files import FileError, write_atomically
from netsandbox.session.leftovers import state_directory
from netsandbox.tui.kept.history import History


def set_aside(path: Path) -> None:
    """Give a file that cannot be read as what it should be another name, so that writing it anew does not lose it."""
    with suppress(OSError):
        path.replace(path.with_suffix(".set-aside"))


class StateFiles:
    """A directory of small files; one that cannot be read is empty, one that cannot be written is told once."""

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory if directory is not None else state_directory()
        self.problem = ""  # why something could not be kept, or empty

    def history(self, name: str) -> History:
        """The lines of a history, oldest first; a file that holds anything else is set aside."""
        path = self.directory / name
        try:
            lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        except OSError:
            return History()
        whole = [line for line in lines if line.isprintable()]
        if len(whole) < len(lines):
            set_aside(path)
        return History(whole)

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
