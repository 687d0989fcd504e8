"""Temporary files: made beside what they will replace, locked while somebody writes them, taken away when nobody does.

A killed process leaves its temporary file without a lock.  Whoever makes one next in that directory takes it away, and
so does the next start, for which the directory is noted among the program's own files.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path

PREFIX, SUFFIX = ".netsandbox-", ".tmp"
_ATTEMPTS = 100
HAS_LOCKS = find_spec("fcntl") is not None
"""On a system without such locks nobody can tell what was left from what is written: it stays."""


def state_directory() -> Path:
    """XDG_STATE_HOME/netsandbox, by default below ~/.local/state."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(base) / "netsandbox"


class Temporary:
    """A temporary file that is open.  Attributes: path, descriptor."""

    def __init__(self, path: str, descriptor: int, note: str) -> None:
        self.path = path
        self.descriptor = descriptor
        self._note = note
        _OPEN.add(self)

    def move_to(self, target: str) -> None:
        """Give it another name, in place of what has that now.  Raises OSError."""
        os.replace(self.path, target)
        self.path = ""

    def end(self) -> None:
        """Close it, and take its name away unless it has another by now; harmless when that was done."""
        if self.descriptor < 0:
            return
        _OPEN.discard(self)
        for name in filter(None, (self.path, self._note)):
            with suppress(OSError):
                os.unlink(name)
        descriptor, self.descriptor = self.descriptor, -1
        os.close(descriptor)


_OPEN: set[Temporary] = set()


def end_all() -> None:
    """Take away all that this process has begun: it ends by a signal."""
    for temporary in tuple(_OPEN):
        temporary.end()


def begin(directory: str) -> Temporary:
    """A new temporary file in a directory, once those that were left there are gone (OSError: there can be none)."""
    sweep(directory)
    note = _note(directory)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        for attempt in range(_ATTEMPTS):
            path = os.path.join(directory, f"{PREFIX}{os.getpid()}-{attempt}{SUFFIX}")
            try:
                descriptor = os.open(path, flags, 0o666)
            except FileExistsError:
                continue
            if _lock(descriptor) and _is_there(path, descriptor):
                return Temporary(path, descriptor, note)
            os.close(descriptor)  # somebody swept between the two calls
        raise FileExistsError(errno.EEXIST, "too many temporary files are left beside it")
    except BaseException:
        with suppress(OSError):
            os.unlink(note)
        raise


def sweep(directory: str) -> None:
    """Take away what processes that are no more have left in a directory."""
    if not HAS_LOCKS:
        return
    with suppress(OSError):
        for name in os.listdir(directory):
            if name.startswith(PREFIX) and name.endswith(SUFFIX):
                _sweep_one(os.path.join(directory, name))


def sweep_at_start() -> None:
    """Take away what was left among the program's own files, here, and wherever a write was noted."""
    state = state_directory()
    notes = os.path.join(state, "unfinished")
    for directory in (str(state), os.curdir):
        sweep(directory)
    with suppress(OSError):
        for name in os.listdir(notes):
            with suppress(OSError, ValueError):
                with open(os.path.join(notes, name), encoding="utf-8", errors="surrogateescape") as file:
                    sweep(file.read())
                if not _runs(int(name.partition("-")[0])):
                    os.unlink(os.path.join(notes, name))


def _sweep_one(path: str) -> None:
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        try:
            if _lock(descriptor):
                os.unlink(path)
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Take the lock that says that somebody writes the file; a killed process loses it."""
    if not HAS_LOCKS:
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _is_there(path: str, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _note(directory: str) -> str:
    """Note for the next start that something is written in a directory; empty where nothing can be noted or swept."""
    state = state_directory()
    if not HAS_LOCKS or os.path.realpath(directory) == os.path.realpath(state):
        return ""
    notes = os.path.join(state, "unfinished")
    with suppress(OSError):
        os.makedirs(notes, exist_ok=True)
        for attempt in count():
            path = os.path.join(notes, f"{os.getpid()}-{attempt}")
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            try:
                os.write(descriptor, os.fsencode(os.path.abspath(directory)))
            finally:
                os.close(descriptor)
            return path
    return ""
