"""What a tool gets, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import NamedTuple, Protocol

from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Program
from netsandbox.linux.core.errors import STRERROR, KernelError
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.wire.addresses import Network


class Tenant(NamedTuple):
    """A network namespace, and who is in it."""

    namespace: NetworkNamespace
    processes: int  # how many
    # pid, command: the first one's; 0 and empty where there is none
    pid: int
    command: str
    file: str  # what keeps the namespace, as /run/netns/NAME; may be empty


class Machine(Protocol):
    """What crosses namespaces: the machine that they all are on."""

    def namespace_named(self, name: str) -> NetworkNamespace | None:
        """The namespace that `ip netns add` gave a name, or None."""

    def namespace_of_pid(self, pid: int) -> NetworkNamespace | None:
        """The namespace that a container's main program is in, or None where there is no such process."""

    def namespace_owners(self, namespace: NetworkNamespace, files: Files, pid: int | None) -> dict[str, int] | None:
        """By kind (mnt, uts …) the PID of the container whose namespaces a process has; what is not there is the
        machine's own. None where there is no such process.

        Args:
            files: those of the one who asks.  pid: None for the one who asks.
        """

    def pid_seen(self, namespace: NetworkNamespace, files: Files, pid: int) -> int:
        """The number that a process has for the one who asks; 0 where it is not in the same PID namespace.

        Args:
            files: those of the one who asks.  pid: the one that the host knows.
        """

    def tenants(self, namespace: NetworkNamespace) -> list[Tenant]:
        """All namespaces of the machine that this one is on, the machine's own first."""

    def processes(self, namespace: NetworkNamespace) -> list[tuple[int, str, int]]:
        """(PID, command line, inode of its network namespace) of the machine that a namespace is on, by PID."""

    def processes_inside(self, namespace: NetworkNamespace,
                         files: Files) -> list[tuple[int, int, str, NetworkNamespace]]:
        """(PID, its parent's, command line, network namespace) of the processes that the one who asks sees, who is in a
        container; the first one first (files: those of the one who asks)."""

    def send(self, namespace: NetworkNamespace, files: Files, pid: int, number: int) -> bool:
        """Send a signal to a process that the one who asks sees; False where it is none that a line has begun (files:
        those of the one who asks)."""

    def begun(self, pid: int) -> Program | None:
        """The program of that PID that a line has begun, beside the containers' own."""

    def add_namespace(self, name: str) -> NetworkNamespace:
        """Make a namespace with nothing but a `lo` that is down; the name is free."""

    def remove_namespace(self, name: str) -> None:
        """Take the name away, and the namespace too if nobody else uses it."""

    def namespace_names(self) -> list[str]:
        """What `ip netns list` lists, the newest first."""

    def new_mac(self) -> int:
        """A random address that is locally administered, as the kernel gives a new device."""

    def hostname(self, namespace: NetworkNamespace, seen: Files | None) -> str:
        """The name that `hostname` prints there (seen: the files of who asks, by which he is the host's or a
        container's)."""

    def set_hostname(self, namespace: NetworkNamespace, name: str, seen: Files | None) -> None:
        """sethostname(2) there (ToolError: the name cannot be told from another's)."""

    def make_room(self, namespace: NetworkNamespace, name: str, network: Network | None,
                  gateway: int | None = None) -> str:
        """What is the sandbox's own gives way to a line that wants its name or its addresses, and what is said of it.

        Args:
            name: the interface that is made, or the one that gets an address; empty for a route.
            network: the addresses that are wanted; None where an interface is made.
            gateway: of a route.
        """


class ToolResult(NamedTuple):
    """The end of a tool: its exit status and what it printed."""

    code: int
    out: str
    err: str

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """What it printed, by stream, in the order of a terminal."""
        return ("out", self.out), ("err", self.err)


class ToolContext(NamedTuple):
    """Where a tool runs."""

    namespace: NetworkNamespace
    machine: Machine
    files: Files | None = None  # those that a program sees there; None where there are none
    # runs another tool or program in a namespace, for `ip netns exec`; None means that only the tools of this package
    # can be run
    run: Callable[[ToolContext, list[str]], ToolResult] | None = None
    stdin: Pipe | None = None  # what it can read; None where nobody types
    environment: Mapping[str, str] = MappingProxyType({})  # variables by name
    is_busybox: bool = False  # an image brings BusyBox there, whose tools have their own words
    is_at_terminal: bool = False  # what it prints is seen by a person (isatty)

    def inside(self, namespace: NetworkNamespace) -> ToolContext:
        """The same in another namespace (setns)."""
        return self._replace(namespace=namespace)


class ToolError(Exception):
    """A tool gives up (code: its exit status; message: what it says on standard error, without the last newline)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@contextmanager
def failing_as(code: int, what: str) -> Iterator[None]:
    """What the kernel refuses meanwhile is told as perror(3) does, behind what a tool calls it."""
    try:
        yield
    except KernelError as error:
        raise ToolError(code, f"{what}: {STRERROR[error.errno]}") from None
