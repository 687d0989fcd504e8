"""docker compose ps and exec."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.compose.options import DRY, TEMPLATE
from netsandbox.commands.compose.project import (
    chosen,
    containers_of,
    named_container,
    profiles_of,
    project_of,
    service_of,
)
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers import execute
from netsandbox.commands.docker.containers.ps import OTHERS, row, shown_ports
from netsandbox.commands.docker.printing.listing import Column, Listing
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError

COLUMNS = (Column("Name", "NAME"), Column("Image", "IMAGE"), Column("Command", "COMMAND"), Column("Service", "SERVICE"),
           Column("RunningFor", "CREATED"), Column("Status", "STATUS"), Column("Ports", "PORTS"))
MORE = {**OTHERS, "ID": "CONTAINER ID", "Names": "NAMES", "Project": "PROJECT", "Health": "HEALTH",
        "ExitCode": "EXIT CODE", "Publishers": "<no value>"}
LISTING = Listing("*formatter.ContainerContext", COLUMNS, MORE)


def ps(client: Client, parsed: Parsed) -> int:
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, profiles_of(client, parsed))
    has_orphans = not parsed.operands and parsed.values.get("orphans", True)
    states = _states(parsed)
    containers = [container for container in containers_of(client, project, with_one_offs=parsed.on("all"))
                  if (container.state in states if states else container.is_running or parsed.on("all"))
                  and (has_orphans or service_of(container) in names)]
    if parsed.on("services"):
        for name in dict.fromkeys(map(service_of, containers)):
            client.print(name)
        return 0
    rows = [row(container, client.scheduler.clock, not parsed.on("no-trunc"), client.engine.profile)
            | {"Name": container.name, "Service": service_of(container), "Project": project.name,
               "Health": container.health.status if container.health is not None else "",
               "ExitCode": container.code if container.state in ("exited", "dead") else 0,
               "Publishers": _publishers(container)}
            for container in sorted(containers, key=lambda container: container.name)]
    LISTING.show(client, parsed, rows)
    return 0


def _publishers(container: Container) -> list[dict[str, Any]]:
    return [{"URL": it.host, "TargetPort": it.port, "PublishedPort": it.host_port, "Protocol": it.protocol}
            for it in sorted(shown_ports(container))]


def _states(parsed: Parsed) -> list[str]:
    """What --status and --filter ask for (DockerError: another filter)."""
    key, equals, value = parsed.text("filter").partition("=")
    if parsed.text("filter") and not equals:
        raise DockerError("arguments to --filter should be in form KEY=VAL")
    if key not in ("", "status"):
        raise DockerError("not implemented" if key == "source" else f"unknown filter {key}")
    return [*parsed.all("status"), *([value] if equals else [])]


def exec_(client: Client, parsed: Parsed) -> int | None:
    """In the service's first container; what is typed or piped goes there unless -i says otherwise; -t says nothing."""
    name, *words = parsed.operands
    container = named_container(client, parsed, name)
    if client.is_dry:
        raise DockerError("interactive exec is not supported in dry-run mode")
    usual = {"interactive": parsed.values.get("interactive", True),
             "tty": not parsed.values.get("no-tty", not client.has_terminal)}
    return execute.run(client, Parsed({**parsed.values, **usual}, [container.identity, *words]))


PS = Command("docker compose ps", "[OPTIONS] [SERVICE...]", "List containers", ps, (
    *DRY, Flag("all", "a", usage="Show all stopped containers (including those created by the run command)"),
    Flag("filter", "", "string", "Filter services by a property (supported filters: status)", value="string"),
    TEMPLATE,
    Flag("no-trunc", usage="Don't truncate output"), Flag("quiet", "q", usage="Only display IDs"),
    Flag("services", usage="Display services"),
    Flag("orphans", usage="Include orphaned services (not declared by project) (default true)"),
    Flag("status", "", "list", "Filter services by status. Values: [paused | restarting | removing | running | dead | "
         "created | exited]", value="stringArray")))
EXEC = Command("docker compose exec", "[OPTIONS] SERVICE COMMAND [ARGS...]", "Execute a command in a running container",
               exec_, (
    *DRY, Flag("detach", "d", usage="Detached mode: Run command in the background"),
    Flag("env", "e", "list", "Set environment variables", value="stringArray"),
    Flag("index", "", "int", "Index of the container if service has multiple replicas", value="int"),
    Flag("no-tty", "T",
         usage="Disable pseudo-TTY allocation. By default\n'docker compose exec' allocates a TTY. (default true)"),
    Flag("privileged", usage="Give extended privileges to the process"),
    Flag("interactive", "i", hidden=True), Flag("tty", "t", hidden=True),  # as they are by default
    Flag("user", "u", "string", "Run the command as this user", value="string"),
    Flag("workdir", "w", "string", "Path to workdir directory for this command", value="string")), 2, mixed=False)
