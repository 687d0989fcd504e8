"""Files written so that a crash half-way never destroys the old one, and errors that say what to do.

The new content goes to a temporary file beside the target, is forced to the disk, and takes the target's name in one
step: a reader sees the old file or the new one, never a part.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from netsandbox.lab.errors import LabError

_ATTEMPTS = 100
"""Temporary names to try; a crashed process may have left some behind."""

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


class FileError(LabError):
    """A file that cannot be read or written. The text is `FILE: message`, safe to print on a terminal."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        self.message = message

    def __str__(self) -> str:
        return printable(f"{self.path}: {self.message}")


def printable(text: str) -> str:
    """The text with every character that could steer a terminal, or that cannot be encoded, as a backslash escape."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def reason(error: OSError | ValueError) -> str:
    """Why the operating system refused, in a few words."""
    if isinstance(error, OSError):
        return _REASONS.get(error.errno or 0) or error.strerror or str(error)
    return "a file name cannot contain this character" if "null" in str(error) else str(error)


def read_bytes(path: str | Path, limit: int) -> bytes:
    """The file's content; FileError when it cannot be read or has more than limit bytes."""
    try:
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise FileError(str(path), f"cannot be read: {reason(error)}") from None
    if len(data) > limit:
        raise FileError(str(path), f"too large: more than {limit:,} bytes")
    return data


def write_atomically(path: str | Path, content: str | bytes) -> None:
    """Make content (text as UTF-8) the file's content, all or nothing.

    A symbolic link is followed, the permissions of an existing file are kept. A pipe or a device (`/dev/stdout`) cannot
    be replaced and is written to. Raises FileError, and then the old file is as it was.
    """
    name = str(path)
    try:
        data = content.encode() if isinstance(content, str) else content
    except UnicodeEncodeError as error:
        char = error.object[error.start]
        raise FileError(name, f"cannot be written: the character U+{ord(char):04X} cannot be stored") from None
    try:
        target = os.path.realpath(name)
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "is a directory")
        if mode is not None and not stat.S_ISREG(mode):
            Path(target).write_bytes(data)
        else:
            _replace(target, data, mode)
    except (OSError, ValueError) as error:
        raise FileError(name, f"cannot be written: {reason(error)}") from None


class FileThereError(FileError):
    """A file that is somebody else's, and that nobody said to replace."""


class OwnFiles:
    """The files that a session writes: one that was there before it is replaced only by force."""

    def __init__(self) -> None:
        self._own: set[str] = set()

    def write(self, path: str, content: str | bytes, force: bool = False) -> None:
        """As write_atomically.

        Raises:
            FileError: it cannot be written; FileThereError: it is somebody else's, and force is off.
        """
        if not force and os.path.isfile(path) and os.path.realpath(path) not in self._own:
            raise FileThereError(path, "there is such a file already; with --force it is replaced")
        write_atomically(path, content)
        self._own.add(os.path.realpath(path))


class NoFiles(OwnFiles):
    """Of a session that is somebody else's: nothing is written."""

    def write(self, path: str, content: str | bytes, force: bool = False) -> None:
        """Raises FileError."""
        raise FileError(path, "not written: this session is only looked at")


def _mode(target: str) -> int | None:
    try:
        return os.stat(target).st_mode
    except FileNotFoundError:
        return None


def _replace(target: str, data: bytes, mode: int | None) -> None:
    directory = os.path.dirname(target)
    descriptor, temporary = _open_beside(directory)
    try:
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if mode is not None:
            os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_directory(directory)


def _open_beside(directory: str) -> tuple[int, str]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for attempt in range(_ATTEMPTS):
        temporary = os.path.join(directory, f".netsandbox-{os.getpid()}-{attempt}.tmp")
        try:
            return os.open(temporary, flags, 0o666), temporary
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, "too many temporary files are left beside it")


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
