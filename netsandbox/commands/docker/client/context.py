"""What the docker client works on: an engine, and the machine around it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from netsandbox.apps.program import Context, Program, Task
from netsandbox.commands.docker.containers.machine import Inside
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.images import Image
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.shell.machine import Call


class DockerMachine(Protocol):
    """What the client needs of the lab and of the shell (archived: what docker save and docker export have put into
    archives, by the digests that are in them or theirs)."""

    archived: dict[str, Image]

    def name_in_use(self, name: str) -> bool:
        """Whether something in the lab beside this engine's containers has a name."""

    def host_files(self) -> Files:
        """The engine's host's files, as the client sees them."""

    def environment(self) -> dict[str, str]:
        """The variables of the shell that the client was started from."""

    def addresses(self) -> dict[str, int]:
        """Addresses by name, as the client's host knows them."""

    def engine(self, identity: str) -> DockerEngine | None:
        """The Engine with that ID, wherever in the lab."""

    def has_program(self, name: str) -> bool:
        """Whether `run_in` knows a program or tool of that name."""

    def has_applet(self, name: str) -> bool:
        """Whether `applet` knows one of that name."""

    def context(self, namespace: NetworkNamespace, argv: list[str], files: Files, names: dict[str, int],
                call: Call | None = None) -> Context:
        """What a program is made from.

        Args:
            argv: its name and its arguments.
            names: the addresses of the names that it can look up.
            call: whose input and environment it has.
        """

    def run_in(self, context: Context) -> Program:
        """A program or tool in a namespace, not started yet."""

    def applet(self, context: Context) -> Program | None:
        """The same as BusyBox has it, None where there is no difference."""

    def nsenter(self, inside: Inside, call: Call) -> Task:
        """A program in the namespaces that a container's program, which may do so, names; not started yet (UsageError:
        it names none, or there is none)."""

    def next_pid(self) -> int: ...

    def random(self) -> int:
        """A number from 0 to 32767."""


class DockerContext(NamedTuple):
    """Where a docker command runs."""

    engine: DockerEngine
    machine: DockerMachine
