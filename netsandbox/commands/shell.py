"""The shell: one line in, one Job out.

A line is, in this order: a verb of the lab, `docker …`, or a program or tool
that Linux brings, which runs in the namespace that was entered, else on the
default host.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from netsandbox.apps.program import UsageError
from netsandbox.commands import programs
from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.docker import Client
from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.machine import LabMachine
from netsandbox.commands.tools.registry import TOOLS
from netsandbox.commands.words import split, split_background
from netsandbox.docker.errors import DockerError
from netsandbox.lab.errors import LabError
from netsandbox.lab.events import CommandRun
from netsandbox.lab.lab import DEFAULT_HOST
from netsandbox.linux.socket import SocketError
from netsandbox.linux.sysctl import SysctlError

if TYPE_CHECKING:
    from netsandbox.commands.session_protocol import SessionProtocol
    from netsandbox.commands.verb import Verb
    from netsandbox.lab.lab import Lab
    from netsandbox.linux.namespace import NetworkNamespace

REFUSALS = (CommandError, LabError, DockerError, UsageError, SysctlError, SocketError)
RECENT = 100
"""Lines that are remembered for `expect`."""
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
        self.write_file: Callable[[str, bytes], None] | None = None
        """Makes something a file's content, all or nothing; set when the shell belongs to a session."""
        self.machine = LabMachine(lab)
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
    def namespace(self) -> NetworkNamespace:
        """Where tools run now."""
        return self.lab.namespace(self.where or DEFAULT_HOST)

    def execute(self, line: str) -> Job:
        """Begin to carry out a line.  A refusal is the job's error output, never an exception."""
        job = Job(line)
        try:
            words = split(split_background(line)[0])
            if not words:
                job.finish()
                return job
            handler = self._handler(words)
        except REFUSALS as error:
            if _is_action(line):
                self._remember(job, self.lab.trace.end)
            return _refuse(job, error)
        return self._run(job, words, handler)

    def _run(self, job: Job, words: list[str], handler: Callable[[Job], None]) -> Job:
        is_action = _is_action(words[0])
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
            self._remember(job, first)
        return job

    def _remember(self, job: Job, first: int) -> None:
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

    def _handler(self, words: list[str]) -> Callable[[Job], None]:
        """What carries a line out, its words checked already."""
        name = words[0]
        entered = self.where is not None
        if name in VERBS and not (entered and name in LOCAL_VERBS):
            declared = VERBS[name]
            values = declared.parse(self, words[1:])
            return lambda job: declared.handler(self, job, values)
        if name == "docker" and not entered:
            return lambda job: job.follow(programs.docker(self, words[1:]))
        if name in TOOLS or name in programs.PROGRAMS:
            return lambda job: job.follow(programs.program(self, self.namespace, words, self.machine.files(self.where)))
        if entered:
            raise CommandError(f"sh: 1: {name}: not found{self._nearest(name)}", 127)
        raise CommandError(f"unknown command {name[:40]!r}{self._nearest(name)}", 2)

    def _nearest(self, name: str) -> str:
        near = get_close_matches(name, [*VERBS, *TOOLS, *programs.PROGRAMS, "docker"], 1)
        return f"; did you mean {near[0]!r}?" if near else "; `help` lists what there is"


def _is_action(line: str) -> bool:
    """Whether a line is one that does something, so that `expect` is about it."""
    declared = VERBS.get(line.split(maxsplit=1)[0]) if line.strip() else None
    return declared is None or declared.group not in ("check", "session", "look")


def _refuse(job: Job, error: Exception) -> Job:
    job.complain(str(error))
    job.finish(int(getattr(error, "code", 1)))
    return job
