"""socat and ncat as programs that run other ones (EXEC and SYSTEM, -e and -c)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.netcat.ncat import Ncat, parse
from netsandbox.apps.netcat.ncat_exec import NcatExec
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Context, Task, UsageError
from netsandbox.apps.server import Speaker
from netsandbox.apps.socat.socat import program
from netsandbox.shell.errors import NotFoundError, RefusedError
from netsandbox.shell.machine import Call, Machine


class Runner:
    """What socat starts runs where it runs (apps.socat.exec.Runner)."""

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
    return _made(machine, call, "socat", program)


def ncat(machine: Machine, call: Call) -> Task:
    """ncat(1), not started yet."""
    return _made(machine, call, "ncat", _ncat)


def _ncat(context: Context, runner: Runner) -> Task:
    options = parse(context.arguments)
    return NcatExec(context, options, runner) if options.program else Ncat(context, options)


def _made(machine: Machine, call: Call, name: str, make: Callable[[Context, Runner], Task]) -> Task:
    context = machine.context_of(call._replace(argv=[name, *call.argv[1:]]))
    try:
        return make(context, Runner(machine, call))
    except UsageError as error:
        return Speaker(context.namespace, name, [("err", str(error))], 1, error.code)
