"""docker history and docker system df: what images are made of, and how much of all there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.docker.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.images import CREATED_AT, SHORT
from netsandbox.commands.docker.listing import Column, print_list
from netsandbox.commands.docker.reference import with_tag
from netsandbox.commands.docker.sizes import bytes_of, human_size, size_of
from netsandbox.commands.docker.words import created_at, ellipsis, human_duration, quoted
from netsandbox.docker.errors import daemon_error
from netsandbox.docker.images import HistoryStep

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.images import Image
    from netsandbox.linux.core.inode import FileSystem

BUILDKIT = "buildkit.dockerfile.v0"
MISSING = "<missing>"
WIDTH = 45
COLUMNS = (Column("ID", "IMAGE"), Column("CreatedSince", "CREATED"), Column("CreatedBy", "CREATED BY"),
           Column("Size", "SIZE"), Column("Comment", "COMMENT"))
FIELDS = {column.field: column.heading for column in COLUMNS} | {"CreatedAt": "CREATED AT"}
USAGE = (Column("Type", "TYPE"), Column("TotalCount", "TOTAL"), Column("Active", "ACTIVE"), Column("Size", "SIZE"),
         Column("Reclaimable", "RECLAIMABLE"))


def history(client: Client, parsed: Parsed) -> int:
    image = client.engine.images.find(parsed.operands[0])
    if image is None:
        raise daemon_error(f"No such image: {with_tag(parsed.operands[0])}")
    now, is_whole = client.scheduler.clock, parsed.on("no-trunc")
    rows = []
    for step in reversed(image.history or of_own(image)):
        is_made = step.at >= 0
        rows.append({
            "ID": MISSING, "CreatedSince": f"{human_duration(now - step.at)} ago" if is_made else "2 weeks ago",
            "CreatedAt": created_at(step.at) if is_made else CREATED_AT, "Size": human_size(step.size),
            "CreatedBy": step.created_by if is_whole else ellipsis(step.created_by, WIDTH),
            "Comment": BUILDKIT if is_made else ""})
    rows[0]["ID"] = f"sha256:{image.identity}" if is_whole else image.identity[:SHORT]
    print_list(client, parsed, COLUMNS, rows, "*formatter.historyContext", FIELDS)
    if not image.history and not parsed.on("quiet"):
        client.complain(f"note: of {image.name} the sandbox knows what it says of its program; the files are one layer")
    return 0


def of_own(image: Image) -> tuple[HistoryStep, ...]:
    """What there is to say of an image that nobody built here."""
    found = [(f"the files of {image.name}", bytes_of(image.size))]
    found += [(f"ENTRYPOINT {listed(image.entrypoint)}", 0)] if image.entrypoint else []
    found += [(f"EXPOSE map[{' '.join(f'{port}:{{}}' for port in image.exposed)}]", 0)] if image.exposed else []
    found += [(f"STOPSIGNAL {image.stop_signal}", 0)] if image.stop_signal != "SIGTERM" else []
    found += [(f"CMD {listed(image.cmd)}", 0)] if image.cmd else []
    return tuple(HistoryStep(-1, text, size) for text, size in found)


def listed(words: tuple[str, ...]) -> str:
    """Go's %q of a list."""
    return f"[{' '.join(quoted(word) for word in words)}]"


def disk_usage(client: Client, parsed: Parsed) -> int:
    """docker system df: of the lab's own files and the images' sizes."""
    engine = client.engine
    images, used = engine.images.all(), {container.image.identity for container in engine.containers.values()}
    sizes = {image.identity: size_of(image) for image in images}
    running = [one for one in engine.containers.values() if one.is_running]
    written = {one.identity: _bytes_in(one.files) for one in engine.containers.values()}
    mounted = {mount.source for one in engine.containers.values() for mount in one.mounts}
    host = engine.files.layer() if engine.files is not None else ()
    volumes = {name: sum(len(text) for path, kind, text in host if kind == "-" and path.startswith(
        f"{volume.mountpoint}/")) for name, volume in engine.volumes.items()}
    rows = [_row("Images", len(images), len(used), sizes, {name for name in sizes if name not in used}),
            _row("Containers", len(written), len(running), written,
                 {one.identity for one in engine.containers.values() if not one.is_running}),
            _row("Local Volumes", len(volumes), sum(name in mounted for name in volumes), volumes,
                 {name for name in volumes if name not in mounted}),
            _row("Build Cache", len(engine.images.steps), 0, {}, set())]
    print_list(client, parsed, USAGE, rows, "*formatter.diskUsageContext", {each.field: each.heading for each in USAGE})
    return 0


def _row(kind: str, count: int, active: int, sizes: dict[str, int], free: set[str]) -> dict[str, str]:
    total, spare = sum(sizes.values()), sum(sizes[name] for name in free)
    share = f" ({100 * spare // total}%)" if total else ""
    return {"Type": kind, "TotalCount": str(count), "Active": str(active), "Size": human_size(total, 4),
            "Reclaimable": human_size(spare, 4) + share}


def _bytes_in(system: FileSystem | None) -> int:
    """What was written there since the beginning."""
    if system is None or not system.is_made:
        return 0
    before = system.as_brought()
    before.layer()  # which makes it
    return max(system.size - before.size, 0)


HISTORY = Command("docker history", "[OPTIONS] IMAGE", "Show the history of an image", history, (
    Flag("format", "", "string", "Format output using a custom template", value="string"),
    Flag("human", "H", usage="Print sizes and dates in human readable format (default true)", ignored=True),
    Flag("no-trunc", usage="Don't truncate output"), Flag("quiet", "q", usage="Only show image IDs"),
    *refused("platform", kind="string")), 1, 1)
DISK_USAGE = Command("docker system df", "[OPTIONS]", "Show docker disk usage", disk_usage, (
    Flag("format", "", "string", "Format output using a custom template", value="string"), *refused("verbose/v")), 0, 0)
