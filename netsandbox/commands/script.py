"""Several commands in one line: `ip link set eth0 up && ip addr | grep inet; ping -c 1 172.17.0.3 > /dev/null`."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.program import Task, UsageError
from netsandbox.commands.errors import CommandError
from netsandbox.commands.filters import Filter, filtered, named
from netsandbox.commands.job import Job
from netsandbox.commands.operators import ASSIGNMENT, Begin, Streams, changes, commands_of, expanded, plain
from netsandbox.commands.unmodelled import reason
from netsandbox.engine import budget
from netsandbox.engine.budget import OverBudgetError, Use

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Scheduler

Chunks = list[tuple[str, str]]
USAGE = "the sandbox's shell reads loops as `for NAME in WORDS; do COMMANDS; done`"
KEYWORDS = frozenset({"do", "done", "if", "then", "else", "elif", "fi", "while", "case", "esac", "function"})
RANGE = re.compile(r"\{(\d{1,4})\.\.(\d{1,4})\}")


class Command(NamedTuple):
    """One command of a script.

    Attributes:
        joint: the operator before it.
        words: as they are written.
        filters: what stands behind its pipes, as it is written, each with where its streams go.
    """

    joint: str
    words: list[str]
    streams: Streams
    filters: list[tuple[list[str], Streams]]

    @property
    def is_plain(self) -> bool:
        """Whether all that it prints is the script's own output."""
        return not self.filters and self.streams == {"out": "out", "err": "err"}

    def printed(self, output: Chunks, status: int, filters: list[Filter]) -> tuple[Chunks, int]:
        """What is left of its output behind redirections and pipes, and the exit status there."""
        chunks = _redirected(output, self.streams)
        for one, (_words, streams) in zip(filters, self.filters, strict=True):
            chunks, status = filtered(one, chunks)
            chunks = _redirected(chunks, streams)
        return chunks, status


def _redirected(chunks: Chunks, streams: Streams) -> Chunks:
    return [(target, text) for stream, text in chunks if (target := streams[stream]) is not None]


class Loop(NamedTuple):
    """`for NAME in VALUES; do BODY; done`; the values as they are written."""

    joint: str
    name: str
    values: list[str]
    body: list[Command | Loop]


class Binding(NamedTuple):
    """A variable gets a value."""

    name: str
    value: str


def parse(text: str) -> list[Command | Loop]:
    """The commands of a script.

    Raises:
        CommandError, UsageError: an operator stands alone, a quote is not closed, or the sandbox's shell has not this.
    """
    commands: list[Command] = []
    previous = list[str]()
    for joint, words, streams in commands_of(text):
        if joint not in ("", ";") and not (words and previous):
            raise CommandError(f"a command is missing {'behind' if previous else 'before'} {joint}")
        if joint == "|":
            if not any(changes(word) for word in words):
                named([plain(word) for word in words])
            commands[-1].filters.append((words, streams))
        elif words:
            commands.append(Command(joint, words, streams, []))
        previous = words
    return _folded(deque(commands), "")


def _folded(commands: deque[Command], end: str) -> list[Command | Loop]:
    """The commands up to the word that ends them, loops as one each."""
    found: list[Command | Loop] = []
    while commands:
        command = commands.popleft()
        head = command.words[0]
        if end and head == end and len(command.words) == 1 and command.is_plain:
            return found
        if head in KEYWORDS:
            raise CommandError(USAGE if head in ("do", "done") else reason(head))
        found.append(_loop(command, commands) if head == "for" else command)
    if end:
        raise CommandError("a `for` is not closed by `; done`")
    return found


def _loop(head: Command, rest: deque[Command]) -> Loop:
    words = head.words
    if len(words) < 3 or words[2] != "in" or not words[1].isidentifier() or not rest or rest[0].words[0] != "do":
        raise CommandError(USAGE)
    first = rest.popleft()
    if first.words[1:]:
        rest.appendleft(first._replace(joint=";", words=first.words[1:]))
    return Loop(head.joint, words[1], words[3:], _folded(rest, "done"))


class Script(Task):
    """Commands one after another, each as the one before it and the operator between them let it.

    Args:
        begin: starts one command.
        has_exec: whether `exec` is the shell's own, which the rest of the script does not outlive.
        variables: by name; the script changes them.
    """

    name = "sh"

    def __init__(self, scheduler: Scheduler, commands: list[Command | Loop], begin: Begin, has_exec: bool,
                 variables: dict[str, str]) -> None:
        super().__init__(scheduler)
        self._has_exec = has_exec
        self._variables = variables
        self._budget = budget.present()
        self._counted = 0
        """Pieces of output that were counted."""
        self._commands: deque[Command | Loop | Binding] = deque(commands)
        self._begin = begin
        self._running: tuple[Job, Command, list[Filter]] | None = None
        self._status = 0

    @property
    def _program(self) -> Task | None:
        return self._running[0].program if self._running is not None else None

    @property
    def is_endless(self) -> bool:
        return self._program is not None and self._program.is_endless

    @property
    def listens(self) -> bool:
        return self._program is not None and self._program.listens

    def start(self) -> None:
        """Begin the next command that may run; those that end at once do not pile up."""
        with budget.on(self._budget):
            self._go_on()

    def _go_on(self) -> None:
        while self.is_running and self._commands:
            step = self._commands.popleft()
            try:
                if self._goes_on_with(step):
                    return
            except (CommandError, UsageError) as error:
                self.complain(f"sh: {error}")
                self._has_status(error.code)
            except OverBudgetError as error:
                self._stopped(error)
        self.exit(self._status)

    def _stopped(self, error: OverBudgetError) -> None:
        self.complain(f"sh: {error}")
        self._commands.clear()
        self._has_status(error.code)

    def _goes_on_with(self, step: Command | Loop | Binding) -> bool:
        """Do one step; whether it is a command that takes its time."""
        if isinstance(step, Binding):
            self._variables[step.name] = step.value
            return False
        if (step.joint == "&&" and self._status) or (step.joint == "||" and not self._status):
            return False
        if isinstance(step, Loop):
            self._unroll(step)
            return False
        budget.spend(Use.COMMANDS)
        words = expanded(step.words, self._output_of, self._variables)
        if all(ASSIGNMENT.match(word) for word in step.words):
            self._assign(words, step.words)
            return False
        return self._run(step, words or ["true"])

    def _unroll(self, loop: Loop) -> None:
        """The rounds of a loop come next."""
        values = [value for word in expanded(loop.values, self._output_of, self._variables) for value in _range(word)]
        budget.spend(Use.WORK, len(values) * (len(loop.body) + 1))
        rounds = [step for value in values for step in (Binding(loop.name, value), *loop.body)]
        self._commands.extendleft(reversed(rounds))

    def _assign(self, words: list[str], written: list[str]) -> None:
        """`NAME=VALUE`; of a `$(…)` that printed several words, all."""
        if len(written) == 1:
            words = [" ".join(words)]
        self._variables.update((word.partition("=")[0], word.partition("=")[2]) for word in words)
        budget.hold(Use.MEMORY, sum(map(len, self._variables.values())))
        self._has_status(0)

    def _has_status(self, status: int) -> None:
        self._status, self._variables["?"] = status, str(status)

    def _output_of(self, text: str) -> str:
        """What the commands of a `$(…)` print."""
        inner = Script(self.scheduler, parse(text), self._begin, self._has_exec, self._variables)
        inner.foreground = False
        inner.start()
        if inner.is_running:
            inner.exit(1)
            raise CommandError(f"only what ends at once can stand in $(…), not {text[:40]!r}")
        self.output += [chunk for chunk in inner.output if chunk[0] == "err"]
        return inner.out

    def _exit_as(self, words: list[str]) -> None:
        number = words[1] if len(words) > 1 and words[1].isascii() and words[1].isdecimal() else ""
        self.exit(int(number[-9:]) & 255 if number else self._status)

    def _run(self, command: Command, words: list[str]) -> bool:
        """Start one command; whether it goes on."""
        if words[0] == "exit":
            self._exit_as(words)
            return False
        if words[0] == "exec" and self._has_exec:
            words = words[1:] or ["true"]
            self._commands.clear()
        filters = [named(expanded(written, self._output_of, self._variables)) for written, _streams in command.filters]
        job = self._begin(words, self.output if command.is_plain else [], self.foreground)
        self._running = job, command, filters
        if job.code is None and job.program is not None:
            job.program.on_exit.append(self._ended)
            return True
        self._take(*self._running)
        return False

    def _take(self, job: Job, command: Command, filters: list[Filter]) -> None:
        """What a command that has ended printed, and its status."""
        self._running = None
        new = job.output if job.output is not self.output else self.output[self._counted:]
        budget.spend(Use.OUTPUT, sum(len(text) for _stream, text in new))
        status = job.code or 0
        if not command.is_plain:
            printed, status = command.printed(job.output, status, filters)
            self.output += printed
        self._counted = len(self.output)
        self._has_status(status)

    def _ended(self) -> None:
        """The shell has its turn once what the program's end set off has come to rest."""
        if self._running is not None and self.is_running:
            with budget.on(self._budget):
                try:
                    self._take(*self._running)
                except OverBudgetError as error:
                    self._stopped(error)
            self.scheduler.soon(lambda _argument: self.start())

    def interrupt(self) -> None:
        """Ctrl-C goes to what runs, and ends the script."""
        self._commands.clear()
        if self._running is not None:
            self._running[0].interrupt()
        else:
            self.exit(130)

    def stop(self) -> None:
        program, self._running = self._program, None
        if program is not None:
            program.exit(137)


def _range(word: str) -> list[str]:
    """`{1..5}` as the numbers it means."""
    match = RANGE.fullmatch(word)
    if match is None:
        return [word]
    first, last = int(match[1]), int(match[2])
    return [str(number) for number in (range(first, last + 1) if first <= last else range(first, last - 1, -1))]


def script(scheduler: Scheduler, text: str, begin: Begin, has_exec: bool, variables: dict[str, str]) -> Script:
    """A script from its text (interpreter.ScriptMaker)."""
    return Script(scheduler, parse(text), begin, has_exec, variables)
