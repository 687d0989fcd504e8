"""Several commands in one line: `ip link set eth0 up && ip addr | grep inet; ping -c 1 172.17.0.3 > /dev/null`."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.program import Task, UsageError
from netsandbox.commands.errors import CommandError
from netsandbox.commands.filters import Filter, filtered, named
from netsandbox.commands.job import Job
from netsandbox.commands.operators import Begin, Streams, commands_of, expanded, plain

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Scheduler

Chunks = list[tuple[str, str]]


class Command(NamedTuple):
    """One command of a script.

    Attributes:
        joint: the operator before it.
        words: as they are written.
        filters: what stands behind its pipes, each with where its streams go.
    """

    joint: str
    words: list[str]
    streams: Streams
    filters: list[tuple[Filter, Streams]]

    @property
    def is_plain(self) -> bool:
        """Whether all that it prints is the script's own output."""
        return not self.filters and self.streams == {"out": "out", "err": "err"}

    def printed(self, output: Chunks, status: int) -> tuple[Chunks, int]:
        """What is left of its output behind redirections and pipes, and the exit status there."""
        chunks = _redirected(output, self.streams)
        for one, streams in self.filters:
            chunks, status = filtered(one, chunks)
            chunks = _redirected(chunks, streams)
        return chunks, status


def _redirected(chunks: Chunks, streams: Streams) -> Chunks:
    return [(target, text) for stream, text in chunks if (target := streams[stream]) is not None]


def parse(text: str) -> list[Command]:
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
            commands[-1].filters.append((named([plain(word) for word in words]), streams))
        elif words:
            commands.append(Command(joint, words, streams, []))
        previous = words
    return commands


class Script(Task):
    """Commands one after another, each as the one before it and the operator between them let it.

    Args:
        begin: starts one command.
        has_exec: whether `exec` is the shell's own, which the rest of the script does not outlive.
    """

    name = "sh"

    def __init__(self, scheduler: Scheduler, commands: list[Command], begin: Begin, has_exec: bool) -> None:
        super().__init__(scheduler)
        self._has_exec = has_exec
        self._commands = deque(commands)
        self._begin = begin
        self._running: tuple[Job, Command] | None = None
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
        while self.is_running and self._commands:
            command = self._commands.popleft()
            if (command.joint == "&&" and self._status) or (command.joint == "||" and not self._status):
                continue
            try:
                words = expanded(command.words, self._output_of)
            except (CommandError, UsageError) as error:
                self.complain(f"sh: {error}")
                self._status = error.code
                continue
            if self._run(command, words or ["true"]):
                return
        self.exit(self._status)

    def _output_of(self, text: str) -> str:
        """What the commands of a `$(…)` print."""
        inner = Script(self.scheduler, parse(text), self._begin, self._has_exec)
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
        job = self._begin(words, self.output if command.is_plain else [], self.foreground)
        self._running = job, command
        if job.code is None and job.program is not None:
            job.program.on_exit.append(self._ended)
            return True
        self._take(job, command)
        return False

    def _take(self, job: Job, command: Command) -> None:
        """What a command that has ended printed, and its status."""
        self._running, self._status = None, job.code or 0
        if not command.is_plain:
            printed, self._status = command.printed(job.output, self._status)
            self.output += printed

    def _ended(self) -> None:
        """The shell has its turn once what the program's end set off has come to rest."""
        if self._running is not None and self.is_running:
            self._take(*self._running)
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


def script(scheduler: Scheduler, text: str, begin: Begin, has_exec: bool) -> Script:
    """A script from its text (interpreter.ScriptMaker)."""
    return Script(scheduler, parse(text), begin, has_exec)
