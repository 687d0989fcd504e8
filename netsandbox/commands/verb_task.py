"""A verb of the lab's as one command of several, in a pipeline or a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.apps.program import Task
from netsandbox.commands.job import Job
from netsandbox.commands.prompt.place import Place
from netsandbox.commands.refusals import REFUSALS
from netsandbox.commands.verb import Verb
from netsandbox.shell.machine import Call

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell


class VerbCall(NamedTuple):
    """A verb with its words checked."""

    verb: Verb
    values: dict[str, Any]


class VerbTask(Task):
    """A verb of the lab's as one command of several."""

    def __init__(self, shell: Shell, place: Place, made: VerbCall, call: Call) -> None:
        super().__init__(shell.lab.scheduler)
        self.name = call.argv[0]
        self._shell = shell
        self._place = place
        self._call = made
        self.job = Job(" ".join(call.argv))
        self.job.stdin = None if call.stdin.is_terminal else call.stdin
        self.job.holder = call.holder

    @property
    def is_endless(self) -> bool:
        return self.job.program is not None and self.job.program.is_endless

    @property
    def listens(self) -> bool:
        return self.job.program is not None and self.job.program.listens

    def start(self) -> None:
        self.job.output = self.output
        try:
            with self._place.standing(self._shell):
                self._call.verb.handler(self._shell, self.job, self._call.values)
        except REFUSALS as error:
            self.complain(self._shell.say(str(error)))
            self.job.finish(int(getattr(error, "code", 1)))
        if self.job.code is not None:
            self.exit(self.job.code)
        elif self.job.program is None:
            self.complain(f"{self.job.line!r} needs a line of its own")
            self.exit(2)
        else:
            self.job.program.on_exit += (self._ended,)

    def _ended(self) -> None:
        self.exit(self.job.code or 0)

    def interrupt(self) -> None:
        self.job.interrupt()

    def stop(self) -> None:
        if self.job.program is not None:
            self.job.program.exit(137)
