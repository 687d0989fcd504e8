"""--link NAME:ALIAS: names for /etc/hosts and, on the default bridge, variables (daemon/links).

Only the one that links knows of it. On the default bridge the other is meant by
its id, elsewhere by its name; its address is looked up anew, so that it may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.docker.errors import NOT_FOUND, daemon_error
from netsandbox.engine.nothing import NOTHING
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.docker.container import Container, Endpoint
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.docker.rules import RuleLine


class Link(NamedTuple):
    """One --link: the other container's id, the name that it is to have here, and its own when the link was made."""

    identity: str
    alias: str
    name: str


def linked(engine: DockerEngine, container: Container, network: str = "") -> list[tuple[Link, Container]]:
    """The links whose container is there still; with a network, those of `network connect --link` too."""
    own = container.networks[network].links if network in container.networks else ()
    links = (*own, *container.links)
    by_identity = {other.identity: other for other in engine.containers.values()} if links else {}
    return [(link, by_identity[link.identity]) for link in links if link.identity in by_identity]


def meant(container: Container, network: str, alias: str) -> list[str]:
    """The names that an alias stands for on a network which a person made: it is whoever has such a name now."""
    own = container.networks[network].links if network in container.networks else ()
    return [link.name for link in (*own, *container.links) if link.alias == alias]


def note_names(engine: DockerEngine, container: Container) -> None:
    """A container starts: the names that the others have now are those of its /etc/hosts."""
    container.link_names = {other.identity: other.name for _link, other in linked(engine, container)} or NOTHING


def check(engine: DockerEngine, container: Container) -> None:
    """On the default bridge variables are made of the others anew each time, for which they must run (DockerError: one
    does not run, or is not there)."""
    if container.mode != "bridge" or not container.links:
        return
    running = {other.identity: other for other in engine.containers.values() if other.is_running}
    for link in container.links:
        other = running.get(link.identity)
        if other is None:
            raise daemon_error(f"Cannot link to a non running container: /{link.name} AS "
                               f"/{container.name}/{link.alias}")
        if "bridge" not in other.endpoints:
            raise daemon_error(f"container {other.identity} not attached to default bridge network"
                               if engine.profile.since(28) else
                               f"Cannot link to /{other.name}, as it does not belong to the default network")


def names_of(engine: DockerEngine, container: Container) -> list[str]:
    """The names that others on the default bridge have for it, as `docker ps --no-trunc` lists them: `app/db`."""
    return [f"{other.name}/{link.alias}" for other in engine.containers.values() if other.mode == "bridge"
            for link in other.links if link.identity == container.identity]


def remove(engine: DockerEngine, name: str) -> None:
    """`docker rm --link CONTAINER/ALIAS` (DockerError: there is no such link)."""
    parent, _slash, alias = name.removeprefix("/").partition("/")
    container = engine.containers.get(parent)
    if container is not None and not alias:
        raise daemon_error("Conflict, cannot remove the default link name of the container")
    if container is None or alias not in [link.alias for link in container.links]:
        raise daemon_error(f"No such container: {name}", kind=NOT_FOUND)
    container.links = tuple(link for link in container.links if link.alias != alias)


def hosts(engine: DockerEngine, container: Container) -> list[tuple[str, str]]:
    """(address, names), as /etc/hosts of a container on the default bridge has them."""
    found = []
    for link, other in linked(engine, container):
        endpoint = other.endpoints.get("bridge")
        if endpoint is not None:
            names = dict.fromkeys((link.alias, other.config.hostname or other.short_identity,
                                   container.link_names.get(link.identity, other.name)))
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
        found += [f"{name}_ENV_{variable}" for variable in other.config.environment]
    return found


def rules(engine: DockerEngine, container: Container) -> list[tuple[Endpoint, RuleLine]]:
    """With icc off, what lets a container on the default bridge ask those it is linked with (Rules.link),
    each with the other's endpoint.
    """
    own = container.endpoints.get("bridge")
    if own is None or own.network.settings.icc:
        return []
    others = [(other, other.endpoints["bridge"]) for _link, other in linked(engine, container)
              if "bridge" in other.endpoints]
    return [(endpoint, line) for other, endpoint in others for port in other.exposed_ports
            for line in engine.firewall.rules.link(own.network, own.address, endpoint.address, port)]


def set_rules(engine: DockerEngine, container: Container) -> None:
    container.link_rules = tuple(rules(engine, container))
    engine.firewall.set(line for _endpoint, line in container.link_rules)


def take_rules_back(engine: DockerEngine, container: Container) -> None:
    """Those of a container that was stopped meanwhile stay, for dockerd looks for its old endpoint."""
    there = [other.endpoints.get("bridge") for other in engine.containers.values()]
    engine.firewall.take_back(line for endpoint, line in container.link_rules if any(endpoint is one for one in there))
    container.link_rules = ()


def rename(engine: DockerEngine, container: Container) -> None:
    """A container that others are linked with has another name, which those on the default bridge go by."""
    for other in engine.containers.values():
        if other.mode == "bridge":
            other.links = tuple(link._replace(name=container.name) if link.identity == container.identity else link
                                for link in other.links)
