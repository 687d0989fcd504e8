"""docker system df: how much room images, containers and volumes take, of the lab's own files."""

from __future__ import annotations

from collections import Counter
from typing import Any

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers.ps import row as container_row
from netsandbox.commands.docker.images.history import of_own
from netsandbox.commands.docker.images.images import row
from netsandbox.commands.docker.printing.listing import Column, Listing
from netsandbox.commands.docker.printing.sizes import bytes_in, human_size, size_of
from netsandbox.commands.docker.printing.words import table
from netsandbox.commands.docker.templates.execution import Template
from netsandbox.commands.docker.templates.reading import TemplateError
from netsandbox.commands.docker.volumes.volume import row as volume_row
from netsandbox.docker import volumes
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import DockerError
from netsandbox.docker.images import Image

LISTING = Listing("*formatter.diskUsageContext", (
    Column("Type", "TYPE"), Column("TotalCount", "TOTAL"), Column("Active", "ACTIVE"), Column("Size", "SIZE"),
    Column("Reclaimable", "RECLAIMABLE")), raw="type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\n"
    "size: {{.Size}}\nreclaimable: {{.Reclaimable}}\n")


TABLES = {
    "Images": {"REPOSITORY": "Repository", "TAG": "Tag", "IMAGE ID": "ID", "CREATED": "CreatedSince", "SIZE": "Size",
               "SHARED SIZE": "SharedSize", "UNIQUE SIZE": "UniqueSize", "CONTAINERS": "Containers"},
    "Containers": {"CONTAINER ID": "ID", "IMAGE": "Image", "COMMAND": "Command", "LOCAL VOLUMES": "LocalVolumes",
                   "SIZE": "Size", "CREATED": "RunningFor", "STATUS": "Status", "NAMES": "Names"},
    "Local Volumes": {"VOLUME NAME": "Name", "LINKS": "Links", "SIZE": "Size"}}
"""Of --verbose: headings and fields."""
CACHE_HEADINGS = ("CACHE ID", "CACHE TYPE", "SIZE", "CREATED", "LAST USED", "USAGE", "SHARED")


def disk_usage(client: Client, parsed: Parsed) -> int:
    if parsed.on("verbose"):
        return _all(client, parsed)
    engine = client.engine
    images = list({image.identity: image for image in engine.images.all()}.values())
    containers = engine.containers.values()
    sizes = volume_sizes(engine)
    used, total = {one.image.identity for one in containers}, sum(_layers(images).values())
    spare = total - sum(size_of(image) - shared_size(image, images) for image in images if image.identity in used)
    rows = [_worded("Images", len(images), len(used), total, spare),
            _row("Containers", len(containers), {one.identity: bytes_in(one.files) for one in containers},
                 {one.identity for one in containers if one.is_running}),
            _row("Local Volumes", len(sizes), sizes,
                 sizes.keys() & {mount.source for one in containers for mount in one.mounts}),
            _row("Build Cache", len(engine.images.steps), {}, set())]
    LISTING.show(client, parsed, rows)
    return 0


def _all(client: Client, parsed: Parsed) -> int:
    """--verbose: each image, container and volume."""
    form = parsed.text("format")
    if form == "raw":
        raise DockerError("docker system df --verbose --format raw is not modelled in the sandbox")
    found = _rows(client, short=form in ("", "table"))
    if form in ("", "table"):
        for (what, fields), rows in zip(TABLES.items(), found, strict=True):
            cells = [[str(one[field]) for field in fields.values()] for one in rows]
            client.print(f"{what} space usage:\n\n{table([list(fields), *cells])}")
        client.print(f"Build cache usage: 0B\n\n{table([list(CACHE_HEADINGS)])}".rstrip("\n"))
        return 0
    sorts = ("Images", "Containers", "Volumes", "BuildCache")
    data = dict(zip(sorts, [[dict(sorted(one.items())) for one in rows] for rows in (*found, [])], strict=True))
    try:
        template = Template("{{json .}}" if form == "json" else form, LISTING.type_name)
    except TemplateError as error:
        raise DockerError(f"{LISTING.before}: {error}") from None
    try:
        client.print(template.execute(data))
    except TemplateError as error:
        raise DockerError(str(error)) from None
    return 0


def _rows(client: Client, short: bool) -> tuple[list[dict[str, Any]], ...]:
    """What is told of images, containers and volumes."""
    engine, now = client.engine, client.scheduler.clock
    images, containers = engine.images.all(), list(engine.containers.values())
    users = Counter(one.image.identity for one in containers)
    return ([_image(image, images, users[image.identity], now, short) for image in images],
            [container_row(one, now, short, engine.profile) | {"Size": human_size(bytes_in(one.files))}
             for one in reversed(containers)],
            [volume_row(volume, str(len(volumes.users(engine, volume))), human_size(size, 4))
             for volume, size in ((volumes.find(engine, name), size) for name, size in volume_sizes(engine).items())])


def _image(image: Image, others: list[Image], used: int, now: int, short: bool) -> dict[str, Any]:
    told = row(image, set(), short, now)
    shared = shared_size(next(other for other in reversed(others) if other.identity == image.identity), others)
    size = size_of(image)
    return {name: text for name, text in told.items() if name not in ("Image", "Extra")} | {
        "SharedSize": human_size(shared, 4), "UniqueSize": human_size(size - shared, 4), "Containers": str(used),
        "VirtualSize": human_size(size, 4), "Digest": ""}


def shared_size(image: Image, others: list[Image]) -> int:
    """Bytes of the layers, from the lowest on, that an image has in common with another one."""
    own, beside = _layers([image]), _layers([other for other in others if other.identity != image.identity])
    return sum(size for layer, size in own.items() if layer in beside)


def _layers(images: list[Image]) -> dict[tuple[str, ...], int]:
    """Bytes of each layer, which is known by all the steps up to it."""
    found = dict[tuple[str, ...], int]()
    for image in {image.identity: image for image in images}.values():
        steps = image.history or of_own(image)
        found |= {tuple(step.created_by for step in steps[:end + 1]): step.size for end, step in enumerate(steps)}
    return found


def _row(kind: str, count: int, sizes: dict[str, int], used: set[str]) -> dict[str, str]:
    return _worded(kind, count, len(used), sum(sizes.values()), sum(
        size for name, size in sizes.items() if name not in used))


def _worded(kind: str, count: int, used: int, total: int, spare: int) -> dict[str, str]:
    share = f" ({100 * spare // total}%)" if total else ""
    return {"Type": kind, "TotalCount": str(count), "Active": str(used), "Size": human_size(total, 4),
            "Reclaimable": human_size(spare, 4) + share}


def volume_sizes(engine: DockerEngine) -> dict[str, int]:
    """Characters in each volume's files."""
    files = [(path, text) for path, kind, text in engine.files.layer() if kind == "-"] if engine.files else []
    return {name: sum(len(text) for path, text in files if path.startswith(f"{volume.mountpoint}/"))
            for name, volume in engine.volumes.items()}


DISK_USAGE = Command("docker system df", "[OPTIONS]", "Show docker disk usage", disk_usage, (
    Flag("format", "", "string"), Flag("verbose", "v")), 0, 0)
