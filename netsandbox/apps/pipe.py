"""A pipe: what one program writes and another one reads."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.engine.budget import Use

CAPACITY = 65536  # Of a pipe, in bytes (pipe(7)); only what loops waits for that, the others write on


class Pipe:
    """Text on its way, and its end."""

    def __init__(self, text: str = "", is_closed: bool = False, is_terminal: bool = False) -> None:
        self._chunks = [text] if text else []
        self._size = len(text)
        self.is_closed = is_closed  # nothing more will be written
        self.is_terminal = is_terminal  # a person's keyboard: nothing is typed, and it does not end
        self.has_reader = True  # whether anybody will still read; writing to a pipe without a reader is SIGPIPE
        self.error = ""  # the errno's name of why it ended, if it is a socket that failed
        # called, if it is set, when there is more to read, and when the end has come
        self.on_change: Callable[[], None] | None = None
        # called once, if it is set, when something was taken out, or nobody reads any more
        self.on_read: Callable[[], None] | None = None

    @property
    def text(self) -> str:
        """All that can be read now; it stays there."""
        if len(self._chunks) > 1:
            self._chunks = ["".join(self._chunks)]
        return self._chunks[0] if self._chunks else ""

    @property
    def is_at_end(self) -> bool:
        return self.is_closed and not self._chunks

    def write(self, text: str) -> None:
        if text and self.has_reader:
            self._chunks.append(text)
            self._size += len(text)
            self._tell()

    def close(self) -> None:
        """The last writer is gone."""
        if not self.is_closed:
            self.is_closed = True
            self._tell()

    def read(self) -> str:
        """Take all that is there."""
        text, self._chunks, self._size = self.text, [], 0
        self._tell_writer()
        return text

    def read_line(self) -> str | None:
        """Take one line with its newline, at the end what is left; None while there is no whole line, or nothing."""
        line, newline, rest = self.text.partition("\n")
        if not newline and (not self.is_closed or not line):
            return None
        self._chunks, self._size = [rest] if rest else [], len(rest)
        self._tell_writer()
        return line + newline

    def leave(self) -> None:
        """The last reader is gone."""
        self.has_reader, self.on_change = False, None
        self._tell_writer()

    @property
    def is_full(self) -> bool:
        """PIPE_BUF times 16, which is what fits in: a writer waits."""
        return self._size >= CAPACITY

    @property
    def is_flooded(self) -> bool:
        """Whether more waits to be read than a line may print: there is no room for what else is written."""
        return self._size > Use.OUTPUT.limit

    def _tell(self) -> None:
        if self.on_change is not None:
            self.on_change()

    def _tell_writer(self) -> None:
        told, self.on_read = self.on_read, None
        if told is not None:
            told()
