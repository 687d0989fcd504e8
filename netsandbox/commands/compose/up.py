"""docker compose up: networks, then containers, then their programs, each service behind what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.compose.creating import make_containers, make_networks, make_volumes, say
from netsandbox.commands.compose.found import chosen, project_to_make
from netsandbox.commands.compose.logs import Follower
from netsandbox.commands.compose.options import GLOBAL
from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.container import Container


def run(client: Client, parsed: Parsed) -> int | None:
    project = project_to_make(client, parsed)
    scales = _scales(parsed.all("scale"), list(project.services))
    services = project.in_order(chosen(project, parsed.operands, parsed.all("profile")))
    make_networks(client, project, services)
    make_volumes(client, project, services)
    containers = [container for service in services
                  for container in make_containers(client, project, service, scales.get(service.name, service.scale))]
    if parsed.on("no-start"):
        return 0
    for container in containers:
        start_one(client, container)
    if parsed.on("detach"):
        return 0
    client.print("Attaching to " + ", ".join(container.name.removeprefix(f"{project.name}-")
                                             for container in containers))
    Follower(client, project, containers, stops=True).begin()
    return None


def start_one(client: Client, container: Container) -> None:
    """As `up` tells of it."""
    if container.is_running:
        say(client, "Container", container.name, "Running")
        return
    say(client, "Container", container.name, "Starting")
    client.engine.start(container)
    say(client, "Container", container.name, "Started")


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
    Flag("remove-orphans", usage="Remove containers for services not defined in the Compose file", ignored=True),
    Flag("scale", "", "list", "Scale SERVICE to NUM instances", value="stringArray"),
    Flag("wait", usage="Wait for services to be running|healthy. Implies detached mode.", ignored=True)))
