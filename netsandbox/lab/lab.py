"""The Lab: what a person builds, and the one way to change it from Python.

Everything inside moves only through the scheduler; a Lab has no clock of its
own and nothing in it depends on the machine it runs on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from netsandbox.docker import containers
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.profiles import DEFAULT_PROFILE, PROFILES
from netsandbox.engine.chance import Chance
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import DEFAULT_CAP, Trace
from netsandbox.lab import uplink as internet
from netsandbox.lab.cabling import check_room, free_name
from netsandbox.lab.copying import copied
from netsandbox.lab.errors import LabError, unknown
from netsandbox.lab.events import CableConnected, CableDisconnected, NodeAdded, NodeRemoved
from netsandbox.lab.name_history import NameHistory
from netsandbox.lab.nodes import Cable, Host, HubNode, Node, Remote, Switch
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core import cable, link
from netsandbox.linux.core.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers.veth import VethInterface
from netsandbox.linux.drop import CASCADE_TOO_LONG
from netsandbox.linux.events import FrameReceived
from netsandbox.linux.netlink import address as netlink_address
from netsandbox.linux.netlink import link as netlink_link
from netsandbox.linux.stack import create_namespace
from netsandbox.wire.addresses import MAC_GROUP_BIT, AddressError, Network, parse_mac, parse_network

DEFAULT_HOST = "host"
NAME = re.compile(r"[^\W_][\w.-]*")
MAX_NAME = 64
MAX_INTERFACE_NAME = 15
"""IFNAMSIZ without its final zero."""
RANDOM_MAC_MASK, LOCALLY_ADMINISTERED = 0xFCFFFFFFFFFF, 0x020000000000


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
        self.extra_namespaces: dict[str, NetworkNamespace] = {}
        """What `ip netns add` made: namespaces without a node."""
        self.cables: list[Cable] = []
        self.is_classic_arp = False
        self.name_history = NameHistory()
        self._macs = self.chance.stream("mac")
        self._last_pid = 1000

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
            return self.add_host(name, docker=True)
        node = self.nodes.get(name)
        if isinstance(node, Host):
            return node
        raise unknown("host", name, [n.name for n in self.nodes.values() if isinstance(n, Host)])

    def _add(self, node: Node) -> None:
        self.nodes[node.name] = node
        self.trace.record(NodeAdded(node.kind, node.name))

    # -- finding

    def containers(self) -> Iterator[tuple[Host, Container]]:
        for node in self.nodes.values():
            if isinstance(node, Host) and node.docker is not None:
                for container in node.docker.containers.values():
                    yield node, container

    def container(self, name: str) -> tuple[DockerEngine, Container]:
        """A container by its name, with the engine that runs it."""
        for engine in self._engines():
            if name in engine.containers:
                return engine, engine.containers[name]
        raise unknown("container", name, [container.name for _host, container in self.containers()])

    def names(self) -> list[str]:
        """Everything that a person named: nodes and containers."""
        return [*self.nodes, *(container.name for _host, container in self.containers())]

    def is_named(self, name: str) -> bool:
        """Whether a node or a container has the name."""
        return name in self.nodes or any(name in engine.containers for engine in self._engines())

    def _engines(self) -> Iterator[DockerEngine]:
        return (node.docker for node in self.nodes.values() if isinstance(node, Host) and node.docker is not None)

    def namespace(self, name: str) -> NetworkNamespace:
        """The namespace that a host, container, switch or `ip netns` name stands for."""
        if name in self.nodes:
            return self.nodes[name].namespace
        if name in self.extra_namespaces:
            return self.extra_namespaces[name]
        for engine in self._engines():
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

    def interface(self, name: str) -> Interface:
        """`nginx-1:eth0`, or a node alone if it has one interface beside lo."""
        node, colon, ifname = name.partition(":")
        namespace = self.namespace(node)
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
        raise LabError(f"{node!r} has several interfaces: name one, as {node}:{others[0].name}")

    # -- cables

    def connect(self, left: str, right: str, latency: int = 0) -> Cable:
        """Join two nodes, each as NODE or NODE:IFACE, by a cable; both ends are brought up.

        Args:
            latency: nanoseconds one way; 0 for a cable whose length does not show.
        """
        one, other = self._plan_end(left), self._plan_end(right)
        if one[0] is other[0] and one[1] == other[1]:
            raise LabError(f"{left!r} cannot be connected to itself")
        if one[0] is other[0] and isinstance(one[0], Switch | HubNode):
            raise LabError(f"{one[0].name!r} cannot be connected to itself")
        ends = [self._make_end(*one), self._make_end(*other)]
        made = Cable(ends[0], ends[1])
        self.cables.append(made)
        self.trace.record(CableConnected(ends[0].label, ends[1].label))
        cable.plug(ends[0], ends[1], latency)
        for end in ends:
            link.set_up(end)
        return made

    def _plan_end(self, text: str) -> tuple[Node | NetworkNamespace, str]:
        """Check one end of a cable before anything is changed."""
        name, _colon, ifname = text.partition(":")
        owner: Node | NetworkNamespace = self.nodes[name] if name in self.nodes else self.namespace(name)
        namespace = owner.namespace if isinstance(owner, Node) else owner
        ifname = ifname or free_name(owner, namespace)
        if not 0 < len(ifname) <= MAX_INTERFACE_NAME or not NAME.fullmatch(ifname):
            raise LabError(f"{ifname!r} is no interface name (1 to {MAX_INTERFACE_NAME} letters, digits, . _ -)")
        interface = namespace.interfaces.get(ifname)
        if interface is not None and (interface.kind == "bridge" or interface.is_loopback):
            raise LabError(f"{name}:{ifname} is a {interface.kind}: a cable needs an interface of its own")
        if interface is not None and interface.peer is not None:
            raise LabError(f"{name}:{ifname} is already connected to {interface.peer.label}; "
                           f"`disconnect {name}:{ifname}` frees it")
        if interface is None:
            check_room(owner)
        return owner, ifname

    def _make_end(self, owner: Node | NetworkNamespace, ifname: str) -> Interface:
        namespace = owner.namespace if isinstance(owner, Node) else owner
        interface = namespace.interfaces.get(ifname)
        if interface is not None:
            return interface
        if isinstance(owner, HubNode):
            return owner.hub.add_port(ifname)
        interface = VethInterface(namespace, ifname, self.new_mac())
        namespace.add_interface(interface)
        if isinstance(owner, Switch):
            owner.bridge.add_port(interface)
        return interface

    def disconnect(self, end: str, other: str | None = None) -> None:
        """Pull a cable out; both interfaces stay, without a carrier."""
        interface = self._connected(end, other)
        if interface.peer is None:
            raise LabError(f"{interface.label} is not connected")
        self.cables = [c for c in self.cables if interface not in (c.left, c.right)]
        self.trace.record(CableDisconnected(interface.label, interface.peer.label))
        cable.unplug(interface)

    def _connected(self, end: str, other: str | None) -> Interface:
        if ":" in end or other is None:
            return self.interface(end)
        namespace, wanted = self.namespace(end), other.partition(":")
        self.namespace(wanted[0])
        for interface in namespace.interfaces.values():
            peer = interface.peer
            if peer and peer.namespace is self.namespace(wanted[0]) and wanted[2] in ("", peer.name):
                return interface
        raise LabError(f"no cable joins {end!r} and {other!r}")

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
                self.cables = [c for c in self.cables if interface not in (c.left, c.right)]
                cable.unplug(interface)
            if namespace.interfaces.get(interface.name) is interface:
                link.delete(interface)

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
        return self._macs.bits(48) & RANDOM_MAC_MASK | LOCALLY_ADMINISTERED

    def next_pid(self) -> int:
        self._last_pid += 1
        return self._last_pid

    def _check_name(self, name: str) -> None:
        if not NAME.fullmatch(name) or len(name) > MAX_NAME:
            raise LabError(f"{name!r} is no name: up to {MAX_NAME} letters, digits, '.', '_' and '-', "
                           "beginning with a letter or digit")
        if self.is_named(name) or name in self.extra_namespaces:
            raise LabError(f"there is already a node {name!r}")
