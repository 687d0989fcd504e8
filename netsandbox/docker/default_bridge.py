"""docker0: which address it has, when dockerd starts (getDefaultBridgeIPAMConf and selectBIP in daemon_unix.go)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.daemon_settings import NO_BRIDGE, DaemonError
from netsandbox.docker.ipam import PoolExhaustedError, free_subnet
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
    network = engine.maker.make(DEFAULT_BRIDGE, identity, NAME, address(engine), options)
    part = parse_network(settings.fixed_cidr) if settings.fixed_cidr else None
    network.pool.limit(Network(part.network, part.length) if part is not None else None, ())
    return network


def is_kept(engine: DockerEngine) -> bool:
    """Whether containers ran on without dockerd, so that the network has to be as it was."""
    return any(container.is_running for container in engine.containers.values())


def check(engine: DockerEngine) -> None:
    """Raises DaemonError: the settings do not go together."""
    settings = engine.settings
    if not (settings.bip and settings.fixed_cidr):
        return
    own, part = parse_network(settings.bip), parse_network(settings.fixed_cidr)
    if part.network not in own or part.length < own.length:
        raise DaemonError(f"{NO_BRIDGE}invalid subnet {Network(part.network, part.length)}: it should be contained in "
                          f"{Network(own.network, own.length)}")


def address(engine: DockerEngine) -> Network:
    """What docker0 is to have: bip, else what it has, unless fixed-cidr lies elsewhere, else the first free subnet."""
    settings = engine.settings
    if settings.bip:
        return parse_network(settings.bip)
    part = parse_network(settings.fixed_cidr) if settings.fixed_cidr else None
    found = engine.namespace.interfaces.get(NAME)
    own = next((Network(each.local, each.network.length) for each in found.addresses), None) if found else None
    if own is not None and (part is None or part.network in own):
        return own if part is None or part.length >= own.length else Network(own.address, part.length)
    if part is not None:
        return Network(part.network + 1, part.length)
    subnet = _free(engine)
    return Network(subnet.network + 1, subnet.length)


def _free(engine: DockerEngine) -> Network:
    """The first subnet that nobody has."""
    others = [network.pool.subnet for network in engine.networks.values()
              if isinstance(network, BridgeNetwork) and not network.is_default]
    routes = [route.destination for route in engine.namespace.routes.all("main") if route.destination.length]
    try:
        return free_subnet([*others, *routes], pools=engine.settings.default_address_pools)
    except PoolExhaustedError as error:
        raise DaemonError(f"{NO_BRIDGE}{error}") from None

