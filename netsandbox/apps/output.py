"""What something has printed so far, on its two streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Self

from netsandbox.apps.pipe import Pipe
from netsandbox.engine.budget import Use
from netsandbox.engine.octets import shown

PIECE = 20  # Characters that a piece of output counts for besides its own: to keep it takes memory as well


class Appended(list[tuple[str, str]]):
    """(stream, text) in order, all of which `append` sees."""

    __slots__ = ()

    @property
    def is_at_terminal(self) -> bool:
        """What is printed (out) is seen by a person, as far as the program can tell (isatty)."""
        return True

    def pipe(self, _stream: str) -> Pipe | None:
        """The pipe that out or err ends in, however many programs hand it on."""
        return None

    def extend(self, items: Iterable[tuple[str, str]]) -> None:
        for item in items:
            self.append(item)

    def __iadd__(self, items: Iterable[tuple[str, str]]) -> Self:  # type: ignore[override,misc]
        self.extend(items)
        return self


class Kept(Appended):
    """What is kept of an output: when it has become too long, nothing more.

    Args:
        on_full: called once, when there is too much; what it says is the end of it.

    Attributes:
        size: characters that were taken, counted with PIECE.
        on_full: as above; it may be taken away.
    """

    size = 0
    on_full: Callable[[], str] | None = None
    """Of the class as well: a copy is given its items first, and then its fields (pickle)."""

    def __init__(self, on_full: Callable[[], str] | None = None) -> None:
        super().__init__()
        self.on_full = on_full

    def append(self, item: tuple[str, str]) -> None:
        if self.size > Use.OUTPUT.limit:
            return
        self.size += len(item[1]) + PIECE
        super().append((item[0], shown(item[1])))
        if self.size > Use.OUTPUT.limit and self.on_full is not None:
            super().append(("err", self.on_full()))


class HandedOn(Appended):
    """What a program in a container prints, as docker's client hands it on.

    Args:
        onward: where the client's own output goes.
        has_terminal: the program has one (-t): a single stream, and a line that leaves it ends with CR LF.
    """

    __slots__ = ("_has_terminal", "_onward")

    def __init__(self, onward: list[tuple[str, str]], has_terminal: bool) -> None:
        super().__init__()
        self._onward = onward
        self._has_terminal = has_terminal

    @property
    def is_at_terminal(self) -> bool:
        return self._has_terminal

    def append(self, item: tuple[str, str]) -> None:
        stream, text = item
        if self._has_terminal:
            stream = "out"
            text = text if at_terminal(self._onward) else text.replace("\n", "\r\n")
        self._onward.append((stream, text))

    def pipe(self, stream: str) -> Pipe | None:
        return self._onward.pipe(stream) if isinstance(self._onward, Appended) else None


class Output:
    """Attributes: output: (stream, text) in order; the stream is out or err."""

    def __init__(self) -> None:
        self.output: list[tuple[str, str]] = []

    @property
    def out(self) -> str:
        return "".join(text for stream, text in self.output if stream == "out")

    @property
    def err(self) -> str:
        return "".join(text for stream, text in self.output if stream == "err")

    def print(self, text: str) -> None:
        self.output.append(("out", text + "\n"))

    def complain(self, text: str) -> None:
        self.output.append(("err", text + "\n"))


def at_terminal(output: list[tuple[str, str]]) -> bool:
    """Whether a person sees what is printed there."""
    return not isinstance(output, Appended) or output.is_at_terminal
