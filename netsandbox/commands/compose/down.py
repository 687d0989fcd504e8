"""docker compose down: stop and remove the project's containers, then its networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.compose.creating import say
from netsandbox.commands.compose.found import LABEL, chosen, containers_of, project_of
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
    """

    before = "Stopping"

    def __init__(self, client: Client, project: Project, timeout: int | None, found: list[Container], *,
                 removes: bool = False, ends: bool = False, with_volumes: bool = False) -> None:
        self.client = client
        self.project = project
        self.timeout = timeout
        self.removes = removes
        self.ends = ends
        self.with_volumes = with_volumes
        order = {service.name: at for at, service in enumerate(project.in_order(list(project.services)))}
        self.waiting = sorted(found, key=lambda it: -order.get(
            it.labels["com.docker.compose.service"], len(order)))
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
        code = 0
        for spec in self.project.networks.values() if self.ends else ():
            network = self.client.engine.networks.get(spec.name)
            if network is None or spec.external:
                continue
            say(self.client, "Network", spec.name, "Removing")
            try:
                user_networks.remove(self.client.engine, network)
                say(self.client, "Network", spec.name, "Removed")
            except DockerError as error:
                say(self.client, "Network", spec.name, "Resource is still in use")
                self.client.complain(str(error))
                code = 1
        for volume in self.project.volumes.values() if self.with_volumes else ():
            if volume.name in self.client.engine.volumes and not volume.external:
                say(self.client, "Volume", volume.name, "Removing")
                volumes.remove(self.client.engine, volume.name)
                say(self.client, "Volume", volume.name, "Removed")
        self.client.exit(code)


def down(client: Client, parsed: Parsed) -> None:
    project = project_of(client, parsed)
    Stopping(client, project, timeout_of(parsed), containers_of(client, project), removes=True, ends=True,
             with_volumes=parsed.on("volumes")).go_on()


def stop(client: Client, parsed: Parsed) -> None:
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, ["*"])
    Stopping(client, project, timeout_of(parsed), [
        container for container in containers_of(client, project) if container.is_running
        and container.labels[f"{LABEL}service"] in names]).go_on()


def timeout_of(parsed: Parsed) -> int | None:
    return parsed.number("timeout", 0) if "timeout" in parsed.values else None


TIMEOUT = Flag("timeout", "t", "int", "Specify a shutdown timeout in seconds", value="int")
DOWN = Command("docker compose down", "[OPTIONS]", "Stop and remove containers, networks", down, (
    *GLOBAL, TIMEOUT,
    Flag("remove-orphans", usage="Remove containers for services not defined in the Compose file", ignored=True),
    Flag("rmi", "", "string", 'Remove images used by services. "local" remove only images', ignored=True),
    Flag("volumes", "v", usage="Remove named volumes declared in the Compose file")), 0, 0)
STOP = Command("docker compose stop", "[OPTIONS] [SERVICE...]", "Stop services", stop, (*GLOBAL, TIMEOUT))
