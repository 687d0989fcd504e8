"""docker compose port, top, images, ls, config and version: what only looks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from typing import Any

from netsandbox.commands.compose.config.as_written import as_written
from netsandbox.commands.compose.config.canonical import canonical, to_json
from netsandbox.commands.compose.config.yaml_text import to_yaml
from netsandbox.commands.compose.file.interpolate import named_in
from netsandbox.commands.compose.file.model import Project, Service
from netsandbox.commands.compose.file.variables import variables_of
from netsandbox.commands.compose.making.containers import fingerprint
from netsandbox.commands.compose.options import DRY, RELEASE, refused
from netsandbox.commands.compose.project import (
    LABEL,
    chosen,
    containers_of,
    in_compose_words,
    named_container,
    number_of,
    profiles_of,
    project_of,
    project_to_make,
    read_there,
    service_of,
    source_of,
)
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers.ps import shown_ports
from netsandbox.commands.docker.containers.top import listed
from netsandbox.commands.docker.printing.listing import Column, Listing, grouped, is_named
from netsandbox.commands.docker.printing.sizes import shown_size, size_of
from netsandbox.commands.docker.printing.words import table, timestamp
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.docker.errors import DockerError

IMAGES = (Column("ContainerName", "CONTAINER"), Column("Repository", "REPOSITORY"), Column("Tag", "TAG"),
          Column("Platform", "PLATFORM"), Column("ID", "IMAGE ID"), Column("Size", "SIZE"),
          Column("Created", "CREATED"))
TOP_WIDTHS = (4, 2)  # A column of top's, at the least, and between two
NARROWEST = 20  # Of the columns of its own tables, with their spaces (cmd/formatter/pretty.go)
VARIABLES = ["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"]
PROJECTS = (Column("Name", "NAME"), Column("Status", "STATUS"), Column("ConfigFiles", "CONFIG FILES"))


def port(client: Client, parsed: Parsed) -> int:
    """Where one port of a service's is published."""
    name, private = parsed.operands
    protocol = parsed.text("protocol") or "tcp"
    if not (private.isascii() and private.isdecimal()):
        raise DockerError(f'strconv.ParseUint: parsing "{private}": invalid syntax')
    container = named_container(client, parsed, name)
    for binding in container.bindings:
        if (str(binding.port), binding.protocol) == (private, protocol) and ":" not in binding.host:
            client.print(f"{binding.host}:{binding.host_port}")
            return 0
    if any((str(it.port), it.protocol, it.host) == (private, protocol, "") for it in shown_ports(container)):
        client.print(":0")
        return 0
    others = ", ".join(f"{binding.host_port}/{binding.protocol}" for binding in sorted(
        container.bindings, key=lambda binding: binding.port))
    raise DockerError(f"no port {private}/{protocol} for container {container.name}: {others}")


def top(client: Client, parsed: Parsed) -> int:
    """One table of all; a service that is not there has nothing to show."""
    project = project_of(client, parsed, enables=False)
    headings, rows = list[str](), list[list[str]]()
    for container in sorted(containers_of(client, project), key=lambda it: it.name):
        service = container.labels[f"{LABEL}service"]
        if container.is_running and (not parsed.operands or service in parsed.operands):
            headings, more = listed(client, container, [])
            rows += [[service, str(number_of(container)), *row] for row in more]
    if rows:
        client.print(table([["SERVICE", "#", *headings], *rows], *TOP_WIDTHS).removesuffix("\n"))
    return 0


def images(client: Client, parsed: Parsed) -> int:
    project = project_of(client, parsed)
    rows: list[dict[str, Any]] = [{
        "ID": f"sha256:{container.image.identity}", "ContainerName": container.name,
        "Repository": container.image.name,
        "Tag": container.reference.rpartition(":")[2] if ":" in container.reference else "latest",
        "Platform": "linux/amd64", "Size": shown_size(container.image), "Bytes": size_of(container.image),
        "Created": "2 weeks ago", "LastTagTime": timestamp(container.image.created or 0)}
        for container in sorted(containers_of(client, project), key=lambda it: it.name)
        if not parsed.operands or service_of(container) in parsed.operands]
    if parsed.on("quiet"):
        for identity in dict.fromkeys(row["ID"].partition(":")[2] for row in rows):
            client.print(identity)
        return 0
    return _print(client, parsed, IMAGES, [row | {"ID": row["ID"].partition(":")[2][:12]} for row in rows])


def _print(client: Client, parsed: Parsed, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> int:
    """As a table or as one JSON array (cmd/formatter)."""
    form = parsed.text("format").lower()
    if form == "json":
        shown = [{key: row["Bytes"] if key == "Size" else value for key, value in row.items() if key not in HIDDEN}
                 for row in rows]
        client.print(json.dumps(shown, separators=(",", ":")))
    elif form in ("", "table", "pretty"):
        Listing("", columns, narrowest=NARROWEST).show(client, parsed._replace(values={}), rows)
    else:
        raise DockerError(f'format value "{parsed.text("format")}" could not be parsed: parsing failed')
    return 0


HIDDEN = ("Created", "Bytes")  # Fields of a row that JSON does not have


def ls(client: Client, parsed: Parsed) -> int:
    """The projects that have containers."""
    filters = grouped(parsed.all("filter"))
    for key in filters:
        if key != "name":
            raise DockerError(f"invalid filter '{key}'")
    states: dict[str, dict[str, int]] = {}
    for container in client.engine.containers.values():
        project = container.labels.get(f"{LABEL}project")
        is_meant = project is not None and all(is_named(project, wanted) for wanted in filters.get("name", ()))
        if project is not None and is_meant and (container.is_running or parsed.on("all")):
            counts = states.setdefault(project, {})
            counts[container.state] = counts.get(container.state, 0) + 1
    if parsed.on("quiet"):
        for name in sorted(states):
            client.print(name)
        return 0
    return _print(client, parsed, PROJECTS, [{
        "Name": name, "Status": ", ".join(f"{state}({count})" for state, count in sorted(counts.items())),
        "ConfigFiles": _file_of(client, name)} for name, counts in sorted(states.items())])


def _file_of(client: Client, project: str) -> str:
    """Where its file is, by a label of its containers."""
    return next((container.labels.get(f"{LABEL}project.config_files", "N/A")
                 for container in client.engine.containers.values()
                 if container.labels.get(f"{LABEL}project") == project), "N/A")


def config(client: Client, parsed: Parsed) -> int:
    """Check the file; the names of what is in it, or the whole as it was understood."""
    if parsed.on("no-interpolate"):
        return _show_as_written(client, parsed)
    project = project_to_make(client, parsed)
    if parsed.on("quiet"):
        return 0
    if parsed.on("variables"):
        client.output.append(("out", _variables(client, project)))
        return 0
    if parsed.on("environment"):
        known = variables_of(client, project.folder, parsed.all("env-file")) | {"COMPOSE_PROJECT_NAME": project.name}
        for name in sorted(known):
            client.print(f"{name}={known[name]}")
        return 0
    services = project.in_order(sorted(chosen(project, parsed.operands, profiles_of(client, parsed))))
    wanted = _asked_for(parsed, project, services)
    shown = "".join(f"{name}\n" for name in wanted) if wanted is not None else _whole(client, parsed, project, services)
    return _put_out(client, parsed, shown)


def _put_out(client: Client, parsed: Parsed, shown: str) -> int:
    if parsed.text("output"):
        client.machine.host_files().write(parsed.text("output"), shown)
    else:
        client.output.append(("out", shown))
    return 0


def _show_as_written(client: Client, parsed: Parsed) -> int:
    for flag in ("images", "volumes", "networks", "models", "profiles", "variables", "environment", "hash"):
        if parsed.values.get(flag):
            raise DockerError(f"docker compose config --no-interpolate --{flag} is not modelled in the sandbox")
    source = source_of(client, parsed)
    try:
        data = as_written(source, partial(read_there, client), is_normal=not parsed.on("no-normalize"),
                          has_whole_paths=not parsed.on("no-path-resolution"))
    except ScenarioError as error:
        raise in_compose_words(error, source) from None
    services = data["services"]
    if parsed.on("quiet"):
        return 0
    if parsed.on("services") and isinstance(services, dict):
        return _put_out(client, parsed, "".join(f"{name}\n" for name in services))
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n" if parsed.text("format") == "json" else to_yaml(data)
    return _put_out(client, parsed, text)


def _variables(client: Client, project: Project) -> str:
    texts = [project.text, *map(client.machine.host_files().read, project.overrides)]
    rows = {name: [name, str(how == "?").lower(), other if how == "-" else "", other if how == "+" else ""]
            for text in texts for name, how, other in named_in(text)}
    return table([VARIABLES, *(rows[name] for name in sorted(rows))], NARROWEST)


def _whole(client: Client, parsed: Parsed, project: Project, services: list[Service]) -> str:
    form = parsed.text("format") or "yaml"
    if form not in ("yaml", "json"):
        raise DockerError(f'unsupported format "{form}"')
    data = canonical(project, variables_of(client, project.folder, parsed.all("env-file")),
                     [service.name for service in services], partial(read_there, client),
                     is_normal=not parsed.on("no-normalize"), has_whole_paths=not parsed.on("no-path-resolution"))
    return (to_yaml(data) if form == "yaml" else to_json(data)).replace("$", "$$")


def _asked_for(parsed: Parsed, project: Project, services: list[Service]) -> Iterable[str] | None:
    """The names alone that a flag asks for (DockerError: --hash of no service)."""
    used = project.only([service.name for service in services])
    hashed = parsed.text("hash")
    if hashed:
        names = [service.name for service in services] if hashed == "*" else hashed.split(",")
        off = [name for name in names if name not in project.services]
        if off:
            raise DockerError(f"no such service: {off[0]}: not found")
        return [f"{name} {fingerprint(project.services[name])}" for name in names]
    lists: dict[str, Iterable[str]] = {
        "services": [service.name for service in services], "volumes": used.volumes, "networks": used.networks,
        "images": [service.image for service in services], "models": [],
        "profiles": sorted({profile for service in project.services.values() for profile in service.profiles})}
    return next((names for flag, names in lists.items() if parsed.on(flag)), None)


def version(client: Client, parsed: Parsed) -> int:
    if parsed.text("format") == "json":
        client.print(f'{{"version":"{RELEASE}"}}')
        return 0
    client.print(RELEASE.removeprefix("v") if parsed.on("short") else f"Docker Compose version {RELEASE}")
    return 0


FORMAT = Flag("format", "", "string", 'Format the output. Values: [table | json] (default "table")', value="string")
PORT = Command("docker compose port", "[OPTIONS] SERVICE PRIVATE_PORT", "Print the public port for a port binding",
               port, (*DRY, Flag("index", "", "int", "Index of the container if service has multiple replicas",
                                    value="int"),
                      Flag("protocol", "", "string", 'tcp or udp (default "tcp")', value="string")), 2, 2)
TOP = Command("docker compose top", "[SERVICES...]", "Display the running processes", top, DRY)
IMAGES_COMMAND = Command(
    "docker compose images", "[OPTIONS] [SERVICE...]", "List images used by the created containers", images, (
        *DRY, FORMAT,
        Flag("quiet", "q", usage="Only display IDs")))
LS = Command("docker compose ls", "[OPTIONS]", "List running compose projects", ls, (
    *DRY, Flag("all", "a", usage="Show all stopped Compose projects"),
    FORMAT,
    Flag("quiet", "q", usage="Only display project names"), Flag(
        "filter", "", "list", "Filter output based on conditions provided", value="filter")), 0, 0)
CONFIG = Command("docker compose config", "[OPTIONS] [SERVICE...]",
                 "Parse, resolve and render compose file in canonical format", config, (
                     *DRY, Flag("format", "", "string", "Format the output. Values: [yaml | json]", value="string"),
                     Flag("hash", "", "string", "Print the service config hash, one per line.", value="string"),
                     *(Flag(f"{kind}s", usage=f"Print the {kind} names, one per line.") for kind in (
                         "image", "model", "network", "profile", "service", "volume")),
                     Flag("no-consistency", usage="Don't check model consistency - warning: may produce invalid "
                                                  "Compose output"),
                     Flag("no-env-resolution", usage="Don't resolve service env files", ignored=True),
                     Flag("output", "o", "string", "Save to file (default to stdout)", value="string"),
                     Flag("quiet", "q", usage="Only validate the configuration, don't print anything"),
                     Flag("environment", usage="Print environment used for interpolation."),
                     Flag("no-interpolate", usage="Don't interpolate environment variables"),
                     *refused({"lock-image-digests": "Produces an override file with image digests",
                               "resolve-image-digests": "Pin image tags to digests"}),
                     Flag("no-normalize", usage="Don't normalize compose model"),
                     Flag("no-path-resolution", usage="Don't resolve file paths"),
                     Flag("variables", usage="Print model variables and default values.")))
VERSION = Command("docker compose version", "[OPTIONS]", "Show the Docker Compose version information", version, (
    *DRY, Flag("format", "f", "string", "Format the output. Values: [pretty | json]. (Default: pretty)",
                  value="string"),
    Flag("short", usage="Shows only Compose's version number")), 0, 0)
