"""docker compose start, restart, kill, pause, unpause, rm and create: what is done to containers that `up` has made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from netsandbox.commands.compose.down import TIMEOUT, Stopping, nothing_more, timeout_of
from netsandbox.commands.compose.file.model import Project, Service
from netsandbox.commands.compose.making.containers import make_containers
from netsandbox.commands.compose.making.images import BUILDS, built_first
from netsandbox.commands.compose.making.starting import Starting, start_one
from netsandbox.commands.compose.making.surroundings import make_surroundings
from netsandbox.commands.compose.making.wishes import FLAGS, PULLED, check, wishes_of
from netsandbox.commands.compose.options import DRY, refused, without_effect
from netsandbox.commands.compose.progress import say
from netsandbox.commands.compose.project import (
    chosen,
    containers_of,
    profiles_of,
    project_of,
    project_to_make,
    service_of,
)
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers.life import send
from netsandbox.docker import containers, history, pausing
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import DAEMON, DockerError, daemon_error
from netsandbox.docker.signals import signal_number


def named(client: Client, parsed: Parsed) -> tuple[Project, list[Container]]:
    """The containers of the services that are named, else all; what others need comes first."""
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, profiles_of(client, parsed))
    services = [service.name for service in project.in_order(names) if service.name in names]
    return project, [container for name in services for container in containers_of(client, project, name)]


def start(client: Client, parsed: Parsed) -> int | None:
    project = project_of(client, parsed)
    services = project.in_order(chosen(project, parsed.operands, profiles_of(client, parsed)))
    if (client.is_dry or not containers_of(client, project)) and (parsed.operands or project.services):
        name = parsed.operands[0] if parsed.operands else services[0].name
        raise DockerError(f'service "{name}" has no container to start')
    made = [(service, containers_of(client, project, service.name)) for service in services]
    return Starting(client, project, made, waits=False, then=nothing_more).begin()


class Restarting(Stopping):
    """Each is stopped, and started when its program has ended, before what needs it and waits for it."""

    before, backwards = "Restarting", False

    def done(self, container: Container) -> None:
        if self.client.is_dry:
            say(self.client, "Container", container.name, "Started")
        else:
            start_one(self.client, container)
            history.of_container(self.client.engine, container, "restart")

    def go_on(self, _argument: object = None) -> int | None:
        if not self.layers:
            return self.then()
        if self.client.is_dry:
            return super().go_on()
        services = dict.fromkeys(service_of(container) for container in self.layers[0])
        made: list[tuple[Service, list[Container]]] = [(self._impacted(name), []) for name in services]
        return Starting(self.client, self.project, made, waits=False, then=super().go_on).begin()


    def _impacted(self, name: str) -> Service:
        """With what its restart hangs on alone."""
        service = self.project.services[name]
        return service._replace(conditions={other: how for other, how in service.conditions.items()
                                            if other in service.restarts_with})


def restart(client: Client, parsed: Parsed) -> int | None:
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, profiles_of(client, parsed))
    names = names if parsed.on("no-deps") else project.with_dependents(names)
    return Restarting(client, project, timeout_of(parsed), [
        container for name in names for container in containers_of(client, project, name)], then=nothing_more).go_on()


def kill(client: Client, parsed: Parsed) -> int:
    found = [container for container in named(client, parsed)[1] if container.is_running]
    if not found:
        client.complain("no container to kill")
    for container in found:
        say(client, "Container", container.name, "Killing")
    for container in found:
        try:
            if not client.is_dry:
                send(client.engine, container, signal_number(parsed.text("signal") or "KILL"))
        except DockerError as error:
            say(client, "Container", container.name, "Error while Killing")
            why = str(error).removeprefix(DAEMON)
            raise daemon_error(f"cannot kill container: {container.identity}: {why}") from None
        say(client, "Container", container.name, "Killed")
    return 0


def pause(client: Client, parsed: Parsed) -> int:
    return _to_all_that_run(client, parsed, pausing.pause, "Paused")


def unpause(client: Client, parsed: Parsed) -> int:
    return _to_all_that_run(client, parsed, pausing.unpause, "Unpaused")


def _to_all_that_run(client: Client, parsed: Parsed, act: Callable[[DockerEngine, Container], None], done: str) -> int:
    for container in named(client, parsed)[1]:
        if container.is_running:
            if not client.is_dry:
                act(client.engine, container)
            say(client, "Container", container.name, done)
    return 0


def remove(client: Client, parsed: Parsed) -> int | None:
    """Those that have stopped; with --stop they are stopped before."""
    project, found = named(client, parsed)
    if parsed.on("stop"):
        return Stopping(client, project, None, found, then=partial(_remove, client, parsed, found)).go_on()
    return _remove(client, parsed, found)


def _remove(client: Client, parsed: Parsed, found: list[Container]) -> int:
    are_stopped = client.is_dry and parsed.on("stop")
    found = sorted((one for one in reversed(found) if are_stopped or not one.is_running), key=lambda one: -one.created)
    if not found:
        client.complain("No stopped containers")
        return 0
    client.print("Going to remove " + ", ".join(container.name for container in found))
    if not parsed.on("force"):
        client.complain("note: nobody answers here, so nothing is removed; `docker compose rm --force` asks nothing")
        return 0
    for container in found:
        say(client, "Container", container.name, "Removing")
        if not client.is_dry:
            containers.remove(client.engine, container, with_volumes=parsed.on("volumes"))
        say(client, "Container", container.name, "Removed")
    return 0


def create(client: Client, parsed: Parsed) -> int | None:
    check(parsed)
    project = project_to_make(client, parsed)
    services = project.in_order(chosen(project, parsed.operands, profiles_of(client, parsed)))
    return built_first(client, parsed, services, partial(_make, client, parsed, project, services))


def _make(client: Client, parsed: Parsed, project: Project, services: list[Service]) -> int:
    make_surroundings(client, project, services, removes=parsed.on("remove-orphans"))
    make_containers(client, project, wishes_of(parsed, project, services))
    return 0


SERVICES = "[OPTIONS] [SERVICE...]"
START = Command("docker compose start", "[SERVICE...]", "Start services", start, (
    *DRY, *(
        flag._replace(hidden=True) for flag in refused({"wait": ""}) + refused({"wait-timeout": ""}, "int"))))
RESTART = Command("docker compose restart", SERVICES, "Restart service containers", restart, (
    *DRY, TIMEOUT, Flag("no-deps", usage="Don't restart dependent services")))
KILL = Command("docker compose kill", SERVICES, "Force stop service containers", kill, (
    *DRY, *without_effect({"remove-orphans": "Remove containers for services not defined in the Compose file"}),
    Flag("signal", "s", "string", 'SIGNAL to send to the container (default "SIGKILL")', value="string")))
PAUSE = Command("docker compose pause", "[SERVICE...]", "Pause services", pause, DRY)
UNPAUSE = Command("docker compose unpause", "[SERVICE...]", "Unpause services", unpause, DRY)
REMOVE = Command("docker compose rm", SERVICES, "Removes stopped service containers", remove, (
    *DRY, Flag("force", "f", usage="Don't ask to confirm removal"),
    Flag("stop", "s", usage="Stop the containers, if required, before removing"),
    Flag("volumes", "v", usage="Remove any anonymous volumes attached to containers")), more=(
        "\n\nBy default, anonymous volumes attached to containers will not be removed. You\ncan override this with -v. "
        'To list all volumes, use "docker volume ls".\n\nAny data which is not in a volume will be lost.'))
CREATE = Command("docker compose create", SERVICES, "Creates containers for a service", create, (
    *DRY, *(flag._replace(hidden=flag.name == "quiet-build") for flag in BUILDS), *FLAGS, *PULLED,
    Flag("pull", "", "string", 'Pull image before running ("always"|"missing"|"never"|"build") (default "policy")',
         ignored=True, value="string")))
