"""docker compose start, restart, kill, pause, unpause, rm and create: what is done to containers that `up` has made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from netsandbox.commands.compose.building import BUILDS, built_first
from netsandbox.commands.compose.creating import make_containers, make_networks, make_volumes, say
from netsandbox.commands.compose.down import TIMEOUT, Stopping, timeout_of
from netsandbox.commands.compose.found import chosen, containers_of, profiles_of, project_of, project_to_make
from netsandbox.commands.compose.options import GLOBAL, without_effect
from netsandbox.commands.docker.flags import Command, Flag, Parsed, refused
from netsandbox.docker import containers
from netsandbox.docker.errors import DockerError
from netsandbox.docker.signals import signal_number

if TYPE_CHECKING:
    from netsandbox.commands.compose.model import Project, Service
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.container import Container


def named(client: Client, parsed: Parsed) -> tuple[Project, list[Container]]:
    """The containers of the services that are named, else all; what others need comes first."""
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, ["*"])
    services = [service.name for service in project.in_order(names) if service.name in names]
    return project, [container for name in services for container in containers_of(client, project, name)]


def start(client: Client, parsed: Parsed) -> int:
    _project, found = named(client, parsed)
    if not found and parsed.operands:
        raise DockerError(f'service "{parsed.operands[0]}" has no container to start')
    for container in found:
        if not container.is_running:
            say(client, "Container", container.name, "Starting")
            client.engine.start(container)
            say(client, "Container", container.name, "Started")
    return 0


class Restarting(Stopping):
    """Each is stopped, and started when its program has ended, before what needs it."""

    before, backwards = "Restarting", False

    def stopped(self, _code: int) -> None:
        container = self.present
        assert container is not None
        self.client.engine.start(container)
        say(self.client, "Container", container.name, "Started")
        self.client.scheduler.soon(self.go_on)


def restart(client: Client, parsed: Parsed) -> None:
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, ["*"])
    names = names if parsed.on("no-deps") else project.with_dependents(names)
    Restarting(client, project, timeout_of(parsed), [
        container for name in names for container in containers_of(client, project, name)]).go_on()


def kill(client: Client, parsed: Parsed) -> int:
    number = signal_number(parsed.text("signal") or "KILL")
    for container in named(client, parsed)[1]:
        if container.is_running:
            say(client, "Container", container.name, "Killing")
            client.engine.signal(container, number)
            say(client, "Container", container.name, "Killed")
    return 0


def pause(client: Client, parsed: Parsed) -> int:
    for container in named(client, parsed)[1]:
        if container.is_running:
            client.engine.pause(container, paused=True)
            say(client, "Container", container.name, "Paused")
    return 0


def unpause(client: Client, parsed: Parsed) -> int:
    for container in named(client, parsed)[1]:
        client.engine.pause(container, paused=False)
        say(client, "Container", container.name, "Unpaused")
    return 0


def remove(client: Client, parsed: Parsed) -> int | None:
    """Those that have stopped; with --stop they are stopped before."""
    project, found = named(client, parsed)
    if parsed.on("stop"):
        Stopping(client, project, None, found, removes=True).go_on()
        return None
    found = [container for container in found if not container.is_running]
    if not found:
        client.print("No stopped containers")
        return 0
    client.print("Going to remove " + ", ".join(container.name for container in found))
    if not parsed.on("force"):
        raise DockerError("nobody answers here, so nothing is removed; `docker compose rm --force` asks nothing")
    for container in found:
        say(client, "Container", container.name, "Removing")
        containers.remove(client.engine, container, with_volumes=parsed.on("volumes"))
        say(client, "Container", container.name, "Removed")
    return 0


def create(client: Client, parsed: Parsed) -> int | None:
    project = project_to_make(client, parsed)
    services = project.in_order(chosen(project, parsed.operands, profiles_of(client, parsed)))
    return built_first(client, parsed, services, partial(_make, client, project, services))


def _make(client: Client, project: Project, services: list[Service]) -> int:
    make_networks(client, project, services)
    make_volumes(client, project, services)
    for service in services:
        make_containers(client, project, service, service.scale)
    return 0


SERVICES = "[OPTIONS] [SERVICE...]"
START = Command("docker compose start", "[SERVICE...]", "Start services", start, (
    *GLOBAL, *refused("wait"), *refused("wait-timeout", kind="int")))
RESTART = Command("docker compose restart", SERVICES, "Restart service containers", restart, (
    *GLOBAL, TIMEOUT, Flag("no-deps", usage="Don't restart dependent services")))
KILL = Command("docker compose kill", SERVICES, "Force stop service containers", kill, (
    *GLOBAL, *without_effect("remove-orphans"),
    Flag("signal", "s", "string", "SIGNAL to send to the container", value="string")))
PAUSE = Command("docker compose pause", "[SERVICE...]", "Pause services", pause, GLOBAL)
UNPAUSE = Command("docker compose unpause", "[SERVICE...]", "Unpause services", unpause, GLOBAL)
REMOVE = Command("docker compose rm", SERVICES, "Removes stopped service containers", remove, (
    *GLOBAL, Flag("force", "f", usage="Don't ask to confirm removal"),
    Flag("stop", "s", usage="Stop the containers, if required, before removing"),
    Flag("volumes", "v", usage="Remove any anonymous volumes attached to containers")))
CREATE = Command("docker compose create", SERVICES, "Creates containers for a service", create, (
    *GLOBAL, *BUILDS, *without_effect("force-recreate", "no-recreate", "quiet-pull", "remove-orphans", "yes/y"),
    *without_effect("pull", kind="string"), *refused("scale", kind="list")))
