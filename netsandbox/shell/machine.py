"""What a shell needs of the machine that it runs on: programs by name."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Context, Task
from netsandbox.linux.core.files.file_system import Files
from netsandbox.shell.dialect import Dialect

if TYPE_CHECKING:

    from netsandbox.engine.scheduler import Scheduler


class FilesHolder(Protocol):
    """Something that has files, which may be made when they are first looked at."""

    @property
    def files(self) -> Files: ...

    @property
    def depth(self) -> int:
        """In how many shells within each other they are seen."""


class Held(NamedTuple):
    """Files that are there."""

    files: Files
    depth: int = 0


class Call(NamedTuple):
    """How a program is called."""

    argv: list[str]
    environment: dict[str, str]
    holder: FilesHolder  # has the files that are seen
    stdin: Pipe
    is_alone: bool = False  # it is all of its line, and nothing is done with its output
    pid: int = 0  # the number that a shell has for itself; 0 for the next one

    @property
    def files(self) -> Files:
        return self.holder.files


class Machine(Protocol):
    """A place where programs run."""

    @property
    def scheduler(self) -> Scheduler: ...

    def acting(self) -> AbstractContextManager[None]:
        """What is done within has the rights of who is there."""

    def program(self, call: Call) -> Task:
        """A program, not started yet (NotFoundError, RefusedError: there is none, or not for this call)."""

    def context_of(self, call: Call) -> Context:
        """What a program of the shell's own is made from."""

    def takes(self, argv: list[str]) -> bool:
        """Whether a command is the machine's although the shell has a builtin of its name."""

    def has(self, name: str) -> bool:
        """Whether there is a program of a name."""

    def next_pid(self) -> int: ...

    def random(self) -> int:
        """A number from 0 to 32767."""

    def kill(self, pid: int, signal: str) -> bool:
        """Send a signal to a process that is none of the shell's; False where there is none."""

    def dialect(self, name: str) -> Dialect:
        """How the shell of a name (sh, bash …) reads."""
