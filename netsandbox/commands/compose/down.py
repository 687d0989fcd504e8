"""docker compose down: stop and remove the project's containers, then its networks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from netsandbox.commands.compose.creating import say
from netsandbox.commands.compose.found import LABEL, chosen, containers_of, profiles_of, project_of
from netsandbox.commands.compose.options import GLOBAL
from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.docker import containers, user_networks, volumes
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.compose.model import Project
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.container import Container


class Stopping:
    """Stops containers, one after the other, those that others need last.

    Args:
        found: which of the project's.
        removes: they are removed as well.
        ends: the project's networks go behind them.
        with_volumes: and its volumes.
        code: the exit status.
    """

    before, backwards = "Stopping", True

    def __init__(self, client: Client, project: Project, timeout: int | None, found: list[Container], *,
                 removes: bool = False, ends: bool = False, with_volumes: bool = False, code: int = 0) -> None:
        self.client = client
        self.project = project
        self.timeout = timeout
        self.removes = removes
        self.ends = ends
        self.with_volumes = with_volumes
        self.code = code
        order = {service.name: at for at, service in enumerate(project.in_order(list(project.services)))}
        self.waiting = sorted(found, reverse=self.backwards, key=lambda it: order.get(
            it.labels[f"{LABEL}service"], len(order)))
        self.present: Container | None = None

    def go_on(self, _argument: object = None) -> None:
        """The next one; when none is left, the networks go."""
        if not self.waiting:
            self.finish()
            return
        self.present = self.waiting.pop(0)
        say(self.client, "Container", self.present.name, self.before)
        self.client.engine.stop(self.present, self.timeout, "", self.stopped)

    def stopped(self, _code: int) -> None:
        container = self.present
        assert container is not None
        say(self.client, "Container", container.name, "Stopped")
        if self.removes:
            say(self.client, "Container", container.name, "Removing")
            containers.remove(self.client.engine, container, force=True, with_volumes=self.with_volumes)
            say(self.client, "Container", container.name, "Removed")
        self.client.scheduler.soon(self.go_on)

    def finish(self) -> None:
        for spec in self.project.networks.values() if self.ends else ():
            network = self.client.engine.networks.get(spec.name)
            if network is None or spec.external:
                continue
            self._removed("Network", spec.name, partial(user_networks.remove, self.client.engine, network))
        for volume in self.project.volumes.values() if self.with_volumes else ():
            if volume.name in self.client.engine.volumes and not volume.external:
                self._removed("Volume", volume.name, partial(volumes.remove, self.client.engine, volume.name))
        self.client.exit(self.code)

    def _removed(self, kind: str, name: str, remove: Callable[[], None]) -> None:
        """What somebody still uses stays, and that is no fault."""
        say(self.client, kind, name, "Removing")
        try:
            remove()
            say(self.client, kind, name, "Removed")
        except DockerError:
            say(self.client, kind, name, "Resource is still in use")


def down(client: Client, parsed: Parsed) -> None:
    """Of the services that are named nothing else goes, neither what needs them nor what they need."""
    whole = project_of(client, parsed)
    names = chosen(whole, parsed.operands, profiles_of(client, parsed))
    project = whole.only(names)
    there = names if parsed.operands else list(project.services)
    Stopping(client, project, timeout_of(parsed), [
        container for container in containers_of(client, project) if container.labels[f"{LABEL}service"] in there
        or (parsed.on("remove-orphans") and container.labels[f"{LABEL}service"] not in whole.services)],
        removes=True, ends=True, with_volumes=parsed.on("volumes")).go_on()


def stop(client: Client, parsed: Parsed) -> None:
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, ["*"])
    Stopping(client, project, timeout_of(parsed), [
        container for container in containers_of(client, project) if container.is_running
        and container.labels[f"{LABEL}service"] in names]).go_on()


def timeout_of(parsed: Parsed) -> int | None:
    return parsed.number("timeout", 0) if "timeout" in parsed.values else None


TIMEOUT = Flag("timeout", "t", "int", "Specify a shutdown timeout in seconds", value="int")
DOWN = Command("docker compose down", "[OPTIONS] [SERVICES]", "Stop and remove containers, networks", down, (
    *GLOBAL, TIMEOUT,
    Flag("remove-orphans", usage="Remove containers for services not defined in the Compose file"),
    Flag("rmi", "", "string", 'Remove images used by services. "local" remove only images', ignored=True),
    Flag("volumes", "v", usage="Remove named volumes declared in the Compose file")))
STOP = Command("docker compose stop", "[OPTIONS] [SERVICE...]", "Stop services", stop, (*GLOBAL, TIMEOUT))
