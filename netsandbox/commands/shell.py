"""The shell: one line in, one Job out.

A line is, in this order: a verb of the lab, `docker …`, or a program or tool
that Linux brings, which runs in the namespace that was entered, else on the
default host.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from netsandbox.apps.program import UsageError
from netsandbox.commands import programs
from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.docker import Client
from netsandbox.commands.docker.inside import rights_of
from netsandbox.commands.errors import CommandError
from netsandbox.commands.inner_shell import InnerShell, inner_shell
from netsandbox.commands.interpreter import INTERPRETER
from netsandbox.commands.job import Job
from netsandbox.commands.machine import LabMachine
from netsandbox.commands.operators import commands_of, first_words, has_substitution, is_compound, tokens
from netsandbox.commands.tools.registry import TOOLS
from netsandbox.commands.unmodelled import reason
from netsandbox.commands.words import split, split_background
from netsandbox.docker.errors import DockerError
from netsandbox.engine import budget
from netsandbox.engine.budget import OverBudgetError
from netsandbox.lab.errors import LabError
from netsandbox.lab.events import CommandRun
from netsandbox.lab.lab import DEFAULT_HOST
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.core.sysctl import SysctlError
from netsandbox.linux.netlink.credentials import ROOT, Rights, acting_with

if TYPE_CHECKING:
    from netsandbox.commands.session_protocol import SessionProtocol
    from netsandbox.commands.verb import Verb
    from netsandbox.lab.lab import Lab
    from netsandbox.linux.core.namespace import NetworkNamespace

REFUSALS = (CommandError, LabError, DockerError, UsageError, SysctlError, SocketError, OverBudgetError)
NEAR = 0.75
"""How alike a word must be to one that there is, so that it may be a slip of the pen."""
RECENT = 100
"""Lines that are remembered for `expect`."""
ALONE = frozenset({"check", "session", "shell"})
"""Groups of verbs beside which no other command can stand on the same line."""
LOCAL_VERBS = frozenset({"ping", "arping", "traceroute", "hostname"})
"""Verbs that mean the program of that name once a namespace is entered."""


class Shell:
    """What a person types into.

    Attributes:
        where: the node whose shell was entered, or None at the lab's own prompt.
        language: of what `expect` finds: en or zh.
        verbs: what its own language has, by name and alias.
        session: set when the shell belongs to a session, for the verbs that move in time.
        jobs: lines that still run.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.verbs: Mapping[str, Verb] = VERBS
        self.where: str | None = None
        self.entered_by: Client | None = None
        self.language = "en"
        self.session: SessionProtocol | None = None
        self.write_file: Callable[[str, bytes, bool], None] | None = None
        """Makes something a file's content, all or nothing, and replaces a file that the session did not write only
        by force; set when the shell belongs to a session."""
        self.machine = LabMachine(lab)
        self.variables: dict[str, str] = {"?": "0"}
        """What `NAME=VALUE` has set, and the exit code of the line before this one."""
        self.last: Job | None = None
        """The line before this one, for `expect`."""
        self.last_seq = 0
        """The first trace record of the line before this one."""
        self.recent: deque[Job] = deque(maxlen=RECENT)
        """Lines that did something, the last one last; some may still run."""

    @property
    def prompt(self) -> str:
        return "" if self.where is None else self.where

    @property
    def _names(self) -> dict[str, int]:
        return self.machine.names(self.where)

    @property
    def namespace(self) -> NetworkNamespace:
        """Where tools run now."""
        return self.lab.namespace(self.where or DEFAULT_HOST)

    def execute(self, line: str) -> Job:
        """Begin to carry out a line.  A refusal is the job's error output, never an exception."""
        job = Job(line)
        with acting_with(self._rights), budget.on(job.budget):
            return self._execute(line, job)

    def _execute(self, line: str, job: Job) -> Job:
        try:
            handler = self._handler_of_line(split_background(line)[0])
        except REFUSALS as error:
            if _is_action(line):
                self.remember(job, self.lab.trace.end)
            return _refuse(job, error)
        if handler is not None:
            self._run(job, handler)
        else:
            job.finish()
        return job

    def _run(self, job: Job, handler: Callable[[Job], None]) -> None:
        is_action = _is_action(job.line)
        scheduler = self.lab.scheduler
        first = self.lab.trace.end
        if is_action:
            scheduler.begin()
            self.lab.trace.record(CommandRun(split_background(job.line)[0].strip()))
        try:
            handler(job)
            self._follow_into_container(job)
        except REFUSALS as error:
            _refuse(job, error)
        scheduler.end()
        if is_action:
            self.remember(job, first)

    def remember(self, job: Job, first: int) -> None:
        """For `expect`: the line and its first trace record."""
        self.last, self.last_seq = job, first
        self.recent.append(job)

    def _follow_into_container(self, job: Job) -> None:
        """`docker run -it`, `docker exec -it`: the next lines belong into the container."""
        client = job.program
        if isinstance(client, Client) and client.enters is not None:
            self.where, self.entered_by = client.enters.name, client
            job.finish()

    def leave(self) -> None:
        """`exit`: back to the lab's prompt; a shell that was a container's program ends."""
        client, self.where, self.entered_by = self.entered_by, None, None
        if client is not None:
            client.leave()

    def detach(self) -> None:
        """`detach`: back to the lab's prompt; a shell that was a container's program goes on."""
        client, self.where, self.entered_by = self.entered_by, None, None
        if client is not None:
            client.detach()

    def _handler_of_line(self, line: str) -> Callable[[Job], None] | None:
        """What carries a line out, None for one that is empty; `expect` reads its own line."""
        if is_compound(line, self.variables) and not _is_expect(first_words(line)):
            return self._script(line)
        words = split(line)
        return self._handler(words) if words else None

    def _script(self, text: str) -> Callable[[Job], None]:
        """A line of several commands."""
        words = first_words(text)
        alone = next((word for word in words if _group(word) in ALONE), None)
        if alone is not None and len(words) > 1:
            raise CommandError(f"{alone!r} needs a line of its own")
        if words and not _is_action(text) and any(has_substitution(word) for _kind, word in tokens(text)):
            raise CommandError(f"{words[0]!r} only looks, and $(…) does something: it cannot stand there")
        if self.last is not None:
            self.variables["?"] = str(self.last.code or 0)
        begin = partial(self._begin, ALONE if _is_action(text) else frozenset(), len(commands_of(text)) == 1)
        script = INTERPRETER["sh"](self.lab.scheduler, text, begin, False, self.variables)
        return lambda job: job.follow(script)

    def _begin(self, refused: frozenset[str], may_open: bool, words: list[str], output: list[tuple[str, str]],
               foreground: bool) -> Job:
        """One command of a script (operators.Begin), if it is no verb of some groups; whether it may open a shell."""
        job = Job(words[0])
        job.output = output
        try:
            if _group(words[0]) in refused:
                raise CommandError(f"{words[0]!r} needs a line of its own")
            with acting_with(self._rights):
                self._handler(words, may_open and foreground)(job)
            if may_open and foreground:
                self._follow_into_container(job)
            self._refuse_what_waits(job)
        except REFUSALS as error:
            _refuse(job, error)
        return job

    def _refuse_what_waits(self, job: Job) -> None:
        """A shell that a person types into, or a wait without an end of its own, cannot be one of several commands."""
        if isinstance(job.program, Client) and job.program.enters is not None and job.code is None:
            job.program.leave(2)
            raise CommandError("a shell in a container needs a line of its own")
        if job.code is None and job.program is None:
            raise CommandError(f"{job.line!r} needs a line of its own")

    def _handler(self, words: list[str], may_open: bool = True) -> Callable[[Job], None]:
        """What carries a command out, its words checked already; whether it may open a shell in a namespace."""
        if words[0] == "sudo" and len(words) > 1:
            words = words[1:]
        name = words[0]
        entered = self.where is not None
        inner = inner_shell(self, words)
        if inner is not None:
            if inner.script is None and not may_open:
                raise CommandError(f"{name!r} opens a shell here, which needs a line of its own")
            return partial(self._open, inner)
        if name in VERBS and not (entered and name in LOCAL_VERBS):
            declared = VERBS[name]
            values = declared.parse(self, words[1:])
            return lambda job: declared.handler(self, job, values)
        if name == "docker" and not entered:
            return lambda job: job.follow(programs.docker(self, words[1:]))
        applet = programs.applet(self, self.namespace, words, self._names) if self._is_in_busybox() else None
        if applet is not None:
            return lambda job: job.follow(applet)
        if programs.is_program(name):
            return lambda job: job.follow(programs.program(self, self.namespace, words, self.machine.files(self.where),
                                                           self._names))
        if reason(name):
            raise CommandError(reason(name), 127)
        if name == "docker":
            raise CommandError("sh: 1: docker: not found; `exit` leaves this shell first", 127)
        if entered:
            raise CommandError(f"sh: 1: {name}: not found{self._nearest(name)}", 127)
        raise CommandError(f"unknown command {name[:40]!r}{self._nearest(name)}", 2)

    def _open(self, inner: InnerShell, job: Job) -> None:
        """A shell in a namespace, or the script of `sh -c`."""
        if inner.script is None:
            self.where, self.entered_by = inner.node, None
            job.finish()
            return
        begin = partial(self._begin_inside, inner.prefix)
        job.follow(INTERPRETER["sh"](self.lab.scheduler, inner.script, begin, True, {"?": "0"}))

    def _begin_inside(self, prefix: list[str], words: list[str], output: list[tuple[str, str]],
                      foreground: bool) -> Job:
        return self._begin(ALONE, False, [*prefix, *words], output, foreground)

    @property
    def _rights(self) -> Rights:
        """In a container's own shell the container's; root's at the lab's prompt and in what `enter` opens."""
        container = self.entered_by.enters if self.entered_by is not None else None
        return ROOT if container is None else rights_of(container)

    def _is_in_busybox(self) -> bool:
        """Whether a person is in a container's shell, and the container has BusyBox's tools."""
        entered = self.entered_by.enters if self.entered_by is not None else None
        return entered is not None and entered.image.has_busybox

    def _nearest(self, name: str) -> str:
        near = get_close_matches(name, [*VERBS, *TOOLS, *programs.PROGRAMS, "docker"], 1, NEAR)
        return f"; did you mean {near[0]!r}?" if near else "; `help` lists what there is"


def _group(name: str) -> str | None:
    return VERBS[name].group if name in VERBS else None


def _is_action(line: str) -> bool:
    """Whether a line does something, so that `expect` is about it; `expect` itself reads all of its line."""
    words = first_words(line)
    return not _is_expect(words) and any(_group(word) not in ("session", "look") for word in words)


def _is_expect(words: list[str]) -> bool:
    return bool(words) and _group(words[0]) == "check"


def _refuse(job: Job, error: Exception) -> Job:
    job.complain(str(error))
    job.finish(int(getattr(error, "code", 1)))
    return job
