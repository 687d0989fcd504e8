"""How a bridge of a network comes into being on the host (libnetwork's drivers/bridge, setup_device.go)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.firewall import Firewall
from netsandbox.docker.ipam import AddressPool
from netsandbox.docker.network import NO_QUEUE, BridgeNetwork
from netsandbox.docker.network_options import BridgeOptions
from netsandbox.docker.profiles import Profile
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import ETHERNET_MTU
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.wire.addresses import Network, random_mac

if TYPE_CHECKING:
    from netsandbox.engine.chance import Stream


class NetworkMaker:
    """Makes bridges: the part of the bridge driver that needs the host.

    Args:
        profile: whose MAC and ARP habits the network has.
        firewall: where its containers' rules go.
    """

    def __init__(self, namespace: NetworkNamespace, stream: Stream, profile: Profile, firewall: Firewall) -> None:
        self.namespace = namespace
        self.stream = stream
        self.firewall = firewall
        self.is_old = not profile.since(28)
        self.last_subnet: Network | None = None
        """What Docker chose last for a network; releases before 28 go on from there."""

    def make(self, name: str, identity: str, ifname: str, gateway: Network, settings: BridgeOptions,
             internal: bool = False) -> BridgeNetwork:
        """A bridge with the gateway's address; no carrier until a container comes. One that is there is used."""
        is_adopted = ifname in self.namespace.interfaces
        bridge = self._bridge(ifname, gateway, settings)
        pool = AddressPool(Network(gateway.network, gateway.length), gateway.address)
        network = BridgeNetwork(name, identity, bridge, pool, self.stream, not self.is_old, settings, self.firewall)
        network.internal, network.is_adopted = internal, is_adopted
        if settings.gateway_mode == "isolated":
            pool.release(gateway.address)  # there is no gateway
        return network

    def restore(self, network: BridgeNetwork) -> None:
        """A network whose bridge may have gone meanwhile, or have lost its address."""
        gateway = Network(network.pool.gateway, network.pool.subnet.length)
        network.bridge = self._bridge(network.ifname, gateway, network.settings)

    def _bridge(self, ifname: str, gateway: Network, settings: BridgeOptions) -> Bridge:
        """The device, set up."""
        bridge, mtu = self.device(ifname), settings.mtu or ETHERNET_MTU
        if settings.has_gateway and settings.gateway_mode != "isolated":
            self._set_address(bridge, gateway)
        if bridge.mtu != mtu:
            link.set_mtu(bridge, mtu, by_hand=True)
        if not bridge.up:
            link.set_up(bridge)
        return bridge

    def device(self, ifname: str) -> Bridge:
        """The device itself, made if it is not there. Its MAC is set, so that it does not follow its ports'."""
        found = self.namespace.interfaces.get(ifname)
        if isinstance(found, Bridge):
            return found
        mac = 0x0242 << 32 | self.stream.bits(32) if self.is_old else random_mac(self.stream.bits(48))
        bridge = Bridge(self.namespace, ifname, mac, mac_is_set=True)
        # On a machine it snoops, to no effect without a querier: its reports reach nobody but the first to join.
        bridge.shows_snooping, bridge.queue_length = True, NO_QUEUE
        self.namespace.add_interface(bridge)
        return bridge

    @staticmethod
    def _set_address(bridge: Bridge, gateway: Network) -> None:
        """The gateway's alone: another one was a former setting's."""
        for own in [own for own in bridge.addresses
                    if (own.local, own.network.length) != (gateway.address, gateway.length)]:
            if own in bridge.addresses:
                addresses.remove(bridge, own)
        if not bridge.addresses:
            addresses.add(bridge, gateway, gateway.broadcast if gateway.length < 31 else None)
