"""socat's files: OPEN, CREATE and GOPEN, which a path alone means too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.socat.ends import End
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.linux.core.files.inode import FileError

if TYPE_CHECKING:
    from netsandbox.apps.socat.address import Address
    from netsandbox.apps.socat.socat import Socat

READ_ONLY, WRITE_ONLY, READ_WRITE, CREATE, TRUNCATE, APPEND = 0, 0o1, 0o2, 0o100, 0o1000, 0o2000
ACCESS = 0o3  # The bits of O_ACCMODE
FILES = {"open": READ_WRITE, "file": READ_WRITE, "gopen": READ_WRITE | CREATE | APPEND,
         **dict.fromkeys(("create", "creat"), WRITE_ONLY | CREATE | TRUNCATE)}
"""What each address tells open(2)."""
FILE_FLAGS = {"creat": CREATE, "create": CREATE, "trunc": TRUNCATE, "append": APPEND}  # What options add to that
FILE_ACCESS = {"rdonly": READ_ONLY, "wronly": WRITE_ONLY, "rdwr": READ_WRITE}  # What they say in its place


class FileEnd(End):
    """A file: read from its start, and written from there or at its end."""

    def __init__(self, program: Socat, address: Address) -> None:
        super().__init__(program)
        self.address = address
        self._at: int | None = None  # Where it is written; None before it is open

    def begin(self) -> None:
        text = self._open()
        if self._at is None or not self.pair.reads(self):
            return
        if self.address.flags & ACCESS == WRITE_ONLY:
            self.pair.fail(f"read(5, 0x7f0000000000, 8192): {TEXTS['EBADF']}")
            return
        if text:
            self.pair.data(self, to_bytes(text))
        self.pair.at_end(self)

    def _open(self) -> str:
        """What is in it."""
        files, path, flags = self.program.context.files, self.address.host, self.address.flags
        try:
            if files.is_directory(path):
                raise FileError("EISDIR")
            if self._at is None and (flags & TRUNCATE or (flags & CREATE and not files.exists(path))):
                files.write(path, "")
            text = files.read(path)
        except FileError as error:
            self.pair.fail(f'open("{path}", 0{flags:o}, 0666): {error}')
            return ""
        if self._at is None:
            self._at = len(text) if flags & APPEND else 0
        return text

    def write(self, data: bytes) -> None:
        files, path, text = self.program.context.files, self.address.host, to_text(data)
        if self._at is None:
            self._open()
        if self._at is None:
            return
        if self.address.flags & ACCESS == READ_ONLY:
            self.pair.fail(f"write(5, 0x7f0000000000, {len(data)}): {TEXTS['EBADF']}")
            return
        try:
            old = files.read(path)
            files.write(path, old[:self._at] + text + old[self._at + len(text):])
        except FileError as error:
            self.pair.fail(f"write(5, 0x7f0000000000, {len(data)}): {error}")
            return
        self._at += len(text)
