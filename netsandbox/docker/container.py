"""A container: a program in a namespace, which may be its own, the host's or another's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.docker.resolv_conf import ResolvConf
from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.snapshot import Values
from netsandbox.linux.core.accounts import SUPERUSER

if TYPE_CHECKING:
    from netsandbox.apps.pipe import Pipe
    from netsandbox.apps.program import Task
    from netsandbox.docker.freezer import Frozen
    from netsandbox.docker.health import Health, HealthCheck
    from netsandbox.docker.images import Image
    from netsandbox.docker.ipam import AddressPool
    from netsandbox.docker.links import Link
    from netsandbox.docker.name_server import EmbeddedServer
    from netsandbox.docker.network import BridgeNetwork
    from netsandbox.docker.ports import Binding
    from netsandbox.docker.rules import RuleLine
    from netsandbox.docker.volumes import Mount
    from netsandbox.engine.scheduler import Scheduler, Timer
    from netsandbox.linux.core.inode import FileSystem
    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace

STOP_TIMEOUT = 10
"""Seconds between SIGTERM and SIGKILL unless told otherwise."""
Reader = Callable[[tuple[str, str]], None]
"""Who watches what a program writes: (stream, text)."""
CREATED, RUNNING, PAUSED, EXITED, RESTARTING = "created", "running", "paused", "exited", "restarting"


class Wish(NamedTuple):
    """What a container asks of a network that it is to be attached to.

    Attributes:
        address: --ip, or None for the lowest free one.
        mac: --mac-address, or None for a random one.
        aliases: --network-alias.
        priority: gw-priority: of several networks the one with the highest gives the default route.
        is_connected: it was asked by docker network connect, not by docker run.
        wrong_address: what --ip was told that is no address.
        options: --driver-opt, as (key, value).
        address_6: an IPv6 address, which no network here can give.
        local: --link-local-ip: further addresses of the interface.
        links: --link of docker network connect, which is about this network alone.
    """

    address: int | None = None
    mac: int | None = None
    aliases: tuple[str, ...] = ()
    priority: int = 0
    is_connected: bool = False
    wrong_address: str = ""
    options: tuple[tuple[str, str], ...] = ()
    address_6: str = ""
    local: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


NO_WISH = Wish()


class Published(NamedTuple):
    """One port of a container's that is to be reached at the host (-p).

    Attributes:
        host: the host's address, or empty for all.
        host_port: a number, a range, or empty or 0 for one that Docker chooses.
        port: the container's.
    """

    host: str
    host_port: str
    port: int
    protocol: str

    @property
    def first_host_port(self) -> int:
        """0 for one that Docker chooses."""
        return int(self.host_port.partition("-")[0] or 0)

    @property
    def last_host_port(self) -> int:
        return int(self.host_port.rpartition("-")[2] or 0)

    @property
    def is_certain(self) -> bool:
        """Nothing is left to choose."""
        return 0 < self.first_host_port == self.last_host_port


class Endpoint:
    """A container's attachment to a bridge network: address, MAC, and the veth pair.

    Attributes:
        inside: eth0 in the container.  outside: vethXXXXXXX on the bridge.
    """

    __slots__ = ("address", "identity", "inside", "mac", "network", "outside")

    def __init__(self, identity: str, network: BridgeNetwork, address: int, mac: int, inside: Interface,
                 outside: Interface) -> None:
        self.identity = identity
        self.network = network
        self.address = address
        self.mac = mac
        self.inside = inside
        self.outside = outside

    @property
    def pool(self) -> AddressPool:
        """The subnet of its network that its address is from."""
        return self.network.pool_of(self.address)


class LogLine(NamedTuple):
    """One line of a container's log; `at` is virtual nanoseconds."""

    at: int
    stream: str
    text: str


class Console(list[tuple[str, str]]):
    """What a container's program writes to: the log keeps it, and whoever is attached sees it."""

    __slots__ = ("_log", "_scheduler", "readers")

    def __init__(self, log: list[LogLine], scheduler: Scheduler) -> None:
        super().__init__()
        self.readers: tuple[Reader, ...] = ()
        self._log = log
        self._scheduler = scheduler

    def append(self, item: tuple[str, str]) -> None:
        """Take (stream, text); the list itself stays empty."""
        stream, text = item
        self._log += [LogLine(self._scheduler.clock, stream, line) for line in text.splitlines()]
        for reader in self.readers:
            reader(item)


class RestartPolicy(NamedTuple):
    """--restart: no, on-failure (with a number of attempts, 0 for any), always or unless-stopped."""

    name: str = "no"
    attempts: int = 0


NO_RESTART, NO_DNS = RestartPolicy(), ResolvConf()
"""What containers have that asked for nothing: the same for all of them."""


class Exec:
    """A program that docker exec runs in a container.

    Attributes:
        identity: 64 hex digits.  words: the command line.
        pid: on the host; 0 for one that has none of its own until somebody asks.
    """

    def __init__(self, identity: str, program: Task, words: tuple[str, ...]) -> None:
        self.identity = identity
        self.program = program
        self.words = words
        process = getattr(program, "process", None)
        self.pid = process.pid if process is not None and process.pid != 1 else 0


class Container:
    """One container, running or not.

    Attributes:
        identity: 64 hex digits.
        mode: bridge, host, none, container:NAME, or a network that a person made.
        owner_identity: of the container whose namespace it is to use, if there was one of that name.
        arguments: the command that replaces the image's own, or empty.
        entrypoint: --entrypoint; None for the image's own.
        links: what --link asked for.  link_rules: what lets them through where icc is off.  link_names: of the others,
            by their identities, when it started.
        networks: what it is attached to while it runs, by the network's name.
        exposed, sysctls: what --expose (as `80/tcp`) and --sysctl asked for.
        dns: what --dns, --dns-search and --dns-option asked for.
        published: what -p asked for.  publishes_all: -P.
        bindings: the host's ports that it has now.  port_rules: their rules.
        endpoints: the same, as it is now; empty unless it runs.
        input: what the client hands on to its program (docker run -i with a pipe).
        prefixes: of the interfaces that it was given since it started (eth), one for each.
        execs: programs of docker exec that run in it.
        health_check, health: what --health-cmd and the like asked for, and how it does since it first started.
        frozen: what is put aside while it is paused.
        files: its own file system, None until a program looks at it.
        mounts: what of other files is in it.
        log: what its programs wrote, in order.
        name_server: Docker's at 127.0.0.11, while it has one.
        waiters: called once with the exit status when the program ends.
        is_attached: a client watches it, so the lab is not quiet while it runs.
        is_detached: it was run with -d.
        is_private: it is on the network none.
        has_stop_timeout, wanted_mac: whether --stop-timeout was given, and --mac-address as it was written.
        workdir: --workdir, empty for the root.
        is_stopping: docker stop waits for its end.
        sandbox: 64 hex digits that name its network stack, new with each start.
        account: whose its programs are (--user).  user: the same as it was written.
        resources: what HostConfig has of options that do nothing else here.
        privileged: --privileged.  capabilities, dropped: --cap-add and --cap-drop, as CAP_NAME or ALL.
    """

    __slots__ = ("account", "arguments", "bindings", "capabilities", "code", "console", "created", "dns", "domainname",
                 "dropped", "endpoints", "entrypoint", "environment", "error", "execs", "exposed", "extra_hosts",
                 "files", "finished", "frozen", "has_ended", "has_run", "has_stop_timeout", "health",
                 "health_check", "hostname", "identity",
                 "image", "init", "input", "is_attached", "is_detached", "is_private", "is_stopping", "labels",
                 "link_names", "link_rules", "links", "log", "mode", "mounts", "name", "name_server", "namespace",
                 "networks", "owner_identity", "pid", "policy", "port_rules", "prefixes", "privileged", "program",
                 "published", "publishes_all", "reference", "removes_itself", "resources", "restart_timer", "restarts",
                 "sandbox", "started", "state", "stdin", "stop_signal", "stop_timeout", "sysctls", "tty", "user",
                 "waiters", "wanted_mac", "was_stopped", "workdir")

    def __init__(self, name: str, identity: str, image: Image, mode: str, arguments: list[str],
                 scheduler: Scheduler) -> None:
        self.name = name
        self.identity = identity
        self.image = image
        self.reference = image.name
        self.mode = mode
        self.arguments = arguments
        self.entrypoint: list[str] | None = None
        self.created = scheduler.clock
        self.started = 0
        self.finished = 0
        self.has_run = False
        self.has_ended = False
        self.state = CREATED
        self.code = 0
        self.error = ""
        self.pid = 0
        self.namespace: NetworkNamespace | None = None
        self.owner_identity = ""
        self.networks: dict[str, Wish] = {}
        self.endpoints: dict[str, Endpoint] = {}
        self.program: Task | None = None
        self.log: list[LogLine] = Values()
        self.console = Console(self.log, scheduler)
        self.waiters: tuple[Callable[[int], None], ...] = ()
        self.hostname = ""
        self.domainname = ""
        self.links: tuple[Link, ...] = ()
        self.link_rules: Sequence[RuleLine] = ()
        self.link_names: Mapping[str, str] = NOTHING
        self.environment: Sequence[str] = ()
        self.labels: Mapping[str, str] = NOTHING
        self.files: FileSystem | None = None
        self.mounts: tuple[Mount, ...] = ()
        self.extra_hosts: Sequence[tuple[str, str]] = ()
        self.tty = False
        self.stdin = False
        self.init = False
        self.input: Pipe | None = None
        self.prefixes: tuple[str, ...] = ()
        self.is_attached = False
        self.is_detached = False
        self.sandbox = ""
        self.removes_itself = False
        self.stop_signal = ""
        self.stop_timeout = STOP_TIMEOUT
        self.is_private = mode == "none"
        self.policy = NO_RESTART
        self.restarts = 0
        self.restart_timer: Timer | None = None
        self.was_stopped = self.is_stopping = False
        self.published: Sequence[Published] = ()
        self.publishes_all = False
        self.has_stop_timeout = False
        self.workdir = ""
        self.wanted_mac = ""
        self.privileged = False
        self.capabilities: tuple[str, ...] = ()
        self.dropped: tuple[str, ...] = ()
        self.bindings: tuple[Binding, ...] = ()
        self.port_rules: Sequence[RuleLine] = ()
        self.name_server: EmbeddedServer | None = None
        self.exposed: tuple[str, ...] = ()
        self.sysctls: tuple[tuple[str, str], ...] = ()
        self.dns = NO_DNS
        self.execs: tuple[Exec, ...] = ()
        self.frozen: Frozen | None = None
        self.health_check: HealthCheck | None = None
        self.health: Health | None = None
        self.user = ""
        self.account = SUPERUSER
        self.resources: Mapping[str, int | str] = NOTHING

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
        ports = {*self.image.exposed, *self.exposed, *(f"{port.port}/{port.protocol}" for port in self.published)}
        return sorted(ports, key=lambda text: (int(text.partition("/")[0]), text))

    @property
    def wanted_ports(self) -> list[Published]:
        """What -p asked for and, with -P, any port of the host's for what is exposed beside it; in the ports' order."""
        found, named = list(self.published), {(port.port, port.protocol) for port in self.published}
        for text in self.exposed_ports if self.publishes_all else ():
            number, _slash, protocol = text.partition("/")
            if (int(number), protocol) not in named:
                found.append(Published("", "", int(number), protocol))
        return sorted(found, key=lambda it: (it.port, it.protocol)) if self.publishes_all else found

    @property
    def endpoint(self) -> Endpoint | None:
        """Its attachment, or of several the first; None where it has no address of its own."""
        return next(iter(self.endpoints.values()), None)

    @property
    def joined(self) -> str:
        """The container whose namespace it uses, or empty."""
        return self.mode.removeprefix("container:") if self.mode.startswith("container:") else ""

    @property
    def argv(self) -> list[str]:
        """The program's words, entrypoint first."""
        entrypoint = list(self.image.entrypoint) if self.entrypoint is None else self.entrypoint
        own = [] if self.entrypoint is not None else list(self.image.cmd)
        return entrypoint + (self.arguments or own)

    @property
    def command(self) -> str:
        """As `docker ps` shows it, without the quotes."""
        words = self.argv
        return " ".join([*words[:1], *(f"'{word}'" if " " in word else word for word in words[1:])])

    def has_capability(self, name: str) -> bool:
        """Whether it has one of those that Docker's default set lacks, as NET_ADMIN."""
        full = f"CAP_{name}"
        return self.privileged or (full not in self.dropped and not {full, "ALL"}.isdisjoint(self.capabilities))

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
        return self.tty or self.stdin
