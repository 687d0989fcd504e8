"""One run of the docker client: it finds the command, runs it, and ends with its exit status."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from netsandbox.apps.output import at_terminal
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Program, Task
from netsandbox.commands.compose.options import moved_behind
from netsandbox.commands.docker.client import contexts
from netsandbox.commands.docker.client.context import DockerContext
from netsandbox.commands.docker.client.endpoint import (
    UNRESOLVED,
    VERSION,
    Dial,
    Endpoint,
    checked,
    global_options,
    path_of,
)
from netsandbox.commands.docker.client.flags import Command, Parsed, parse
from netsandbox.commands.docker.client.help import command_help
from netsandbox.commands.docker.containers import attach
from netsandbox.commands.docker.containers.machine import Inside
from netsandbox.commands.docker.printing.words import harmless, timestamp
from netsandbox.docker.container import Container
from netsandbox.docker.daemon_settings import SOCKET
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import NOBODY, DockerError
from netsandbox.engine.octets import shown
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.shell.builtin_limits import NOT_DONE

INTERRUPTED = 130
FAILED = 125
MAX_LINE = 2000  # Characters of an error's line


class Client(Program):
    """`docker …`, as a program on the host.

    Attributes:
        enters: the container whose shell a person is in now, until `leave`; None otherwise.
        may_enter: whether it is a line of its own, so that a person can follow into a container's shell.
        stdin: what it can read, and hands on with -i.
        waits_for_ever: only Ctrl-C ends it.
        progress: how Compose is to tell of what it does.  is_dry: it does not do it (--dry-run).
        watched: the program whose output is shown and whose end is awaited, if there is one.
    """

    name = "docker"
    heeds_term = True

    def __init__(self, context: DockerContext, find: Callable[[list[str], bool], Command | str],
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
        self.progress = self.service = ""  # of Compose
        self.is_dry = False
        self.arguments = [shown(word) for word in arguments]  # JSON carries them, which has no other bytes
        self.endpoint = Endpoint(SOCKET, "default")
        self._dial: Dial | None = None
        self._find = find
        self._leave: Callable[[int], None] | None = None
        self._detach: Callable[[], None] | None = None

    @property
    def has_terminal(self) -> bool:
        """A person types to it, and sees what it prints."""
        return self.stdin.is_terminal and at_terminal(self.output)

    @property
    def engine(self) -> DockerEngine:
        """The Engine that is asked (DockerError: dockerd does not run)."""
        is_there = self.endpoint.url == SOCKET or self._dial is not None
        if not self.context.engine.is_up or not is_there:
            raise DockerError(NOBODY.format(endpoint=self.endpoint.url))
        return self.context.engine

    def start(self) -> None:
        """Carry the command out; one that takes time goes on afterwards."""
        self._end_with(self.guarded(self._dispatch))

    def _end_with(self, code: int | None) -> None:
        if code is not None:
            self.exit(code)
        elif self.enters is not None and not self.may_enter:
            self.complain(attach.NO_LINE)
            self.leave(2)

    @property
    def api(self) -> str:
        """The version of the API that it speaks."""
        return self.context.engine.profile.api

    @property
    def version(self) -> str:
        return self.context.engine.profile.version

    def _choose(self) -> None:
        """Whom to ask (DockerError: the options, or the context, are none)."""
        options = global_options(self.arguments)
        words, known = options.words, self.context.engine.told
        for name in options.ignored:
            if ("docker", name) not in known:
                known.add(("docker", name))
                self.complain(f"note: --{name} does nothing in the sandbox")
        self.arguments = moved_behind(words) if words[:1] == ["compose"] else words
        files, variable = self.machine.host_files(), self.machine.environment().get("DOCKER_HOST", "")
        if options.host:
            self.endpoint = Endpoint(checked(options.host), "default")
        elif variable and not options.context:
            self.endpoint = Endpoint(checked(variable), "default")
        else:
            name = options.context or contexts.current(files)
            self.endpoint = Endpoint(SOCKET, name)
            if name != "default" and self.arguments[:1] != ["context"]:
                try:
                    self.endpoint = Endpoint(checked(contexts.endpoint_of(self, name)), name)
                except DockerError as error:
                    raise DockerError(f"{UNRESOLVED}{error}") from None

    def _forget_version(self) -> None:
        """`docker -v ps` is ps; -v counts where no command follows."""
        rest = self.arguments[1:]
        if self.arguments[0] not in VERSION or not rest:
            return
        try:
            self._find(rest, False)
        except DockerError:
            rest = rest if rest[0].startswith("-") else self.arguments[:1]
        self.arguments = rest

    def _dispatch(self) -> int | None:
        self._choose()
        if self.arguments:
            self._forget_version()
        is_old = not self.context.engine.profile.since(28)
        found = self._find(self.arguments, is_old)
        if isinstance(found, str):
            self.output.append(("out" if self.arguments else "err", found))
            return 0
        parsed = parse(found, self.arguments[len(found.path.split()) - 1:], self.context.engine.profile)
        if parsed is None:
            self.output.append(("out", command_help(found, is_old)))
            return 0
        self._tell_what_is_ignored(found, parsed)
        command = found.path.removeprefix("docker ")
        if self.endpoint.url.startswith("unix:") or command.startswith("context ") or self.arguments[0].startswith("-"):
            self.context.engine.run = self.container_program
            return found.run(self, parsed)
        self._dial = Dial(self, self.endpoint.url, path_of(self, command), partial(self._reached, found, parsed),
                          partial(self._not_reached, command))
        self._dial.begin()
        return None

    def _reached(self, command: Command, parsed: Parsed, engine: DockerEngine) -> None:
        """The Engine elsewhere has answered."""
        self.context = self.context._replace(engine=engine)
        engine.run = self.container_program
        self._end_with(self.guarded(partial(command.run, self, parsed)))

    def _not_reached(self, command: str, error: DockerError) -> None:
        is_new = command in ("run", "create")
        code = self.guarded(partial(_refuse, with_help(self, error, command) if is_new else error))
        self.scheduler.soon(self.exit, code)

    def _tell_what_is_ignored(self, command: Command, parsed: Parsed) -> None:
        """A flag that does nothing here says so, once; one that is not modelled refuses the command (DockerError: there
        is such a one)."""
        for flag in command.flags:
            if flag.refused and parsed.values.get(flag.name):
                raise DockerError(f"{command.path} --{flag.name} is not modelled in the sandbox")
        known = self.context.engine.told
        for flag in command.flags:
            told = (command.path, flag.name)
            if flag.ignored and flag.name in parsed.values and told not in known:
                known.add(told)
                self.complain(NOT_DONE if flag.name == "ulimit" else f"note: --{flag.name} does nothing in the sandbox")

    def complain(self, text: str) -> None:
        """Print an error, whatever control characters a person's words had in it made visible."""
        super().complain("\n".join("\t".join(map(harmless, line[:MAX_LINE].split("\t"))) for line in text.split("\n")))

    def warn(self, text: str) -> None:
        """What the client itself finds odd, as its log has it."""
        now = timestamp(self.scheduler.clock).partition(".")[0]
        self.complain(f'time="{now}Z" level=warning msg="{text}"')

    def tell_warning(self, text: str) -> None:
        """What the Engine finds odd about a container."""
        self.complain(f" {self.service} {text}" if self.service else f"WARNING: {text}")

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
        return self.enters is None and self.is_endless

    def container_program(self, container: Container, namespace: NetworkNamespace, argv: list[str]) -> Task | None:
        """The shell's programs, as a container runs them; None for one that there is not."""
        inside = Inside(self.context, container, namespace, cwd=container.config.workdir or "/")
        is_script = "/" in argv[0] and inside.files().exists(argv[0])
        name = argv[0].rpartition("/")[2]
        if not inside.is_in_image(name) and not is_script:
            return None
        inner = max(container.child - container.pid, 0) + 1
        pid = 0 if container.host_config.resources.get("PidMode") else inner
        has_keyboard = container.config.tty and container.input is None
        call = inside.call(argv, Pipe(is_terminal=True) if has_keyboard else container.input)
        return inside.found(argv, call._replace(pid=pid)) or inside.missing(name)

    # -- a shell inside a container

    def enter(self, container: Container, leave: Callable[[int], None], detach: Callable[[], None]) -> None:
        """A person's next lines belong into the container, until one of the two is called.

        Args:
            leave: the shell ends; it is told the status.
            detach: the client lets go, and the shell goes on.
        """
        self.enters, self._leave, self._detach = container, leave, detach

    def when_read(self, then: Callable[[str], int]) -> int | None:
        """Do something with all of standard input, once its end is there; the status, or None while it is awaited."""
        if self.stdin.is_closed:
            return then(self.stdin.read())
        self.stdin.on_change = partial(self._once_ended, then)
        return None

    def _once_ended(self, then: Callable[[str], int]) -> None:
        if self.stdin.is_closed:
            self.stdin.on_change = None
            self.exit(self.guarded(partial(then, self.stdin.read())) or 0)

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
        if self._dial is not None:
            self._dial.close()
        self.on_interrupt = None
        self.enters = None


def _refuse(error: DockerError) -> int:
    raise error


def with_help(client: Client, error: DockerError, command: str, is_start: bool = False) -> DockerError:
    """What docker run prints; 27 spares the hint when it was the start that failed."""
    is_absent = is_start and "no such file or directory" in str(error)
    code = 127 if is_absent else error.code if error.code in (126, 127) else FAILED
    if not client.context.engine.profile.since(28):
        hint = "" if is_start else f"\nSee 'docker {command} --help'."
        return DockerError(f"docker: {str(error).removesuffix('.')}.{hint}", code, note=error.note)
    return DockerError(f"docker: {error}\n\nRun 'docker {command} --help' for more information", code, note=error.note)
