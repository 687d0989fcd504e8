"""Where a command's output goes: the screen, a file, a pipe, what `$(…)` gathers; and what `>` and `<` open."""

from __future__ import annotations

import re
from typing import Protocol

from netsandbox.apps.output import Appended, Output, at_terminal
from netsandbox.apps.pipe import Pipe
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.sysctl.effect import note_on_file
from netsandbox.shell.dialect import Dialect, not_opened
from netsandbox.shell.errors import RefusedError

MOST_GATHERED = 1 << 20  # Characters that `$(…)` gathers


class Sink(Protocol):
    """Takes text."""

    def write(self, text: str) -> None:
        """Raises: FileError: it cannot be written."""


class Screen:
    """What a person sees of a program's own output (stream: out or err)."""

    def __init__(self, program: Output, stream: str) -> None:
        self._program = program
        self._stream = stream

    def write(self, text: str) -> None:
        if text:
            self._program.output.append((self._stream, text))

    @property
    def is_at_terminal(self) -> bool:
        return at_terminal(self._program.output)

    @property
    def pipe(self) -> Pipe | None:
        """Where it ends, if that is a pipe: `bash -c '…' | head`."""
        output = self._program.output
        return output.pipe(self._stream) if isinstance(output, Appended) else None


class Gathered:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self._chunks: list[str] = []
        self._size = 0

    def write(self, text: str) -> None:
        self._size += len(text)
        if self._size > MOST_GATHERED:
            raise FileError("ENOSPC")
        self._chunks.append(text)

    @property
    def text(self) -> str:
        return "".join(self._chunks)


class FileSink:
    """A file that was opened for writing (note: what is to be said about what was written there; said once)."""

    def __init__(self, files: Files, path: str) -> None:
        self._files = files
        self._path = path
        self.note = ""
        self._is_noted = False

    def write(self, text: str) -> None:
        if text:
            self._files.write(self._path, text, append=True)
            self.note = "" if self._is_noted else note_on_file(self._path)
            self._is_noted = self._is_noted or bool(self.note)


Streams = dict[int, "Sink | Pipe"]  # By descriptor


class Routed(Appended):
    """A program's output, sent on: what is appended as (out or err, text) goes to the descriptors 1 and 2."""

    __slots__ = ("_streams", "failure", "is_broken")

    def __init__(self, streams: Streams) -> None:
        super().__init__()
        self._streams = streams
        self.failure = ""  # why something could not be written, empty if nothing failed
        self.is_broken = False  # it wrote to a pipe that nobody reads any more (SIGPIPE)

    def append(self, item: tuple[str, str]) -> None:
        """Send one text on."""
        stream, text = item
        sink, pipe = self._streams.get(1 if stream == "out" else 2), self.pipe(stream)
        if sink is None:
            self.failure = "Bad file descriptor"
            return
        if pipe is not None and not pipe.has_reader:
            self.is_broken = True
            return
        if pipe is not None and pipe.is_flooded:
            self.failure = str(FileError("ENOSPC"))
            return
        try:
            sink.write(text)
        except FileError as error:
            self.failure = str(error)
            return
        if isinstance(sink, FileSink) and sink.note:
            note, sink.note = sink.note, ""
            self.append(("err", note))

    @property
    def is_at_terminal(self) -> bool:
        sink = self._streams.get(1)
        return isinstance(sink, Screen) and sink.is_at_terminal

    def pipe(self, stream: str) -> Pipe | None:
        return pipe_of(self._streams, 1 if stream == "out" else 2)


def pipe_of(streams: Streams, number: int) -> Pipe | None:
    """The pipe that a descriptor leads to."""
    sink = streams.get(number)
    return sink if isinstance(sink, Pipe) else sink.pipe if isinstance(sink, Screen) else None


def terminals(streams: Streams) -> frozenset[int]:
    """The descriptors at which a person sits (isatty)."""
    return frozenset(number for number, one in streams.items()
                     if (one.is_terminal if isinstance(one, Pipe) else isinstance(one, Screen) and one.is_at_terminal))


def standard_input(streams: Streams) -> Pipe:
    """What can be read at descriptor 0; nothing where it is closed or only written to."""
    found = streams.get(0)
    return found if isinstance(found, Pipe) else Pipe(is_closed=True)


NAMES = ("stdin", "stdout", "stderr")
OWN_DESCRIPTOR = re.compile(r"/dev/(?:(stdin|stdout|stderr)|fd/(\d{1,4}))")
FILE_OPERATORS = frozenset({"<", ">", ">>", "<>", ">|", "&>", "&>>"})  # Redirections whose target is a path


def descriptor_of(path: str, files: Files) -> int | None:
    """Which descriptor a path stands for; None for every other file, also for one that somebody made there."""
    found = OWN_DESCRIPTOR.fullmatch(path)
    if found is None or files.node(path) is not None:
        return None
    return NAMES.index(found[1]) if found[1] in NAMES else int(found[2])


def descriptor(fd: int | None, operator: str) -> int:
    """Which one a redirection is about."""
    return fd if fd is not None else 0 if operator.startswith("<") else 1


def opened(streams: Streams, files: Files, fd: int | None, operator: str, target: str, noclobber: bool,
           dialect: Dialect) -> Streams:
    """The streams with one redirection done (RefusedError: a file cannot be opened, or a descriptor is not open)."""
    made, number, source = dict(streams), descriptor(fd, operator), descriptor_of(target, files)
    try:
        if source is not None and operator in FILE_OPERATORS:
            if source not in made:
                raise FileError("ENOENT")
            made[number] = made[source]
            if operator.startswith("&"):
                made[2] = made[source]
        elif operator in ("<<", "<<<"):
            made[number] = Pipe(target + ("\n" if operator == "<<<" else ""), is_closed=True)
        elif operator == "<":
            made[number] = Pipe(files.read(target), is_closed=True)
        elif operator in ("<&", ">&"):
            return _duplicated(made, files, number, target, operator == ">&" and fd is None)
        else:
            if noclobber and operator == ">" and files.exists(target) and target != "/dev/null":
                raise FileError("EEXIST")
            made[number] = FileSink(files, files.create(target, operator in (">>", "&>>", "<>")))
            if operator.startswith("&"):
                made[2] = made[number]
    except FileError as error:
        raise RefusedError(*not_opened(dialect, operator, target, error)) from None
    return made


def _duplicated(made: Streams, files: Files, number: int, target: str, may_be_file: bool) -> Streams:
    """`2>&1`, `>&-`; `>& FILE` as `&>`."""
    if target == "-":
        made.pop(number, None)
    elif target.isdecimal():
        if int(target) not in made:
            raise RefusedError(f"{target}: Bad file descriptor")
        made[number] = made[int(target)]
    elif may_be_file:
        made[1] = made[2] = FileSink(files, files.create(target, False))
    else:
        raise RefusedError(f"{target}: ambiguous redirect")
    return made
