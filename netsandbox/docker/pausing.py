"""docker pause and unpause: a container's programs stand still; its network stack, which is the kernel's, does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker import health, history
from netsandbox.docker.container import PAUSED, RUNNING, Container
from netsandbox.docker.errors import daemon_error
from netsandbox.docker.events import ContainerPaused, ContainerUnpaused
from netsandbox.docker.freezer import Frozen, programs_of

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine


def pause(engine: DockerEngine, container: Container) -> None:
    """`docker pause` (DockerError: it does not run, or is paused already)."""
    if not container.is_running:
        raise daemon_error(f"container {container.identity} is not running")
    if container.state == PAUSED:
        raise daemon_error(f"Container {container.identity} is already paused")
    health.cease(engine, container)
    if container.namespace is not None:
        container.frozen = Frozen(container.namespace, programs_of(container))
    container.state = PAUSED
    history.of_container(engine, container, "pause")
    engine.namespace.record(ContainerPaused(engine.namespace.name, container.name))


def unpause(engine: DockerEngine, container: Container) -> None:
    """`docker unpause` (DockerError: it is not paused)."""
    if container.state != PAUSED:
        raise daemon_error(f"Container {container.identity} is not paused")
    let_go_on(engine, container)
    history.of_container(engine, container, "unpause")
    engine.namespace.record(ContainerUnpaused(engine.namespace.name, container.name))


def let_go_on(engine: DockerEngine, container: Container) -> None:
    """It is paused no more."""
    frozen, container.frozen = container.frozen, None
    if container.state == PAUSED:
        container.state = RUNNING
    if frozen is not None:
        frozen.thaw()
        health.go_on(engine, container)
