"""Functions that run, and commands that were read just now (`.`, `eval`)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from netsandbox.linux.core.files.inode import FileError
from netsandbox.shell.errors import RefusedError
from netsandbox.shell.frames import Frame, ListFrame
from netsandbox.shell.streams import Streams
from netsandbox.shell.tree import List, Runnable

if TYPE_CHECKING:
    from netsandbox.shell.interpreter import Interpreter

MOST_CALLS = 200  # Functions within one another


def remove(shell: Interpreter, files: list[str]) -> None:
    """What stood for the output of `<(…)` is closed."""
    while files:
        with suppress(FileError):  # a command has removed or moved it
            shell.state.files.remove(files.pop())


class CallFrame(Frame):
    """A function that runs (words: its name, and `$1` and so on)."""

    def __init__(self, body: Runnable, words: list[str], streams: Streams, variables: dict[str, str]) -> None:
        self._body = body
        self._words = words
        self._streams = streams
        self._variables = variables
        self._before: tuple[list[str], Streams] | None = None
        self.files: list[str] = []  # Made for `<(…)` among its words

    def step(self, shell: Interpreter) -> None:
        if self._before is not None:
            shell.ended(shell.state.status)
            return
        state = shell.state
        if len(state.scopes) >= MOST_CALLS:
            raise RefusedError(f"more than {MOST_CALLS} functions within one another", 1, True)
        self._before = state.positional, shell.streams
        state.positional, shell.streams = self._words[1:], self._streams
        state.enter_scope()
        named = {"FUNCNAME": self._words[0]} if state.dialect.name == "bash" else {}
        for name, value in {**self._variables, **named}.items():
            state.hide(name)
            state.set(name, value)
        shell.run(self._body)

    def leave(self, shell: Interpreter) -> None:
        remove(shell, self.files)
        if self._before is not None:
            shell.state.positional, shell.streams = self._before
            shell.state.leave_scope()


class SourceFrame(Frame):
    """`.`, `source` and `eval`: commands that were read just now."""

    def __init__(self, body: List, arguments: list[str] | None, streams: Streams, is_file: bool) -> None:
        self._body = body
        self._arguments = arguments
        self._streams = streams
        self.is_file = is_file
        self.hidden: dict[str, str | None] = {}  # what variables were before the assignments in front of the command
        self._before: tuple[list[str], Streams] | None = None

    def step(self, shell: Interpreter) -> None:
        if self._before is not None:
            shell.ended(shell.state.status)
            return
        self._before = shell.state.positional, shell.streams
        shell.streams = self._streams
        if self._arguments is not None:
            shell.state.positional = self._arguments
        shell.push(ListFrame(self._body))

    def leave(self, shell: Interpreter) -> None:
        if self._before is not None:
            positional, shell.streams = self._before
            shell.state.restore(self.hidden)
            if self._arguments is not None:
                shell.state.positional = positional
