"""Networks whose containers stand on a device of the host: the macvlan and ipvlan drivers (libnetwork/drivers).

The host has no bridge and no address in such a network, and makes no packet
filter's rules for it: the network's router is one on the parent's wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard, cast

from netsandbox.docker.container import Container, Endpoint, Wish
from netsandbox.docker.errors import daemon_error
from netsandbox.docker.ipam import AddressPool
from netsandbox.docker.network import NO_QUEUE, BridgeNetwork, DockerNetwork, random_number
from netsandbox.docker.network_options import BridgeOptions
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.netlink import link as links
from netsandbox.linux.netlink.credentials import ROOT, acting_with
from netsandbox.linux.netlink.link import LinkRequest
from netsandbox.wire.addresses import Network, random_mac

if TYPE_CHECKING:

    from netsandbox.docker.engine import DockerEngine

DRIVERS = ("macvlan", "ipvlan")
MODES = {"macvlan": ("bridge", "private", "vepa", "passthru"), "ipvlan": ("l2", "l3", "l3s")}
PREFIXES = {"macvlan": "dm", "ipvlan": "di"}  # Of the dummies that stand for a parent
IPVLAN_FLAGS = ("bridge", "private", "vepa")
MAX_VLAN = 4094


class ParentNetwork(BridgeNetwork):
    """A network on a parent device.

    Attributes:
        parent: the device's name.  mode, flag: of its children.
        more: its subnets beside the first.
        made_parent: Docker has made the parent, and removes it with the network.
    """

    def __init__(self, engine: DockerEngine, name: str, identity: str, driver: str, subnet: Network, gateway: int,
                 options: Mapping[str, str], internal: bool, more: list[AddressPool]) -> None:
        mode, flag = _modes(driver, options)
        parent = options.get("parent", "")
        namespace = engine.namespace
        self.made_parent = False
        if not parent:
            parent, internal = f"{PREFIXES[driver]}-{identity[:12]}", True
        _check_free(engine, driver, parent, mode)
        if parent not in namespace.interfaces:
            _make_parent(engine, parent, internal and "parent" not in options)
            self.made_parent = True
        device = namespace.interfaces[parent]
        _check_loopback(device, driver)
        pool = AddressPool(subnet, gateway)
        super().__init__(name, identity, cast("Bridge", device), pool, engine.random, False, BridgeOptions(),
                         engine.firewall)
        self.driver = driver
        self.parent, self.mode, self.flag = parent, mode, flag
        self.internal = internal
        self.more = more
        self.mtu = device.mtu
        self._stream = engine.random
        self._engine = engine

    @property
    def pools(self) -> list[AddressPool]:
        return [self.pool, *self.more]

    @property
    def has_gateway_address(self) -> bool:
        """Its containers send by a gateway, and not simply out of their interface."""
        return not self.mode.startswith("l3")

    def attach(self, container: Container, namespace: NetworkNamespace, wish: Wish) -> Endpoint:
        """Give a container an address and a child of the parent (DockerError: the parent is gone or takes no child, or
        no address is left)."""
        parent = self.namespace.interfaces.get(self.parent)
        address = self._allocate(wish.address)
        try:
            if parent is None:
                raise daemon_error(f"failed to create the {self.driver} port: parent interface was not found: "
                                   f"{self.parent}")
            inside = self._make_child(parent, namespace, wish)
        except Exception:
            self.pool_of(address).release(address)
            raise
        network = Network(address, self.pool_of(address).subnet.length)
        addresses.add(inside, network, network.broadcast)
        link.set_up(inside)
        endpoint = Endpoint(random_number(self._stream), self, address, inside.mac, inside, parent)
        self.members[container.identity] = container
        container.attached += (endpoint,)
        return endpoint

    def _make_child(self, parent: Interface, namespace: NetworkNamespace, wish: Wish) -> Interface:
        request = LinkRequest(namespace.free_name("eth"), self.driver)
        request.lower, request.namespace = parent, namespace
        request.settings = {"mode": self.mode}
        if self.driver == "ipvlan":
            request.settings["isolation"] = self.flag
        elif self.mode != "passthru":
            mac = wish.mac if wish.mac is not None else random_mac(self._stream.bits(48))
            request.mac = list(mac.to_bytes(6, "big"))
        try:
            with acting_with(ROOT):
                links.add(self.namespace, request, lambda: random_mac(self._stream.bits(48)))
        except KernelError as error:
            raise daemon_error(f"failed to create the {self.driver} port: {_words(error)}") from None
        child = namespace.interfaces[request.device]
        child.queue_length = NO_QUEUE
        return child

    def dispose(self) -> None:
        """The network goes: with it the parent, if Docker made it and no other network uses it."""
        device = self.namespace.interfaces.get(self.parent)
        others = (one for one in self._engine.networks.values() if one is not self)
        heir = next((one for one in others if _uses(one, self.parent)), None)
        if heir is not None:
            heir.made_parent |= self.made_parent
        elif self.made_parent and device is not None:
            link.delete(device)


def check_parent(engine: DockerEngine, driver: str, options: Mapping[str, str]) -> None:
    """The options of such a network by themselves (DockerError: a mode or flag that there is not, or a parent that can
    be none)."""
    _modes(driver, options)
    parent = engine.namespace.interfaces.get(options.get("parent", ""))
    if parent is not None:
        _check_loopback(parent, driver)


def _check_loopback(parent: Interface, driver: str) -> None:
    if parent.is_loopback:
        raise daemon_error(f"loopback interface is not a valid {driver} parent link")


def _modes(driver: str, options: Mapping[str, str]) -> tuple[str, str]:
    mode = options.get(f"{driver}_mode", MODES[driver][0])
    if mode not in MODES[driver]:
        raise daemon_error(f"requested {driver} mode '{mode}' is not valid, '{MODES[driver][0]}' mode is the "
                           f"{driver} driver default")
    flag = options.get("ipvlan_flag", "bridge") if driver == "ipvlan" else ""
    if flag and flag not in IPVLAN_FLAGS:
        raise daemon_error(f"requested ipvlan flag '{flag}' is not valid, 'bridge' is the ipvlan driver default")
    return mode, flag


def _uses(network: DockerNetwork, parent: str) -> TypeGuard[ParentNetwork]:
    return isinstance(network, ParentNetwork) and network.parent == parent


def _check_free(engine: DockerEngine, driver: str, parent: str, mode: str) -> None:
    """createNetwork: networks of one driver have a parent each; since 28, those of macvlan may share one."""
    for other in engine.networks.values():
        if not _uses(other, parent) or other.driver != driver:
            continue
        if driver == "macvlan" and engine.profile.since(28):
            if mode == "passthru":
                raise daemon_error(f"cannot use mode passthru, macvlan network {other.identity} is already using "
                                   f"parent interface {parent}")
            if other.mode == "passthru":
                raise daemon_error(f"macvlan network {other.identity} is already using parent interface {parent} "
                                   "in mode passthru")
            continue
        name = f"{PREFIXES[driver]}-{other.identity[:12]}"
        raise daemon_error(f"network {name} is already using parent interface {parent}")


def _make_parent(engine: DockerEngine, name: str, is_dummy: bool) -> None:
    """createDummyLink, createVlanLink: `eth0.10` is VLAN 10 on eth0."""
    lower, _dot, number = name.partition(".")
    request = LinkRequest(name, "dummy" if is_dummy else "vlan")
    request.up = True
    if not is_dummy:
        if "." not in name:
            raise daemon_error(f"invalid subinterface vlan name {name}, example formatting is eth0.10")
        if "." in number:
            raise daemon_error("required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10, instead "
                               f"received {name}")
        if not number.isdecimal():
            raise daemon_error(f"unable to parse a valid vlan id from: {number} (ex. eth0.10 for vlan 10)")
        if lower not in engine.namespace.interfaces:
            raise daemon_error(f"-o parent interface was not found on the host: {lower}")
        if not 1 <= int(number) <= MAX_VLAN:
            raise daemon_error(f"vlan id must be between 1-4094, received: {int(number)}")
        request.lower, request.settings = engine.namespace.interfaces[lower], {"id": int(number)}
    try:
        with acting_with(ROOT):
            links.add(engine.namespace, request, lambda: random_mac(engine.random.bits(48)))
    except KernelError as error:
        raise daemon_error(f"failed to create {name} vlan link: {_words(error)}") from None


def _words(error: KernelError) -> str:
    return str(error).rpartition(": ")[2].rstrip(".").lower()
