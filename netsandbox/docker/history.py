"""What dockerd remembers of what it did, for docker events: the last 256 (daemon/events)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.docker.container import Container
from netsandbox.docker.network import DockerNetwork

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

MOST = 256
BUILDER = "buildkitsandbox"
"""The container in which a RUN of docker build runs: BuildKit's, of which Docker tells nobody."""


class EngineEvent(NamedTuple):
    """One event."""

    at: int  # virtual nanoseconds
    # kind, action: `container` and `start`
    kind: str
    action: str
    identity: str  # of what it is about
    attributes: tuple[tuple[str, str], ...]  # by name, in the order of their names


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


def of_volume(engine: DockerEngine, name: str, action: str, **attributes: str) -> None:
    """Something was done with a volume."""
    _note(engine, "volume", action, name, {"driver": "local"} | attributes)


def of_mounts(engine: DockerEngine, container: Container, action: str) -> None:
    """A container's volumes are mounted as it starts, and unmounted as it ends."""
    for mount in container.mounts if container.name != BUILDER else ():
        if mount.kind == "volume":
            more = {} if action == "unmount" else {
                "destination": mount.target, "propagation": "", "read/write": "false" if mount.read_only else "true"}
            of_volume(engine, mount.source, action, container=container.identity, **more)


def of_image(engine: DockerEngine, identity: str, action: str, name: str = "") -> None:
    """Something was done with an image, or with a name of it."""
    _note(engine, "image", action, f"sha256:{identity}", {"name": name or f"sha256:{identity}"})
