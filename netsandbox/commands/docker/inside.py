"""What runs inside a container: the tools and programs of the sandbox, `sh -c`, and a shell that is entered.

An image has only some of these programs.  For a lesson one is better off with
the others too, so the sandbox lends them, as nsenter would, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from netsandbox.apps.program import Program, Task, UsageError
from netsandbox.apps.server import Sleeper, Speaker, sleep_seconds
from netsandbox.commands.docker.words import harmless
from netsandbox.commands.errors import CommandError
from netsandbox.commands.interpreter import INTERPRETER
from netsandbox.commands.job import Job
from netsandbox.commands.unmodelled import reason
from netsandbox.docker.environment import environment
from netsandbox.docker.files import files, files_of, hostname, names
from netsandbox.docker.launch import SHELLS
from netsandbox.linux.netlink.credentials import Rights, acting_with

if TYPE_CHECKING:
    from netsandbox.commands.docker.context import DockerContext
    from netsandbox.docker.container import Container
    from netsandbox.linux.core.namespace import NetworkNamespace

NOT_FOUND = 127
MAX_WORD = 200
"""Characters of a word that an error repeats."""


def rights_of(container: Container) -> Rights:
    """What Docker lets a container's programs do; the default set of capabilities has no CAP_NET_ADMIN."""
    return Rights(container.has_capability("NET_ADMIN"), container.privileged, contained=True)


class Inside:
    """Makes the programs of one container.

    Args:
        container: whose image and files count.  namespace: where they run.
        rights: what they may do, the container's own unless told otherwise.
        variables: further ones, as NAME=value.
        cwd: where they begin.
    """

    def __init__(self, context: DockerContext, container: Container, namespace: NetworkNamespace,
                 rights: Rights | None = None, variables: Sequence[str] = (), cwd: str = "/") -> None:
        self.context = context
        self.container = container
        self.namespace = namespace
        self.rights = rights or rights_of(container)
        self.variables = variables
        self.cwd = cwd

    def program(self, argv: list[str]) -> Task | None:
        """The program that words name, not started yet, or None if there is none."""
        with acting_with(self.rights):
            return self._program(argv)

    def _program(self, argv: list[str]) -> Task | None:
        name = argv[0].rpartition("/")[2] if argv else ""
        if name in SHELLS and self.is_in_image(name):
            return self._shell(argv)
        builtin = BUILT_IN.get(name)
        if builtin is not None and self.is_in_image(name):
            return builtin(self, argv)
        if not self.context.machine.has_program(name):
            return builtin(self, argv) if builtin is not None else None
        known = names(self.context.engine, self.container)
        applet = self.context.machine.applet(self.namespace, argv, known) if self.container.image.has_busybox else None
        return applet or self.lent_program(argv, known)

    def lent_program(self, argv: list[str], known: dict[str, int] | None = None) -> Program:
        """One of the shell's programs, with the container's files and names."""
        engine, machine = self.context.engine, self.context.machine
        return machine.run_in(self.namespace, argv, files_of(engine, self.container).at(self.cwd),
                              names(engine, self.container) if known is None else known)

    def is_in_image(self, name: str) -> bool:
        tools = self.container.image.tools
        return name in tools or "*" in tools

    def lent(self, argv: list[str]) -> str:
        """The name of a program that the image has not, or empty; each is told once for an image."""
        name = argv[0].rpartition("/")[2]
        if self.is_in_image(name) or name == self.container.image.process:
            return ""
        told = (self.container.image.name, name)
        if told in self.context.engine.told:
            return ""
        self.context.engine.told.add(told)
        return name

    def _shell(self, argv: list[str]) -> Task:
        name, pid = argv[0], 1
        rest = [word for word in argv[1:] if word not in ("-i", "-l", "-e", "-x", "--login")]
        if not rest:
            return Sleeper(self.namespace, name, 0, pid)
        if rest[0] not in ("-c", "-ec", "-lc", "-xc"):
            refusal = f"sh: 0: cannot open {harmless(rest[0])[:MAX_WORD]}"
            return Speaker(self.namespace, name, [("err", refusal)], pid, 2)
        try:
            return INTERPRETER["sh"](self.namespace.scheduler, rest[1] if len(rest) > 1 else "", self._begin, True,
                                     self._variables())
        except (CommandError, UsageError) as error:
            return Speaker(self.namespace, name, [("err", f"sh: {harmless(str(error))[:MAX_WORD]}")], pid, error.code)

    def environment(self) -> list[str]:
        """NAME=value of all variables."""
        return environment(self.context.engine, self.container, self.variables)

    def _variables(self) -> dict[str, str]:
        own = (text.partition("=") for text in self.environment())
        return {"?": "0", **{name: value for name, _, value in own}}

    def _begin(self, argv: list[str], output: list[tuple[str, str]], foreground: bool) -> Job:
        """One command of a script."""
        job = Job(argv[0])
        job.output = output
        program = self.program(argv)
        if program is None:
            if not self.container.image.really_has(argv[0]):
                job.complain(f"sh: {harmless(argv[0])[:MAX_WORD]}: not found")
            if reason(argv[0]):
                job.complain(f"note: {reason(argv[0])}")
            job.finish(NOT_FOUND)
        else:
            program.foreground = foreground
            job.follow(program)
        return job


def _say(inside: Inside, argv: list[str], lines: list[str], status: int = 0) -> Program:
    return Speaker(inside.namespace, argv[0], [("out", line) for line in lines], 1, status)


def _echo(inside: Inside, argv: list[str]) -> Program:
    return _say(inside, argv, [" ".join(word for word in argv[1:] if word not in ("-n", "-e"))])


def _cat(inside: Inside, argv: list[str]) -> Program:
    """The files that Docker writes; others are the shell's, if it has any."""
    known = files(inside.context.engine, inside.container)
    if not all(path in known for path in argv[1:]) and inside.context.machine.has_program("cat"):
        return inside.lent_program(argv)
    lines = [("out", line) if path in known else ("err", f"cat: can't open '{path}': No such file or directory")
             for path in argv[1:] for line in known.get(path, "?").splitlines()]
    return Speaker(inside.namespace, "cat", lines, 1, int(any(path not in known for path in argv[1:])))


def _hostname(inside: Inside, argv: list[str]) -> Program:
    if argv[1:] and inside.context.machine.has_program("hostname"):
        return inside.lent_program(argv)
    return _say(inside, argv, [hostname(inside.context.engine, inside.container)])


def _env(inside: Inside, argv: list[str]) -> Program:
    return _say(inside, argv, inside.environment())


def _sleep(inside: Inside, argv: list[str]) -> Program:
    if len(argv) < 2:
        return Speaker(inside.namespace, "sleep", [("err", "sleep: missing operand")], 1, 1)
    try:
        return Sleeper(inside.namespace, "sleep", sleep_seconds(argv[1]), 1)
    except UsageError as error:
        return Speaker(inside.namespace, "sleep", [("err", str(error))], 1, error.code)


def _for_ever(inside: Inside, argv: list[str]) -> Program:
    return Sleeper(inside.namespace, argv[0], None, 1)


BUILT_IN: dict[str, Callable[[Inside, list[str]], Program]] = {
    "echo": _echo, "cat": _cat, "hostname": _hostname, "env": _env, "printenv": _env, "sleep": _sleep,
    "true": lambda inside, argv: _say(inside, argv, []), "false": lambda inside, argv: _say(inside, argv, [], 1),
    "tail": _for_ever, "top": _for_ever, "whoami": lambda inside, argv: _say(inside, argv, ["root"]),
    "pwd": lambda inside, argv: _say(inside, argv, ["/"])}
