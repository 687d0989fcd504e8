"""`netsandbox run --pcapng`: the run's frames as a capture file, written as the run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from netsandbox.commands.comments import commenter
from netsandbox.lab.export import CaptureFile
from netsandbox.lab.names import Namer
from netsandbox.session.files import FileError, reason
from netsandbox.session.runner import Runner


@contextmanager
def capturing(path: str, runner: Runner, language: str) -> Iterator[None]:
    """Capture what the runner does.

    Raises:
        FileError: the file cannot be opened or written.
    """
    stream = _open(path)
    try:
        runner.after_line = Capture(path, stream, runner, language).update
        yield
    finally:
        with suppress(OSError):  # each update has emptied the buffer, or has failed already
            stream.close()


def _open(path: str) -> BinaryIO:
    try:
        return open(path, "wb")
    except OSError as error:
        raise FileError(path, reason(error)) from None


class Capture:
    """The run's capture file; a line that goes back in time begins it anew.

    Raises:
        FileError: from `update`, when nothing more can be written, or when the output is a pipe, from which nothing
            can be taken back.
    """

    def __init__(self, path: str, stream: BinaryIO, runner: Runner, language: str) -> None:
        self._path = path
        self._stream = stream
        self._runner = runner
        self._language = language
        self._lab = runner.session.lab
        self._file = self._begin()

    def _begin(self) -> CaptureFile:
        return CaptureFile(self._stream, self._lab.trace, commenter(self._language, Namer(self._lab)))

    def update(self) -> None:
        if self._runner.session.lab is not self._lab:
            if not self._stream.seekable():
                raise FileError(self._path, "a pipe cannot take frames back; write to a file")
            self._stream.seek(0)
            self._stream.truncate()
            self._lab = self._runner.session.lab
            self._file = self._begin()
        try:
            self._file.update()
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise FileError(self._path, f"cannot be written: {reason(error)}") from None
