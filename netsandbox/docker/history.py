"""What dockerd remembers of what it did, for docker events: the last 256 (daemon/events)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from netsandbox.docker.container import Container
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.docker.network import DockerNetwork

MOST = 256
BUILDER = "buildkitsandbox"
"""The container in which a RUN of docker build runs: BuildKit's, of which Docker tells nobody."""


class EngineEvent(NamedTuple):
    """One event.

    Attributes:
        at: virtual nanoseconds.
        kind, action: `container` and `start`.
        identity: of what it is about.
        attributes: by name, in the order of their names.
    """

    at: int
    kind: str
    action: str
    identity: str
    attributes: tuple[tuple[str, str], ...]


def _note(engine: DockerEngine, kind: str, action: str, identity: str, attributes: dict[str, str]) -> None:
    engine.history.append(EngineEvent(engine.scheduler.clock, kind, action, identity,
                                      tuple(sorted(attributes.items()))))
    for watcher in list(engine.watchers):
        watcher()


def of_container(engine: DockerEngine, container: Container, action: str, **attributes: object) -> None:
    """Something was done with a container; its labels are told too."""
    if container.name == BUILDER:
        return
    own = {**container.labels, "image": container.reference, "name": container.name}
    _note(engine, "container", action, container.identity, own | {key: str(it) for key, it in attributes.items()})


def of_network(engine: DockerEngine, network: DockerNetwork, action: str, container: Container | None = None) -> None:
    """Something was done with a network, or with a container's endpoint there."""
    if container is not None and container.name == BUILDER:
        return
    attributes = {"name": network.name, "type": network.driver}
    if container is not None:
        attributes["container"] = container.identity
    _note(engine, "network", action, network.identity, attributes)
