"""`netsandbox run --pcapng`: the run's frames as a capture file, which gets its name when the run is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from netsandbox.commands.verbs.comments import commenter
from netsandbox.lab.export import CaptureFile
from netsandbox.lab.names import Namer
from netsandbox.session.files import WholeFile
from netsandbox.session.runner import Runner


@contextmanager
def capturing(path: str, runner: Runner, language: str) -> Iterator[None]:
    """Capture what the runner does; a run that is broken off leaves the file as it was (FileError: the file cannot be
    opened or written)."""
    file = WholeFile(path)
    try:
        runner.after_line = Capture(file, runner, language).update
        yield
        file.keep()
    finally:
        file.drop()


class Capture:
    """The run's capture file; a line that goes back in time begins it anew (FileError: from `update`, when nothing more
    can be written)."""

    def __init__(self, file: WholeFile, runner: Runner, language: str) -> None:
        self._whole = file
        self._stream = open(file.descriptor, "wb", closefd=False)  # noqa: SIM115 - the file is closed where it was opened
        self._runner = runner
        self._language = language
        self._lab = runner.session.lab
        self._file = self._begin()

    def _begin(self) -> CaptureFile:
        return CaptureFile(self._stream, self._lab.trace, commenter(self._language, Namer(self._lab)))

    def update(self) -> None:
        try:
            if self._runner.session.lab is not self._lab:
                self._stream.seek(0)
                self._stream.truncate()
                self._lab = self._runner.session.lab
                self._file = self._begin()
            self._file.update()
            self._stream.flush()
        except OSError as error:
            raise self._whole.error(error) from None
