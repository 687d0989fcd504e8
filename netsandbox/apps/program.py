"""Programs: what starts, prints, and exits with a code; most of them in a namespace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.apps.output import Output
from netsandbox.apps.pipe import Pipe
from netsandbox.engine.nothing import NOTHING
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Scheduler


SIGINT, SIGKILL, SIGTERM = 2, 9, 15


class UsageError(Exception):
    """Arguments that a program refuses."""

    def __init__(self, message: str, code: int = 2, out: str = "") -> None:
        super().__init__(message)
        self.code = code  # its exit status
        self.out = out  # what it says on its output, before it complains


class Task(Output):
    """Something that starts, prints, and exits with a code, in virtual time.

    Attributes:
        code: its exit status, None while it runs.
        on_exit: called once, when it ends.
        words: its command line, where that is known.
        foreground: whether the lab is not quiet while it waits; off for what runs detached.
        heeds_term: SIGTERM lets it finish, and does not just end it.
        in_background: what it has begun and does not wait for; a shell's jobs.
        waiting: what it waits for; a shell's command.
        process: its own, where it is a program.
    """

    name = "task"
    foreground = True
    heeds_term = False
    in_background: Sequence[Task] = ()
    words: tuple[str, ...] = ()
    waiting: Task | None = None
    process: Process | None = None
    code: int | None = None
    on_exit: tuple[Callable[[], None], ...] = ()

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self.scheduler = scheduler

    @property
    def is_running(self) -> bool:
        return self.code is None

    @property
    def is_endless(self) -> bool:
        """Whether only Ctrl-C will end it."""
        return False

    @property
    def listens(self) -> bool:
        """Whether it waits for what others do."""
        return False

    @property
    def drops(self) -> bool:
        """Whether Ctrl-C would lose what it has gathered so far, as for a `$(…)`."""
        return any(child.drops for child in self.children)

    @property
    def reads_on(self) -> bool:
        """Whether Ctrl-C has ended what it reads, and not yet itself."""
        return False

    @property
    def children(self) -> list[Task]:
        """The programs that it has started itself, as a shell does."""
        return []

    @property
    def becomes(self) -> Task | None:
        """The program that its process is now, after `exec`."""
        return None

    def start(self) -> None:
        """Begin; the first frame leaves within this call."""
        raise NotImplementedError

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.exit(130)

    def trap(self, number: int) -> bool:
        """A signal of which a script says itself what is done; whether it does."""
        return False

    def signal(self, number: int) -> None:
        """A signal, also to what it waits for, which ends it; as Ctrl-C does where it heeds that one."""
        if number == SIGINT or (number == SIGTERM and self.heeds_term):
            self.interrupt()
        self.exit(128 + number)

    def exit(self, code: int) -> None:
        """End; harmless when it has ended."""
        if self.code is not None:
            return
        self.code = code
        self.stop()
        callbacks, self.on_exit = self.on_exit, ()  # most of them know this program
        for callback in callbacks:
            callback()

    def stop(self) -> None:
        """Give back what the program holds: sockets, timers."""


class Program(Task):
    """A task that runs in a namespace."""

    name = "program"
    # what tcpdumps with -w have seen, by their PIDs; all programs of a lab have the same
    captures: dict[int, Any] = NOTHING

    def __init__(self, namespace: NetworkNamespace, pid: int = 1) -> None:
        super().__init__(namespace.scheduler)
        self.namespace = namespace
        self.process: Process = Process(self.name, pid)

    @property
    def now(self) -> int:
        """Virtual nanoseconds."""
        return self.scheduler.now


class Context(NamedTuple):
    """All that a program is made from."""

    namespace: NetworkNamespace  # the one that it runs in
    argv: list[str]  # its name and its arguments
    # the files that it sees, /etc/resolv.conf and /etc/hosts among them; relative paths count from its working
    # directory
    files: Files
    next_pid: Callable[[], int]  # gives it a PID of its own
    names: dict[str, int]  # addresses by host name, as the resolver finds them there
    environment: dict[str, str]  # variables by name
    stdin: Pipe  # what it can read; nothing unless told otherwise. What it prints goes to `Task.output`
    captures: dict[int, Any]  # what tcpdumps with -w have seen, by their PIDs

    @property
    def arguments(self) -> list[str]:
        return self.argv[1:]


Maker = Callable[[Context], Program]
"""A program from its context, not started yet.

Raises:
    UsageError: arguments that it refuses.
"""
