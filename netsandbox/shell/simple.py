"""A simple command: words, assignments and redirections; then a function, a builtin, or a program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.apps.program import Task
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.shell.array import Array
from netsandbox.shell.array_expansion import made
from netsandbox.shell.builtin import Builtin
from netsandbox.shell.builtins import BUILTINS
from netsandbox.shell.calls import CallFrame, SourceFrame, remove
from netsandbox.shell.errors import RefusedError
from netsandbox.shell.expand import Expansion
from netsandbox.shell.frames import Expanding, Frame
from netsandbox.shell.machine import Call
from netsandbox.shell.parser import DECLARING
from netsandbox.shell.redirecting import Sockets, redirected
from netsandbox.shell.state import State
from netsandbox.shell.streams import Routed, Streams, standard_input
from netsandbox.shell.tree import Simple, Text, Word

if TYPE_CHECKING:
    from netsandbox.shell.interpreter import Interpreter

SAFE = re.compile(r"[\w@%+=:,./^{}-]+", re.ASCII)
SPECIAL = frozenset({".", ":", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set",
                     "shift", "trap", "unset"})
"""POSIX' special builtins, before which dash's assignments last."""
SIGPIPE_STATUS = 141
PIECE, WORD = 100, 9
"""Characters of arguments that are a piece of work, as some programs read them as numbers, and what a word counts."""


class SimpleFrame(Expanding):
    """Attributes: builtins: by name."""

    builtins = BUILTINS

    def __init__(self, node: Simple) -> None:
        super().__init__()
        self._node = node
        self._task: Task | None = None
        self._output: Routed | None = None
        self.replaces = False
        self._sockets = Sockets()
        self._declared: dict[str, Array] = {}
        self._files: list[str] = []

    def leave(self, shell: Interpreter) -> None:
        self._sockets.close()
        remove(shell, self._files)

    def step(self, shell: Interpreter) -> None:
        if self._task is None:
            shell.state.line = self._node.line
            super().step(shell)
        else:
            self._take(shell, self._task.code or 0)

    def expand(self, shell: Interpreter, expansion: Expansion) -> None:
        node, self._files = self._node, expansion.files
        words = self._words(node, expansion)
        targets = [expansion.text(redirect.target) for redirect in node.redirects]
        values = [self._assigned(expansion, number) for number in range(len(node.assignments))]
        declared = {one.name: made(expansion, one, _is_associative(words)) for one in node.declared}
        if words:
            expansion.forget([name for name, _value in values])
        try:
            streams = redirected(shell, node.redirects, targets, self._sockets)
        except RefusedError as error:
            error.ends |= bool(words) and words[0] in SPECIAL and shell.state.dialect.name != "bash"  # POSIX 2.8.1
            raise
        if streams is None:
            return
        expansion.commit()
        self._trace(shell, values, words)
        if words:
            budget.spend(Use.COMMANDS)
            self._declared = declared
            self._perform(shell, words, dict(values), streams)
        else:
            shell.ended(self.status)

    def _words(self, node: Simple, expansion: Expansion) -> list[str]:
        first = node.words[0].bare if node.words else None
        if first not in DECLARING:
            return expansion.fields(node.words)
        return [text for word in node.words
                for text in ([expansion.text(word, True)] if _is_assignment(word) else expansion.fields([word]))]

    def _assigned(self, expansion: Expansion, number: int) -> tuple[str, str]:
        """One assignment, which those behind it see."""
        one = self._node.assignments[number]
        if one.elements is not None or one.subscript is not None:
            array = expansion.arrays[one.name] = made(expansion, one)
            return one.name, f"({' '.join(map(_quoted, array.values))})"
        text = expansion.text(one.value, True)
        if one.appends:
            text = (expansion.get(one.name) or "") + text
        expansion.set(one.name, text)
        return one.name, text

    def _trace(self, shell: Interpreter, values: list[tuple[str, str]], words: list[str]) -> None:
        """`set -x`."""
        if "x" in shell.state.options:
            said = [f"{name}={_quoted(value)}" for name, value in values] + [_quoted(word) for word in words]
            Routed(shell.streams).append(("err", f"+ {' '.join(said)}\n"))

    def _perform(self, shell: Interpreter, words: list[str], values: dict[str, str], streams: Streams) -> None:
        state, name = shell.state, words[0]
        if name in state.functions:
            frame = CallFrame(state.functions[name], words, streams, values)
            frame.files, self._files = self._files, []
            shell.pop()
            shell.push(frame, self.tested)
        elif name == "exec" and not shell.machine.takes(words):
            self._exec(shell, words[1:], values, streams)
        else:
            self.run_without_functions(shell, words, streams, values)

    def run_without_functions(self, shell: Interpreter, words: list[str], streams: Streams,
                              values: dict[str, str] | None = None) -> None:
        """Run a builtin or a program."""
        known = self.builtins.get(words[0])
        if known is not None and known.is_in(shell.state.dialect) and not shell.machine.takes(words):
            self._built_in(shell, words, values or {}, streams)
        else:
            self.program(shell, words, values or {}, streams)

    def _exec(self, shell: Interpreter, words: list[str], values: dict[str, str], streams: Streams) -> None:
        """Become a program; without one, keep the redirections."""
        if not words:
            self._sockets.keep(shell)
            shell.keep_streams(streams)
            shell.ended(0)
            return
        self.replaces = True
        try:
            self.program(shell, words, values, streams)
        except RefusedError as error:
            error.ends = not shell.is_interactive
            raise

    def _built_in(self, shell: Interpreter, words: list[str], values: dict[str, str], streams: Streams) -> None:
        state, output = shell.state, Routed(streams)
        before = {name: state.values.get(name) for name in values}
        for name, value in values.items():
            state.set(name, value)
        call = Builtin(shell, self, words, streams, output)
        try:
            status = self.builtins[words[0]].run(call)
        except RefusedError as error:
            output.append(("err", call.worded(str(error)) + "\n"))
            if error.ends and not shell.is_interactive:
                shell.leave(error.code)
                return
            status = error.code
        for variable, array in self._declared.items() if not status else ():
            state.define_array(variable, array)
        if state.dialect.name == "dash" and words[0] in SPECIAL:
            before = {}
        self._take_back(before, state, shell.frames[-1] if status is None and shell.frames else None)
        if status is not None:
            self._output = output
            self._take(shell, status, words[0])

    @staticmethod
    def _take_back(before: dict[str, str | None], state: State, replaced: Frame | None) -> None:
        """What stood before a builtin was for it alone: for all of a file that it reads."""
        if isinstance(replaced, SourceFrame):
            replaced.hidden = before
        else:
            state.restore(before)

    def program(self, shell: Interpreter, words: list[str], values: dict[str, str], streams: Streams) -> None:
        """Start a program; with `command` before it even where a function has its name."""
        state = shell.state
        environment = {**state.environment, **values}
        budget.spend(Use.WORK, sum(len(word) + WORD for word in words) // PIECE)
        is_alone = shell.is_whole_line and streams.get(1) is shell.streams.get(1)
        call = Call(words, environment, state, standard_input(streams), is_alone)
        self._output = Routed(streams)
        task = shell.machine.program(call)
        if self.replaces:  # and only what the shell ignores stays so (execve(2))
            state.traps = {name: text for name, text in state.traps.items() if not text}
        self._output += task.output
        task.output = self._output
        self._task = task
        if shell.wait_for(task):
            self._take(shell, task.code or 0, words[0])

    def _take(self, shell: Interpreter, status: int, name: str = "") -> None:
        """What ran has ended."""
        output = self._output
        if output is not None and output.is_broken:
            shell.leave(SIGPIPE_STATUS)
            return
        if output is not None and output.failure:
            shell.say_error(f"{name or self._named()}: write error: {output.failure}")
            status = status or 1
        if self.replaces:
            shell.leave(status)
        else:
            shell.ended(status)

    def _named(self) -> str:
        return self._node.words[0].bare or ""


def _is_associative(words: list[str]) -> bool:
    """Whether `declare -A` stands before what is declared."""
    return any(word.startswith("-") and "A" in word for word in words)


def _is_assignment(word: Word) -> bool:
    first = word.parts[0] if word.parts else None
    return isinstance(first, Text) and not first.quoted and re.match(r"[A-Za-z_]\w*\+?=", first.text) is not None


def _quoted(word: str) -> str:
    """As `set -x` shows a word."""
    return word if SAFE.fullmatch(word) else "'" + word.replace("'", "'\\''") + "'"
