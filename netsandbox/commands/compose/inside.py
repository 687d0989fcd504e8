"""docker compose ps and exec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.compose.found import LABEL, chosen, containers_of, number_of, project_of
from netsandbox.commands.compose.options import GLOBAL, without_effect
from netsandbox.commands.docker import execute
from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.commands.docker.listing import Column, print_list
from netsandbox.commands.docker.ps import OTHERS, row
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client

COLUMNS = (Column("Name", "NAME"), Column("Image", "IMAGE"), Column("Command", "COMMAND"), Column("Service", "SERVICE"),
           Column("RunningFor", "CREATED"), Column("Status", "STATUS"), Column("Ports", "PORTS"))


def ps(client: Client, parsed: Parsed) -> int:
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, ["*"])
    states = _states(parsed)
    containers = [container for container in containers_of(client, project)
                  if (container.state in states if states else container.is_running or parsed.on("all"))
                  and (container.labels[f"{LABEL}service"] in names
                       or not parsed.operands)]  # what is no service any more, too
    if parsed.on("services"):
        for name in dict.fromkeys(container.labels[f"{LABEL}service"] for container in containers):
            client.print(name)
        return 0
    rows = [row(container, client.scheduler.clock, not parsed.on("no-trunc"), client.engine.profile)
            | {"Name": container.name, "Service": container.labels[f"{LABEL}service"], "Project": project.name,
               "Health": container.health.status if container.health is not None else "", "ExitCode": container.code}
            for container in containers]
    print_list(client, parsed, COLUMNS, rows, "*formatter.ContainerContext",
               {**OTHERS, "Project": "PROJECT", "Health": "HEALTH", "ExitCode": "EXIT CODE"})
    return 0


def _states(parsed: Parsed) -> list[str]:
    """What --status and --filter ask for.

    Raises:
        DockerError: another filter.
    """
    key, equals, value = parsed.text("filter").partition("=")
    if parsed.text("filter") and not equals:
        raise DockerError("arguments to --filter should be in form KEY=VAL")
    if key not in ("", "status"):
        raise DockerError("not implemented" if key == "source" else f"unknown filter {key}")
    return [*parsed.all("status"), *([value] if equals else [])]


def exec_(client: Client, parsed: Parsed) -> int | None:
    """In the service's first container; a terminal is there unless -T says otherwise."""
    project = project_of(client, parsed)
    name, *words = parsed.operands
    index = parsed.number("index", 0)
    found = [container for container in containers_of(client, project, name) if container.is_running
             and index in (0, number_of(container))]
    if not found:
        raise DockerError(f'service "{name}" is not running{f" container #{index}" if index else ""}')
    return execute.run(client, Parsed({**parsed.values, "interactive": not parsed.on("no-tty")},
                                      [found[0].name, *words]))


PS = Command("docker compose ps", "[OPTIONS] [SERVICE...]", "List containers", ps, (
    *GLOBAL, Flag("all", "a", usage="Show all stopped containers (including those created by the run command)"),
    Flag("filter", "", "string", "Filter services by a property (supported filters: status)", value="string"),
    Flag("format", "", "string", "Format output using a custom template", value="string"),
    Flag("no-trunc", usage="Don't truncate output"), Flag("quiet", "q", usage="Only display IDs"),
    Flag("services", usage="Display services"), *without_effect("orphans"),
    Flag("status", "", "list", "Filter services by status. Values: [paused | restarting | removing | running | dead | "
         "created | exited]", value="stringArray")))
EXEC = Command("docker compose exec", "[OPTIONS] SERVICE COMMAND [ARGS...]", "Execute a command in a running container",
               exec_, (
    *GLOBAL, Flag("detach", "d", usage="Detached mode: Run command in the background"),
    Flag("env", "e", "list", "Set environment variables", value="stringArray"),
    Flag("index", "", "int", "Index of the container if service has multiple replicas", value="int"),
    Flag("no-tty", "T", usage="Disable pseudo-TTY allocation"),
    Flag("privileged", usage="Give extended privileges to the process"),
    Flag("interactive", "i", hidden=True), Flag("tty", "t", hidden=True),  # as they are by default
    Flag("user", "u", "string", "Run the command as this user", value="string"),
    Flag("workdir", "w", "string", "Path to workdir directory for this command", value="string")), 2, mixed=False)
