"""docker0: which address it has, when dockerd starts (getDefaultBridgeIPAMConf and selectBIP in daemon_unix.go)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.daemon_settings import NO_BRIDGE, DaemonError
from netsandbox.docker.ipam import PoolExhaustedError, free_subnet, overlaps
from netsandbox.docker.network import DEFAULT_BRIDGE, BridgeNetwork
from netsandbox.docker.network_options import BridgeOptions
from netsandbox.linux.core import link
from netsandbox.wire.addresses import Network, parse_network

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

NAME = "docker0"


def make(engine: DockerEngine, identity: str) -> BridgeNetwork:
    """The network named bridge, as this start of dockerd has it; the bridge itself stays where it can.

    With containers that ran on (live-restore) the network is as it was, whatever the settings say.
    """
    before = engine.networks.get(DEFAULT_BRIDGE)
    if isinstance(before, BridgeNetwork) and is_kept(engine):
        engine.maker.restore(before)
        return before
    settings = engine.settings
    found = engine.namespace.interfaces.get(NAME)
    if found is not None and settings.default_address_pools:
        link.delete(found)
    options = BridgeOptions(NAME, settings.mtu, settings.icc, settings.ip_masq, settings.ip)
    network = engine.maker.make(DEFAULT_BRIDGE, identity, NAME, address(engine, keeps=True), options)
    part = parse_network(settings.fixed_cidr) if settings.fixed_cidr else None
    if part is not None and part.network in network.pool.subnet and part.length >= network.pool.subnet.length:
        network.pool.limit(Network(part.network, part.length), ())  # one that lies elsewhere is taken and not heeded
    return network


def is_kept(engine: DockerEngine) -> bool:
    """Whether containers ran on without dockerd, so that the network has to be as it was."""
    return any(container.is_running for container in engine.containers.values())


def check(engine: DockerEngine) -> None:
    """Raises DaemonError: the settings do not go together."""
    wanted = address(engine, keeps=not engine.settings.default_address_pools)
    if not is_kept(engine) and any(overlaps(wanted, other) for other in _others(engine)):
        raise DaemonError(f"{NO_BRIDGE}invalid pool request: Pool overlaps with other one on this address space")


def address(engine: DockerEngine, keeps: bool) -> Network:
    """What docker0 is to have: bip, else what it has, unless fixed-cidr lies elsewhere, else the first free subnet.

    Args:
        keeps: whether what it has counts.

    Raises:
        DaemonError: there is no free one.
    """
    settings = engine.settings
    if settings.bip:
        return parse_network(settings.bip)
    part = parse_network(settings.fixed_cidr) if settings.fixed_cidr else None
    found = engine.namespace.interfaces.get(NAME)
    has = found.addresses if found is not None and keeps else ()
    own = next((Network(each.local, each.network.length) for each in has), None)
    if own is not None and (part is None or part.network in own):
        return own if part is None or part.length >= own.length else Network(own.address, part.length)
    if part is not None:
        return Network(part.network + 1, part.length)
    subnet = _free(engine)
    return Network(subnet.network + 1, subnet.length)


def _others(engine: DockerEngine) -> list[Network]:
    return [pool.subnet for network in engine.networks.values()
            if isinstance(network, BridgeNetwork) and not network.is_default for pool in network.pools]


def _free(engine: DockerEngine) -> Network:
    """The first subnet that nobody has."""
    others = _others(engine)
    routes = [route.destination for route in engine.namespace.routes.all("main") if route.destination.length]
    try:
        return free_subnet([*others, *routes], pools=engine.settings.default_address_pools)
    except PoolExhaustedError as error:
        raise DaemonError(f"{NO_BRIDGE}{error}") from None

