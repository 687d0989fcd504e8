"""docker images and docker pull: what there is to run, all of it here from the start."""

from __future__ import annotations

from fnmatch import fnmatchcase

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.images.reference import check_reference, not_found, own_registry, with_tag
from netsandbox.commands.docker.printing.listing import Column, Listing, no_filter
from netsandbox.commands.docker.printing.sizes import shown_size
from netsandbox.commands.docker.printing.words import created_at, has_label, human_duration
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.image_store import NO_NAME, is_id
from netsandbox.docker.images import Image

SHORT = 12
TRUE = ("true", "1")
COLUMNS = (Column("Repository", "REPOSITORY"), Column("Tag", "TAG"), Column("ID", "IMAGE ID"),
           Column("CreatedSince", "CREATED"), Column("Size", "SIZE"))
FIELDS = {column.field: column.heading for column in COLUMNS} | {
    "Digest": "DIGEST", "CreatedAt": "CREATED AT", "Containers": "CONTAINERS", "VirtualSize": "SIZE",
    "SharedSize": "SHARED SIZE", "UniqueSize": "UNIQUE SIZE"}
"""What a template can ask for, with the headings of `table …`."""
EARLIER = Listing("*formatter.imageContext", COLUMNS, FIELDS)
TODAY = Listing("*formatter.imageContext", (
    Column("Image", "IMAGE"), Column("ID", "ID"), Column("Size", "DISK USAGE"), Column("Extra", "EXTRA")), FIELDS,
    narrowest=0)
"""Of Docker 29."""
CREATED_AT = "2025-12-18 00:00:00 +0000 UTC"


def images(client: Client, parsed: Parsed) -> int:
    filters = [_filter(text) for text in parsed.all("filter")]
    wanted = [*parsed.operands, *(value for key, value in filters if key == "reference")]
    dangling = [value in TRUE for key, value in filters if key == "dangling"]
    chosen = [image for image in client.engine.images.all() if all(_is_named(image, text) for text in wanted)
              and all((image.name == NO_NAME) is each for each in dangling)
              and all(has_label(dict(image.labels), value) for key, value in filters if key == "label")]
    for key, value in filters:
        if key in ("before", "since"):
            limit = _created(client, value)
            chosen = [image for image in chosen if (
                (image.created or 0) < limit if key == "before" else (image.created or 0) > limit)]
    if client.engine.profile.since(29) and not parsed.on("all") and not dangling:
        chosen = [image for image in chosen if image.name != NO_NAME]
    used = {container.image.name for container in client.engine.containers.values()}
    now = client.scheduler.clock
    rows = [row(image, used, not parsed.on("no-trunc"), now) for image in chosen]
    today = client.engine.profile.since(29) and not parsed.text("format").startswith("table")
    (TODAY if today else EARLIER).show(client, parsed, rows)
    return 0


def row(image: Image, used: set[str], short: bool, now: int) -> dict[str, str]:
    identity = image.identity[:SHORT] if short else f"sha256:{image.identity}"
    tag, size = image.tag if image.name != NO_NAME else NO_NAME, shown_size(image)
    since = "2 weeks ago" if image.created is None else f"{human_duration(now - image.created)} ago"
    return {"Image": f"{image.name}:{tag}", "Repository": image.name, "Tag": tag, "ID": identity,
            "CreatedSince": since, "Size": size, "VirtualSize": size,
            "CreatedAt": CREATED_AT if image.created is None else created_at(image.created),
            "Digest": "<none>", "Containers": "N/A", "SharedSize": "N/A", "UniqueSize": "N/A",
            "Extra": "U" if image.name in used else ""}


def _filter(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise DockerError(f'invalid argument "{text}" for "-f, --filter" flag: invalid filter \'{text}\'', 125)
    if key not in ("reference", "dangling", "before", "since", "label"):
        raise no_filter(key)
    if key == "dangling" and value not in (*TRUE, "false", "0"):
        raise daemon_error(f"invalid filter 'dangling=[{value}]'")
    return key, value


def _created(client: Client, reference: str) -> int:
    """Raises DockerError: there is no such image to be older or newer than."""
    image = client.engine.images.find(reference)
    if image is None:
        raise daemon_error(f"No such image: {with_tag(reference)}")
    return image.created or 0


def _is_named(image: Image, pattern: str) -> bool:
    """By its name, or with its tag; a * is of one part of it (reference.FamiliarMatch)."""
    wanted = pattern.split("/")
    return any(len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted)) for parts in (
        image.name.split("/"), f"{image.name}:{image.tag}".split("/")))


def pull(client: Client, parsed: Parsed) -> int:
    """Every image that there is, is here; nothing is downloaded."""
    reference = parsed.operands[0]
    check_reference(reference)
    full = with_tag(reference)
    if full != reference and not parsed.on("quiet"):
        client.print("Using default tag: latest")
    image = client.engine.images.ask(reference)
    if image is None or own_registry(reference) or is_id(image, reference):
        raise not_found(client.engine, reference)
    path = image.name if "/" in image.name else f"library/{image.name}"
    tag = full.rpartition(":")[2]
    if parsed.on("quiet"):
        client.print(f"docker.io/{path}:{tag}")
        return 0
    client.print(f"{tag}: Pulling from {path}\nDigest: sha256:{image.identity}\n"
                 f"Status: Image is up to date for {image.name}:{tag}\ndocker.io/{path}:{tag}")
    return 0


IMAGES_COMMAND = Command("docker images", "[OPTIONS] [REPOSITORY[:TAG]]", "List images", images, (
    Flag("all", "a"),
    Flag("digests", ignored=True),
    Flag("filter", "f", "list"),
    Flag("format", "", "string"),
    Flag("no-trunc"),
    Flag("quiet", "q"), *refused("tree")), 0, 1)
PULL = Command("docker pull", "[OPTIONS] NAME[:TAG|@DIGEST]", "Download an image from a registry", pull, (
    Flag("all-tags", "a", ignored=True),
    Flag("disable-content-trust", ignored=True),
    Flag("platform", "", "string", ignored=True),
    Flag("quiet", "q")), 1, 1)
