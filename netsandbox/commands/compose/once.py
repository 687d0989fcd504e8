"""docker compose run: a container of its own for one command of a service, without the service's ports."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from netsandbox.commands.compose.building import BUILDS, built_first
from netsandbox.commands.compose.creating import make_containers, make_networks, make_one, make_volumes
from netsandbox.commands.compose.found import chosen, containers_of, project_to_make
from netsandbox.commands.compose.options import GLOBAL, without_effect
from netsandbox.commands.compose.starting import start_one
from netsandbox.commands.docker.attach import attach
from netsandbox.commands.docker.flags import Command, Flag, Parsed, refused

if TYPE_CHECKING:
    from netsandbox.commands.compose.model import Project, Service
    from netsandbox.commands.docker.client import Client


def run(client: Client, parsed: Parsed) -> int | None:
    project = project_to_make(client, parsed)
    name, *words = parsed.operands
    chosen(project, [name], [])
    needed = [] if parsed.on("no-deps") else [one for one in project.in_order([name]) if one.name != name]
    service = _alone(project.services[name], parsed, words)
    return built_first(client, parsed, [*needed, service], partial(_make, client, parsed, project, needed, service))


def _make(client: Client, parsed: Parsed, project: Project, needed: list[Service], service: Service) -> int | None:
    name = service.name
    make_networks(client, project, [*needed, service])
    make_volumes(client, project, [*needed, service])
    for other in needed:
        for container in make_containers(client, project, other, other.scale):
            start_one(client, container)
    mark = sha256(f"{name}{len(containers_of(client, project, name))}{client.scheduler.clock}".encode()).hexdigest()
    container = make_one(client, project, service, parsed.text("name") or f"{project.name}-{name}-run-{mark[:12]}")
    container.removes_itself = parsed.on("rm")
    container.config = container.config._replace(is_detached=parsed.on("detach"))
    if parsed.on("detach"):
        client.engine.start(container)
        client.print(container.name)
        return 0
    container.config = container.config._replace(tty=parsed.on("tty") or not parsed.on("no-tty"), stdin=True)
    attach(client, container)
    return None


def _alone(service: Service, parsed: Parsed, words: list[str]) -> Service:
    """The service as `run` makes it: its ports stay with `up` unless they are asked for."""
    flags, kept = list(service.flags), list[str]()
    while flags:
        flag = flags.pop(0)
        if flag in ("-p", "--restart") and not (flag == "-p" and parsed.on("service-ports")):
            flags.pop(0)
        else:
            kept.append(flag)
    for texts, flag in ((parsed.all("publish"), "-p"), (parsed.all("env"), "-e"), (parsed.all("volume"), "-v")):
        kept += [word for text in texts for word in (flag, text)]
    changed = service._replace(flags=tuple(kept), container_name="")
    if parsed.text("entrypoint"):
        changed = changed._replace(entrypoint=tuple(parsed.text("entrypoint").split()))
    return changed._replace(command=tuple(words)) if words else changed


RUN = Command("docker compose run", "[OPTIONS] SERVICE [COMMAND] [ARGS...]",
              "Run a one-off command on a service", run, (
    *GLOBAL, *BUILDS, Flag("detach", "d", usage="Run container in background and print container ID"),
    Flag("entrypoint", "", "string", "Override the entrypoint of the image", value="string"),
    Flag("env", "e", "list", "Set environment variables", value="stringArray"),
    Flag("interactive", "i", usage="Keep STDIN open even if not attached (default true)"),
    Flag("name", "", "string", "Assign a name to the container", value="string"), Flag("tty", "t", hidden=True),
    Flag("no-deps", usage="Don't start linked services"),
    Flag("no-tty", "T", usage="Disable pseudo-TTY allocation"),
    Flag("publish", "p", "list", "Publish a container's port(s) to the host", value="stringArray"),
    Flag("rm", usage="Automatically remove the container when it exits"),
    Flag("service-ports", "P", usage="Run command with all service's ports enabled and mapped to the host"),
    *without_effect("quiet", "quiet-pull", "remove-orphans"),
    *without_effect("pull", kind="string"), *refused("use-aliases"),
    *refused("cap-add", "cap-drop", "env-from-file", "label/l", kind="list"),
    *refused("user/u", "workdir/w", kind="string"),
    Flag("volume", "v", "list", "Bind mount a volume", value="stringArray")), 1, mixed=False)
