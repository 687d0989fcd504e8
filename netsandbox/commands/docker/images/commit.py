"""docker commit, tag and rmi: images that are made of containers, and their names."""

from __future__ import annotations

from hashlib import sha256

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.images.config import changed
from netsandbox.commands.docker.images.history import of_own
from netsandbox.commands.docker.images.reference import BAD_REFERENCE, check_reference, with_tag
from netsandbox.commands.docker.printing.sizes import bytes_in
from netsandbox.docker import history
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.image_store import NO_NAME, split
from netsandbox.docker.images import HistoryStep, Image
from netsandbox.engine.octets import to_bytes


def commit(client: Client, parsed: Parsed) -> int:
    image = committed(client, parsed, client.engine.find(parsed.operands[0]), *parsed.operands[1:])
    client.print(f"sha256:{image.identity}")
    return 0


def committed(client: Client, parsed: Parsed, container: Container, reference: str = "") -> Image:
    """The image that is kept of a container (DockerError: the name is none, or a --change)."""
    if reference:
        check_reference(reference)
    images = client.engine.images
    image = images.of_container(client.engine, container, reference)._replace(
        comment=parsed.text("message"), author=parsed.text("author"))
    step = HistoryStep(client.scheduler.clock, " ".join([*image.entrypoint, *image.cmd]), bytes_in(container.files),
                       image.comment)
    image = image._replace(history=(*(container.image.history or of_own(container.image)), step))
    for text in parsed.all("change"):
        image = changed(image, text)
    content = repr((image, client.scheduler.clock))
    image = image._replace(digest=sha256(to_bytes(content)).hexdigest())
    pauses = container.is_running and parsed.values.get("pause", True)
    if pauses:
        history.of_container(client.engine, container, "pause")
    images.keep(image)
    history.of_image(client.engine, image.identity, "create")
    if reference:
        history.of_image(client.engine, image.identity, "tag", f"{image.name}:{image.tag}")
    history.of_container(client.engine, container, "commit", comment=parsed.text("message"), imageRef=with_tag(
        reference) if reference else "", imageID=f"sha256:{image.identity}")
    if pauses:
        history.of_container(client.engine, container, "unpause")
    return image


def tag(client: Client, parsed: Parsed) -> int:
    source, target = parsed.operands
    try:
        check_reference(target)
    except DockerError as error:
        raise DockerError(f'Error parsing reference: "{target}" is not a valid repository/tag: {error}') from None
    image = client.engine.images.find(source)
    if image is None:
        raise daemon_error(f"No such image: {with_tag(source)}")
    name, tag_name = split(target)
    client.engine.images.keep(image._replace(name=name, tag=tag_name, digest=image.identity))
    history.of_image(client.engine, image.identity, "tag", f"{name}:{tag_name}")
    return 0


def remove(client: Client, parsed: Parsed) -> int:
    refused, is_failure = [], False
    for name in parsed.operands:
        try:
            if " " in name:
                raise daemon_error(BAD_REFERENCE)
            for image in client.engine.images.remove(client.engine, name, parsed.on("force")):
                if image.name != NO_NAME:
                    client.print(f"Untagged: {image.name}:{image.tag}")
                    history.of_image(client.engine, image.identity, "untag")
            if not client.engine.images.is_known(image.identity):
                history.of_image(client.engine, image.identity, "delete")
                client.print(f"Deleted: sha256:{image.identity}")
                users = [one.image for one in client.engine.containers.values()]
                if all(_layers(one) != _layers(image) for one in (*client.engine.images.all(), *users)):
                    client.print(f"Deleted: sha256:{sha256(to_bytes(image.identity)).hexdigest()}")
        except DockerError as error:
            is_failure |= not (parsed.on("force") and "No such image" in str(error))
            refused.append(str(error))
    for text in refused:
        client.complain(text)
    return 1 if is_failure else 0


def _layers(image: Image) -> tuple[object, ...]:
    """What two images have in common that were made alike of the same one."""
    return image.layer, image.history[:-1]


COMMIT = Command("docker commit", "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
                 "Create a new image from a container's changes", commit, (
                     Flag("author", "a", "string"),
                     Flag("change", "c", "list"),
                     Flag("message", "m", "string"),
                     Flag("pause", "p")), 1, 2)
TAG = Command("docker tag", "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
              "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", tag, (), 2, 2)
REMOVE = Command("docker rmi", "[OPTIONS] IMAGE [IMAGE...]", "Remove one or more images", remove, (
    Flag("force", "f"),
    Flag("platform", "", "list", ignored=True),
    Flag("no-prune", ignored=True)), 1)
