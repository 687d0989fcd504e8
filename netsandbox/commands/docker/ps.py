"""docker ps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.commands.docker.listing import Column, print_list
from netsandbox.commands.docker.words import created_at, ellipsis, human_duration, quoted, status
from netsandbox.docker.errors import daemon_error

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.container import Container

COLUMNS = (Column("ID", "CONTAINER ID"), Column("Image", "IMAGE"), Column("Command", "COMMAND"),
           Column("RunningFor", "CREATED"), Column("Status", "STATUS"), Column("Ports", "PORTS"),
           Column("Names", "NAMES"))
OTHERS = {"CreatedAt": "CREATED AT", "State": "STATE", "Size": "SIZE", "Labels": "LABELS", "Mounts": "MOUNTS",
          "LocalVolumes": "LOCAL VOLUMES", "Networks": "NETWORKS"}
COMMAND_WIDTH = 20


def run(client: Client, parsed: Parsed) -> int:
    now, short = client.scheduler.clock, not parsed.on("no-trunc")
    rows = [row(container, now, short) for container in chosen(client, parsed)]
    print_list(client, parsed, COLUMNS, rows, "*formatter.ContainerContext", OTHERS)
    return 0


def chosen(client: Client, parsed: Parsed) -> list[Container]:
    """The containers that are asked for, the newest first."""
    containers = list(reversed(client.engine.containers.values()))
    last = parsed.number("last", 1 if parsed.on("latest") else -1)
    if last >= 0:
        containers = containers[:last] if last else containers
    elif not parsed.on("all") and not any(text.startswith("status=") for text in parsed.all("filter")):
        containers = [c for c in containers if c.is_running or c.state == "restarting"]
    for text in parsed.all("filter"):
        containers = _filtered(containers, text)
    return containers


def _filtered(containers: list[Container], text: str) -> list[Container]:
    key, equals, value = text.partition("=")
    if not equals:
        raise daemon_error(f"invalid filter '{text}'")
    if key == "name":
        return [c for c in containers if value in c.name]
    if key == "status":
        return [c for c in containers if c.state == value]
    raise daemon_error(f"invalid filter '{key}'")


def row(container: Container, now: int, short: bool) -> dict[str, str]:
    command = ellipsis(container.command, COMMAND_WIDTH) if short else container.command
    networks = [(container.joined and "container") or container.mode] if not container.networks else container.networks
    return {"ID": container.short_identity if short else container.identity, "Image": container.reference,
            "Command": quoted(command), "RunningFor": human_duration(now - container.created) + " ago",
            "Status": status(container, now), "Ports": ports(container), "Names": container.name,
            "CreatedAt": created_at(container.created), "State": container.state, "Size": "0B", "Labels": "",
            "Mounts": "", "LocalVolumes": "0", "Networks": ",".join(networks)}


def ports(container: Container) -> str:
    """What is exposed, of a running container that has ports of its own."""
    if not container.is_running or not container.endpoints:
        return ""
    return ", ".join(container.image.exposed)


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
