"""Files written so that a crash half-way never destroys the old one, and errors that say what to do.

The new content goes to a temporary file beside the target, is forced to the disk, and takes the target's name in one
step: a reader sees the old file or the new one, never a part.  What a killed process has left there goes away with the
next write or the next start (session.leftovers).  Only regular files are read and written: a pipe or a device could
keep the program waiting for ever.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from netsandbox.commands.words import printable
from netsandbox.engine.octets import to_bytes
from netsandbox.lab.errors import LabError
from netsandbox.session import leftovers

_REASONS = {
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EISDIR: "it is a directory",
    errno.ENOTDIR: "a part of the path is not a directory",
    errno.ENOENT: "no such file or directory",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "too many symbolic links",
}


NOT_REGULAR = "not a regular file, but a pipe, a device or a socket"


class FileError(LabError):
    """A file that cannot be read or written. The text is `FILE: message`, safe to print on a terminal."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        self.message = message

    def __str__(self) -> str:
        return printable(f"{self.path}: {self.message}")


def reason(error: OSError | ValueError) -> str:
    """Why the operating system refused, in a few words."""
    if isinstance(error, OSError):
        return _REASONS.get(error.errno or 0) or error.strerror or str(error)
    return "a file name cannot contain this character" if "null" in str(error) else str(error)


def read_bytes(path: str | Path, limit: int) -> bytes:
    """The file's content; FileError when it cannot be read, is no regular file, or has more than limit bytes."""
    try:
        # Without O_NONBLOCK the open itself would wait for somebody to write into a pipe.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, "is a directory")
            if not stat.S_ISREG(mode):
                raise FileError(str(path), f"cannot be read: {NOT_REGULAR}")
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise FileError(str(path), f"cannot be read: {reason(error)}") from None
    if len(data) > limit:
        raise FileError(str(path), f"too large: more than {limit:,} bytes")
    return data


def refuse_inputs(path: str | Path, inputs: Iterable[str | Path]) -> None:
    """Raises FileError when a file that is to be written is one of those that are read, by whatever name."""
    for one in inputs:
        with contextlib.suppress(OSError, ValueError):
            if os.path.samefile(path, one):
                raise FileError(str(path), f"not written: it is an input of the same run ({one})")


class WholeFile:
    """A file in the making: it gets its name, and takes the place of an older one, once it is whole.

    A symbolic link is followed, the permissions of an existing file are kept.

    Attributes:
        descriptor: where its content is written to.

    Raises:
        FileError: there can be no such file, or what has the name is no regular file.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        try:
            self._target = os.path.realpath(self.path)
            self._mode = _mode_to_replace(self.path)
            self._left = leftovers.begin(os.path.dirname(self._target))
        except (OSError, ValueError) as error:
            raise self.error(error) from None
        self.descriptor = self._left.descriptor

    def error(self, error: OSError | ValueError) -> FileError:
        """What the operating system refused, as an error that names the file."""
        return FileError(self.path, f"cannot be written: {reason(error)}")

    def keep(self) -> None:
        """It is whole.  Raises FileError, and then the old file is as it was."""
        try:
            os.fsync(self.descriptor)
            if self._mode is not None:
                os.chmod(self._left.path, stat.S_IMODE(self._mode))
            self._left.move_to(self._target)
        except OSError as error:
            raise self.error(error) from None
        finally:
            self.drop()
        _sync_directory(os.path.dirname(self._target))

    def drop(self) -> None:
        """It is not wanted any more; harmless when it was kept."""
        self._left.end()


def write_atomically(path: str | Path, content: str | bytes) -> None:
    """Make content (text as UTF-8) the file's content, all or nothing: see WholeFile.

    Raises FileError, and then the old file is as it was.
    """
    name = str(path)
    try:
        data = to_bytes(content) if isinstance(content, str) else content
    except UnicodeEncodeError as error:
        char = error.object[error.start]
        raise FileError(name, f"cannot be written: the character U+{ord(char):04X} cannot be stored") from None
    file = WholeFile(name)
    try:
        _write_all(file.descriptor, data)
        file.keep()
    except OSError as error:
        raise file.error(error) from None
    finally:
        file.drop()


def _mode_to_replace(path: str) -> int | None:
    """The mode of the file that is there, None if none is (OSError, ValueError: nothing can be written there)."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory")
    if not stat.S_ISREG(mode):
        raise OSError(0, NOT_REGULAR)
    return mode


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        written = os.write(descriptor, rest)
        if written == 0:
            raise OSError(errno.ENOSPC, "nothing more is accepted")
        rest = rest[written:]


def _sync_directory(directory: str) -> None:
    """Force the new name to the disk too, where the system can; the content is already safe."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
