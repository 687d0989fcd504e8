"""A lab with a docker command line, for tests: lines in, what was printed out."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from netsandbox.apps.ping import options as ping_options
from netsandbox.apps.ping.ping import Ping
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Context, Program, Task
from netsandbox.apps.server import Speaker
from netsandbox.commands.docker import Client, DockerContext, program
from netsandbox.commands.docker.containers.machine import Inside
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.engine.units import SECOND
from netsandbox.lab.lab import Lab
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.shell.machine import Call


class Said(NamedTuple):
    """What a line printed, and its exit status."""

    code: int | None
    out: str
    err: str


class FakeMachine:
    """The shell's part: ping and the names of the lab."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.files: Files | None = None

    def name_in_use(self, name: str) -> bool:
        return name in self.lab.names()

    def host_files(self) -> Files:
        return Files(self.lab.host().files, {})

    def environment(self) -> dict[str, str]:
        return {}

    def has_program(self, name: str) -> bool:
        return name in ("ping", "ip")

    def has_applet(self, _name: str) -> bool:
        return False

    def nsenter(self, inside: Inside, call: Call) -> Task:
        raise NotImplementedError

    def context(self, namespace: NetworkNamespace, argv: list[str], files: Files, names: dict[str, int],
                call: Call | None = None) -> Context:
        stdin = call.stdin if call is not None else Pipe(is_closed=True)
        return Context(namespace, argv, files, self.next_pid, names, {}, stdin, {})

    def run_in(self, context: Context) -> Program:
        argv = context.argv
        self.files = context.files
        if argv[0].rpartition("/")[2] == "ping":
            return Ping(context.namespace, ping_options.parse(argv[1:]), 7, 7)
        return Speaker(context.namespace, "ip", [("out", f"ip in {context.namespace.name}")], 1)

    def applet(self, _context: Context) -> Program | None:
        return None

    def next_pid(self) -> int:
        return self.lab.next_pid()

    def random(self) -> int:
        return 7


class Machine:
    """One host with Docker, driven by command lines."""

    def __init__(self, profile: str = "docker-29", seed: int = 1) -> None:
        self.lab = Lab(seed=seed, profile=profile)
        self.engine: DockerEngine = self.lab.docker()
        self.fake = FakeMachine(self.lab)
        self.context = DockerContext(self.engine, self.fake)

    def begin(self, line: str) -> Client:
        """Start a line; `docker` is put before it. It may still run."""
        client = program(self.context, shlex.split(line))
        self.lab.scheduler.begin()
        client.start()
        return client

    def __call__(self, line: str) -> Said:
        """Run a line until it has ended, or three seconds where it has no end of its own."""
        client = self.begin(line)
        scheduler = self.lab.scheduler
        limit = scheduler.clock + 3 * SECOND
        while client.is_running and (scheduler.clock < limit or not client.is_endless) and scheduler.step():
            pass
        return Said(client.code, client.out, client.err)

    def settle(self) -> None:
        """Do all that is due now: ports that begin to forward, programs that have their turn."""
        while not self.lab.scheduler.is_idle:
            self.lab.scheduler.step()

    def wait(self, seconds: float) -> None:
        self.lab.scheduler.run_until(self.lab.scheduler.clock + round(seconds * SECOND))

    def container(self, name: str) -> Container:
        return self.engine.containers[name]
