"""socat's EXEC and SYSTEM: a program whose input and output are one end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Task, UsageError
from netsandbox.apps.socat.ends import End
from netsandbox.engine.octets import to_bytes, to_text

if TYPE_CHECKING:
    from netsandbox.apps.socat.socat import Socat


class Runner(Protocol):
    """Starts programs where socat runs."""

    def program(self, argv: list[str], variables: dict[str, str], stdin: Pipe) -> Task:
        """A program, not started yet (UsageError: there is none)."""


class NoRunner:
    """Where nothing can be started."""

    def program(self, argv: list[str], variables: dict[str, str], stdin: Pipe) -> Task:
        raise UsageError(f"socat: {argv[0]} cannot be started here", 1)


class Taken(list[tuple[str, str]]):
    """What the program prints: its output goes to the other end, its errors are socat's."""

    def __init__(self, end: ExecEnd) -> None:
        super().__init__()
        self._end = end

    def append(self, item: tuple[str, str]) -> None:
        stream, text = item
        if stream == "out":
            self._end.pair.data(self._end, to_bytes(text))
        else:
            self._end.program.complain(text.rstrip("\n"))


class ExecEnd(End):
    """One program (variables: what socat tells it of the other end (SOCAT_PEERADDR …))."""

    def __init__(self, program: Socat, argv: tuple[str, ...], variables: dict[str, str]) -> None:
        super().__init__(program)
        self._argv = list(argv)
        self._variables = variables
        self._stdin = Pipe()
        self._task: Task | None = None

    def begin(self) -> None:
        try:
            task = self._task = self.program.runner.program(self._argv, self._variables, self._stdin)
        except UsageError:
            self.pair.fail(f'execvp("{self._argv[0]}", "{self._argv[0]}"): No such file or directory')
            return
        taken = Taken(self)
        for item in task.output:
            taken.append(item)
        task.output, task.foreground = taken, self.program.foreground
        task.on_exit += (self._ended,)
        task.start()

    def _ended(self) -> None:
        self.pair.at_end(self)

    def write(self, data: bytes) -> None:
        self._stdin.write(to_text(data))

    def finish(self) -> None:
        self._stdin.close()

    def close(self) -> None:
        self._stdin.close()
        if self._task is not None and self._task.is_running:
            self._task.exit(143)
