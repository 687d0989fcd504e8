"""docker compose cp and wait: files into and out of a service's containers, and their end waited for."""

from __future__ import annotations

from functools import partial
from posixpath import join
from typing import TYPE_CHECKING

from netsandbox.commands.compose.down import Ending, Stopping
from netsandbox.commands.compose.options import GLOBAL
from netsandbox.commands.compose.progress import say
from netsandbox.commands.compose.project import chosen, containers_of, number_of, profiles_of, project_of, service_of
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers import copy
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.compose.file.model import Project


def cp(client: Client, parsed: Parsed) -> int:
    """Out of the service's first container, or into each of them."""
    project = project_of(client, parsed)
    places = [_place(text) for text in parsed.operands]
    services = [service for service, _path in places if service]
    if len(services) != 1:
        raise DockerError("copying between services is not supported" if services else "unknown copy direction")
    found = _containers(client, project, services[0], parsed.number("index", 0))
    found = found[:1] if places[0][0] else found
    told = {container: " to ".join(f"{container.name}:{path}" if service else path for service, path in places)
            for container in found}
    for container, words in told.items():
        say(client, container.name, f"copy {words}", "Copying", gap=" ")
    here = client.machine.host_files().cwd
    for container, words in told.items():
        copy.run(client, parsed._replace(operands=[
            f"{container.identity}:{path}" if service else path if path == "-" else join(here, path)
            for service, path in places]))
        say(client, container.name, f"copy {words}", "Copied", gap=" ")
    return 0


def _place(text: str) -> tuple[str, str]:
    """(service or empty, path) of SERVICE:PATH or PATH."""
    service, colon, path = text.partition(":")
    return (service, path) if colon and not text.startswith(("/", ".")) else ("", text)


def _containers(client: Client, project: Project, service: str, index: int) -> list[Container]:
    """Raises DockerError: there is none."""
    found = [container for container in containers_of(client, project, service) if index in (0, number_of(container))]
    if not found:
        raise DockerError(f'service "{service}" is not running container #{index}' if index else
                          f'no container found for service "{service}"')
    return found


class Waiting:
    """Waits for the end of several containers; its exit status is that of the last one."""

    def __init__(self, client: Client, project: Project, found: list[Container], *, then_down: bool) -> None:
        self.client = client
        self.project = project
        self.left = len(found)
        self.then_down = then_down
        for container in found:
            if container.program is not None and (client.watched is None or container.program.is_endless):
                client.watched = container.program
            client.engine.when_ended(container, partial(self._ended, container))

    def _ended(self, container: Container, code: int) -> None:
        self.client.print(f'container "{container.identity}" exited with status code {code}')
        self.left -= 1
        if self.left:
            return
        if self.then_down:
            ending = Ending(self.client, self.project, code=code)
            Stopping(self.client, self.project, None, containers_of(self.client, self.project), removes=True,
                     then=ending.finish).go_on()
        else:
            self.client.exit(code)


def wait(client: Client, parsed: Parsed) -> None:
    project = project_of(client, parsed, enables=False)
    names = chosen(project, [], profiles_of(client, parsed))
    found = [container for container in containers_of(client, project)
             if service_of(container) in names and service_of(container) in parsed.operands]
    if not found:
        raise DockerError(f'no containers for project "{project.name}"')
    Waiting(client, project, found, then_down=parsed.on("down-project"))


CP = Command(
    "docker compose cp", "[OPTIONS] SERVICE:SRC_PATH DEST_PATH|-\n\tdocker compose cp [OPTIONS] SRC_PATH|- "
    "SERVICE:DEST_PATH", "Copy files/folders between a service container and the local filesystem", cp, (
        *GLOBAL, Flag("all", usage="Include containers created by the run command", ignored=True),
        Flag("archive", "a", usage="Archive mode (copy all uid/gid information)", ignored=True),
        Flag("follow-link", "L", usage="Always follow symbol link in SRC_PATH"),
        Flag("index", "", "int", "Index of the container if service has multiple replicas", value="int")), 2, 2)
WAIT = Command("docker compose wait", "SERVICE [SERVICE...] [OPTIONS]",
               "Block until containers of all (or specified) services stop.", wait, (
    *GLOBAL, Flag("down-project", usage="Drops project when the first container stops")), 1)
