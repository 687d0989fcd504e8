"""What a builtin gets, and how it is declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.pipe import Pipe
from netsandbox.shell.dialect import Dialect
from netsandbox.shell.state import State
from netsandbox.shell.streams import Routed, Streams, standard_input

if TYPE_CHECKING:
    from netsandbox.shell.interpreter import Interpreter
    from netsandbox.shell.simple import SimpleFrame


class Builtin(NamedTuple):
    """One call (frame: the command's, on top of the stack until it is done)."""

    shell: Interpreter
    frame: SimpleFrame
    words: list[str]
    streams: Streams
    output: Routed

    @property
    def arguments(self) -> list[str]:
        return self.words[1:]

    @property
    def state(self) -> State:
        return self.shell.state

    @property
    def stdin(self) -> Pipe:
        return standard_input(self.streams)

    def out(self, text: str) -> None:
        self.output.append(("out", text))

    def fail(self, text: str, status: int = 1) -> int:
        """Say what is wrong behind the builtin's name."""
        self.output.append(("err", self.worded(f"{self.words[0]}: {text}") + "\n"))
        return status

    def worded(self, text: str) -> str:
        """Behind the shell's name and the line."""
        state = self.state
        if state.dialect.name == "ash" or not self.shell.tells_lines:
            return f"{state.name}: {text}"
        return f"{state.name}: {'line ' if state.dialect.name == 'bash' else ''}{state.line}: {text}"


class Declared(NamedTuple):
    """A builtin."""

    run: Callable[[Builtin], int | None]  # gives its status, or None if it has put frames in its place or waits
    shells: tuple[str, ...] = ()  # those that have it, all where it is empty

    def is_in(self, dialect: Dialect) -> bool:
        return not self.shells or dialect.name in self.shells
