"""The Docker engine of one host: docker0, containers, their veth pairs and addresses.

The order of a container's start is libnetwork's (bridge_linux.go,
osl/interface_linux.go): namespace, address, veth pair, port, link up, MAC and
address, and, once the port forwards, the unsolicited ARP.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.apps.server import Server, Sleeper
from netsandbox.docker.container import EXITED, RUNNING, Container, Endpoint
from netsandbox.docker.errors import daemon_error, run_error
from netsandbox.docker.events import AddressAnnounced, AddressReleased, ContainerExited, ContainerStarted
from netsandbox.docker.images import Image, find_image
from netsandbox.docker.ipam import AddressPool, PoolExhausted
from netsandbox.engine.units import SECOND
from netsandbox.linux import address as addresses
from netsandbox.linux import arp, link
from netsandbox.linux.bridge import MAX_PORTS, Bridge
from netsandbox.linux.route import Route
from netsandbox.linux.stack import create_namespace
from netsandbox.linux.veth import VethPair
from netsandbox.wire.addresses import BROADCAST_MAC, Network, parse_network
from netsandbox.wire.arp import REQUEST

if TYPE_CHECKING:
    from netsandbox.engine.chance import Chance
    from netsandbox.linux.namespace import NetworkNamespace

DEFAULT_SUBNET = parse_network("172.17.0.1/16")
ANNOUNCEMENTS = 3
ANNOUNCE_INTERVAL = SECOND
PROFILES = ("docker-27", "docker-28", "docker-29")
LOCALLY_ADMINISTERED = 0x020000000000
RANDOM_MAC_MASK = 0xFCFFFFFFFFFF


class DockerEngine:
    """dockerd on one host.

    Attributes:
        containers: by name, running or not, in the order they were created.
        name_taken: whether a name is used by something else in the lab.
    """

    def __init__(self, namespace: NetworkNamespace, chance: Chance, profile: str, next_pid: Callable[[], int]) -> None:
        self.namespace = namespace
        self.scheduler = namespace.scheduler
        self.profile = profile
        self.containers: dict[str, Container] = {}
        self.name_taken: Callable[[str], bool] = lambda _name: False
        self._chance = chance
        self._random = chance.stream(f"docker/{namespace.name}")
        self._next_pid = next_pid
        self.network_ids = {name: f"{self._random.bits(256):064x}" for name in ("bridge", "host", "none")}
        self.created = self.scheduler.clock
        self.pool = AddressPool(Network(DEFAULT_SUBNET.network, DEFAULT_SUBNET.length), DEFAULT_SUBNET.address)
        self.bridge = self._make_bridge()

    def _make_bridge(self) -> Bridge:
        """docker0: MAC set, so that it does not follow its ports'; no carrier until a container comes."""
        mac = 0x0242AC110001 if self.profile == "docker-27" else self.random_mac()
        bridge = Bridge(self.namespace, "docker0", mac, mac_is_set=True)
        self.namespace.add_interface(bridge)
        addresses.add(bridge, DEFAULT_SUBNET, DEFAULT_SUBNET.broadcast)
        link.set_up(bridge)
        self.namespace.write_sysctl("net.ipv4.ip_forward", 1)
        return bridge

    def random_mac(self) -> int:
        """GenerateRandomMAC: unicast, locally administered."""
        return self._random.bits(48) & RANDOM_MAC_MASK | LOCALLY_ADMINISTERED

    # -- finding

    def find(self, reference: str) -> Container:
        """A container by name or by the beginning of its id.

        Raises:
            DockerError: No such container.
        """
        if reference in self.containers:
            return self.containers[reference]
        matches = [c for c in self.containers.values() if len(reference) >= 2 and c.identity.startswith(reference)]
        if len(matches) == 1:
            return matches[0]
        raise daemon_error(f"No such container: {reference}")

    # -- life of a container

    def create(self, name: str, reference: str, mode: str, arguments: list[str] | None = None,
               mac: int | None = None) -> Container:
        """`docker create`.

        Raises:
            DockerError: no such image, name in use, no such network.
        """
        image = find_image(reference)
        if image is None:
            raise run_error(f"pull access denied for {reference.split(':')[0]}, repository does not exist or may "
                            "require 'docker login': denied: requested access to the resource is denied")
        if name in self.containers:
            holder = self.containers[name].identity
            raise run_error(f"Conflict. The container name \"/{name}\" is already in use by container \"{holder}\". "
                            "You have to remove (or rename) that container to be able to reuse that name.")
        self._check_mode(mode)
        identity = f"{self._random.bits(256):064x}"
        container = Container(name, identity, image, mode, arguments or [], self.scheduler.clock)
        container.reference = reference
        container.wanted_mac = mac
        self.containers[name] = container
        return container

    def _check_mode(self, mode: str) -> None:
        if mode in self.network_ids:
            return
        if mode.startswith("container:"):
            if mode.removeprefix("container:") not in self.containers:
                raise run_error(f"No such container: {mode.removeprefix('container:')}")
            return
        raise run_error(f"failed to set up container networking: network {mode} not found")

    def start(self, container: Container) -> None:
        """`docker start`: namespace, network, then the program.

        Raises:
            DockerError: the network cannot be set up; the container stays as it was.
        """
        if container.is_running:
            return
        container.namespace = self._namespace_for(container)
        if container.mode == "bridge":
            container.endpoint = self._attach(container, container.namespace)
        container.state, container.code = RUNNING, 0
        container.started = self.scheduler.clock
        container.pid = self._next_pid()
        endpoint = container.endpoint
        self.namespace.record(ContainerStarted(
            self.namespace.name, container.name, container.image.name, container.mode,
            endpoint.address if endpoint else 0, endpoint.mac if endpoint else 0))
        self._run_program(container, container.namespace)

    def _namespace_for(self, container: Container) -> NetworkNamespace:
        mode = container.mode
        if mode == "host":
            return self.namespace
        if mode.startswith("container:"):
            other = self.find(mode.removeprefix("container:"))
            if other.namespace is None or not other.is_running:
                raise daemon_error(f"cannot join network namespace of a non running container: {other.short_identity}")
            return other.namespace
        return create_namespace(container.name, self.scheduler, self._chance)

    def _attach(self, container: Container, namespace: NetworkNamespace) -> Endpoint:
        if len(self.bridge.ports) >= MAX_PORTS:
            raise run_error("failed to set up container networking: adding interface to bridge docker0 failed: "
                            "exchange full")
        try:
            address = self.pool.allocate()
        except PoolExhausted:
            raise run_error("failed to set up container networking: no available IPv4 addresses on this network's "
                            f"address pools: bridge ({self.network_ids['bridge']})") from None
        mac = self._mac_for(container, address)
        outside_name = self._veth_name()
        # The peer is made in the container's namespace, where its index is 2, as on a real host.
        pair = VethPair.create((self.namespace, outside_name, self.random_mac()), (namespace, "eth0", mac))
        outside, inside = pair.left, pair.right
        self.bridge.add_port(outside)
        link.set_up(outside)
        network = Network(address, self.pool.subnet.length)
        addresses.add(inside, network, network.broadcast)
        link.set_up(inside)
        namespace.routes.add(Route(Network(0, 0), gateway=self.pool.gateway, interface=inside))
        endpoint = Endpoint(f"{self._random.bits(256):064x}", address, mac, inside, outside)
        if self.profile != "docker-27":
            self.scheduler.soon(self._announce, (container, endpoint, 1))
        return endpoint

    def _mac_for(self, container: Container, address: int) -> int:
        if container.wanted_mac is not None:
            return container.wanted_mac
        return 0x0242 << 32 | address if self.profile == "docker-27" else self.random_mac()

    def _veth_name(self) -> str:
        while True:
            name = f"veth{self._random.bits(28):07x}"
            if name not in self.namespace.interfaces:
                return name

    def _announce(self, what: tuple[Container, Endpoint, int]) -> None:
        """advertiseAddrs: three unsolicited ARP requests, a second apart."""
        container, endpoint, number = what
        if container.endpoint is not endpoint:
            return
        own = any(address.local == endpoint.address for address in endpoint.inside.addresses)
        if own and endpoint.inside.running:
            self.namespace.record(AddressAnnounced(container.name, endpoint.address, endpoint.inside.mac, number))
            arp.send(endpoint.inside, REQUEST, endpoint.address, endpoint.address, 0, BROADCAST_MAC)
        if number < ANNOUNCEMENTS:
            self.scheduler.after(ANNOUNCE_INTERVAL, self._announce, (container, endpoint, number + 1), foreground=True)

    def _run_program(self, container: Container, namespace: NetworkNamespace) -> None:
        image, arguments = container.image, container.arguments
        program: Server | Sleeper
        if image.ports and not arguments:
            program = Server(namespace, image.process, image.server, image.ports, image.backlog, image.dual_stack,
                             container.pid, image.greeting, image.ready)
        else:
            program = Sleeper(namespace, (arguments or image.command.split())[0], _lifetime(image, arguments),
                              container.pid)
        container.program = program
        program.on_exit.append(lambda: self._program_ended(container, program))
        program.start()
        container.collect_log()

    def _program_ended(self, container: Container, program: Server | Sleeper) -> None:
        if container.program is program and container.is_running:
            self._end(container, program.code or 0)

    def stop(self, container: Container) -> int:
        """`docker stop`; returns how many seconds it takes until the program has ended."""
        if container.is_running:
            self._end(container, container.image.stop_code)
            return container.image.stop_seconds
        return 0

    def kill(self, container: Container) -> None:
        if container.is_running:
            self._end(container, 137)

    def _end(self, container: Container, code: int) -> None:
        """The program is gone: its ports, its endpoint and, if it had one, its namespace go too."""
        container.collect_log()
        container.state, container.code = EXITED, code
        container.finished = self.scheduler.clock
        program, container.program = container.program, None
        if program is not None:
            program.exit(code)
        if container.endpoint is not None:
            self._detach(container, container.endpoint)
        self.namespace.record(ContainerExited(self.namespace.name, container.name, code))
        container.namespace = None
        if container.removes_itself:
            del self.containers[container.name]

    def _detach(self, container: Container, endpoint: Endpoint) -> None:
        container.endpoint = None
        self.pool.release(endpoint.address)
        self.namespace.record(AddressReleased(self.namespace.name, container.name, endpoint.address))
        if endpoint.inside.name in endpoint.inside.namespace.interfaces:
            link.delete(endpoint.inside)

    def remove(self, container: Container, force: bool = False) -> None:
        """`docker rm`.

        Raises:
            DockerError: it runs and force is off.
        """
        if container.is_running:
            if not force:
                raise daemon_error(f"cannot remove container \"{container.name}\": container is running: stop the "
                                   "container before removing or force remove")
            container.removes_itself = False
            self.kill(container)
        del self.containers[container.name]

    def change_mode(self, container: Container, mode: str) -> None:
        """Stop a container and start it in another network mode, as a new `docker run` would."""
        if container.is_running:
            container.removes_itself, keeps = False, container.removes_itself
            self._end(container, container.image.stop_code)
            container.removes_itself = keeps
        container.mode = mode
        self.start(container)


def _lifetime(image: Image, arguments: list[str]) -> float | None:
    """Seconds that a command runs; None for ever."""
    if not arguments:
        return None if image.lasts else 0
    if arguments[0] == "sleep" and len(arguments) > 1:
        return _sleep_seconds(arguments[1])
    forever = arguments[0] in ("tail", "top", "cat", "nginx", "redis-server", "httpd-foreground")
    return None if forever else 0


def _sleep_seconds(text: str) -> float | None:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    if text in ("inf", "infinity"):
        return None
    number, unit = (text[:-1], units[text[-1]]) if text[-1:] in units else (text, 1)
    try:
        return max(0.0, float(number)) * unit
    except ValueError:
        return 0
