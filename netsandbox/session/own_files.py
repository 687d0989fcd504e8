"""Which files of the disk a session may read and write: `save`, `export` and `load` come here, and nothing else does.

A line that a person typed may write where the person may.  A line of a scenario may write only below the directory that
the person has allowed; whose session is only looked at writes nothing; a visitor's stays in a directory of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netsandbox.session.files import FileError, read_bytes, refuse_inputs, write_atomically


class FileThereError(FileError):
    """A file that is somebody else's, and that nobody said to replace."""


class OwnFiles:
    """The files that a session reads and writes; one that was there before it is replaced only by force."""

    def __init__(self, allowed: str = "", root: str = "") -> None:
        self.allowed = allowed  # the directory below which lines of a scenario may write; empty for nowhere
        self.root = root  # the directory outside of which nothing is read or written; empty for no such bound
        self.is_scenario = False  # the line at work is a scenario's, not a person's
        self.inputs: list[str] = []  # what was read; a scenario's line does not write over it
        self._own: set[str] = set()

    @contextmanager
    def of_scenario(self) -> Iterator[None]:
        """The lines that are carried out within are a scenario's."""
        before, self.is_scenario = self.is_scenario, True
        try:
            yield
        finally:
            self.is_scenario = before

    def refuse_reading(self, path: str) -> None:
        """Raises FileError when a file may not be read, whether it is there or not."""
        self._refuse_outside(self.root, path, "read")

    def read(self, path: str, limit: int) -> bytes:
        """As read_bytes, within the root."""
        self.refuse_reading(path)
        data = read_bytes(path, limit)
        self.inputs.append(path)
        return data

    def write(self, path: str, content: str | bytes, force: bool = False) -> None:
        """As write_atomically.

        Raises:
            FileError: it cannot or may not be written; FileThereError: it is somebody else's, and force is off.
        """
        self._refuse_outside(self.root, path, "written")
        if self.is_scenario:
            if not self.allowed:
                raise FileError(path, "not written: a scenario may not write files unless netsandbox is started with "
                                      "--allow-writes DIR")
            self._refuse_outside(self.allowed, path, "written")
            refuse_inputs(path, self.inputs)
        if not force and os.path.isfile(path) and os.path.realpath(path) not in self._own:
            raise FileThereError(path, "there is such a file already; with --force it is replaced")
        write_atomically(path, content)
        self._own.add(os.path.realpath(path))

    def _refuse_outside(self, directory: str, path: str, done: str) -> None:
        try:
            if not directory or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(directory)):
                return
        except (OSError, ValueError):
            pass
        raise FileError(path, f"not {done}: only files below {directory} are")


class NoFiles(OwnFiles):
    """Of a session that is somebody else's: nothing is written."""

    def write(self, path: str, content: str | bytes, force: bool = False) -> None:
        """Raises FileError."""
        raise FileError(path, "not written: this session is only looked at")
