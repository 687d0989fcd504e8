"""A machine with only `cat`, to run scripts on without a lab's commands; and the real shells beside it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from typing import NamedTuple

from netsandbox.apps.program import Context, Task
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import Trace
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError, FileSystem
from netsandbox.linux.drop import CASCADE_TOO_LONG
from netsandbox.linux.events import FrameReceived
from netsandbox.shell.dialect import ASH, BASH, DASH, Dialect, syntax_error
from netsandbox.shell.errors import NotFoundError
from netsandbox.shell.interpreter import Interpreter
from netsandbox.shell.machine import Call
from netsandbox.shell.parser import broken, parse_by_line
from netsandbox.shell.state import State

DIALECTS: Mapping[str, Dialect] = {"bash": BASH, "dash": DASH, "ash": ASH}
HOME = "/tmp"


class Said(NamedTuple):
    """What a script printed, and its exit status."""

    out: str
    err: str
    code: int | None


class Cat(Task):
    """cat: its files, or its input once that has ended."""

    name = "cat"

    def __init__(self, scheduler: Scheduler, call: Call) -> None:
        super().__init__(scheduler)
        self._call = call

    def start(self) -> None:
        paths = self._call.argv[1:]
        if not paths and not self._call.stdin.is_closed:
            self._call.stdin.on_change = self.start
            return
        code = 0
        for path in paths:
            try:
                self.output.append(("out", self._call.files.read(path)))
            except FileError as error:
                self.complain(f"cat: {path}: {error}")
                code = 1
        if not paths:
            self.output.append(("out", self._call.stdin.read()))
        self.exit(code)


class Machine:
    """What a shell runs on (netsandbox.shell.machine.Machine)."""

    def __init__(self, scheduler: Scheduler, shell: Dialect) -> None:
        self.scheduler = scheduler
        self.shell = shell
        self.pid = 100

    def acting(self) -> nullcontext[None]:
        return nullcontext()

    def program(self, call: Call) -> Task:
        name = call.argv[0]
        if name == "cat":
            return Cat(self.scheduler, call)
        raise NotFoundError(f"{name}: {'command ' if self.shell is BASH else ''}not found", 127)

    def context_of(self, call: Call) -> Context:
        raise NotFoundError(f"{call.argv[0]}: there is no network", 1)

    def takes(self, _argv: list[str]) -> bool:
        return False

    def has(self, name: str) -> bool:
        return name == "cat"

    def next_pid(self) -> int:
        self.pid += 1
        return self.pid

    def random(self) -> int:
        return 7

    def kill(self, _pid: int, _signal: str) -> bool:
        return False

    def dialect(self, name: str) -> Dialect:
        return DIALECTS.get(name, self.shell)


def simulated(text: str, name: str = "bash", arguments: tuple[str, ...] = ()) -> Said:
    """What the sandbox's shell makes of a script."""
    dialect = DIALECTS[name]
    scheduler = Scheduler(Trace(), FrameReceived, CASCADE_TOO_LONG)
    files = Files(FileSystem(scheduler), {}, HOME)
    state = State(dialect, files, name, 100)
    state.positional = list(arguments)
    body, error = parse_by_line(text, dialect)
    if error is not None:
        body = broken(body, syntax_error(dialect, error, name, text), 2)
    shell = Interpreter(scheduler, Machine(scheduler, dialect), state, body)
    shell.start()
    while shell.is_running and scheduler.step():
        pass
    return Said(shell.out, shell.err, shell.code)


def real(text: str, name: str = "bash", arguments: tuple[str, ...] = ()) -> Said:
    """What the real one makes of it, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([name, "-c", text, name, *arguments], capture_output=True, text=True, check=False,
                              cwd=folder, timeout=20, stdin=subprocess.DEVNULL, errors="replace",
                              env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", "HOME": "/root"})
    return Said(done.stdout, done.stderr, done.returncode)
