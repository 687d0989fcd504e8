"""One run of the docker client: it finds the command, runs it, and ends with its exit status."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Program, Task
from netsandbox.commands.compose.options import moved_behind
from netsandbox.commands.docker.flags import parse
from netsandbox.commands.docker.help import command_help
from netsandbox.commands.docker.inside import Inside
from netsandbox.commands.docker.words import harmless
from netsandbox.docker.daemon_settings import SOCKET
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.docker.context import DockerContext
    from netsandbox.commands.docker.flags import Command, Parsed
    from netsandbox.docker.container import Container
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.linux.core.namespace import NetworkNamespace

INTERRUPTED = 130
NOBODY = "Cannot connect to the Docker daemon at {endpoint}. Is the docker daemon running?"
MAX_LINE = 2000
"""Characters of an error's line."""


class Client(Program):
    """`docker …`, as a program on the host.

    Attributes:
        enters: the container whose shell a person is in now, until `leave`; None otherwise.
        may_enter: whether it is a line of its own, so that a person can follow into a container's shell.
        stdin: what it can read, and hands on with -i.
        waits_for_ever: only Ctrl-C ends it.
        watched: the program whose output is shown and whose end is awaited, if there is one.
    """

    name = "docker"

    def __init__(self, context: DockerContext, find: Callable[[list[str]], Command | str],
                 arguments: list[str]) -> None:
        super().__init__(context.engine.namespace)
        self.context = context
        self.machine = context.machine
        self.enters: Container | None = None
        self.may_enter = True
        self.stdin = Pipe(is_terminal=True)
        self.on_interrupt: Callable[[], None] | None = None
        self.watched: Task | None = None
        self.waits_for_ever = False
        self.arguments = moved_behind(arguments) if arguments[:1] == ["compose"] else arguments
        self._find = find
        self._leave: Callable[[int], None] | None = None
        self._detach: Callable[[], None] | None = None

    @property
    def engine(self) -> DockerEngine:
        """The Engine that is asked.

        Raises:
            DockerError: dockerd does not run.
        """
        if not self.context.engine.is_up:
            raise DockerError(NOBODY.format(endpoint=SOCKET))
        return self.context.engine

    def start(self) -> None:
        """Carry the command out; one that takes time goes on afterwards."""
        self.context.engine.run = self.container_program
        code = self.guarded(self._dispatch)
        if code is not None:
            self.exit(code)
        elif self.enters is not None and not self.may_enter:
            self.complain("a shell in a container needs a line of its own")
            self.leave(2)

    def _dispatch(self) -> int | None:
        found = self._find(self.arguments)
        if isinstance(found, str):
            self.output.append(("out" if self.arguments else "err", found))
            return 0
        parsed = parse(found, self.arguments[len(found.path.split()) - 1:], self.context.engine.profile)
        if parsed is None:
            self.output.append(("out", command_help(found)))
            return 0
        self._tell_what_is_ignored(found, parsed)
        return found.run(self, parsed)

    def _tell_what_is_ignored(self, command: Command, parsed: Parsed) -> None:
        """A flag that does nothing here says so, once."""
        known = self.context.engine.told
        for flag in command.flags:
            told = (command.path, flag.name)
            if flag.ignored and flag.name in parsed.values and told not in known:
                known.add(told)
                self.complain(f"note: --{flag.name} does nothing in the sandbox")

    def complain(self, text: str) -> None:
        """Print an error, whatever control characters a person's words had in it made visible."""
        super().complain("\n".join(harmless(line)[:MAX_LINE] for line in text.split("\n")))

    def print(self, text: str) -> None:
        super().print("\n".join(harmless(line) for line in text.split("\n")))

    def guarded(self, work: Callable[[], int | None]) -> int | None:
        """Run a part of the command; what Docker refuses is printed, and its status given back."""
        try:
            return work()
        except DockerError as error:
            self.complain(str(error))
            if error.note:
                self.complain(error.note)
            return error.code

    @property
    def is_endless(self) -> bool:
        """It waits for a person, or for a program that does not end of itself."""
        return self.enters is not None or self.waits_for_ever or (self.watched is not None and self.watched.is_endless)

    @property
    def listens(self) -> bool:
        return self.watched is not None and self.watched.listens

    def container_program(self, container: Container, namespace: NetworkNamespace, argv: list[str]) -> Task | None:
        """The shell's programs, as a container runs them; None for one that there is not."""
        inside = Inside(self.context, container, namespace)
        if not inside.is_in_image(argv[0].rpartition("/")[2]):
            return None
        return inside.found(argv)

    # -- a shell inside a container

    def enter(self, container: Container, leave: Callable[[int], None], detach: Callable[[], None]) -> None:
        """A person's next lines belong into the container, until one of the two is called.

        Args:
            leave: the shell ends; it is told the status.
            detach: the client lets go, and the shell goes on.
        """
        self.enters, self._leave, self._detach = container, leave, detach

    def leave(self, code: int = 0) -> None:
        """The shell inside was left (`exit`, Ctrl-D)."""
        leave, self.enters, self._leave = self._leave, None, None
        if leave is not None:
            leave(code)

    def detach(self) -> None:
        """Ctrl-P Ctrl-Q: the shell inside goes on without a person."""
        detach, self.enters, self._leave = self._detach, None, None
        if detach is not None:
            detach()

    # -- the end

    def interrupt(self) -> None:
        """Ctrl-C."""
        if self.on_interrupt is not None:
            self.on_interrupt()
        else:
            self.exit(INTERRUPTED)

    def stop(self) -> None:
        self.on_interrupt = None
        self.enters = None
