"""socat as a program that runs other ones (EXEC, SYSTEM)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.program import UsageError
from netsandbox.apps.server import Speaker
from netsandbox.apps.socat import program
from netsandbox.shell.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from netsandbox.apps.pipe import Pipe
    from netsandbox.apps.program import Task
    from netsandbox.shell.machine import Call, Machine


class Runner:
    """What socat starts runs where it runs (apps.socat_exec.Runner)."""

    def __init__(self, machine: Machine, call: Call) -> None:
        self._machine = machine
        self._call = call

    def program(self, argv: list[str], variables: dict[str, str], stdin: Pipe) -> Task:
        environment = {**self._call.environment, **variables}
        call = self._call._replace(argv=argv, environment=environment, stdin=stdin, is_alone=False)
        try:
            return self._machine.program(call)
        except (NotFoundError, RefusedError) as error:
            raise UsageError(str(error), 1) from None


def socat(machine: Machine, call: Call) -> Task:
    """socat(1), not started yet."""
    context = machine.context_of(call._replace(argv=["socat", *call.argv[1:]]))
    try:
        return program(context, Runner(machine, call))
    except UsageError as error:
        return Speaker(context.namespace, "socat", [("err", str(error))], 1, error.code)
