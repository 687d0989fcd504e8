"""A container: a program in a namespace, which may be its own, the host's or another's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.apps.output import PIECE, Appended
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Task
from netsandbox.docker.config import NO_CONFIG, NO_HOST_CONFIG, Published
from netsandbox.docker.freezer import Frozen
from netsandbox.docker.ipam import AddressPool
from netsandbox.docker.links import Link
from netsandbox.docker.resolv_conf import ResolvConf
from netsandbox.engine.budget import Use
from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.rare import Rare
from netsandbox.engine.snapshot import Values
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.files.accounts import SUPERUSER
from netsandbox.linux.core.files.inode import FileSystem
from netsandbox.linux.core.namespace import NetworkNamespace

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.docker.health import Health
    from netsandbox.docker.images import Image
    from netsandbox.docker.name_server import EmbeddedServer
    from netsandbox.docker.network import BridgeNetwork
    from netsandbox.docker.ports import Binding
    from netsandbox.docker.rules import RuleLine
    from netsandbox.docker.volumes import Mount
    from netsandbox.engine.scheduler import Scheduler
    from netsandbox.engine.timers import Timer

Reader = Callable[[tuple[str, str]], None]  # Who watches what a program writes: (stream, text)
CREATED, RUNNING, PAUSED, EXITED, RESTARTING = "created", "running", "paused", "exited", "restarting"


class Wish(NamedTuple):
    """What a container asks of a network that it is to be attached to."""

    address: int | None = None  # --ip, or None for the lowest free one
    mac: int | None = None  # --mac-address, or None for a random one
    aliases: tuple[str, ...] = ()  # --network-alias
    priority: int = 0  # gw-priority: of several networks the one with the highest gives the default route
    is_connected: bool = False  # it was asked by docker network connect, not by docker run
    wrong_address: str = ""  # what --ip was told that is no address
    options: tuple[tuple[str, str], ...] = ()  # --driver-opt, as (key, value)
    address_6: str = ""  # an IPv6 address, which no network here can give
    local: tuple[str, ...] = ()  # --link-local-ip: further addresses of the interface
    links: tuple[Link, ...] = ()  # --link of docker network connect, which is about this network alone
    joined: str = ""  # the identifier of the network that it was attached to: another one of that name is none to it


NO_WISH = Wish()


class Ended:
    """What a container's main program calls when it ends."""

    __slots__ = ("container", "engine")

    def __init__(self, engine: DockerEngine, container: Container) -> None:
        self.engine, self.container = engine, container

    def __call__(self) -> None:
        self.engine.program_ended(self.container)


def hexadecimal(number: int) -> str:
    """64 hex digits."""
    return f"{number:064x}"


class Endpoint:
    """A container's attachment to a bridge network: address, MAC, and the veth pair."""

    __slots__ = ("address", "inside", "mac", "network", "number", "outside")

    def __init__(self, number: int, network: BridgeNetwork, address: int, mac: int, inside: Interface,
                 outside: Interface) -> None:
        self.number = number  # its identity as a number, for few ever read it
        self.network = network
        self.address = address
        self.mac = mac
        self.inside = inside  # eth0 in the container
        self.outside = outside  # vethXXXXXXX on the bridge

    @property
    def identity(self) -> str:
        return hexadecimal(self.number)

    @property
    def pool(self) -> AddressPool:
        """The subnet of its network that its address is from."""
        return self.network.pool_of(self.address)


class LogLine(NamedTuple):
    """One line of a container's log; `at` is virtual nanoseconds, `end` empty where the program ended before it."""

    at: int
    stream: str
    text: str
    end: str = "\n"


LineReader = Callable[[LogLine], None]


class Console(Appended):
    """What a container's program writes to: the log keeps it, and whoever is attached sees it.

    Attributes:
        has_terminal: its container was made with -t.
        readers: get all as it is written.  line_readers: get whole lines of it.
        lines: its log; a list once there is anything in it.
        dropped: lines that the log does not have any more; it keeps the last ones, as one with `max-size` does.
    """

    __slots__ = ("_scheduler", "_size", "lines", "rare")

    _rests: Rare[dict[str, str]] = Rare(NOTHING)
    dropped = Rare(0)
    has_terminal = Rare(False)
    line_readers: Rare[tuple[LineReader, ...]] = Rare(())
    readers: Rare[tuple[Reader, ...]] = Rare(())

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self.rare: dict[str, Any] = NOTHING
        self.lines: Sequence[LogLine] = ()
        self._scheduler = scheduler
        self._size = 0

    @property
    def is_at_terminal(self) -> bool:
        return self.has_terminal

    def append(self, item: tuple[str, str]) -> None:
        """Take (stream, text); the list itself stays empty.  A terminal has one stream."""
        item = ("out", item[1]) if self.has_terminal else item
        stream, text = item
        *whole, rest = (self._rests.pop(stream, "") + text).split("\n")
        if rest:
            self._rests = {**self._rests, stream: rest}
        self._take([LogLine(self._scheduler.clock, stream, line) for line in whole])
        for reader in self.readers:
            reader(item)

    def close(self) -> None:
        """The program is gone: what it began of a line is one."""
        rests, self._rests = self._rests, NOTHING
        self._take([LogLine(self._scheduler.clock, stream, rest, "") for stream, rest in rests.items()])

    def _take(self, lines: list[LogLine]) -> None:
        if not isinstance(self.lines, Values):
            self.lines = Values()
        self.lines += lines
        self._size += sum(len(line.text) + PIECE for line in lines)
        if self._size > Use.OUTPUT.limit:
            self._forget(self.lines, len(self.lines) // 2 + 1)
        for reader in self.line_readers:
            for line in lines:
                reader(line)

    def _forget(self, lines: Values, count: int) -> None:
        """The oldest lines go."""
        self._size -= sum(len(line.text) + PIECE for line in lines[:count])
        self.dropped += count
        del lines[:count]


class Exec:
    """A program that docker exec runs in a container."""

    def __init__(self, identity: str, program: Task, words: tuple[str, ...]) -> None:
        self.identity = identity  # 64 hex digits
        self.program = program
        self.words = words  # the command line
        process = program.process
        # on the host; 0 for one that has none of its own until somebody asks
        self.pid = process.pid if process is not None and process.pid != 1 else 0


class Container:
    """One container, running or not.

    Attributes:
        identity: 64 hex digits.
        mode: bridge, host, none, container:NAME, or a network that a person made.
        owner_identity: of the container whose namespace it is to use, if there was one of that name.
        arguments: the command that replaces the image's own, or empty.
        config, host_config: the other things that it was told when it was created.
        links: what --link asked for.  link_rules: what lets them through where icc is off.  link_names: of the others,
            by their identities, when it started.
        networks: what it is attached to while it runs, by the network's name.
        bindings: the host's ports that it has now.  port_rules: their rules.
        attached: its endpoints on these; none unless it runs.
        input: what the client hands on to its program (docker run -i with a pipe).
        prefixes: of the interfaces that it was given since it started (eth), one for each.
        execs: programs of docker exec that run in it.
        host_dns: what the host's /etc/resolv.conf said when it last started, after which its own is made; None before.
        health: how it does since it first started, where it is asked.
        frozen: what is put aside while it is paused.
        files: its own file system, None until a program looks at it.
        mounts: what of other files is in it.
        name_server: Docker's at 127.0.0.11, while it has one.
        waiters: called once with the exit status when the program ends.
        is_attached: a client watches it, so the lab is not quiet while it runs.
        is_private: it is on the network none.
        is_stopping: docker stop waits for its end.
        sandbox_number: names its network stack, new with each start; None before.
        account: whose its programs are (--user).
    """

    __slots__ = ("arguments", "attached", "config", "console", "created", "files", "has_run", "host_config", "host_dns",
                 "identity", "image", "is_private", "mode", "name", "namespace", "networks", "pid", "program", "rare",
                 "reference", "sandbox_number", "started", "state")

    account = Rare(SUPERUSER)
    error = Rare("")
    child = Rare(0)
    code = Rare(0)
    execs: Rare[tuple[Exec, ...]] = Rare(())
    finished = Rare(0)
    frozen: Rare[Frozen | None] = Rare(None)
    has_ended = Rare(False)
    health: Rare[Health | None] = Rare(None)
    input: Rare[Pipe | None] = Rare(None)
    is_attached = Rare(False)
    is_stopping = Rare(False)
    labels: Rare[Mapping[str, str]] = Rare(NOTHING)
    link_names: Rare[Mapping[str, str]] = Rare(NOTHING)
    link_rules: Rare[Sequence[tuple[Endpoint, RuleLine]]] = Rare(())
    links: Rare[tuple[Link, ...]] = Rare(())
    mounts: Rare[tuple[Mount, ...]] = Rare(())
    name_server: Rare[EmbeddedServer | None] = Rare(None)
    owner_identity = Rare("")
    prefixes: Rare[tuple[str, ...]] = Rare(())
    removes_itself = Rare(False)
    restart_timer: Rare[Timer | None] = Rare(None)
    restarts = Rare(0)
    waiters: Rare[tuple[Callable[[int], None], ...]] = Rare(())
    was_stopped = Rare(False)
    was_signalled = Rare(False)
    bindings: Rare[tuple[Binding, ...]] = Rare(())
    port_rules: Rare[Sequence[RuleLine]] = Rare(())

    def __init__(self, name: str, identity: str, image: Image, mode: str, arguments: Sequence[str],
                 scheduler: Scheduler) -> None:
        self.rare: dict[str, Any] = NOTHING
        self.name = name
        self.identity = identity
        self.image = image
        self.reference = image.name
        self.mode = mode
        self.arguments = arguments
        self.config, self.host_config = NO_CONFIG, NO_HOST_CONFIG
        self.created = scheduler.clock
        self.started = 0
        self.has_run = False
        self.state = CREATED
        self.pid = 0
        self.namespace: NetworkNamespace | None = None
        self.networks: Mapping[str, Wish] = NOTHING
        self.attached: tuple[Endpoint, ...] = ()
        self.program: Task | None = None
        self.console = Console(scheduler)
        self.files: FileSystem | None = None
        self.sandbox_number: int | None = None
        self.is_private = mode == "none"
        self.host_dns: ResolvConf | None = None

    @property
    def short_identity(self) -> str:
        return self.identity[:12]

    @property
    def is_running(self) -> bool:
        """Its program is there, paused or not."""
        return self.state in (RUNNING, PAUSED)

    @property
    def exposed_ports(self) -> list[str]:
        """The image's ports, those of --expose and of -p, `80/tcp`, in order."""
        published = (f"{port.port}/{port.protocol}" for port in self.host_config.published)
        ports = {*self.image.exposed, *self.config.exposed, *published}
        return sorted(ports, key=lambda text: (int(text.partition("/")[0]), text))

    @property
    def wanted_ports(self) -> list[Published]:
        """What -p asked for and, with -P, any port of the host's for what is exposed beside it; in the ports' order."""
        found = list(self.host_config.published)
        if not self.host_config.publishes_all:
            return found
        named = {(port.port, port.protocol) for port in found}
        for text in self.exposed_ports:
            number, _slash, protocol = text.partition("/")
            if (int(number), protocol) not in named:
                found.append(Published("", "", int(number), protocol))
        return sorted(found, key=lambda it: (it.port, it.protocol))

    @property
    def sandbox(self) -> str:
        """64 hex digits, or nothing before its first start."""
        return "" if self.sandbox_number is None else hexadecimal(self.sandbox_number)

    @property
    def log(self) -> Sequence[LogLine]:
        """What its programs wrote, in order."""
        return self.console.lines

    @property
    def endpoints(self) -> dict[str, Endpoint]:
        """By the network's name; made of what is attached for who asks, as most containers have one."""
        return {it.network.name: it for it in self.attached}

    @property
    def endpoint(self) -> Endpoint | None:
        """Its attachment, or of several the first; None where it has no address of its own."""
        return self.attached[0] if self.attached else None

    @property
    def network_names(self) -> list[str]:
        """As lists show them: host and none as well, and nothing for one that has left them all."""
        modes = ["none"] if self.is_private else ["host"] if self.mode == "host" and not self.networks else []
        return sorted([*self.networks, *modes])

    @property
    def joined(self) -> str:
        """The container whose namespace it uses, or empty."""
        return self.mode.removeprefix("container:") if self.mode.startswith("container:") else ""

    @property
    def argv(self) -> list[str]:
        """The program's words, entrypoint first."""
        entrypoint = list(self.image.entrypoint) if self.config.entrypoint is None else self.config.entrypoint
        own = [] if self.config.entrypoint is not None else list(self.image.cmd)
        return [*entrypoint, *(self.arguments or own)]

    @property
    def command(self) -> str:
        """As `docker ps` shows it, without the quotes."""
        words = self.argv
        return " ".join([*words[:1], *(f"'{word}'" if " " in word else word for word in words[1:])])

    @property
    def process(self) -> str:
        """Its first process as `ps` names it: what an entrypoint ends in, and nginx by a title of its own."""
        words = self.argv
        if words[:1] and words[0].endswith("docker-entrypoint.sh"):
            words = words[1:]
        return ("nginx: master process " if words[:1] == ["nginx"] else "") + " ".join(words)

    @property
    def stays_open(self) -> bool:
        """A shell in it waits for a person: it has a terminal or its input is kept open."""
        return self.config.tty or self.config.stdin
