"""docker compose up: networks, then containers, then their programs, each service behind what it needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from netsandbox.commands.compose.creating import make_containers, make_networks, make_volumes, tell_orphans
from netsandbox.commands.compose.found import chosen, profiles_of, project_to_make
from netsandbox.commands.compose.logs import Follower
from netsandbox.commands.compose.options import GLOBAL
from netsandbox.commands.compose.starting import Starting
from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.compose.model import Project
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.container import Container


def run(client: Client, parsed: Parsed) -> int | None:
    project = project_to_make(client, parsed)
    scales = _scales(parsed.all("scale"), list(project.services))
    services = project.in_order(chosen(project, parsed.operands, profiles_of(client, parsed)))
    make_networks(client, project, services)
    make_volumes(client, project, services)
    tell_orphans(client, project, removes=parsed.on("remove-orphans"))
    made = [(service, make_containers(client, project, service, scales.get(service.name, service.scale)))
            for service in services]
    if parsed.on("no-start"):
        return 0
    then = partial(_attach, client, project, [container for _service, each in made for container in each])
    is_detached = parsed.on("detach") or parsed.on("wait")
    return Starting(client, project, made, waits=parsed.on("wait"), then=_nothing if is_detached else then).begin()


def _nothing() -> int:
    return 0


def _attach(client: Client, project: Project, containers: list[Container]) -> None:
    """Show what they say, until all have ended."""
    client.print("Attaching to " + ", ".join(container.name.removeprefix(f"{project.name}-")
                                             for container in containers))
    Follower(client, project, containers, stops=True).begin()


def _scales(texts: list[str], names: list[str]) -> dict[str, int]:
    found = {}
    for text in texts:
        name, equals, count = text.partition("=")
        if not equals or not (count.isascii() and count.isdecimal() and len(count) < 5):
            raise DockerError(f"invalid --scale option {text!r}. Should be SERVICE=NUM")
        if name not in names:
            raise DockerError(f"no such service: {name}")
        found[name] = int(count)
    return found


UP = Command("docker compose up", "[OPTIONS] [SERVICE...]", "Create and start containers", run, (
    *GLOBAL,
    Flag("build", usage="Build images before starting containers", ignored=True),
    Flag("detach", "d", usage="Detached mode: Run containers in the background"),
    Flag("force-recreate", usage="Recreate containers even if their configuration hasn't changed", ignored=True),
    Flag("no-start", usage="Don't start the services after creating them"),
    Flag("pull", "", "string", 'Pull image before running ("always"|"missing"|"never"|"build")', ignored=True),
    Flag("quiet-pull", usage="Pull without printing progress information", ignored=True),
    Flag("remove-orphans", usage="Remove containers for services not defined in the Compose file"),
    Flag("scale", "", "list", "Scale SERVICE to NUM instances", value="stringArray"),
    Flag("wait", usage="Wait for services to be running|healthy. Implies detached mode.")))
