"""A command line being carried out: what it printed so far, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from netsandbox.apps.output import Kept, Output
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import SIGKILL, Task
from netsandbox.engine.budget import Budget, Use
from netsandbox.shell.machine import FilesHolder


class Job(Output):
    """One line of a person's or a scenario's."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.output: list[tuple[str, str]] = Kept(self._has_printed_too_much)
        self.line = line
        self.text = line  # the line without the `&` at its end
        self.code: int | None = None  # exit status, None while it runs
        self.program: Task | None = None  # what it runs, if it is a program
        self.budget = Budget()  # what it has used of what a line may use
        self.number = 0  # which of the session's lines it is, from 1; 0 where it is none
        self.label = 0  # its number among the lines that run on, as in `[1]`; 0 for one that was done at once
        self.result: Any = None  # what the line found, for reports that want more than its text
        self.stdin: Pipe | None = None  # what it can read, if the line gives it something to read
        # has the files that its words were read in, if it is one command of several
        self.holder: FilesHolder | None = None
        # an exception that no command should raise; it is logged, and the lab goes on
        self.crash: BaseException | None = None
        self.hint = ""  # what is said of the line if it fails
        self.where = ""  # the node in whose shell it was typed
        self.first = 0  # the trace's next record when it began, if it did something
        self.is_unknown = False  # there is no command of its name, so nothing was begun
        self.is_left = False  # it waits for what others do, and the next lines did not wait for its end
        self._condition: Callable[[], bool] | None = None

    @property
    def is_done(self) -> bool:
        """Whether the line is carried out; asked between steps."""
        if self.code is None and self._condition is not None and self._condition():
            self.finish()
        return self.code is not None

    @property
    def size(self) -> int:
        """Characters that it has printed, as they are counted."""
        return self.output.size if isinstance(self.output, Kept) else 0

    @property
    def goes_on(self) -> bool:
        """Whether something that the line put into the background still runs, and prints."""
        program = self.program
        return program is not None and any(task.is_running for task in program.in_background)

    def finish(self, code: int = 0) -> None:
        if self.code is None:
            self.code = code
            if code and self.hint:
                self.complain(self.hint)
        self._condition = None
        prints_on = self.goes_on or (self.program is not None and self.program.is_running)
        if isinstance(self.output, Kept) and not prints_on:
            self.output.on_full = None  # it knows this line, which nothing else may know any more

    def interrupt(self) -> None:
        """Ctrl-C: the program is told; a line without one ends."""
        if self.program is not None:
            self.program.interrupt()
        else:
            self.finish(130)

    def _has_printed_too_much(self) -> str:
        """It ends, as soon as the program that prints just now has come so far; returns why."""
        reason = str(self.budget.error(Use.OUTPUT))
        if self.program is not None:
            self.program.scheduler.soon(self._kill)
        else:
            self.finish(1)
        return f"{reason}\n" if self.budget.is_to_be_told() else ""

    def _kill(self, _argument: object) -> None:
        self.finish(1)
        if self.program is not None:
            self.program.signal(SIGKILL)

    def finish_when(self, condition: Callable[[], bool]) -> None:
        """Be done once a condition holds."""
        self._condition = condition

    def let_go(self) -> None:
        """It is over, and the lab in which it ran is no more."""
        self.program = self.stdin = self.holder = self._condition = None
        if isinstance(self.output, Kept):
            self.output.on_full = None

    def follow(self, program: Task) -> None:
        """The line is a program: its output is the line's, and its end."""
        self.program = program
        self.output += program.output
        program.output = self.output

        program.on_exit += (partial(self._end_with, program),)
        program.start()

    def _end_with(self, program: Task) -> None:
        self.finish(program.code or 0)
