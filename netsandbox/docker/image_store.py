"""The images of one Engine: those of the sandbox, and those that were made of containers (docker commit)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.errors import daemon_error
from netsandbox.docker.files import files_of
from netsandbox.docker.images import IMAGES, Image, find_image, stand_in

if TYPE_CHECKING:
    from netsandbox.docker.container import Container
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.linux.core.inode import Layer

NO_NAME = "<none>"
SHORTEST_ID = 6
"""Digits of an id by which an image can be named here."""


def split(reference: str) -> tuple[str, str]:
    """(name, tag) of a reference; without one it is `latest`."""
    name = reference.split("@")[0].removeprefix("docker.io/").removeprefix("library/")
    head, slash, tail = name.rpartition("/")
    last, _colon, tag = tail.partition(":")
    return head + slash + last, tag or "latest"


class ImageStore:
    """What can be run.

    Attributes:
        made: images that are not the sandbox's own, by name and tag; they come before its own.
        steps: the files that steps of docker build came to, by what they began with and did (BuildKit's cache).
    """

    def __init__(self) -> None:
        self.made: dict[tuple[str, str], Image] = {}
        self.steps: dict[str, Layer] = {}

    def find(self, reference: str) -> Image | None:
        """An image by its reference, or one that was made by its id."""
        own = self.made.get(split(reference))
        if own is not None:
            return own
        digits = reference.removeprefix("sha256:")
        if len(digits) >= SHORTEST_ID:
            for image in self.made.values():
                if image.identity.startswith(digits):
                    return image
        return find_image(reference) or stand_in(reference)

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

    def remove(self, engine: DockerEngine, reference: str, force: bool) -> Image:
        """`docker rmi`.

        Raises:
            DockerError: there is none, it is one of the sandbox's own, or a container uses it.
        """
        image = self.find(reference)
        if image is None:
            name, tag = split(reference)
            raise daemon_error(f"No such image: {name}:{tag}")
        user = next((one for one in engine.containers.values() if one.image.identity == image.identity), None)
        names = [one for one in self.all() if one.identity == image.identity and one.name != NO_NAME]
        if user is not None and not force and len(names) < 2:
            raise daemon_error(f'conflict: unable to remove repository reference "{reference}" (must force) - '
                               f"container {user.short_identity} is using its referenced image {image.identity[:12]}")
        if (image.name, image.tag) not in self.made:
            raise daemon_error(f"{reference} is one of the sandbox's own images, which stay")
        del self.made[image.name, image.tag]
        return image
