"""Programs that run another one: what they have in common, and env, nohup, time; each other has a file of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.apps.program import Task, UsageError
from netsandbox.engine import budget
from netsandbox.engine.budget import OverBudgetError, Use
from netsandbox.engine.units import MILLISECOND
from netsandbox.shell.errors import NotFoundError, RefusedError
from netsandbox.shell.machine import Call, Machine

NOT_RUN = 126


class Around(Task):
    """A program around another one, whose output and end are its own unless told otherwise."""

    name = "around"

    def __init__(self, machine: Machine, call: Call) -> None:
        super().__init__(machine.scheduler)
        self.machine = machine
        self.call = call
        self.inner: Task | None = None
        self._budget = budget.present()

    @property
    def is_endless(self) -> bool:
        return self.inner is not None and self.inner.is_endless

    @property
    def listens(self) -> bool:
        return self.inner is not None and self.inner.listens

    @property
    def children(self) -> list[Task]:
        return [self.inner] if self.inner is not None else []

    def read_options(self, table: OptionTable, version: str, usage: str, check: Callable[[Read], None]) -> Read | None:
        """What it was told; None where that was all: its help, its version, or something wrong (check: raises
        UsageError of what the table lets pass)."""
        try:
            read = table.read(self.call.argv[1:], in_order=True)
            if "help" in read or "version" in read:
                self.print(usage if "help" in read else version)
                self.exit(0)
                return None
            check(read)
        except UsageError as error:
            self.complain(str(error))
            self.exit(table.code)
            return None
        for note in table.notes(read.given):
            self.complain(note)
        return read

    def run(self, words: list[str], environment: dict[str, str] | None = None, machine: Machine | None = None,
            output: list[tuple[str, str]] | None = None) -> None:
        """Start the program that words name: a command of the line, however late.

        Args:
            machine: where, if it is not here.
            output: where what it prints goes, if it is not shown.
        """
        call = self.call._replace(argv=words, environment={**self.call.environment, **(environment or {})},
                                  is_alone=False)
        try:
            with budget.on(self._budget):
                budget.spend(Use.COMMANDS)
                self._start_inner((machine or self.machine).program(call), self.output if output is None else output)
        except OverBudgetError as error:
            if self._budget.is_to_be_told():
                self.complain(f"{self.call.argv[0]}: {error}")
            self.exit(error.code)
        except NotFoundError as error:
            self.not_found(words[0])
            self.exit(error.code)
        except RefusedError as error:
            self.complain(f"{self.call.argv[0]}: {error}")
            self.exit(NOT_RUN)

    def _start_inner(self, inner: Task, shown: list[tuple[str, str]]) -> None:
        shown += inner.output
        inner.output = shown
        inner.foreground = self.foreground
        self.inner = inner
        inner.on_exit += (self._inner_ended,)
        inner.start()

    def not_found(self, name: str) -> None:
        """Say that there is no such program."""
        self.complain(f"{self.call.argv[0]}: failed to run command ‘{name}’: No such file or directory")

    @property
    def is_waiting(self) -> bool:
        return self.inner is not None and self.inner.is_running

    def _inner_ended(self) -> None:
        if self.is_running and self.inner is not None:
            self.ended(self.inner.code or 0)

    def ended(self, code: int) -> None:
        """What was started has come to its end."""
        self.exit(code)

    def interrupt(self) -> None:
        if self.inner is not None and self.inner.is_running:
            self.inner.interrupt()
        else:
            self.exit(130)

    def signal(self, number: int) -> None:
        if self.inner is not None:
            self.inner.signal(number)
        super().signal(number)

    def stop(self) -> None:
        inner, self.inner = self.inner, None
        if inner is not None:
            inner.exit(143)


class Env(Around):
    """env: with variables set; without a program it prints them."""

    def start(self) -> None:
        words = list(self.call.argv[1:])
        environment = self.call.environment
        if words[:1] in (["-i"], ["-"]):
            words, environment = words[1:], {}
        while words and re.match(r"[A-Za-z_]\w*=", words[0]):
            name, _equals, value = words.pop(0).partition("=")
            environment = {**environment, name: value}
        if words:
            self.call = self.call._replace(environment=environment)
            self.run(words)
            return
        for name, value in environment.items():
            self.print(f"{name}={value}")
        self.exit(0)


class Plainly(Around):
    """nohup, nice, stdbuf and the like: the program, as it is."""

    def start(self) -> None:
        words = list(self.call.argv[1:])
        while words and words[0].startswith("-"):
            option = words.pop(0)
            if option in ("-n", "-o", "-e", "-i", "-u", "-g", "-p") and words:
                words.pop(0)
        if words:
            self.run(words)
        else:
            self.complain(f"{self.call.argv[0]}: missing operand")
            self.exit(125)


class Timed(Around):
    """time: how much virtual time a command took; work takes none."""

    def start(self) -> None:
        self._began = self.scheduler.clock
        words = [word for word in self.call.argv[1:] if word != "-p"]
        if words:
            self.run(words)
        else:
            self.ended(0)

    def ended(self, code: int) -> None:
        minutes, rest = divmod((self.scheduler.clock - self._began) // MILLISECOND, 60_000)
        self.complain(f"\nreal\t{minutes}m{rest // 1000}.{rest % 1000:03d}s\nuser\t0m0.000s\nsys\t0m0.000s")
        self.exit(code)
