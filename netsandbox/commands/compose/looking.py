"""docker compose port, top, images, ls, config and version: what only looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from netsandbox.commands.compose.canonical import canonical, to_json
from netsandbox.commands.compose.found import (
    LABEL,
    chosen,
    containers_of,
    number_of,
    profiles_of,
    project_of,
    project_to_make,
    read_there,
)
from netsandbox.commands.compose.life import named
from netsandbox.commands.compose.options import GLOBAL, RELEASE
from netsandbox.commands.compose.variables import variables_of
from netsandbox.commands.compose.yaml_text import to_yaml
from netsandbox.commands.docker.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.listing import Column, print_list
from netsandbox.commands.docker.top import aligned, listed
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netsandbox.commands.docker.client import Client

IMAGES = (Column("ContainerName", "CONTAINER"), Column("Repository", "REPOSITORY"), Column("Tag", "TAG"),
          Column("Platform", "PLATFORM"), Column("ID", "IMAGE ID"), Column("Size", "SIZE"),
          Column("Created", "CREATED"))
TOP_WIDTHS = (4, 2)
"""A column of top's, at the least, and between two."""
NARROWEST = 20
"""Of the columns of its own tables, with their spaces (cmd/formatter/pretty.go)."""
PROJECTS = (Column("Name", "NAME"), Column("Status", "STATUS"), Column("ConfigFiles", "CONFIG FILES"))


def port(client: Client, parsed: Parsed) -> int:
    """Where one port of a service's is published."""
    name, private = parsed.operands
    project = project_of(client, parsed)
    index, protocol = parsed.number("index", 0), parsed.text("protocol") or "tcp"
    found = [container for container in containers_of(client, project, name) if index in (0, number_of(container))]
    if not found:
        raise DockerError(f'service "{name}" is not running')
    for binding in found[0].bindings:
        if (str(binding.port), binding.protocol) == (private, protocol) and ":" not in binding.host:
            client.print(f"{binding.host}:{binding.host_port}")
            return 0
    if f"{private}/{protocol}" in found[0].exposed_ports:
        client.print(":0")
        return 0
    others = ", ".join(f"{binding.host_port}/{binding.protocol}" for binding in found[0].bindings)
    raise DockerError(f"no port {private}/{protocol} for container {found[0].name}: {others}")


def top(client: Client, parsed: Parsed) -> int:
    """One table of all; a service that is not there has nothing to show."""
    project = project_of(client, parsed)
    headings, rows = list[str](), list[list[str]]()
    for container in sorted(containers_of(client, project), key=lambda it: it.name):
        service = container.labels[f"{LABEL}service"]
        if container.is_running and (not parsed.operands or service in parsed.operands):
            headings, more = listed(client, container)
            rows += [[service, str(number_of(container)), *row] for row in more]
    if rows:
        client.print(aligned(["SERVICE", "#", *headings], rows, *TOP_WIDTHS))
    return 0


def images(client: Client, parsed: Parsed) -> int:
    rows: list[dict[str, Any]] = [{
        "ContainerName": container.name, "Repository": container.image.name,
        "Tag": container.reference.rpartition(":")[2] if ":" in container.reference else "latest",
        "Platform": "linux/amd64", "ID": container.image.identity[:12], "Size": container.image.size,
        "Created": "2 weeks ago"} for container in named(client, parsed)[1]]
    print_list(client, parsed, IMAGES, rows, "*compose.imageContext", narrowest=NARROWEST)
    return 0


def ls(client: Client, parsed: Parsed) -> int:
    """The projects that have containers."""
    states: dict[str, dict[str, int]] = {}
    for container in client.engine.containers.values():
        project = container.labels.get(f"{LABEL}project")
        if project is not None and (container.is_running or parsed.on("all")):
            counts = states.setdefault(project, {})
            counts[container.state] = counts.get(container.state, 0) + 1
    rows: list[dict[str, Any]] = [{
        "ID": name, "Name": name, "Status": ", ".join(f"{state}({count})" for state, count in sorted(counts.items())),
        "ConfigFiles": _file_of(client, name)} for name, counts in sorted(states.items())]
    print_list(client, parsed, PROJECTS, rows, "*compose.projectContext", narrowest=NARROWEST)
    return 0


def _file_of(client: Client, project: str) -> str:
    """Where its file is, by a label of its containers."""
    return next((container.labels.get(f"{LABEL}project.config_files", "N/A")
                 for container in client.engine.containers.values()
                 if container.labels.get(f"{LABEL}project") == project), "N/A")


def config(client: Client, parsed: Parsed) -> int:
    """Check the file; the names of what is in it, or the whole as it was understood."""
    project = project_to_make(client, parsed)
    if parsed.on("quiet"):
        return 0
    profiles = profiles_of(client, parsed)
    names = {service.name for service in project.in_order(chosen(project, parsed.operands, profiles))}
    services = [service for service in project.services.values() if service.name in names]
    used = project.only(list(names))
    images = [service.image for service in services]
    wanted: Iterable[str] | None = (
        [service.name for service in services] if parsed.on("services") else
        used.volumes if parsed.on("volumes") else images if parsed.on("images") else None)
    if parsed.on("networks"):
        wanted = used.networks
    if wanted is not None:
        for name in wanted:
            client.print(name)
        return 0
    text = client.machine.host_files().read(project.path)
    data = canonical(project, text, variables_of(client, project.path, parsed.all("env-file")),
                     [service.name for service in services], partial(read_there, client))
    shown = to_yaml(data) if parsed.text("format") in ("", "yaml") else to_json(data)
    client.output.append(("out", shown.replace("$", "$$")))
    return 0


def version(client: Client, parsed: Parsed) -> int:
    client.print(RELEASE.removeprefix("v") if parsed.on("short") else f"Docker Compose version {RELEASE}")
    return 0


PORT = Command("docker compose port", "[OPTIONS] SERVICE PRIVATE_PORT", "Print the public port for a port binding",
               port, (*GLOBAL, Flag("index", "", "int", "Index of the container if service has multiple replicas",
                                    value="int"),
                      Flag("protocol", "", "string", "tcp or udp", value="string")), 2, 2)
TOP = Command("docker compose top", "[SERVICES...]", "Display the running processes", top, GLOBAL)
IMAGES_COMMAND = Command(
    "docker compose images", "[OPTIONS] [SERVICE...]", "List images used by the created containers", images, (
        *GLOBAL, Flag("format", "", "string", "Format the output", value="string"),
        Flag("quiet", "q", usage="Only display IDs")))
LS = Command("docker compose ls", "[OPTIONS]", "List running compose projects", ls, (
    *GLOBAL, Flag("all", "a", usage="Show all stopped Compose projects"),
    Flag("format", "", "string", "Format the output", value="string"),
    Flag("quiet", "q", usage="Only display project names"), *refused("filter", kind="list")), 0, 0)
CONFIG = Command("docker compose config", "[OPTIONS] [SERVICE...]",
                 "Parse, resolve and render compose file in canonical format", config, (
                          *GLOBAL, Flag("images", usage="Print the image names, one per line"),
                          Flag("format", "", "string", "Format the output. Values: [yaml | json]", value="string"),
                          Flag("networks", usage="Print the network names, one per line"),
                          Flag("quiet", "q", usage="Only validate the configuration, don't print anything"),
                          Flag("services", usage="Print the service names, one per line"),
                          Flag("volumes", usage="Print the volume names, one per line")))
VERSION = Command("docker compose version", "[OPTIONS]", "Show the Docker Compose version information", version, (
    *GLOBAL, Flag("format", "f", "string", "Format the output", value="string", ignored=True),
    Flag("short", usage="Shows only Compose's version number")), 0, 0)
