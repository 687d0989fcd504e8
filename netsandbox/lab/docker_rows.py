"""Rows of what Docker made: ports of a host that lead to containers, and a container's endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.ports import EVERYWHERE
from netsandbox.docker.sandbox import gateway_of
from netsandbox.docker.service_names import dns_names
from netsandbox.lab.tables import EndpointRow, PublishedRow
from netsandbox.wire.addresses import Network, format_ipv4, format_mac

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.lab.lab import Lab


def published_by(engine: DockerEngine | None) -> tuple[PublishedRow, ...]:
    """The IPv4 ports that an Engine's containers have now, by their number."""
    rows = []
    for container in engine.containers.values() if engine is not None else ():
        for it in container.bindings:
            if ":" not in it.host:
                carried = getattr(it.proxy, "has_carried", False)
                rows.append(PublishedRow("" if it.host == EVERYWHERE else it.host, it.host_port, it.protocol,
                                         container.name, it.port, carried))
    return tuple(sorted(rows, key=lambda row: (row.port, row.address, row.protocol)))


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
