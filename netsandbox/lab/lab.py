"""The Lab: what a person builds, and the one way to change it from Python.

Everything inside moves only through the scheduler; a Lab has no clock of its
own and nothing in it depends on the machine it runs on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

from netsandbox.docker import containers
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.profiles import DEFAULT_PROFILE, PROFILES
from netsandbox.engine.chance import Chance
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import DEFAULT_CAP, Trace
from netsandbox.lab import cabling
from netsandbox.lab import uplink as internet
from netsandbox.lab.cabling import NAME
from netsandbox.lab.copying import GATES, copied
from netsandbox.lab.errors import LabError, unknown
from netsandbox.lab.events import NodeAdded, NodeRemoved
from netsandbox.lab.first_need import FirstNeed
from netsandbox.lab.name_history import NameHistory
from netsandbox.lab.names import DEFAULT_HOST
from netsandbox.lab.nodes import Cable, Host, HubNode, Node, Remote, Switch
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices import cable, link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import CASCADE_TOO_LONG
from netsandbox.linux.events import FrameReceived
from netsandbox.linux.netlink import address as netlink_address
from netsandbox.linux.netlink import link as netlink_link
from netsandbox.linux.stack import create_namespace
from netsandbox.wire.addresses import MAC_GROUP_BIT, AddressError, Network, parse_mac, parse_network, random_mac

MAX_NAME = 64


class Lab:
    """A network sandbox: hosts, containers, hubs, switches, cables, and their trace.

    Args:
        seed: of all chance in the lab.
        profile: which Docker Engine hosts run, one of docker.profiles.
        trace_cap: records that the trace keeps.
        uplink: the LAN that joins the default host to the internet; None for a host on its own.
    """

    def __init__(self, seed: int = 0, profile: str = DEFAULT_PROFILE, trace_cap: int = DEFAULT_CAP,
                 uplink: Network | None = None) -> None:
        if profile not in PROFILES:
            raise unknown("profile", profile, PROFILES)
        self.seed = seed
        self.profile = profile
        self.uplink = uplink
        self.chance = Chance(seed)
        self.trace = Trace(trace_cap)
        self.scheduler = Scheduler(self.trace, FrameReceived, CASCADE_TOO_LONG)
        self.nodes: dict[str, Node] = {}
        self.extra_namespaces: dict[str, NetworkNamespace] = {}  # What `ip netns add` made: namespaces without a node
        self.cables: list[Cable] = []
        self.is_classic_arp = False
        self.name_history = NameHistory()
        self.macs = self.chance.stream("mac")
        self.last_pid = 1000
        self.first_need: FirstNeed | None = None  # Of a line that is carried out while there is no default host yet

    # -- adding

    def add_host(self, name: str, docker: bool = False) -> Host:
        """A machine with `lo`; Docker can be installed later."""
        self._check_name(name)
        host = Host(name, self.new_namespace(name))
        self._add(host)
        if name == DEFAULT_HOST and self.uplink is not None:
            internet.connect(self, host, self.uplink)
        if docker:
            self.docker(name)
        return host

    def add_remote(self, remote: Remote) -> Remote:
        """A host of the internet behind the uplink."""
        self._add(remote)
        return remote

    def add_switch(self, name: str, port_limit: int | None = None) -> Switch:
        """A learning switch, or with `port_limit` 2 a bridge of old."""
        self._check_name(name)
        namespace = self.new_namespace(name)
        bridge = Bridge(namespace, "br0", self.new_mac(), mac_is_set=True)
        namespace.add_interface(bridge)
        link.set_up(bridge)
        switch = Switch(name, namespace, bridge, port_limit)
        self._add(switch)
        return switch

    def add_hub(self, name: str) -> HubNode:
        self._check_name(name)
        hub = HubNode(name, self.new_namespace(name))
        self._add(hub)
        return hub

    def add_container(self, name: str, image: str = "nginx", network: str = "bridge",
                      host: str = DEFAULT_HOST) -> Container:
        """Create and start a container, as `docker run -d` does."""
        self._check_name(name)
        engine = self.docker(host)
        container = containers.create(engine, name, image, network)
        try:
            engine.start(container)
        except Exception:
            containers.remove(engine, container, force=True)
            raise
        return container

    def docker(self, host: str = DEFAULT_HOST) -> DockerEngine:
        """The engine of a host, installed if it is not there yet; the default host is made when first needed."""
        node = self.host(host)
        if node.docker is None:
            node.docker = DockerEngine(node.namespace, self.chance, self.profile, self.next_pid, node.files)
            node.docker.name_servers = node.name_servers
        return node.docker

    def host(self, name: str = DEFAULT_HOST) -> Host:
        if name == DEFAULT_HOST and name not in self.nodes:
            with self.first_need or nullcontext():
                return self.add_host(name, docker=True)
        node = self.nodes.get(name)
        if isinstance(node, Host):
            return node
        raise unknown("host", name, [host.name for host in self.hosts()])

    def _add(self, node: Node) -> None:
        self.nodes[node.name] = node
        self.trace.record(NodeAdded(node.kind, node.name))

    # -- finding

    def hosts(self) -> Iterator[Host]:
        return (node for node in self.nodes.values() if isinstance(node, Host))

    def engines(self) -> Iterator[DockerEngine]:
        return (host.docker for host in self.hosts() if host.docker is not None)

    def containers(self) -> Iterator[tuple[Host, Container]]:
        for host in self.hosts():
            for container in host.docker.containers.values() if host.docker is not None else ():
                yield host, container

    def container(self, name: str) -> tuple[DockerEngine, Container]:
        """A container by its name, with the engine that runs it."""
        for engine in self.engines():
            if name in engine.containers:
                return engine, engine.containers[name]
        raise unknown("container", name, [container.name for _host, container in self.containers()])

    def names(self) -> list[str]:
        """Everything with a name: containers, nodes, and behind them the hosts of the internet, which nobody made."""
        nodes = sorted(self.nodes, key=lambda name: isinstance(self.nodes[name], Remote))
        return [*(container.name for _host, container in self.containers()), *nodes]

    def is_named(self, name: str) -> bool:
        """Whether a node or a container has the name."""
        return name in self.nodes or any(name in engine.containers for engine in self.engines())

    def namespace(self, name: str) -> NetworkNamespace:
        """The namespace that a host, container, switch or `ip netns` name stands for."""
        if name in self.nodes:
            return self.nodes[name].namespace
        if name in self.extra_namespaces:
            return self.extra_namespaces[name]
        for engine in self.engines():
            if name in engine.containers:
                found = engine.containers[name].namespace
                if found is None:
                    raise LabError(f"container {name!r} is not running; `docker start {name}` starts it")
                return found
        if name == DEFAULT_HOST:
            return self.host().namespace
        raise unknown("host or container", name, [*self.names(), *self.extra_namespaces])

    def existing(self, name: str) -> NetworkNamespace:
        """As `namespace`, for who only looks: the default host is not made."""
        if name == DEFAULT_HOST and name not in self.nodes:
            raise LabError(f"{name!r} is made when it is first needed, and nothing has needed it yet")
        return self.namespace(name)

    def copy(self) -> Lab:
        """A lab that is as this one is now, and goes its own way; its trace begins here."""
        return copied(self)

    def namespaces(self) -> Iterator[NetworkNamespace]:
        """Every namespace once."""
        for node in self.nodes.values():
            yield node.namespace
        for _host, container in self.containers():
            if container.namespace is not None and container.namespace.name == container.name:
                yield container.namespace
        yield from self.extra_namespaces.values()

    def interfaces(self) -> Iterator[Interface]:
        """Those of every namespace."""
        return (interface for namespace in self.namespaces() for interface in namespace.interfaces.values())

    def bridges(self) -> list[Bridge]:
        return [interface for interface in self.interfaces() if isinstance(interface, Bridge)]

    def interface(self, name: str) -> Interface:
        """`nginx-1:eth0`, or a node alone if it has one interface beside lo."""
        node, colon, ifname = name.partition(":")
        try:
            namespace = self.namespace(node)
        except LabError:
            bridges = [] if colon else [bridge for bridge in self.bridges() if bridge.name == node]
            if len(bridges) == 1:
                raise LabError(f"no host or container {node!r}; did you mean {bridges[0].label!r}?") from None
            raise
        if colon:
            interface = namespace.interfaces.get(ifname)
            if interface is None:
                raise unknown(f"interface on {node}", ifname, namespace.interfaces)
            return interface
        others = [i for i in namespace.interfaces.values() if not i.is_loopback]
        if len(others) == 1:
            return others[0]
        if not others:
            raise LabError(f"{node!r} has no interface yet; `connect {node} …` makes one")
        named = next((one for one in others if one.kind != "bridge" and one.port is None), others[0])
        raise LabError(f"{node!r} has several interfaces: name one, as {node}:{named.name}")

    # -- cables

    def connect(self, left: str, right: str, latency: int = 0) -> Cable:
        """Join two nodes, each as NODE or NODE:IFACE, by a cable; both ends are brought up.

        Args:
            latency: nanoseconds one way; 0 for a cable whose length does not show.
        """
        return cabling.connect(self, left, right, latency)

    def disconnect(self, end: str, other: str | None = None) -> None:
        """Pull a cable out; both interfaces stay, without a carrier."""
        cabling.disconnect(self, end, other)

    def remove(self, name: str) -> None:
        """Take a node or a container out of the lab, with its cables."""
        if name in self.nodes:
            node = self.nodes[name]
            if isinstance(node, Host) and node.docker is not None:
                for container in list(node.docker.containers.values()):
                    containers.remove(node.docker, container, force=True)
            self.clear_namespace(node.namespace)
            del self.nodes[name]
            self.trace.record(NodeRemoved(node.kind, name))
            return
        engine, container = self.container(name)
        containers.remove(engine, container, force=True)

    def clear_namespace(self, namespace: NetworkNamespace) -> None:
        """Delete every interface; cables are pulled out first, so that the other end stays."""
        for interface in list(namespace.interfaces.values()):
            if interface.is_loopback:
                continue
            if any(interface in (c.left, c.right) for c in self.cables):
                cabling.forget(self, interface)
                cable.unplug(interface)
            if namespace.interfaces.get(interface.name) is interface:
                link.delete(interface)
        for tunnel in namespace.tunnels:
            link.delete(tunnel)

    # -- addresses

    def set_ip(self, end: str, text: str) -> Interface:
        """Give an interface this address in place of those it has."""
        interface = self.interface(end)
        try:
            network = parse_network(text)
        except AddressError as error:
            raise LabError(str(error)) from None
        if "/" not in text:
            raise LabError(f"{text!r} needs a prefix length, as {text}/24")
        self._check_host_address(network)
        for own in list(interface.addresses):
            if own in interface.addresses:
                netlink_address.remove(interface, own)
        netlink_address.put(interface, network, "replace", {"broadcast": "+"})
        return interface

    @staticmethod
    def _check_host_address(network: Network) -> None:
        if network.length < 31 and network.address in (network.network, network.broadcast):
            what = "network" if network.address == network.network else "broadcast"
            raise LabError(f"{network} is the subnet's {what} address; choose one between")
        if network.address >> 28 == 0xE or network.address >> 24 in (0, 255):
            raise LabError(f"{network} is not an address that a host can have")

    def set_mac(self, end: str, text: str) -> Interface:
        interface = self.interface(end)
        try:
            mac = parse_mac(text)
        except AddressError as error:
            raise LabError(str(error)) from None
        if mac & MAC_GROUP_BIT or not mac:
            raise LabError(f"{text} is a group address or zero; a station needs a unicast one (even first byte)")
        netlink_link.set_mac(interface, list(mac.to_bytes(6, "big")))
        return interface

    def set_link(self, end: str, state: str) -> Interface:
        interface = self.interface(end)
        if state not in ("up", "down"):
            raise LabError(f"a link is set up or down, not {state!r}")
        netlink_link.set_up(interface, state == "up")
        return interface

    def set_arp_model(self, model: str) -> None:
        """`linux`, or `classic`: entries are deleted when their time is over."""
        if model not in ("linux", "classic"):
            raise unknown("ARP model", model, ("linux", "classic"))
        self.is_classic_arp = model == "classic"
        for namespace in self.namespaces():
            namespace.neighbours.is_classic = self.is_classic_arp

    def toggle_host_network(self, name: str) -> str:
        """Restart a container in the host's namespace, or back on docker0; returns the new mode."""
        engine, container = self.container(name)
        if container.mode not in ("host", "bridge"):
            raise LabError(f"{name!r} uses the network of {container.mode!r}; only bridge and host can be toggled")
        mode = "bridge" if container.mode == "host" else "host"
        containers.change_mode(engine, container, mode)
        return mode

    # -- small things

    def new_namespace(self, name: str) -> NetworkNamespace:
        namespace = create_namespace(name, self.scheduler, self.chance)
        namespace.neighbours.is_classic = self.is_classic_arp
        return namespace

    def new_mac(self) -> int:
        """A random locally administered unicast address."""
        return random_mac(self.macs.bits(48))

    def next_pid(self) -> int:
        self.last_pid += 1
        return self.last_pid

    def _check_name(self, name: str) -> None:
        if not NAME.fullmatch(name) or len(name) > MAX_NAME:
            raise LabError(f"{name!r} is no name: up to {MAX_NAME} letters, digits, '.', '_' and '-', "
                           "beginning with a letter or digit")
        if self.is_named(name) or name in self.extra_namespaces:
            raise LabError(f"there is already a node {name!r}")


GATES[Lab] = None
