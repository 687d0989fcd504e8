"""The images of one Engine: those of the sandbox, and those that were made of containers (docker commit)."""

from __future__ import annotations

from string import hexdigits
from typing import TYPE_CHECKING

from netsandbox.docker.container import Container
from netsandbox.docker.errors import daemon_error
from netsandbox.docker.files import files_of
from netsandbox.docker.images import IMAGES, Image, find_image, stand_in
from netsandbox.linux.core.files.inode import Layer

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

NO_NAME = "<none>"
HEX = frozenset(hexdigits.lower())
SHORTEST_ID = 3  # Digits by which an image can be named here: c1 and c5 are what people call containers


def split(reference: str) -> tuple[str, str]:
    """(name, tag) of a reference; without one it is `latest`."""
    name = reference.split("@")[0].removeprefix("docker.io/").removeprefix("library/")
    head, slash, tail = name.rpartition("/")
    last, _colon, tag = tail.partition(":")
    return head + slash + last, tag or "latest"


def is_id(image: Image, reference: str) -> bool:
    """Whether it is by digits of its id that an image is called."""
    return split(reference)[0] != image.name and image.identity.startswith(reference.removeprefix("sha256:"))


class ImageStore:
    """What can be run."""

    def __init__(self) -> None:
        # images that are not the sandbox's own, by name and tag; they come before its own
        self.made: dict[tuple[str, str], Image] = {}
        # the files that steps of docker build came to, by what they began with and did (BuildKit's cache)
        self.steps: dict[str, Layer] = {}

    def find(self, reference: str) -> Image | None:
        """An image by its reference or its id."""
        own = self.made.get(split(reference))
        if own is not None:
            return own
        digits = reference.removeprefix("sha256:")
        found = find_image(reference)
        if found is None and len(digits) >= SHORTEST_ID and set(digits) <= HEX:
            begun = {image.identity: image for image in reversed(self.all()) if image.identity.startswith(digits)}
            found = next(iter(begun.values())) if len(begun) == 1 else None
        return found or stand_in(reference)

    def ask(self, reference: str) -> Image | None:
        """One that is pulled or run: from then on it is listed under the name and the tag that it was asked for by."""
        image, key = self.find(reference), split(reference)
        if image is not None and image.name == key[0] and all((one.name, one.tag) != key for one in self.all()):
            self.made[key] = image._replace(tag=key[1], digest=image.identity)
        return image

    def all(self) -> list[Image]:
        """The newest first; the names of one image in their order."""
        hidden, since = set(self.made), dict[str, int]()
        for image in self.made.values():
            since.setdefault(image.identity, len(since))
        return [*sorted(self.made.values(), key=lambda image: (
            -(image.created or 0), -since[image.identity], image.name, image.tag)),
                *(image for image in IMAGES.values() if (image.name, image.tag) not in hidden)]

    def keep(self, image: Image) -> None:
        """Under its name; another one that had it has none any more, and is dangling if that was its last."""
        old = self.made.pop((image.name, image.tag), None)
        if old is not None and old.identity != image.identity and not any(
                other.identity == old.identity for other in self.made.values()):
            self.made[NO_NAME, old.identity[:12]] = old._replace(name=NO_NAME, tag=old.identity[:12])
        self.made[image.name, image.tag] = image

    def is_known(self, identity: str) -> bool:
        """Whether an image has a name still."""
        return any(image.identity == identity and image.name != NO_NAME for image in self.all())

    @staticmethod
    def of_container(engine: DockerEngine, container: Container, reference: str) -> Image:
        """An image with a container's files and settings; it is not kept yet."""
        name, tag = split(reference) if reference else (NO_NAME, container.short_identity)
        argv = container.image.cmd if not container.arguments else tuple(container.arguments)
        given = container.config.entrypoint
        entrypoint = container.image.entrypoint if given is None else tuple(given)
        return container.image._replace(
            name=name, tag=tag, cmd=argv, entrypoint=entrypoint, exposed=tuple(container.exposed_ports),
            stop_signal=container.config.stop_signal or container.image.stop_signal,
            environment=tuple(container.config.environment), workdir=container.config.workdir,
            user=container.config.user, labels=tuple(container.labels.items()),
            health_check=container.config.health_check, created=engine.scheduler.clock,
            layer=files_of(engine, container).system.layer())

    def remove(self, engine: DockerEngine, reference: str, force: bool) -> list[Image]:
        """`docker rmi`: the names that are gone, all of an image that is called by its id (DockerError: there is none,
        it is one of the sandbox's own, or a container uses it)."""
        image, key = self.find(reference), split(reference)
        by_id = image is not None and is_id(image, reference)
        if image is None or not (by_id or key in {(one.name, one.tag) for one in self.all()}):
            raise daemon_error(f"No such image: {':'.join(key)}")
        users = [one for one in engine.containers.values() if one.image.identity == image.identity]
        names = [one for one in self.all() if one.identity == image.identity and one.name != NO_NAME]
        if by_id:
            _check_unused(image, names, users, force)
        elif users and not force and len(names) < 2:
            raise daemon_error(
                f'conflict: unable to remove repository reference "{reference}" (must force) - container '
                f"{users[0].short_identity} is using its referenced image {image.identity[:12]}")
        gone = (names if by_id else []) or [image]
        if any((one.name, one.tag) not in self.made for one in gone):
            raise daemon_error(f"{reference} is one of the sandbox's own images, which stay")
        for one in gone:
            del self.made[one.name, one.tag]
        return gone


def _check_unused(image: Image, names: list[Image], users: list[Container], force: bool) -> None:
    """Raises DockerError: an image that is called by its id is in use."""
    running, first = next((one for one in users if one.is_running), None), next(iter(users), None)
    why, how = "", "must be forced"
    if running is not None:
        why, how = f"image is being used by running container {running.short_identity}", "cannot be forced"
    elif len(names) > 1 and not force:
        why = "image is referenced in multiple repositories"
    elif first is not None and not force:
        why = f"image is being used by stopped container {first.short_identity}"
    if why:
        raise daemon_error(f"conflict: unable to delete {image.identity[:12]} ({how}) - {why}")
