"""Which containers an Engine has: docker create, rm, rename, and a container that changes its network mode."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from netsandbox.docker import history, links, volumes
from netsandbox.docker.config_network import ConfigNetwork
from netsandbox.docker.container import CREATED, EXITED, NO_WISH, PAUSED, RESTARTING, Container, Wish
from netsandbox.docker.daemon_settings import SOCKET
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import NOBODY, NOT_FOUND, DockerError, daemon_error
from netsandbox.docker.events import ContainerRenamed
from netsandbox.docker.network import BridgeNetwork, random_identity
from netsandbox.docker.signals import SIGNALS
from netsandbox.docker.volumes import Mount
from netsandbox.engine.nothing import NOTHING


def create(engine: DockerEngine, name: str, reference: str, mode: str, arguments: list[str] | None = None,
           wish: Wish | None = None, mounts: tuple[Mount, ...] = ()) -> Container:
    """`docker create` (DockerError: no such image, name in use, no such network)."""
    check_is_up(engine)
    image = engine.images.ask(reference)
    if image is None:
        raise daemon_error(f"pull access denied for {reference.split(':')[0]}, repository does not exist or may "
                           "require 'docker login': denied: requested access to the resource is denied",
                           kind=NOT_FOUND)
    check_name_is_free(engine, name)
    container = Container(name, random_identity(engine.random), image, mode, arguments or (), engine.scheduler)
    container.reference = reference
    container.networks = _networks_for(engine, mode, wish or NO_WISH)
    _note_owner(engine, container)
    volumes.settle(engine, container, mounts)
    engine.containers[name] = container
    return container


def check_is_up(engine: DockerEngine) -> None:
    """Raises DockerError: dockerd does not run."""
    if not engine.is_up:
        raise DockerError(NOBODY.format(endpoint=SOCKET))


def _note_owner(engine: DockerEngine, container: Container) -> None:
    """The container in `--network container:X` is meant by its id: a later one of the same name is not it."""
    try:
        owner = engine.find(container.joined) if container.joined else None
    except DockerError:
        return
    if owner is not None:
        container.mode, container.owner_identity = f"container:{owner.name}", owner.identity


def check_name_is_free(engine: DockerEngine, name: str) -> None:
    """Raises DockerError: another container has the name."""
    if name in engine.containers:
        holder = engine.containers[name].identity
        raise daemon_error(f"Conflict. The container name \"/{name}\" is already in use by container \"{holder}\". "
                           "You have to remove (or rename) that container to be able to reuse that name.")


def _networks_for(engine: DockerEngine, mode: str, wish: Wish) -> Mapping[str, Wish]:
    """A network that does not exist is found missing only when the container starts."""
    if mode.startswith("container:"):
        return NOTHING
    network = engine.networks.get(mode)
    if network is not None and not isinstance(network, BridgeNetwork | ConfigNetwork):
        return NOTHING
    return {mode: wish} if wish != NO_WISH else _without_wish(mode)


@lru_cache(64)
def _without_wish(network: str) -> Mapping[str, Wish]:
    """The same for all containers of a network that asked for nothing there."""
    return {network: NO_WISH}


def remove(engine: DockerEngine, container: Container, force: bool = False, with_volumes: bool = False) -> None:
    """`docker rm`.

    Args:
        with_volumes: volumes that have no name go as well (-v, --rm).

    Raises:
        DockerError: it runs and force is off.
    """
    is_alive = container.is_running or container.state == RESTARTING
    if is_alive and not force:
        shown = container.name if engine.profile.since(28) else f"/{container.name}"
        why = "container is paused and must be unpaused first" if container.state == PAUSED else (
            f"container is {container.state}: stop the container before removing or force remove")
        raise daemon_error(f'cannot remove container "{shown}": {why}')
    if is_alive:
        if container.is_running:
            history.of_container(engine, container, "kill", signal=SIGNALS["KILL"])
        removes, container.removes_itself = container.removes_itself, False
        engine.kill(container)
        container.removes_itself = removes
    engine.scheduler.cancel(container.restart_timer)
    container.state = EXITED if container.has_run else CREATED
    engine.containers.pop(container.name, None)
    if with_volumes:
        volumes.forget_anonymous(engine, container)
    history.of_container(engine, container, "destroy")


def rename(engine: DockerEngine, container: Container, name: str) -> None:
    """`docker rename` (DockerError: the name is in use)."""
    check_name_is_free(engine, name)
    namespace, old = container.namespace, container.name
    engine.containers = {name if c is container else key: c for key, c in engine.containers.items()}
    container.name = name
    links.rename(engine, container)
    for other in engine.containers.values():
        if other.owner_identity == container.identity:
            other.mode = f"container:{name}"
    if namespace is not None and namespace is not engine.namespace and namespace.name == old:
        namespace.record(ContainerRenamed(engine.namespace.name, old, name))
        namespace.rename(name)
    history.of_container(engine, container, "rename", oldName=f"/{old}")


def change_mode(engine: DockerEngine, container: Container, mode: str) -> None:
    """Stop a container and start it in another network mode, as a new `docker run` would (DockerError: dockerd does not
    run, or the container cannot be started)."""
    check_is_up(engine)
    networks = _networks_for(engine, mode, Wish())
    if container.is_running:
        removes, container.removes_itself = container.removes_itself, False
        container.was_stopped = True
        engine.end(container, 0)
        container.removes_itself = removes
    container.mode, container.networks = mode, networks
    engine.start(container)
