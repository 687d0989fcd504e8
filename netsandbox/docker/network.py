"""A network of Docker's, and how a container is attached to it.

The order of an attachment is libnetwork's (bridge_linux.go, osl/interface_linux.go): address, veth pair, port, link up,
MAC and address, and, once the port forwards, the unsolicited ARP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.container import Container, Endpoint, Wish, hexadecimal
from netsandbox.docker.errors import NOT_CREATED, DockerError, daemon_error
from netsandbox.docker.events import AddressAnnounced, AddressReleased
from netsandbox.docker.ipam import AddressInUseError, AddressPool, PoolExhaustedError
from netsandbox.docker.network_options import BridgeOptions
from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.bridge import MAX_PORTS, Bridge
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import ETHERNET_MTU, MAX_NAME, Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.sysctl.table import SysctlError
from netsandbox.linux.drivers.veth import VethPair
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.ipv4 import arp
from netsandbox.wire.addresses import (
    BROADCAST_MAC,
    MAC_GROUP_BIT,
    Network,
    format_ipv4,
    format_mac,
    parse_ipv4,
    random_mac,
)
from netsandbox.wire.arp import REQUEST

if TYPE_CHECKING:
    from netsandbox.docker.firewall import Firewall
    from netsandbox.engine.chance import Stream

ANNOUNCEMENTS = 3
ANNOUNCE_INTERVAL = SECOND
DEFAULT_BRIDGE = "bridge"
WAY_OUT = "DefaultGatewayIPv4"  # The reserved address (--aux-address) that is the gateway of the containers
IFNAME = "com.docker.network.endpoint.ifname"  # What its interface is called in the container (since 28)
SYSCTLS = "com.docker.network.endpoint.sysctls"  # Settings of the interface, which they call IFNAME (since 28)
ENDPOINT_OPTIONS = frozenset({IFNAME, SYSCTLS})
LINK_LOCAL = Network(parse_ipv4("169.254.0.0"), 16)
NO_FILE = "No such file or directory"
HOOK = f"{NOT_CREATED}: error running hook #0: error running hook: exit status 1, stdout: , stderr: "
"""Releases before 28 let runc bring the interfaces in."""
NO_QUEUE = 0  # Docker asks for devices with a transmit queue of no packets (an unset TxQLen), so `ip link` shows none


def random_number(stream: Stream) -> int:
    """What an identity is made from, in half its room."""
    return stream.bits(256)


def random_identity(stream: Stream) -> str:
    return hexadecimal(random_number(stream))


class DockerNetwork:
    """One row of `docker network ls`."""

    driver = "null"
    internal = False
    attachable = False

    def __init__(self, name: str, identity: str, created: int, driver: str = "null") -> None:
        self.name = name
        self.identity = identity  # 64 hex digits
        self.created = created  # virtual nanoseconds
        self.driver = driver
        self.options: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.scope = "local"  # local, or what --scope said
        self.ipam_options: dict[str, str] | None = {}  # --ipam-opt, if anybody said
        self.config_from = ""  # the network whose configuration it has, or empty


class BridgeNetwork(DockerNetwork):
    """A network with a bridge and a subnet of its own.

    Attributes:
        ifname: the bridge's name, by which Docker looks it up each time.
        members: attached and running containers by identity, in the order they came.
        mtu: of the containers' interfaces, in bytes.
        settings: what it was told with -o.
        has_own_subnet: a person gave the subnet, so that --ip may be used.
        reserved: --aux-address.
        is_adopted: the bridge was there before, and outlives it.
        has_hairpin: a frame may leave by the port that it came by, as without docker-proxy.
    """

    driver = "bridge"
    has_hairpin = is_adopted = False

    def __init__(self, name: str, identity: str, bridge: Bridge, pool: AddressPool, stream: Stream,
                 announces: bool, settings: BridgeOptions, firewall: Firewall) -> None:
        super().__init__(name, identity, bridge.namespace.scheduler.clock, "bridge")
        self.namespace = bridge.namespace
        self.scheduler = self.namespace.scheduler
        self.bridge = bridge
        self.ifname = bridge.name
        self.pool = pool
        self.members: dict[str, Container] = {}
        self.settings = settings
        self.firewall = firewall
        self.has_own_subnet = False
        self.reserved: dict[str, int] = {}
        self.mtu = settings.mtu or ETHERNET_MTU
        self._random = stream
        self._announces = announces

    @property
    def pools(self) -> list[AddressPool]:
        """Its subnets; a bridge has one."""
        return [self.pool]

    def pool_of(self, address: int) -> AddressPool:
        """The one that an address is from."""
        return next((pool for pool in self.pools if address in pool.subnet), self.pool)

    @property
    def gives_gateway(self) -> bool:
        """Whether its containers get a default route by the bridge."""
        return not self.internal

    @property
    def is_default(self) -> bool:
        """The network named bridge, which is docker0."""
        return self.name == DEFAULT_BRIDGE

    def way_out(self, pool: AddressPool) -> int:
        """Where its containers' default route leads: to the bridge, unless another machine was named for it."""
        return self.reserved.get(WAY_OUT, pool.gateway)

    @property
    def has_gateway_address(self) -> bool:
        """Its containers send by a gateway, and not simply out of their interface."""
        return True

    @property
    def is_filtered(self) -> bool:
        """The host's packet filter has rules for it."""
        return self.driver == "bridge"

    def dispose(self) -> None:
        """The network goes, and its bridge if the Engine made it."""
        if not self.is_adopted and self.namespace.interfaces.get(self.bridge.name) is self.bridge:
            link.delete(self.bridge)

    def attach(self, container: Container, namespace: NetworkNamespace, wish: Wish) -> Endpoint:
        """Give a container an address and an interface here.

        Raises:
            DockerError: the bridge is gone or full, or no address is left; nothing was changed.
        """
        address = self._allocate(wish.address)
        mac = wish.mac if wish.mac is not None else self._new_mac(address)
        try:
            outside, inside = self._connected(container, namespace, wish, address, mac)
        except DockerError:
            self.pool.release(address)
            raise
        endpoint = Endpoint(random_number(self._random), self, address, mac, inside, outside)
        self._join(container, endpoint)
        return endpoint

    def _connected(self, container: Container, namespace: NetworkNamespace, wish: Wish, address: int,
                   mac: int) -> tuple[Interface, Interface]:
        """A pair of interfaces, set up: the bridge's port, and the one inside."""
        veth, is_of_host = self._veth_name(), namespace is self.namespace
        refusal = self._refusal_of_bridge()
        if refusal:
            raise daemon_error(f"failed to create endpoint {container.name} on network {self.name}: adding interface "
                               f"{veth} to bridge {self.ifname} failed: {refusal}")
        name = self._name_inside(container, namespace, wish) if not is_of_host else ""
        refusal = self._conflict(veth, address) if is_of_host else _refusal_inside(namespace, veth, name, mac)
        if refusal:
            before = "" if self._announces or is_of_host else HOOK
            raise daemon_error(f"{before}failed to add interface {veth} to sandbox: error {refusal}")
        outside, inside = self._pair(veth, namespace, name, mac)
        self._set_up(inside, address, wish)
        refusal = self._apply_settings(namespace, inside.name, wish)
        if refusal:
            link.delete(inside)
            raise daemon_error(f"failed to add interface {veth} to sandbox: {refusal}")
        return outside, inside

    def _join(self, container: Container, endpoint: Endpoint) -> None:
        self.members[container.identity] = container
        container.attached += (endpoint,)
        self.firewall.set(self.firewall.rules.endpoint(self, endpoint.address))
        if self._announces:
            self.scheduler.soon(_announce, (container, endpoint, 1))

    def _set_up(self, inside: Interface, address: int, wish: Wish) -> None:
        addresses.add(inside, Network(address, self.pool.subnet.length), self.pool.broadcast)
        for own in (Network(parse_ipv4(local), LINK_LOCAL.length) for local in wish.local):
            addresses.add(inside, own, own.broadcast)
        link.set_up(inside)

    def _conflict(self, veth: str, address: int) -> str:
        """Why the host, whose bridge has the subnet, is not given an address of it (osl's checkRouteConflict)."""
        own = Network(address, self.pool.subnet.length)
        for route in self.namespace.routes.all("main"):
            if route.interface is not None and address in route.destination and route.destination.length:
                source = format_ipv4(route.source) if route.source is not None else "<nil>"
                gateway = format_ipv4(route.gateway) if route.gateway is not None else "<nil>"
                return (f'setting interface "{veth}" IP to {own}: cannot program address {own} in sandbox interface '
                        f"because it conflicts with existing route {{Ifindex: {route.interface.index} Dst: "
                        f"{route.destination} Src: {source} Gw: {gateway} Flags: [] Table: 254 Realm: 0}}")
        self.pool.release(address)
        raise daemon_error(f"a container of the host's network on {self.name} too is not modelled in the sandbox")

    def _pair(self, veth: str, namespace: NetworkNamespace, name: str, mac: int) -> tuple[Interface, Interface]:
        """The end on the bridge and, not yet up, the one in the container: since 28 it is made there, where its
        index is 2; before, on the host, whose next index it takes along."""
        pair = VethPair.create((self.namespace, veth, random_mac(self._random.bits(48))), (namespace, name, mac),
                                is_moved=not self._announces)
        outside, inside = pair.left, pair.right
        outside.queue_length = inside.queue_length = NO_QUEUE
        if self.mtu != ETHERNET_MTU:
            link.set_mtu(outside, self.mtu)
            link.set_mtu(inside, self.mtu)
        self.bridge.add_port(outside).hairpin = self.has_hairpin
        link.set_up(outside)
        return outside, inside

    def _apply_settings(self, namespace: NetworkNamespace, name: str, wish: Wish) -> str:
        """Those of the interface that a driver option asks for; why one cannot be had, or empty."""
        for setting in dict(wish.options).get(SYSCTLS, "").split(",") if self._announces else ():
            key, equals, value = setting.strip().replace("IFNAME", name).replace("ifname", name).partition("=")
            path = f"/proc/sys/{key.replace('.', '/')}"
            try:
                if equals:
                    namespace.write_sysctl(key, value)
            except SysctlError as error:
                return f"{path} is not a sysctl file" if NO_FILE in str(error) else (
                    f"unable to write to '{path}': write {path}: invalid argument")
        return ""

    def check(self, wish: Wish) -> None:
        """Raises DockerError: a wanted address is none that can be had here."""
        strange = [local for local in wish.local if parse_ipv4(local) not in LINK_LOCAL]
        if strange:
            raise daemon_error(f"invalid link local IP address: {strange[0]}")
        if wish.address is None:
            return
        if self.is_default:
            raise daemon_error("invalid endpoint settings:\n"
                               "user specified IP address is supported on user defined networks only")
        if not self.has_own_subnet:
            raise daemon_error("invalid endpoint settings:\n"
                               "user specified IP address is supported only when connecting to networks with user "
                               "configured subnets")
        if not any(wish.address in pool.subnet for pool in self.pools):
            raise daemon_error("invalid endpoint settings:\nno configured subnet or ip-range contain the IP address "
                               f"{format_ipv4(wish.address)}")

    def _allocate(self, wanted: int | None) -> int:
        """The wanted address, or the lowest free one of the first subnet that has any."""
        for pool in self.pools if wanted is None else [self.pool_of(wanted)]:
            try:
                return pool.allocate(wanted)
            except AddressInUseError:
                raise daemon_error("Address already in use") from None
            except PoolExhaustedError:
                continue
        raise daemon_error(f"no available IPv4 addresses on this network's address pools: {self.name} "
                           f"({self.identity})")

    def _refusal_of_bridge(self) -> str:
        """Why the bridge, which may have been deleted and made anew, takes no port; empty if it does."""
        found = self.namespace.interfaces.get(self.ifname)
        if found is None:
            return "Device does not exist"
        if not isinstance(found, Bridge):
            return "operation not supported"
        self.bridge = found
        return "exchange full" if len(found.ports) >= MAX_PORTS else ""

    def _new_mac(self, address: int) -> int:
        return random_mac(self._random.bits(48)) if self._announces else 0x0242 << 32 | address

    def _name_inside(self, container: Container, namespace: NetworkNamespace, wish: Wish) -> str:
        """The lowest free one of eth0, eth1, …; releases before 28 use none twice while the container runs."""
        prefix, own = self.settings.prefix, dict(wish.options).get(IFNAME, "")
        if self._announces:
            return own or namespace.free_name(prefix)
        number = container.prefixes.count(prefix)
        container.prefixes += (prefix,)
        return f"{prefix}{number}"

    def _veth_name(self) -> str:
        while True:
            name = f"veth{self._random.bits(28):07x}"
            if name not in self.namespace.interfaces:
                return name

    def detach(self, container: Container) -> None:
        """Release the address and delete the interface; harmless when it is not attached."""
        endpoint = container.endpoints.get(self.name)
        self.members.pop(container.identity, None)
        if endpoint is None:
            return
        container.attached = tuple(it for it in container.attached if it is not endpoint)
        endpoint.pool.release(endpoint.address)
        if self.is_filtered:
            self.firewall.take_back(self.firewall.rules.endpoint(self, endpoint.address))
        self.namespace.record(AddressReleased(self.namespace.name, container.name, endpoint.address))
        inside = endpoint.inside
        if inside.namespace.interfaces.get(inside.name) is inside:
            link.delete(inside)


def _announce(what: tuple[Container, Endpoint, int]) -> None:
    """advertiseAddrs: three unsolicited ARP requests, a second apart."""
    container, endpoint, number = what
    if endpoint not in container.attached:
        return
    inside, scheduler = endpoint.inside, endpoint.network.scheduler
    if inside.running and endpoint.address in [own.local for own in inside.addresses]:
        endpoint.network.namespace.record(AddressAnnounced(container.name, endpoint.address, inside.mac, number))
        arp.send(inside, REQUEST, endpoint.address, endpoint.address, 0, BROADCAST_MAC)
    if number < ANNOUNCEMENTS:
        scheduler.after(ANNOUNCE_INTERVAL, _announce, (container, endpoint, number + 1), foreground=True)


def _refusal_inside(namespace: NetworkNamespace, veth: str, name: str, mac: int) -> str:
    """Why the kernel gives the device in the container not that name, or not that MAC; or empty."""
    renaming = f'renaming interface "{veth}" to "{name}": '
    if name in namespace.interfaces:
        return f"{renaming}file exists"
    if len(name) > MAX_NAME:
        return f"{renaming}numerical result out of range"
    if not name or set("/: \t") & set(name):
        return f"{renaming}invalid argument"
    if mac & MAC_GROUP_BIT or not mac:
        return f'setting interface "{veth}" MAC to "{format_mac(mac)}": cannot assign requested address'
    return ""
