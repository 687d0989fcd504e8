"""--link NAME:ALIAS: names for /etc/hosts and, on the default bridge, variables (daemon/links).

Only the one that links knows of it. The other is meant by its id, and its
address is looked up anew, so that it may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.docker.errors import daemon_error
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.docker.container import Container
    from netsandbox.docker.engine import DockerEngine


class Link(NamedTuple):
    """One --link: the other container's id, the name that it is to have here, and its own when the link was made."""

    identity: str
    alias: str
    name: str


def linked(engine: DockerEngine, container: Container) -> list[tuple[Link, Container]]:
    """The links whose container is there still."""
    by_identity = {other.identity: other for other in engine.containers.values()}
    return [(link, by_identity[link.identity]) for link in container.links if link.identity in by_identity]


def check(engine: DockerEngine, container: Container) -> None:
    """On the default bridge variables are made of the others anew each time, for which they must run.

    Raises:
        DockerError: one does not run.
    """
    if container.mode != "bridge":
        return
    running = {other.identity for other in engine.containers.values() if other.is_running}
    for link in container.links:
        if link.identity not in running:
            raise daemon_error(f"Cannot link to a non running container: /{link.name} AS "
                               f"/{container.name}/{link.alias}")


def hosts(engine: DockerEngine, container: Container) -> list[tuple[str, str]]:
    """(address, names), as /etc/hosts of a container on the default bridge has them."""
    found = []
    for link, other in linked(engine, container):
        endpoint = other.endpoints.get("bridge")
        if endpoint is not None:
            names = dict.fromkeys((link.alias, other.hostname or other.short_identity, other.name))
            found.append((format_ipv4(endpoint.address), " ".join(names)))
    return found


def environment(engine: DockerEngine, container: Container) -> list[str]:
    """ALIAS_PORT and the like, of what the other one exposes (Link.ToEnv); only on the default bridge."""
    found: list[str] = []
    for link, other in linked(engine, container):
        endpoint = other.endpoints.get("bridge")
        if endpoint is None:
            continue
        name, address = link.alias.replace("-", "_").upper(), format_ipv4(endpoint.address)
        ports = other.exposed_ports
        for first, text in enumerate(ports):
            number, _slash, protocol = text.partition("/")
            url, prefix = f"{protocol}://{address}:{number}", f"{name}_PORT_{number}_{protocol.upper()}"
            found += [f"{name}_PORT={url}"] if not first else []
            found += [f"{prefix}={url}", f"{prefix}_ADDR={address}", f"{prefix}_PORT={number}",
                      f"{prefix}_PROTO={protocol}"]
        found.append(f"{name}_NAME=/{container.name}/{link.alias}")
        found += [f"{name}_ENV_{variable}" for variable in other.environment]
    return found
