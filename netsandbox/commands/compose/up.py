"""docker compose up: networks, then containers, then their programs, each service behind what it needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from netsandbox.commands.compose.building import BUILDS, built_first
from netsandbox.commands.compose.creating import make_containers, make_networks, make_volumes, tell_orphans
from netsandbox.commands.compose.found import chosen, profiles_of, project_of, project_to_make
from netsandbox.commands.compose.logs import Follower
from netsandbox.commands.compose.options import GLOBAL, without_effect
from netsandbox.commands.compose.starting import Starting
from netsandbox.commands.docker.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.reference import not_found
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.compose.model import Project, Service
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.container import Container


def run(client: Client, parsed: Parsed) -> int | None:
    project = project_to_make(client, parsed)
    scales = _scales(parsed.all("scale"), list(project.services))
    services = project.in_order(chosen(project, parsed.operands, profiles_of(client, parsed)))
    return built_first(client, parsed, services, partial(_make, client, parsed, project, services, scales))


def _make(client: Client, parsed: Parsed, project: Project, services: list[Service],
          scales: dict[str, int]) -> int | None:
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
    *GLOBAL, *BUILDS,
    Flag("detach", "d", usage="Detached mode: Run containers in the background"),
    Flag("force-recreate", usage="Recreate containers even if their configuration hasn't changed", ignored=True),
    Flag("no-start", usage="Don't start the services after creating them"),
    Flag("pull", "", "string", 'Pull image before running ("always"|"missing"|"never"|"build")', ignored=True),
    Flag("quiet-pull", usage="Pull without printing progress information", ignored=True),
    Flag("remove-orphans", usage="Remove containers for services not defined in the Compose file"),
    Flag("scale", "", "list", "Scale SERVICE to NUM instances", value="stringArray"),
    Flag("wait", usage="Wait for services to be running|healthy. Implies detached mode."),
    *without_effect("yes/y", "menu", "no-color", "no-recreate", "renew-anon-volumes/V",
                    "always-recreate-deps"), *without_effect("timeout/t", "wait-timeout", kind="int"),
    *refused("abort-on-container-exit", "abort-on-container-failure", "attach-dependencies", "no-deps", "no-log-prefix",
             "timestamps", "watch/w"), *refused("attach", "no-attach", kind="list"),
    *refused("exit-code-from", kind="string")))


def scale(client: Client, parsed: Parsed) -> int | None:
    """`up --scale`, of the services that are named alone."""
    names = [text.partition("=")[0] for text in parsed.operands]
    return run(client, Parsed({**parsed.values, "scale": parsed.operands, "detach": True}, names))


def pull(client: Client, parsed: Parsed) -> int:
    """All images that there are, are here."""
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, profiles_of(client, parsed))
    own = [name for name in names if project.services[name].image == f"{project.name}-{name}"]
    names = [name for name in names if name not in own]
    for name in () if parsed.on("quiet") else own:
        client.complain(f" {name} Skipped - No image to be pulled")
    missing = [name for name in names if client.engine.images.find(project.services[name].image) is None]
    for name in () if parsed.on("quiet") else names:
        client.complain(f" {name} Pulling")
        client.complain(f" {name} {'Error' if name in missing else 'Pulled'}")
    if missing:
        raise not_found(project.services[missing[0]].image)
    return 0


SCALE = Command("docker compose scale", "[SERVICE=REPLICAS...]", "Scale services", scale, (
    *GLOBAL, *refused("no-deps")), 1)
PULL = Command("docker compose pull", "[OPTIONS] [SERVICE...]", "Pull service images", pull, (
    *GLOBAL, Flag("quiet", "q", usage="Pull without printing progress information"),
    *without_effect("ignore-buildable", "ignore-pull-failures", "include-deps"),
    *without_effect("policy", kind="string")))
