"""docker container, network, volume, image and system prune, and the question before them."""

from __future__ import annotations

from collections.abc import Mapping

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import FALSE, TRUE, Command, Flag, Parsed
from netsandbox.commands.docker.printing.listing import bad_filter, no_filter
from netsandbox.commands.docker.printing.sizes import bytes_in, human_size, size_of
from netsandbox.commands.docker.printing.words import duration, has_label
from netsandbox.commands.docker.system.disk_usage import shared_size, volume_sizes
from netsandbox.docker import containers, user_networks, volumes
from netsandbox.docker.container import RESTARTING
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.image_store import NO_NAME
from netsandbox.docker.network import BridgeNetwork

QUESTION = "Are you sure you want to continue? [y/N] "
CONTAINERS_GO = "This will remove all stopped containers."
NETWORKS_GO = "This will remove all custom networks not used by at least one container."
ANONYMOUS_GO = "This will remove anonymous local volumes not used by at least one container."
VOLUMES_GO = "This will remove all local volumes not used by at least one container."
IMAGES_GO = "This will remove all dangling images."
ALL_IMAGES_GO = "This will remove all images without at least one container associated to them."
Filters = list[tuple[str, str]]


def agrees(client: Client, parsed: Parsed, warning: str, command: str) -> bool:
    """Whether it may go on: by --force, or by a `y` in what it reads; at the prompt nobody answers."""
    if parsed.on("force"):
        return True
    client.output.append(("out", f"WARNING! {warning}\n{QUESTION}"))
    if client.stdin.is_terminal:
        client.print("")
        client.complain(f"note: nobody answers here, so nothing is removed; `docker {command} --force` asks nothing")
        return False
    return client.stdin.read().partition("\n")[0].strip().lower() == "y"


def prune_containers(client: Client, parsed: Parsed) -> int:
    filters = _filters(parsed)
    if agrees(client, parsed, CONTAINERS_GO, "container prune"):
        _say_space(client, _remove_containers(client, filters))
    return 0


def prune_networks(client: Client, parsed: Parsed) -> int:
    filters = _filters(parsed)
    if agrees(client, parsed, NETWORKS_GO, "network prune"):
        _remove_networks(client, filters)
    return 0


def prune_images(client: Client, parsed: Parsed) -> int:
    """Those without a name that no container uses; the sandbox's own stay."""
    filters = _filters(parsed, "dangling")
    if agrees(client, parsed, ALL_IMAGES_GO if parsed.on("all") else IMAGES_GO, "image prune"):
        _say_space(client, _remove_images(client, parsed, filters))
    return 0


def prune_system(client: Client, parsed: Parsed) -> int:
    filters, is_all = _filters(parsed), parsed.on("all")
    if parsed.on("volumes") and any(key == "until" for key, _value in filters):
        raise DockerError('ERROR: The "until" filter is not supported with "--volumes"')
    goes = ["all stopped containers", "all networks not used by at least one container",
            *(["all anonymous volumes not used by at least one container"] if parsed.on("volumes") else []),
            "all images without at least one container associated to them" if is_all else "all dangling images",
            "all build cache" if is_all else "unused build cache"]
    if agrees(client, parsed, "This will remove:\n" + "".join(f"  - {one}\n" for one in goes), "system prune"):
        space = _remove_containers(client, filters)
        _remove_networks(client, filters)
        if parsed.on("volumes"):
            space += _remove_volumes(client, filters)
        _say_space(client, space + _remove_images(client, parsed, filters))
    return 0


def _say_space(client: Client, count: int) -> None:
    client.print(f"Total reclaimed space: {human_size(count, 4)}")


def _remove_images(client: Client, parsed: Parsed, filters: Filters) -> int:
    """The bytes that they had to themselves, as of the other two."""
    made, used = client.engine.images.made, {one.image.identity for one in client.engine.containers.values()}
    gone = [image for image in made.values() if image.identity not in used
            and (image.name == NO_NAME or parsed.on("all")) and _is_to_go(
                client, image.created or 0, dict(image.labels), filters)]
    lines, space = list[str](), 0
    for image in gone:
        space += size_of(image) - shared_size(image, client.engine.images.all())
        del made[image.name, image.tag]
        lines += [f"untagged: {image.name}:{image.tag}"] if image.name != NO_NAME else []
        lines.append(f"deleted: sha256:{image.identity}")
    if gone:
        client.print("Deleted Images:\n" + "\n".join(lines) + "\n")
    if parsed.on("all"):
        client.complain("note: the sandbox's own images stay")
    return space


def _remove_containers(client: Client, filters: Filters) -> int:
    stopped = [container for container in client.engine.containers.values()
               if not container.is_running and container.state != RESTARTING
               and _is_to_go(client, container.created, container.labels, filters)]
    space = sum(bytes_in(container.files) for container in stopped)
    for container in stopped:
        containers.remove(client.engine, container, False)
    if stopped:
        client.print("Deleted Containers:\n" + "\n".join(container.identity for container in stopped) + "\n")
    return space


def _remove_networks(client: Client, filters: Filters) -> None:
    used = _used(client.engine)
    unused = [n for n in client.engine.networks.values() if isinstance(n, BridgeNetwork) and not n.is_default
              and n.name not in used and _is_to_go(client, n.created, n.labels, filters)]
    for network in unused:
        user_networks.remove(client.engine, network)
    if unused:
        client.print("Deleted Networks:\n" + "\n".join(network.name for network in unused) + "\n")


def prune_volumes(client: Client, parsed: Parsed) -> int:
    """Without --all only those that nobody named."""
    filters, said = _filters(parsed, "all"), [text[4:] for text in parsed.all("filter") if text.startswith("all=")]
    for value in said:
        if value not in TRUE | FALSE:
            raise daemon_error(f"invalid filter 'all': strconv.ParseBool: parsing \"{value}\": invalid syntax")
    is_all = parsed.on("all") or any(value in TRUE for value in said)
    if agrees(client, parsed, (VOLUMES_GO if is_all else ANONYMOUS_GO), "volume prune"):
        _say_space(client, _remove_volumes(client, filters, is_all))
    return 0


def _remove_volumes(client: Client, filters: Filters, with_named: bool = False) -> int:
    """What was made with options of its driver stays."""
    unused = [volume.name for volume in client.engine.volumes.values() if not volumes.users(client.engine, volume)
              and (with_named or volume.is_anonymous) and not volume.options
              and _is_to_go(client, volume.created, volume.labels, filters)]
    sizes = volume_sizes(client.engine)
    for name in unused:
        volumes.remove(client.engine, name)
    if unused:
        client.print("Deleted Volumes:\n" + "\n".join(unused) + "\n")
    return sum(sizes[name] for name in unused)


def _used(engine: DockerEngine) -> set[str]:
    """The networks that a container is attached to, which one that has ended is not."""
    return {name for container in engine.containers.values() for name in container.endpoints}


def _filters(parsed: Parsed, more: str = "") -> Filters:
    """Args: more: a key that one command alone knows, which looks at it itself."""
    found = [_filter(text, more) for text in parsed.all("filter")]
    return [(key, value) for key, value in found if key != more]


def _filter(text: str, more: str) -> tuple[str, str]:
    """(key, value): `label=x`, `label!=x` and `until=5m`."""
    key, _equals, value = text.partition("=")
    if key not in ("label", "label!", "until", *filter(None, (more,))):
        raise no_filter(key)
    if key == "until" and duration(value) is None:
        raise daemon_error(f'failed to parse value as time or duration: "{value}"')
    return key, value


def _is_to_go(client: Client, created: int, labels: Mapping[str, str], filters: Filters) -> bool:
    """Whether all filters take it."""
    return all(created <= client.scheduler.clock - (duration(value) or 0) if key == "until" else
               has_label(labels, value) == (key == "label") for key, value in filters)


FILTER = Flag("filter", "", "list", check=bad_filter)
FORCE = Flag("force", "f")
CONTAINER_PRUNE = Command("docker container prune", "[OPTIONS]", "Remove all stopped containers", prune_containers,
                          (FILTER, FORCE), 0, 0)
NETWORK_PRUNE = Command("docker network prune", "[OPTIONS]", "Remove all unused networks", prune_networks,
                        (FILTER, FORCE), 0, 0)
IMAGE_PRUNE = Command("docker image prune", "[OPTIONS]", "Remove unused images", prune_images, (
    Flag("all", "a"), FILTER, FORCE), 0, 0)
VOLUME_PRUNE = Command("docker volume prune", "[OPTIONS]", "Remove unused local volumes", prune_volumes, (
    Flag("all", "a"), FILTER, FORCE), 0, 0)
SYSTEM_PRUNE = Command("docker system prune", "[OPTIONS]", "Remove unused data", prune_system, (
    Flag("all", "a"), FILTER, FORCE,
    Flag("volumes")), 0, 0)
