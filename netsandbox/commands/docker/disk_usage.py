"""docker system df: how much room images, containers and volumes take, of the lab's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.docker.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.listing import Column, print_list
from netsandbox.commands.docker.sizes import bytes_in, human_size, size_of

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.engine import DockerEngine

COLUMNS = (Column("Type", "TYPE"), Column("TotalCount", "TOTAL"), Column("Active", "ACTIVE"), Column("Size", "SIZE"),
           Column("Reclaimable", "RECLAIMABLE"))


def disk_usage(client: Client, parsed: Parsed) -> int:
    engine = client.engine
    images, containers = engine.images.all(), engine.containers.values()
    volumes = _volumes(engine)
    rows = [_row("Images", len(images), {image.identity: size_of(image) for image in images},
                 {one.image.identity for one in containers}),
            _row("Containers", len(containers), {one.identity: bytes_in(one.files) for one in containers},
                 {one.identity for one in containers if one.is_running}),
            _row("Local Volumes", len(volumes), volumes,
                 volumes.keys() & {mount.source for one in containers for mount in one.mounts}),
            _row("Build Cache", len(engine.images.steps), {}, set())]
    print_list(client, parsed, COLUMNS, rows, "*formatter.diskUsageContext",
               {column.field: column.heading for column in COLUMNS})
    return 0


def _row(kind: str, count: int, sizes: dict[str, int], used: set[str]) -> dict[str, str]:
    total, spare = sum(sizes.values()), sum(size for name, size in sizes.items() if name not in used)
    share = f" ({100 * spare // total}%)" if total else ""
    return {"Type": kind, "TotalCount": str(count), "Active": str(len(used)), "Size": human_size(total, 4),
            "Reclaimable": human_size(spare, 4) + share}


def _volumes(engine: DockerEngine) -> dict[str, int]:
    """Characters in each volume's files."""
    files = [(path, text) for path, kind, text in engine.files.layer() if kind == "-"] if engine.files else []
    return {name: sum(len(text) for path, text in files if path.startswith(f"{volume.mountpoint}/"))
            for name, volume in engine.volumes.items()}


DISK_USAGE = Command("docker system df", "[OPTIONS]", "Show docker disk usage", disk_usage, (
    Flag("format", "", "string"), *refused("verbose/v")), 0, 0)
