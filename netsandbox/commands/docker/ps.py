"""docker ps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.docker.describe import exposed
from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.commands.docker.listing import Column, print_list
from netsandbox.commands.docker.words import created_at, ellipsis, human_duration, quoted, status
from netsandbox.docker.errors import DockerError, daemon_error

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.container import Container

COLUMNS = (Column("ID", "CONTAINER ID"), Column("Image", "IMAGE"), Column("Command", "COMMAND"),
           Column("RunningFor", "CREATED"), Column("Status", "STATUS"), Column("Ports", "PORTS"),
           Column("Names", "NAMES"))
OTHERS = {"CreatedAt": "CREATED AT", "State": "STATE", "Size": "SIZE", "Labels": "LABELS", "Mounts": "MOUNTS",
          "LocalVolumes": "LOCAL VOLUMES", "Networks": "NETWORKS"}
STATES = ("created", "running", "paused", "restarting", "removing", "exited", "dead")
NOT_MODELLED = ("expose", "health", "is-task", "isolation", "label", "publish", "task", "volume")
COMMAND_WIDTH = 20


def run(client: Client, parsed: Parsed) -> int:
    now, short = client.scheduler.clock, not parsed.on("no-trunc")
    rows = [row(container, now, short) for container in chosen(client, parsed)]
    columns = (*COLUMNS, Column("Size", "SIZE")) if parsed.on("size") else COLUMNS
    print_list(client, parsed, columns, rows, "*formatter.ContainerContext", OTHERS)
    return 0


def chosen(client: Client, parsed: Parsed) -> list[Container]:
    """The containers that are asked for, the newest first."""
    containers = list(reversed(client.engine.containers.values()))
    last = parsed.number("last", 1 if parsed.on("latest") else -1)
    if last >= 0:
        containers = containers[:last] if last else containers
    elif not parsed.on("all") and not any(text.startswith(("status=", "exited=")) for text in parsed.all("filter")):
        containers = [c for c in containers if c.is_running or c.state == "restarting"]
    filters: dict[str, list[str]] = {}
    for text in parsed.all("filter"):
        key, equals, value = text.partition("=")
        if not equals:
            raise DockerError(f'invalid argument "{text}" for "-f, --filter" flag: invalid filter \'{text}\'', 125)
        filters.setdefault(key.strip().lower(), []).append(value.strip())
    for name in filters.pop("before", ()):
        containers = [c for c in containers if c.created < client.engine.find(name).created]
    for name in filters.pop("since", ()):
        containers = [c for c in containers if c.created > client.engine.find(name).created]
    for key, values in filters.items():
        containers = [c for c in containers if any(_matches(c, key, value) for value in values)]
    return containers


def _matches(container: Container, key: str, value: str) -> bool:
    """Values of one key are alternatives; a name is searched for, with ^ and $ where it must begin or end."""
    if key == "name":
        name = f"/{container.name}" if value.removeprefix("^").startswith("/") else container.name
        inner = value.removeprefix("^").removesuffix("$")
        begins, ends = value.startswith("^"), value.endswith("$")
        return inner in name and (not begins or name.startswith(inner)) and (not ends or name.endswith(inner))
    if key == "status" and value not in STATES:
        raise daemon_error(f"invalid value for state ({value}): must be one of {', '.join(STATES)}")
    wanted = {"status": container.state == value, "id": container.identity.startswith(value),
              "ancestor": value in (container.reference, container.image.name),
              "network": value in container.networks or value == container.mode,
              "exited": container.has_ended and not container.is_running and str(container.code) == value}
    if key in NOT_MODELLED:
        raise DockerError(f"docker ps --filter {key} is not modelled in the sandbox; there are {', '.join(wanted)}, "
                          "name, before and since")
    if key not in wanted:
        raise daemon_error(f"invalid filter '{key}'")
    return wanted[key]


def row(container: Container, now: int, short: bool) -> dict[str, str]:
    command = ellipsis(container.command, COMMAND_WIDTH) if short else container.command
    networks = list(container.networks) or ([] if container.joined else [container.mode])
    return {"ID": container.short_identity if short else container.identity, "Image": container.reference,
            "Command": quoted(command), "RunningFor": human_duration(now - container.created) + " ago",
            "Status": status(container, now), "Ports": ports(container), "Names": container.name,
            "CreatedAt": created_at(container.created), "State": container.state, "Size": "0B", "Labels": "",
            "Mounts": "", "LocalVolumes": "0", "Networks": ",".join(networks)}


def ports(container: Container) -> str:
    """What is exposed, of a running container that has ports of its own; `8000-8002/tcp` for neighbours."""
    if not container.is_running or not container.endpoints:
        return ""
    groups: dict[str, list[list[int]]] = {}
    for text in exposed(container):
        number, protocol = int(text.partition("/")[0]), text.partition("/")[2]
        runs = groups.setdefault(protocol, [])
        if runs and runs[-1][-1] + 1 == number:
            runs[-1].append(number)
        else:
            runs.append([number])
    early = [(runs[:-1], protocol) for protocol, runs in groups.items()]
    late = [(runs[-1:], protocol) for protocol, runs in groups.items()]
    return ", ".join(f"{_span(run)}/{protocol}" for part in (early, late) for runs, protocol in part for run in runs)


def _span(run: list[int]) -> str:
    return str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}"


FLAGS = (
    Flag("all", "a", usage="Show all containers (default shows just running)"),
    Flag("filter", "f", "list", "Filter output based on conditions provided", value="filter"),
    Flag("format", "", "string", "Format output using a custom template", value="string"),
    Flag("last", "n", "int", "Show n last created containers (includes all states)", value="int"),
    Flag("latest", "l", usage="Show the latest created container (includes all states)"),
    Flag("no-trunc", usage="Don't truncate output"),
    Flag("quiet", "q", usage="Only display container IDs"),
    Flag("size", "s", usage="Display total file sizes"),
)

PS = Command("docker ps", "[OPTIONS]", "List containers", run, FLAGS, 0, 0)
