"""The Docker engine of one host: its containers' life, and the networks that they are attached to.

A start is namespace, networks, then the program (libnetwork's order); an end takes them back in the other direction.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from netsandbox.apps.nginx.nginx import NginxServer
from netsandbox.apps.program import Task
from netsandbox.apps.server import Server, Sleeper
from netsandbox.docker import (
    daemon,
    files,
    health,
    history,
    links,
    name_server,
    pausing,
    ports,
    restarts,
    sandbox,
    spec,
    user_networks,
    volumes,
)
from netsandbox.docker.api import Door
from netsandbox.docker.container import EXITED, PAUSED, RESTARTING, RUNNING, Container, Ended
from netsandbox.docker.daemon_settings import DaemonError, DaemonSettings
from netsandbox.docker.errors import DAEMON, HINT, NOT_CREATED, NOT_FOUND, DockerError, as_older_runc, daemon_error
from netsandbox.docker.events import ContainerExited, ContainerStarted
from netsandbox.docker.firewall import Firewall
from netsandbox.docker.history import MOST, EngineEvent
from netsandbox.docker.image_store import ImageStore
from netsandbox.docker.launch import Runner, main_program
from netsandbox.docker.network import BridgeNetwork, DockerNetwork, random_number
from netsandbox.docker.network_maker import NetworkMaker
from netsandbox.docker.port_choice import Choice
from netsandbox.docker.profiles import PROFILES
from netsandbox.docker.rules import rules_of
from netsandbox.docker.signals import KILLED, SIGNALS, UNKNOWN, signal_name, signal_number, status_after
from netsandbox.docker.user_networks import NetworkPlan
from netsandbox.docker.volumes import Volume
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.files.inode import FileSystem
from netsandbox.linux.core.namespace import NetworkNamespace

if TYPE_CHECKING:
    from netsandbox.engine.chance import Chance

HEARD_OF = 100 * MILLISECOND
"""From the end of a container's program until dockerd has heard of it, by way of containerd, and takes its networks
away; on an Engine 28.5.2 `network disconnect` came 0.17 s behind `start` of `docker run --rm busybox true`."""


class DockerEngine:
    """dockerd on one host.

    Attributes:
        containers: by name, running or not, in the order they were created.
        networks: by name; the first three are always there.
        files: the host's.  volumes: by name.
        name_servers: of the host's /etc/resolv.conf; empty for a resolver of its own at 127.0.0.53.
        run: makes the programs that the engine does not know itself.
        settings: what it read in daemon.json when it was started.
        is_up: dockerd runs.  changed_at: since when it does, or does not (virtual nanoseconds).
        forwards: whether the host forwarded packets when dockerd had started.
        has_failed: it does not because it could not start.
        doors: the TCP ports of its API.
        history: what docker events tells; `watchers` hear of each one that is added.
        journal: (virtual time, text) of what dockerd has complained about.
        told: what a person needs to be told but once: (image, program) of programs that an image has not and that
            were run in it all the same, and ("", command) of a command's note.
    """

    def __init__(self, namespace: NetworkNamespace, chance: Chance, profile: str, next_pid: Callable[[], int],
                 host_files: FileSystem | None = None) -> None:
        self.namespace = namespace
        self.scheduler = namespace.scheduler
        self.profile = PROFILES[profile]
        self.containers: dict[str, Container] = {}
        self.images = ImageStore()
        self.run: Runner = lambda _container, _namespace, _argv: None
        self.told: set[tuple[str, str]] = set()
        self.chance = chance
        self.random = chance.stream(f"docker/{namespace.name}")
        self.exec_random = chance.stream(f"docker exec/{namespace.name}")
        self.next_pid = next_pid
        self.name_servers: tuple[int, ...] = ()
        self.last_ports: dict[Choice, int] = {}  # The ports of the host that were chosen last
        self.settings = DaemonSettings()
        self.is_up = self.has_failed = self.forwards = False
        self.changed_at = self.scheduler.clock
        self.doors: list[Door] = []
        self.journal: list[tuple[int, str]] = []
        self.history: deque[EngineEvent] = deque(maxlen=MOST)
        self.watchers: list[Callable[[], None]] = []
        self.firewall = Firewall(namespace, rules_of(self.profile, has_proxy=True))
        self.maker = NetworkMaker(namespace, self.random, self.profile, self.firewall)
        self.networks: dict[str, DockerNetwork] = {}
        self.default: BridgeNetwork | None = None  # None where daemon.json says that there is to be none
        self.files = host_files
        self.volumes: dict[str, Volume] = {}
        if host_files is not None:
            host_files.furnish("/etc/docker", {})
        with suppress(DaemonError):
            daemon.start(self)

    @property
    def host_files(self) -> FileSystem:
        """What a container can mount; the volumes are there too."""
        if self.files is None:
            self.files = FileSystem(self.scheduler)
        return self.files

    @property
    def bridge(self) -> Bridge:
        """docker0."""
        assert self.default is not None
        return self.default.bridge

    # -- finding

    def find(self, reference: str) -> Container:
        """A container by name or by the beginning of its id (DockerError: No such container, or several)."""
        if not reference:
            raise self._empty("container name")
        name = reference.removeprefix("/")
        if name in self.containers:
            return self.containers[name]
        matches = [c for c in self.containers.values() if c.identity.startswith(reference)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise daemon_error(f"multiple IDs found with provided prefix: {reference}")
        raise daemon_error(f"No such container: {reference}", kind=NOT_FOUND)

    def network(self, reference: str) -> DockerNetwork:
        """A network by name or by the beginning of its id (DockerError: not found)."""
        if not reference:
            raise self._empty("network name")
        if reference in self.networks:
            return self.networks[reference]
        matches = [n for n in self.networks.values() if n.identity.startswith(reference)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise daemon_error(f"network {reference} is ambiguous ({len(matches)} matches found on ID prefix)")
        raise daemon_error(f"network {reference} not found", kind=NOT_FOUND)

    def _empty(self, what: str) -> DockerError:
        """The client's own words for what has no name, or what an older one is told, which asks for it all the same."""
        if self.profile.since(28):
            return DockerError(f"invalid {what} or ID: value is empty")
        return daemon_error("page not found", kind=NOT_FOUND)

    # -- life of a container

    def create_network(self, plan: NetworkPlan) -> BridgeNetwork:
        """`docker network create` (DockerError: nothing was made)."""
        network = user_networks.create(self, plan)
        daemon.use_settings(self, network)
        if network.is_filtered:
            user_networks.filter_it(self, network)
        history.of_network(self, network, "create")
        if not network.settings.icc:
            daemon.filter_bridged(self)
        return network

    def start(self, container: Container) -> None:
        """`docker start`: namespace, networks, then the program.

        Raises:
            DockerError: the networks or the program cannot be set up; the container does not run.
        """
        if container.is_running:
            return
        self.scheduler.cancel(container.restart_timer)
        container.was_stopped, container.was_signalled, container.error = False, False, ""
        container.pid = self.next_pid()
        container.child = self.next_pid() if container.host_config.init else 0
        try:
            program = self._set_up(container)
        except DockerError as error:
            told = error if self.profile.since(28) else as_older_runc(error)
            self._give_up_start(container, told)
            raise told from None
        self._note_start(container)
        container.program = program
        program.foreground = container.is_attached
        program.output, container.console.has_terminal = container.console, container.config.tty
        program.on_exit = (*program.on_exit, Ended(self, container))
        if isinstance(program, Server | Sleeper):
            program.start()
        else:  # What sends frames waits until its port forwards, as Docker waits before it starts a program.
            self.scheduler.soon(self._start_program, program)

    def _set_up(self, container: Container) -> Task:
        """All that a container's program needs, and the program, which is still to be started (DockerError: something
        cannot be had)."""
        container.namespace = namespace = sandbox.namespace_for(self, container)
        links.check(self, container)
        links.note_names(self, container)
        files.renew(self, container)
        history.of_mounts(self, container, "mount")
        sandbox.attach_all(self, container, namespace)
        name_server.serve(self, container)
        ports.publish(self, container, f"{sandbox.FAILED}: " if self.profile.since(28, 1) else "")
        links.set_rules(self, container)
        spec.check(self, container)
        sandbox.apply_settings(self, container, namespace)
        volumes.attach(self, container)
        return main_program(container, namespace, self.run, partial(files.files_of, self, container))

    def _note_start(self, container: Container) -> None:
        container.state, container.code, container.has_run = RUNNING, 0, True
        container.started, container.sandbox_number = self.scheduler.clock, random_number(self.random)
        history.of_container(self, container, "start")
        health.begin(self, container)
        endpoint = container.endpoint
        self.namespace.record(ContainerStarted(
            self.namespace.name, container.name, container.image.name, container.mode,
            endpoint.address if endpoint else 0, endpoint.mac if endpoint else 0))

    @staticmethod
    def _start_program(program: Task) -> None:
        if program.is_running:
            program.start()

    def _give_up_start(self, container: Container, error: DockerError) -> None:
        self._take_networks_back(container)
        container.namespace = None
        container.error = str(error).removeprefix(DAEMON)
        is_of_runtime = error.code in (126, 127) and container.error.startswith(NOT_CREATED.partition(":")[0])
        before = 127 if container.error.endswith(HINT) else container.code or UNKNOWN
        container.code = error.code if is_of_runtime else before

    def _take_networks_back(self, container: Container) -> None:
        ports.release(self, container)
        links.take_rules_back(self, container)
        name_server.end(container)
        sandbox.leave_networks(self, container)

    # -- the end of a container's program

    def end_program(self, container: Container, code: int) -> None:
        """The program ends of itself, as a shell does that is left."""
        if container.program is not None:
            container.program.exit(code)

    def program_ended(self, container: Container) -> None:
        """A container's main program has, perhaps by itself; what its connections have to say still goes out."""
        if container.program is None or not container.is_running:
            return
        if sandbox.says_goodbye(self, container):
            self.scheduler.after(HEARD_OF, self._end_run, (container, container.started), foreground=True)
        else:
            self.end(container, container.program.code or 0)

    def _end_run(self, what: tuple[Container, int]) -> None:
        """The networks of a program that has ended go, unless that was done and another one runs by now."""
        container, started = what
        if container.started == started and container.is_running and container.program is not None:
            self.end(container, container.program.code or 0)

    def stop(self, container: Container, timeout: int | None = None, signal: str = "",
             done: Callable[[int], None] | None = None) -> None:
        """`docker stop`: the image's stop signal, and after `timeout` seconds SIGKILL; below 0 it waits for ever (done:
        called with its status when the program has ended)."""
        container.was_stopped = True
        self.scheduler.cancel(container.restart_timer)
        if container.state == RESTARTING:
            container.state = EXITED
        has_ended = not container.is_running
        if done is not None:
            self.when_ended(container, done)  # which may start it again at once
        if has_ended:
            return
        wanted = signal or container.config.stop_signal or container.image.stop_signal
        container.is_stopping = True
        seconds = container.config.grace if timeout is None else timeout
        # without a second to wait, dockerd has sent SIGKILL too before it hears of an end
        for number in (signal_number(wanted), *((SIGNALS["KILL"],) if seconds == 0 else ())):
            history.of_container(self, container, "kill", signal=number)
        if container.state == PAUSED:
            history.of_container(self, container, "unpause")
        has_ended = self.signal(container, signal_number(wanted))
        pausing.let_go_on(self, container)  # what is paused goes on once it was sent the signal
        if has_ended:
            return
        if seconds == 0:
            self.kill(container)
        elif seconds > 0:
            self.scheduler.after(seconds * SECOND, self._kill_run, (container, container.started), foreground=True)

    def _kill_run(self, what: tuple[Container, int]) -> None:
        """SIGKILL, unless the program ended and another one runs by now."""
        container, started = what
        if container.started == started:
            history.of_container(self, container, "kill", signal=SIGNALS["KILL"])
            self.kill(container)

    def when_ended(self, container: Container, call: Callable[[int], None]) -> None:
        """Call with the exit status once the program has ended; at once if it does not run."""
        if container.is_running:
            container.waiters += (call,)
        else:
            call(container.code)

    def signal(self, container: Container, number: int) -> bool:
        """Send the program a signal; whether it ended by it, which as the first process it need not."""
        program = container.program
        if program is None:
            return False
        if number != SIGNALS["KILL"] and program.trap(number):
            return not program.is_running
        code = status_after(container, number)
        if code is not None:
            if isinstance(program, Server) and number != SIGNALS["KILL"]:
                program.say_farewell(number, signal_name(number))
            self.end(container, code)
        elif number == SIGNALS["HUP"] and isinstance(program, NginxServer):
            program.reload()
        elif number == SIGNALS["INT"] and not isinstance(program, Server | Sleeper):
            program.interrupt()
        return not program.is_running

    def kill(self, container: Container) -> None:
        container.was_stopped = True
        if container.is_running:
            self.end(container, KILLED)

    def end(self, container: Container, code: int) -> None:
        """The program is gone: its ports, its endpoints and, if it had one, its namespace go too."""
        health.cease(self, container)
        container.frozen, container.execs = None, ()
        container.state, container.code, container.has_ended = EXITED, code, True
        container.finished = self.scheduler.clock
        program, container.program = container.program, None
        if program is not None:
            program.exit(code)
        container.console.close()
        for other in spec.of_its_processes(self, container):
            self.end(other, KILLED)
        self._take_networks_back(container)
        history.of_mounts(self, container, "unmount")
        sandbox.pass_on_namespace(self, container)
        self._note_end(container, code)
        container.namespace = None
        container.is_attached = False
        self._remove_or_restart(container)
        waiters, container.waiters = container.waiters, ()
        for call in waiters:
            call(code)

    def _remove_or_restart(self, container: Container) -> None:
        """--rm, or what --restart says."""
        if container.removes_itself:
            self.containers.pop(container.name, None)
            volumes.forget_anonymous(self, container)
            history.of_container(self, container, "destroy")
        else:
            restarts.plan(self, container)

    def _note_end(self, container: Container, code: int) -> None:
        if container.is_stopping:
            history.of_container(self, container, "stop")
        container.is_stopping = False
        history.of_container(self, container, "die", exitCode=code,
                             execDuration=(self.scheduler.clock - container.started) // SECOND)
        self.namespace.record(ContainerExited(self.namespace.name, container.name, code))
