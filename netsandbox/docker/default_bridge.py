"""docker0: which address it has, when dockerd starts (getDefaultBridgeIPAMConf and selectBIP in daemon_unix.go)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from netsandbox.docker.daemon_settings import NO_BRIDGE, DaemonError
from netsandbox.docker.files import host_resolv_conf
from netsandbox.docker.ipam import PoolExhaustedError, free_subnet
from netsandbox.docker.network import DEFAULT_BRIDGE, WAY_OUT, BridgeNetwork
from netsandbox.docker.network_options import BridgeOptions
from netsandbox.docker.resolv_conf import ResolvConf
from netsandbox.linux.core.devices import link
from netsandbox.wire.addresses import AddressError, Network, parse_ipv4, parse_network

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

NAME, NONE = "docker0", "none"
"""The bridge that dockerd makes, unless daemon.json names one that is there, or says that there is to be none."""


def _name(engine: DockerEngine) -> str:
    return engine.settings.bridge or NAME


def make(engine: DockerEngine, identity: str) -> BridgeNetwork | None:
    """The network named bridge, as this start of dockerd has it, or none; the bridge itself stays where it can.

    With containers that ran on (live-restore) the network is as it was, whatever the settings say.
    """
    before = engine.networks.get(DEFAULT_BRIDGE)
    if isinstance(before, BridgeNetwork) and is_kept(engine):
        engine.maker.restore(before)
        return before
    settings, name = engine.settings, _name(engine)
    found = engine.namespace.interfaces.get(NAME)
    if found is not None and (settings.default_address_pools or name == NONE):
        link.delete(found)
    if name == NONE:
        return None
    has = engine.namespace.interfaces[name].addresses if name in engine.namespace.interfaces else ()
    options = BridgeOptions(name, settings.mtu, settings.icc, settings.ip_masq, settings.ip)
    network = engine.maker.make(DEFAULT_BRIDGE, identity, name, address(engine, keeps=True), options)
    network.has_own_subnet = bool(settings.bip or settings.fixed_cidr or has)  # or took over what was there
    part = parse_network(settings.fixed_cidr) if settings.fixed_cidr else None
    if part is not None and part.network in network.pool.subnet and part.length >= network.pool.subnet.length:
        network.pool.limit(Network(part.network, part.length), ())  # one that lies elsewhere is taken and not heeded
    if settings.default_gateway:
        network.reserved = {WAY_OUT: _gateway(engine, network.pool.subnet)}
        network.pool.used.update(network.reserved.values())
    return network


def _gateway(engine: DockerEngine, subnet: Network) -> int:
    """Raises DaemonError: default-gateway is on no cable of the containers."""
    gateway = parse_ipv4(engine.settings.default_gateway)
    if gateway not in subnet:
        raise DaemonError(f"{NO_BRIDGE}auxiliary address: ({WAY_OUT}:{engine.settings.default_gateway}) must belong to "
                          f"the master pool: {subnet}")
    return gateway


def is_kept(engine: DockerEngine) -> bool:
    """Whether containers ran on without dockerd, so that the network has to be as it was."""
    return engine.settings.live_restore and any(each.is_running for each in engine.containers.values())


def check(engine: DockerEngine) -> None:
    """Raises DaemonError: the settings do not go together."""
    name = _name(engine)
    if name == NONE:
        return
    if name != NAME and name not in engine.namespace.interfaces:
        raise DaemonError(f"{NO_BRIDGE}bridge device with non default name {name} must be created manually")
    wanted = address(engine, keeps=not engine.settings.default_address_pools)
    if engine.settings.default_gateway:
        _gateway(engine, Network(wanted.network, wanted.length))
    if not is_kept(engine) and any(wanted.overlaps(other) for other in _others(engine)):
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
    found = engine.namespace.interfaces.get(_name(engine))
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


def taken_outside(engine: DockerEngine) -> list[Network]:
    """What is chosen for no network: what the host's cables have, and its name servers; a route by a router is none
    to mind.
    """
    found = [route.destination for route in engine.namespace.routes.all("main") if route.destination.length
             and route.scope == "link"]
    for server in ResolvConf.parse(host_resolv_conf(engine)).servers:
        with suppress(AddressError):
            found.append(Network(parse_ipv4(server), 32))
    return found


def _free(engine: DockerEngine) -> Network:
    """The first subnet that nobody has."""
    try:
        return free_subnet([*_others(engine), *taken_outside(engine)], pools=engine.settings.default_address_pools)
    except PoolExhaustedError as error:
        raise DaemonError(f"{NO_BRIDGE}{error}") from None

