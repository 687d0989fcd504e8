"""Networks that a person makes: docker network create and rm.

What a packet filter does on such networks (isolation from other bridges, masquerading) is in `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.docker import config_network, history
from netsandbox.docker.config_network import ConfigNetwork
from netsandbox.docker.daemon import forward
from netsandbox.docker.default_bridge import taken_outside
from netsandbox.docker.errors import daemon_error
from netsandbox.docker.events import NetworkCreated, NetworkRemoved, PoolRefused, SubnetRefused
from netsandbox.docker.firewall import RefusedRuleError
from netsandbox.docker.ipam import AddressPool, PoolExhaustedError, free_subnet
from netsandbox.docker.network import BridgeNetwork, DockerNetwork, random_identity
from netsandbox.docker.network_options import LEAST_MTU, MOST_MTU, BridgeOptions, bridge_options
from netsandbox.docker.parent_network import DRIVERS, ParentNetwork, check_parent
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices.interface import MAX_NAME as MAX_INTERFACE_NAME
from netsandbox.wire.addresses import Network, format_ipv4

if TYPE_CHECKING:

    from netsandbox.docker.engine import DockerEngine

PREDEFINED = ("bridge", "host", "none", "default")
NAME = re.compile(r"[\w.-]+", re.ASCII)
MAX_NAME = 64
NO_SWARM = ('This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node '
            "to swarm and try again.")


class NetworkPlan(NamedTuple):
    """What `docker network create` was told."""

    name: str
    driver: str = "bridge"
    # subnet, gateway, part: None for what Docker chooses; part is --ip-range
    subnet: Network | None = None
    gateway: int | None = None
    part: Network | None = None
    internal: bool = False
    options: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}
    reserved: Mapping[str, int] = {}  # --aux-address: addresses by name that no container gets
    attachable: bool = False
    scope: str = "local"  # what --scope says; nothing looks at it
    ipam_options: Mapping[str, str] | None = {}
    more: tuple[NetworkPlan, ...] = ()  # the further subnets of a macvlan or ipvlan network, each as a plan of its own
    config_from: str = ""  # the configuration that it was filled with (docker.config_network)


def create(engine: DockerEngine, plan: NetworkPlan) -> BridgeNetwork:
    """`docker network create` (DockerError: nothing was made)."""
    check_name(engine, plan.name)
    _check_driver(plan.driver, engine.profile.since(29))
    plan = plan._replace(options={**engine.settings.default_network_opts.get(plan.driver, {}), **plan.options})
    for one in (plan, *plan.more):
        _check_config(one)
    if engine.profile.since(28):
        _check_options(engine, plan)
    subnet = _choose_subnet(engine, plan)
    network = _made(engine, plan, subnet)
    network.scope, network.ipam_options = plan.scope, None if plan.ipam_options is None else dict(plan.ipam_options)
    network.pool.limit(plan.part, [address for address in plan.reserved.values() if address in subnet])
    network.config_from = plan.config_from
    network.attachable, network.has_own_subnet = plan.attachable, plan.subnet is not None
    network.pool.has_given_gateway = plan.gateway is not None
    network.options, network.labels, network.reserved = dict(plan.options), dict(plan.labels), dict(plan.reserved)
    engine.networks[plan.name] = network
    engine.namespace.record(NetworkCreated(
        engine.namespace.name, plan.name, str(network.pool.subnet), network.ifname, plan.internal))
    return network


def _made(engine: DockerEngine, plan: NetworkPlan, subnet: Network) -> BridgeNetwork:
    """By its driver, on a parent or with a bridge; what it was told beside that is still to be set (DockerError: the
    gateway, a further subnet or an option is wrong)."""
    gateway = _choose_gateway(plan, subnet)
    options = bridge_options(plan.options if plan.driver == "bridge" else {}, engine.profile, internal=plan.internal)
    more = [_another(engine, one) for one in plan.more]
    identity = random_identity(engine.random)
    if plan.driver in DRIVERS:
        return ParentNetwork(engine, plan.name, identity, plan.driver, subnet, gateway, plan.options, plan.internal,
                             more)
    return _bridge(engine, plan, identity, Network(gateway, subnet.length), options)


def _bridge(engine: DockerEngine, plan: NetworkPlan, identity: str, address: Network,
            options: BridgeOptions) -> BridgeNetwork:
    """A bridge with the gateway's address (DockerError: its name or its MTU is none that the kernel takes)."""
    ifname = options.name or f"br-{identity[:12]}"
    _check_interface(engine, ifname, identity)
    _check_subnets(engine, plan, ifname, identity)
    if options.mtu and not LEAST_MTU <= options.mtu <= MOST_MTU:
        engine.maker.device(ifname)  # is left behind
        raise daemon_error("invalid argument")
    if engine.profile.since(28):
        forward(engine)
    return engine.maker.make(plan.name, identity, ifname, address, options, plan.internal)


def filter_it(engine: DockerEngine, network: BridgeNetwork) -> None:
    """Set a new network's rules.

    Raises:
        DockerError: a chain is gone. The network goes; rules that were set before stay, as with a real Engine.
    """
    try:
        engine.firewall.add_network(network)
    except RefusedRuleError as error:
        del engine.networks[network.name]
        engine.namespace.record(NetworkRemoved(engine.namespace.name, network.name))
        network.dispose()
        raise daemon_error(str(error) if error.is_of_chain else f"Failed to Setup IP tables: {error}") from None


def check_name(engine: DockerEngine, name: str) -> None:
    if name in PREDEFINED:
        raise daemon_error(f"operation is not permitted on predefined {name} network ")
    if not name.strip():
        raise daemon_error("invalid name: name is empty" if engine.profile.since(28) else "invalid name: ")
    if len(name) > MAX_NAME:
        raise daemon_error(f"invalid network name {name[:MAX_NAME]!r}: the sandbox takes up to {MAX_NAME} characters")
    if name in engine.networks:
        raise daemon_error(f"network with name {name} already exists")


def _check_driver(driver: str, since_29: bool) -> None:
    if driver in ("host", "null"):
        raise daemon_error(f'only one instance of "{driver}" network is allowed')
    if driver == "overlay":
        raise daemon_error(NO_SWARM)
    if driver not in ("bridge", *DRIVERS):
        before = f"could not find plugin {driver} in v1 plugin registry: " if since_29 else ""
        raise daemon_error(f'{before}plugin "{driver}" not found')


def _check_config(plan: NetworkPlan) -> None:
    """networktypes.ValidateIPAM: what is wrong with the addresses by themselves."""
    subnet = plan.subnet
    if subnet is None:
        return
    if subnet.address != subnet.network:
        right = Network(subnet.network, subnet.length)
        raise daemon_error(f"invalid network config:\ninvalid subnet {subnet}: it should be {right}")
    if plan.gateway is not None and plan.gateway not in subnet:
        raise daemon_error(f"invalid network config:\ninvalid gateway {format_ipv4(plan.gateway)}: parent subnet is "
                           "an IPv4 block, and does not contain it")
    if plan.part is not None and plan.part.address != plan.part.network:
        right = Network(plan.part.network, plan.part.length)
        raise daemon_error(f"invalid network config:\ninvalid ip-range {plan.part}: it should be {right}")
    if plan.part is not None and (plan.part.network not in subnet or plan.part.length < subnet.length):
        raise daemon_error("invalid network config:\ninvalid ip-range "
                           f"{plan.part}: CIDR block is bigger than its parent subnet {subnet}")


def _check_options(engine: DockerEngine, plan: NetworkPlan) -> None:
    """Since 28 the driver looks at its options before addresses are taken."""
    if plan.driver in DRIVERS:
        check_parent(engine, plan.driver, plan.options)
    else:
        bridge_options(plan.options, engine.profile, internal=plan.internal)


def _choose_subnet(engine: DockerEngine, plan: NetworkPlan) -> Network:
    wanted = plan.subnet
    own = [pool.subnet for network in engine.networks.values() if isinstance(network, BridgeNetwork)
           for pool in network.pools]
    if wanted is None:
        after = None if engine.profile.since(28) else engine.maker.last_subnet
        try:
            chosen = free_subnet([*own, *taken_outside(engine)], after, engine.settings.default_address_pools)
        except PoolExhaustedError as error:
            engine.namespace.record(PoolRefused(engine.namespace.name, len(own)))
            raise daemon_error(str(error)) from None
        engine.maker.last_subnet = chosen
        return chosen
    other = next((network for network in engine.networks.values() if isinstance(network, BridgeNetwork)
                  and any(wanted.overlaps(pool.subnet) for pool in network.pools)), None)
    is_part = plan.part is not None and other is not None and all(pool.part != plan.part for pool in other.pools)
    if other is not None and not is_part:  # of a part alone it is only asked whether it is taken (ipam/allocator)
        engine.namespace.record(SubnetRefused(engine.namespace.name, str(wanted), other.name))
        before = "invalid pool request: " if engine.profile.since(28) else ""
        raise daemon_error(f"{before}Pool overlaps with other one on this address space")
    return wanted


def _another(engine: DockerEngine, plan: NetworkPlan) -> AddressPool:
    """A further subnet."""
    subnet = _choose_subnet(engine, plan)
    pool = AddressPool(subnet, _choose_gateway(plan, subnet))
    pool.limit(plan.part, plan.reserved.values())
    pool.has_given_gateway = plan.gateway is not None
    return pool


def _choose_gateway(plan: NetworkPlan, subnet: Network) -> int:
    if plan.gateway in (subnet.network, subnet.broadcast) and subnet.length < 31:
        raise daemon_error(f"failed to allocate gateway ({format_ipv4(plan.gateway or 0)}): Address already in use")
    address = plan.gateway
    if address is None:
        first = (plan.part or subnet).network
        address = first + 1 if first == subnet.network and subnet.length < 31 else first
    name = next((name for name, own in plan.reserved.items() if own == address), None)
    if name is not None:
        raise daemon_error(f"failed to allocate secondary ip address ({name}:{format_ipv4(address)}): Address already "
                           "in use")
    return address


def _check_subnets(engine: DockerEngine, plan: NetworkPlan, ifname: str, identity: str) -> None:
    """What another bridge has; of a part of it nothing was said before."""
    other = next((network for network in engine.networks.values() if isinstance(network, BridgeNetwork)
                  and not isinstance(network, ParentNetwork) and plan.subnet is not None
                  and any(plan.subnet.overlaps(pool.subnet) for pool in network.pools)), None)
    if other is not None:
        engine.namespace.record(SubnetRefused(engine.namespace.name, str(plan.subnet), other.name))
        raise daemon_error(f"cannot create network {identity} ({ifname}): conflicts with network {other.identity} "
                           f"({other.ifname}): networks have overlapping IPv4")


def _check_interface(engine: DockerEngine, ifname: str, identity: str) -> None:
    if len(ifname) > MAX_INTERFACE_NAME:
        raise daemon_error("numerical result out of range")
    if not NAME.fullmatch(ifname):
        raise daemon_error("invalid argument")
    other = next((n for n in engine.networks.values() if isinstance(n, BridgeNetwork) and n.ifname == ifname), None)
    if other is not None and not engine.profile.since(29):
        raise daemon_error(f"cannot create network {identity} ({ifname}): conflicts with network {other.identity} "
                           f"({ifname}): networks have same bridge name")
    found = engine.namespace.interfaces.get(ifname)
    if found is not None and not isinstance(found, Bridge):
        raise daemon_error(f"existing interface {ifname} is not a bridge")
    if found is not None and engine.profile.since(29):
        raise daemon_error(f"networks have same bridge name: there is already an interface {ifname}")


def remove(engine: DockerEngine, network: DockerNetwork) -> None:
    """`docker network rm` (DockerError: it is predefined, or somebody is attached)."""
    if isinstance(network, ConfigNetwork):
        config_network.remove(engine, network)
        return
    if not isinstance(network, BridgeNetwork) or network.is_default:
        raise daemon_error(f"{network.name} is a pre-defined network and cannot be removed")
    if network.members:
        raise daemon_error("error while removing network: " + _active(engine, network))
    del engine.networks[network.name]
    if network.is_filtered:
        engine.firewall.remove_network(network)
    engine.namespace.record(NetworkRemoved(engine.namespace.name, network.name))
    history.of_network(engine, network, "destroy")
    network.dispose()


def _active(engine: DockerEngine, network: BridgeNetwork) -> str:
    if not engine.profile.since(28, 1):
        return f"network {network.name} id {network.identity} has active endpoints"
    users = ", ".join(f'name:"{member.name}" id:"{member.endpoints[network.name].identity[:12]}"'
                      for member in network.members.values())
    return f"network {network.name} has active endpoints ({users})"
