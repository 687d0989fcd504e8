"""Whose a file is: a lock beside it that lasts as long as the process, so that nobody else takes it for left behind.

The lock is the operating system's: a crash or a kill lets it go.  A number of the process would not do, since numbers
are used again, and count anew in every container.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

HAS_LOCKS = find_spec("fcntl") is not None  # On a system without such locks every file counts as left behind


class Owner:
    """Holds the lock of a file; `take` gets it, `release` gives it back."""

    def __init__(self, path: Path) -> None:
        self.lock = path.with_suffix(".lock")
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Get the lock; False when another process has it.  Where there can be no lock, it is ours."""
        if not HAS_LOCKS or self._descriptor is not None:
            return True
        import fcntl

        try:
            descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError:
            os.close(descriptor)
            return True
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back, and take its file away."""
        if self._descriptor is not None:
            with suppress(OSError):
                self.lock.unlink()
            os.close(self._descriptor)
            self._descriptor = None


def is_in_use(path: Path) -> bool:
    """Whether a process that runs holds the lock of a file."""
    owner = Owner(path)
    if not owner.lock.exists():
        return False
    if not owner.take():
        return True
    owner.release()
    return False


def left_behind(directory: Path) -> list[Path]:
    """The journals that no running process has, the one that was written last first."""
    try:
        files = sorted(directory.glob("journal-*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return []
    return [path for path in files if not is_in_use(path)]


def latest(directory: Path) -> Path | None:
    """The one of them that was written last; None when there is none."""
    return next(iter(left_behind(directory)), None)
