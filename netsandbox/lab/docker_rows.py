"""Rows of what Docker made: ports of a host that lead to containers, and a container's endpoints."""

from __future__ import annotations

from netsandbox.apps.docker_proxy import Proxy
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.port_choice import EVERYWHERE
from netsandbox.docker.ports import PROTOCOLS, Binding
from netsandbox.docker.sandbox import gateway_of
from netsandbox.docker.service_names import dns_names
from netsandbox.lab.lab import Lab
from netsandbox.lab.tables import CarriedRow, EndpointRow, PublishedRow
from netsandbox.linux.netfilter.connection import FlowTuple
from netsandbox.wire.addresses import Network, format_ipv4, format_mac


def published_by(engine: DockerEngine | None) -> tuple[PublishedRow, ...]:
    """The IPv4 ports that an Engine's containers have now, by their number."""
    rows = [_published(container, it) for container in (engine.containers.values() if engine is not None else ())
            for it in container.bindings if ":" not in it.host]
    return tuple(sorted(rows, key=lambda row: (row.port, row.address, row.protocol)))


def _published(container: Container, it: Binding) -> PublishedRow:
    """A binding; the bridge is that of the network on which a docker-proxy that carried something reaches it."""
    address = it.proxy.target[0] if isinstance(it.proxy, Proxy) and it.proxy.has_carried else 0
    bridge = next((there.network.ifname for there in container.endpoints.values() if there.address == address), "")
    return PublishedRow("" if it.host == EVERYWHERE else it.host, it.host_port, it.protocol, container.name, it.port,
                        bridge)


def carried(lab: Lab, host: str, port: PublishedRow) -> list[CarriedRow]:
    """What the docker-proxy of a host's published port carried last, the newest first."""
    proxy = next((it.proxy for there, container in lab.containers() if there.name == host
                  for it in container.bindings if _published(container, it) == port), None)
    if not isinstance(proxy, Proxy):
        return []
    target = _end(*proxy.target)
    return [CarriedRow(_end(it.client, it.client_port), _end(it.source, it.source_port), target)
            for it in reversed(proxy.recent)]


def carried_flows(lab: Lab) -> dict[tuple[str, FlowTuple], tuple[PublishedRow, bool]]:
    """What docker-proxies carried last, by host and by the tuple of what a client, or the proxy itself, sends.

    Beside the port of each stands whether it is the client who sends.
    """
    flows: dict[tuple[str, FlowTuple], tuple[PublishedRow, bool]] = {}
    for host, container in lab.containers():
        for it in container.bindings:
            if isinstance(it.proxy, Proxy) and it.proxy.has_carried:
                row, number, (target, port) = _published(container, it), PROTOCOLS[it.protocol], it.proxy.target
                for was in it.proxy.recent:
                    front = FlowTuple(number, was.client, was.asked, was.client_port, it.host_port)
                    back = FlowTuple(number, was.source, target, was.source_port, port)
                    flows |= {(host.name, front): (row, True), (host.name, back): (row, False)}
    return flows


def _end(address: int, port: int) -> str:
    return f"{format_ipv4(address)}:{port}"


def endpoints(lab: Lab, name: str) -> list[EndpointRow]:
    """Those of a container; none for what is no container, or does not run."""
    container = next((found for _host, found in lab.containers() if found.name == name), None)
    if container is None:
        return []
    chosen = gateway_of(container)
    return [EndpointRow(
        it.network.name, it.inside.name, str(Network(it.address, it.pool.subnet.length)),
        format_ipv4(it.pool.gateway) if it is chosen else "", format_mac(it.mac),
        () if it.network.is_default else tuple(dns_names(container, it.network.name)))
        for it in container.endpoints.values()]
