"""The journal on disk: written line by line, so that a crash or a closed terminal loses nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from netsandbox.session.files import FileError, reason, write_atomically
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Entry

FORMAT = "netsandbox-journal/1"


def state_directory() -> Path:
    """XDG_STATE_HOME/netsandbox, by default below ~/.local/state."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(base) / "netsandbox"


class Autosave:
    """Keeps a session's journal in a file, always whole.

    A file that cannot be written is given up with a reason; the session goes on.
    """

    def __init__(self, session: KeptSession, path: Path) -> None:
        self._session = session
        self.path = path
        self.problem = ""
        session.on_execute = self.write

    def write(self, journal: list[Entry]) -> None:
        """Write the journal as it is now."""
        if self.problem:
            return
        session = self._session
        head = {"format": FORMAT, "seed": session.seed, "profile": session.profile}
        rows = [json.dumps(head), *(json.dumps(entry, ensure_ascii=False) for entry in journal)]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, "\n".join(rows) + "\n")
        except (FileError, OSError) as error:
            self.problem = str(error)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Write once when it is over instead of after every line: a scenario's set-up has many, and can be repeated."""
        self._session.on_execute = lambda _journal: None
        try:
            yield
        finally:
            self._session.on_execute = self.write
            self.write(self._session.journal)

    def forget(self) -> None:
        """The session ended as it should: nothing is left to recover."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            self.problem = str(error)


def latest(directory: Path) -> Path | None:
    """The journal that was written last, if any is there to recover."""
    try:
        files = sorted(directory.glob("journal-*.jsonl"), key=lambda path: path.stat().st_mtime)
    except OSError:
        return None
    return files[-1] if files else None


def recover(path: Path) -> KeptSession:
    """The session that a journal tells of, at its end.

    Raises:
        FileError: the file cannot be read or is no journal.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise FileError(str(path), reason(error)) from None
    head, entries = _parse(path, lines)
    session = KeptSession(head["seed"], head["profile"])
    for entry in entries:
        session.run_to(entry.step, entry.at)
        session.execute(entry.line)
    session.settle()
    return session


def _parse(path: Path, lines: list[str]) -> tuple[dict[str, Any], list[Entry]]:
    try:
        head = json.loads(lines[0])
        if head["format"] != FORMAT or not isinstance(head["seed"], int):
            raise ValueError
        entries = [Entry(int(step), int(at), str(line)) for step, at, line in map(json.loads, lines[1:])]
    except (ValueError, KeyError, IndexError, TypeError):
        raise FileError(str(path), "this is no journal of netsandbox, or it is damaged") from None
    return head, entries
