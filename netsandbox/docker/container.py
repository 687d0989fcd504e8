"""A container: a program in a namespace, which may be its own, the host's or another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netsandbox.apps.program import Program
    from netsandbox.docker.images import Image
    from netsandbox.linux.interface import Interface
    from netsandbox.linux.namespace import NetworkNamespace

CREATED, RUNNING, EXITED = "created", "running", "exited"


class Endpoint:
    """A container's attachment to a bridge network: address, MAC, and the veth pair.

    Attributes:
        inside: eth0 in the container.  outside: vethXXXXXXX on the bridge.
    """

    def __init__(self, identity: str, address: int, mac: int, inside: Interface, outside: Interface) -> None:
        self.identity = identity
        self.address = address
        self.mac = mac
        self.inside = inside
        self.outside = outside


class Container:
    """One container, running or not.

    Attributes:
        identity: 64 hex digits.  mode: bridge, host, none or container:NAME.
        arguments: the command that replaces the image's own, or empty.
        log: what its programs wrote, as (stream, line) in order.
        wanted_mac: --mac-address, kept over restarts, or None.
    """

    def __init__(self, name: str, identity: str, image: Image, mode: str, arguments: list[str], created: int) -> None:
        self.name = name
        self.identity = identity
        self.image = image
        self.reference = image.name
        self.mode = mode
        self.arguments = arguments
        self.created = created
        self.started = 0
        self.finished = 0
        self.state = CREATED
        self.code = 0
        self.pid = 0
        self.namespace: NetworkNamespace | None = None
        self.endpoint: Endpoint | None = None
        self.program: Program | None = None
        self.log: list[tuple[str, str]] = []
        self.wanted_mac: int | None = None
        self.published: list[str] = []
        self.removes_itself = False

    @property
    def short_identity(self) -> str:
        return self.identity[:12]

    @property
    def is_running(self) -> bool:
        return self.state == RUNNING

    @property
    def command(self) -> str:
        """As `docker ps` shows it, without the quotes."""
        if not self.arguments:
            return self.image.command
        if self.image.command.startswith("/docker-entrypoint.sh"):
            return " ".join(["/docker-entrypoint.sh", *self.arguments])
        return " ".join(self.arguments)

    def collect_log(self) -> None:
        """Take what the program has written so far into the log."""
        if self.program is not None:
            self.log += [(stream, line) for stream, text in self.program.output for line in text.splitlines()]
            self.program.output.clear()
