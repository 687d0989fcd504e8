"""docker compose down: stop and remove the project's containers, then its networks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from netsandbox.commands.compose.options import DRY
from netsandbox.commands.compose.progress import say, warn
from netsandbox.commands.compose.project import (
    LABEL,
    chosen,
    containers_of,
    orphans_of,
    profiles_of,
    project_of,
    service_of,
)
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.docker import containers, user_networks, volumes
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.compose.file.model import Project, Service


class Stopping:
    """Stops containers, those that do not need each other at once, those that others need last.

    Args:
        found: which of the project's.
        removes: they are removed as well.
        then: what comes behind; its status is the command's.
    """

    before, backwards = "Stopping", True

    def __init__(self, client: Client, project: Project, timeout: int | None, found: list[Container], *,
                 removes: bool = False, with_volumes: bool = False, then: Callable[[], int | None]) -> None:
        self.client = client
        self.project = project
        self.timeout = timeout
        self.removes = removes
        self.with_volumes = with_volumes
        self.then = then
        layers = project.layers({service_of(one) for one in found}, backwards=self.backwards)
        others = [one for one in found if service_of(one) not in project.services]
        self.layers = [[one for name in layer for one in found if service_of(one) == name] for layer in layers]
        self.layers += [others] if others else []
        self.left = 0

    def go_on(self, _argument: object = None) -> int | None:
        """The next ones; when none is left, what comes behind."""
        if not self.layers:
            return self.then()
        layer = self.layers.pop(0)
        self.left = len(layer)
        for container in layer:
            say(self.client, "Container", container.name, self.before)
        for container in layer if self.client.is_dry else ():
            self.done(container)
        if self.client.is_dry:
            return self.go_on()
        for container in layer:
            self.client.engine.stop(container, self.timeout, "", partial(self._stopped, container))
        return None

    def _stopped(self, container: Container, _code: int) -> None:
        self.done(container)
        self.left -= 1
        if not self.left:
            self.client.scheduler.soon(self._next)

    def _next(self, _argument: object) -> None:
        code = self.client.guarded(self.go_on)
        if code is not None:
            self.client.exit(code)

    def done(self, container: Container) -> None:
        """One that has ended."""
        say(self.client, "Container", container.name, "Stopped")
        if self.removes:
            say(self.client, "Container", container.name, "Removing")
            if not self.client.is_dry:
                containers.remove(self.client.engine, container, force=True, with_volumes=self.with_volumes)
            say(self.client, "Container", container.name, "Removed")


class Ending:
    """What goes behind the containers: networks, and volumes and images where that is asked for."""

    def __init__(self, client: Client, project: Project, *, with_volumes: bool = False, images: str = "",
                 code: int = 0) -> None:
        self.client = client
        self.project = project
        self.with_volumes = with_volumes
        self.images = images
        self.code = code

    def finish(self) -> int:
        for image in dict.fromkeys(service.image for service in self.project.services.values() if self._goes(service)):
            named = image if ":" in image.rpartition("/")[2] else f"{image}:latest"
            self._removed("Image", named, partial(self.client.engine.images.remove, self.client.engine, image, False))
        for spec in self.project.networks.values():
            network = self.client.engine.networks.get(spec.name)
            if network is None or spec.external or network.labels.get(f"{LABEL}project") != self.project.name:
                continue
            self._removed("Network", spec.name, partial(user_networks.remove, self.client.engine, network))
        for volume in self.project.volumes.values() if self.with_volumes else ():
            if volume.name in self.client.engine.volumes and not volume.external:
                self._removed("Volume", volume.name, partial(volumes.remove, self.client.engine, volume.name))
        return self.code

    def _goes(self, service: Service) -> bool:
        """--rmi all, or local: what has no name of its own."""
        is_own = service.image == f"{self.project.name}-{service.name}"
        is_there = self.client.engine.images.find(service.image) is not None
        return is_there and (self.images == "all" or (self.images == "local" and is_own))

    def _removed(self, kind: str, name: str, remove: Callable[[], object]) -> None:
        """What somebody still uses stays, and that is no fault."""
        say(self.client, kind, name, "Removing")
        try:
            self._remove(kind, name, remove)
            say(self.client, kind, name, "Removed")
        except DockerError:
            say(self.client, kind, name, "Resource is still in use")

    def _remove(self, kind: str, name: str, remove: Callable[[], object]) -> None:
        """Raises DockerError: somebody uses it."""
        if not self.client.is_dry:
            remove()
        elif kind == "Network" and any(name in one.endpoints for one in self.client.engine.containers.values()):
            raise DockerError("is in use")


def down(client: Client, parsed: Parsed) -> int | None:
    """Of the services that are named nothing else goes, neither what needs them nor what they need."""
    images = parsed.text("rmi")
    if images not in ("", "all", "local"):
        raise DockerError(f'invalid value for --rmi: "{images}"')
    whole = project_of(client, parsed)
    names = chosen(whole, parsed.operands, profiles_of(client, parsed))
    project = whole.only(names)
    there = names if parsed.operands else list(project.services)
    found = [one for one in containers_of(client, project, with_one_offs=parsed.on("remove-orphans"))
             if service_of(one) in there]
    orphans = orphans_of(client, whole) if parsed.on("remove-orphans") else []
    found += [one for one in orphans if one not in found]
    used = project if whole.path and whole.services else whole
    named = (*used.networks.values(), *(used.volumes.values() if parsed.on("volumes") else ()))
    if not found and all(spec.external for spec in named):
        warn(client, f'Warning: No resource found to remove for project \\"{project.name}\\".')
        return 0
    ending = Ending(client, used, with_volumes=parsed.on("volumes"), images=images)
    return Stopping(client, project, timeout_of(parsed), found, removes=True, with_volumes=parsed.on("volumes"),
                    then=ending.finish).go_on()


def stop(client: Client, parsed: Parsed) -> int | None:
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, profiles_of(client, parsed))
    return Stopping(client, project, timeout_of(parsed), [
        container for container in containers_of(client, project) if service_of(container) in names],
        then=nothing_more).go_on()


def nothing_more() -> int:
    return 0


def timeout_of(parsed: Parsed) -> int | None:
    return parsed.number("timeout", 0) if "timeout" in parsed.values else None


TIMEOUT = Flag("timeout", "t", "int", "Specify a shutdown timeout in seconds", value="int")
DOWN = Command("docker compose down", "[OPTIONS] [SERVICES]", "Stop and remove containers, networks", down, (
    *DRY, TIMEOUT,
    Flag("remove-orphans", usage="Remove containers for services not defined in the Compose file"),
    Flag("rmi", "", "string", 'Remove images used by services. "local" remove only images that don\'t have a custom '
         'tag ("local"|"all")', value="string"),
    Flag("volumes", "v", usage='Remove named volumes declared in the "volumes" section of the Compose file and '
                               "anonymous volumes attached to containers")))
STOP = Command("docker compose stop", "[OPTIONS] [SERVICE...]", "Stop services", stop, (*DRY, TIMEOUT))
