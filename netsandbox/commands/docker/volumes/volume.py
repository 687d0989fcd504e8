"""docker volume: create, ls, inspect and rm."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import FALSE, TRUE, Command, Flag, Parsed
from netsandbox.commands.docker.inspect import describe
from netsandbox.commands.docker.inspect.inspect import FORMAT, VOLUME, inspect
from netsandbox.commands.docker.printing.listing import Column, Listing, no_filter, with_label
from netsandbox.commands.docker.printing.words import named_values
from netsandbox.commands.docker.run.settings import bad_label
from netsandbox.commands.docker.volumes.options import check_driver, check_options, notes, volume_name
from netsandbox.commands.natural import natural
from netsandbox.docker import volumes
from netsandbox.docker.errors import NOT_FOUND, DockerError, daemon_error
from netsandbox.docker.network import random_identity
from netsandbox.docker.volumes import Volume

LISTING = Listing(
    "*formatter.volumeContext", (Column("Driver", "DRIVER"), Column("Name", "VOLUME NAME")),
    {"Scope": "SCOPE", "Mountpoint": "MOUNTPOINT", "Labels": "LABELS", "Links": "LINKS", "Size": "SIZE"},
    raw="name: {{.Name}}\ndriver: {{.Driver}}\n", identity="Name")
FILTERS = ("dangling", "driver", "label", "name")


def create(client: Client, parsed: Parsed) -> int:
    if parsed.operands and parsed.text("name"):
        raise DockerError("conflicting options: " + (
            "cannot specify a volume-name through both --name and as a positional arg"
            if client.context.engine.profile.since(28) else
            "either specify --name or provide positional arg, not both"))
    name = parsed.operands[0] if parsed.operands else parsed.text("name")
    labels, options = (dict(sorted(named_values(texts).items())) for texts in (parsed.all("label"), parsed.all("opt")))
    check_driver(name, parsed.text("driver"))
    if name:
        volume_name(name)
    else:
        name, labels = random_identity(client.engine.random), labels | {volumes.ANONYMOUS: ""}
    check_options(name, options)
    for note in notes(options):
        client.complain(note)
    volumes.make(client.engine, name, labels, options)
    client.print(name)
    return 0


def ls(client: Client, parsed: Parsed) -> int:
    chosen = sorted(client.engine.volumes.values(), key=lambda volume: natural(volume.name))
    for text in parsed.all("filter"):
        key, _equals, value = text.partition("=")
        if key == "dangling" and value not in TRUE | FALSE:
            raise daemon_error(f"invalid filter 'dangling=[{value}]'")
        if key not in FILTERS:
            raise no_filter(key)
        chosen = [volume for volume in chosen if _matches(client, volume, key, value)]
    LISTING.show(client, parsed, [row(volume) for volume in chosen])
    return 0


def row(volume: Volume, links: str = "N/A", size: str = "N/A") -> dict[str, Any]:
    """What lists tell; only docker system df counts."""
    return with_label({
        "Name": volume.name, "Driver": "local", "Scope": "local", "Mountpoint": volume.mountpoint,
        "Labels": ",".join(f"{key}={value}" for key, value in volume.labels.items()), "Links": links, "Size": size,
        "Availability": "N/A", "Group": "N/A", "Status": "N/A"}, volume.labels)


def _matches(client: Client, volume: Volume, key: str, value: str) -> bool:
    if key == "name":
        return value in volume.name
    if key == "driver":
        return value == "local"
    if key == "dangling":
        return bool(volumes.users(client.engine, volume)) != (value in ("1", "true"))
    label, equals, wanted = value.partition("=")
    return label in volume.labels and (not equals or volume.labels[label] == wanted)


def inspect_volumes(client: Client, parsed: Parsed) -> int:
    return inspect(client, parsed, lambda name: (describe.volume(volumes.find(client.engine, name)), VOLUME))


def remove(client: Client, parsed: Parsed) -> int:
    refused = []
    for name in parsed.operands:
        try:
            volumes.remove(client.engine, name)
            client.print(name)
        except DockerError as error:
            if parsed.on("force") and error.kind == NOT_FOUND:
                client.print(name)
            else:
                refused.append(str(error))
    for text in refused:
        client.complain(text)
    return 1 if refused else 0


CREATE = Command("docker volume create", "[OPTIONS] [VOLUME]", "Create a volume", create, (
    Flag("driver", "d", "string"),
    Flag("label", "", "list", check=bad_label),
    Flag("name", "", "string"),
    Flag("opt", "o", "list")), 0, 1)
LIST = Command("docker volume ls", "[OPTIONS]", "List volumes", ls, (
    Flag("filter", "f", "list"),
    Flag("format", "", "string"),
    Flag("quiet", "q")), 0, 0)
INSPECT = Command("docker volume inspect", "[OPTIONS] VOLUME [VOLUME...]",
                  "Display detailed information on one or more volumes", inspect_volumes, (FORMAT,), 1)
REMOVE = Command("docker volume rm", "[OPTIONS] VOLUME [VOLUME...]", "Remove one or more volumes", remove, (
    Flag("force", "f"),), 1)
