"""Volumes, and what a container mounts: a directory or a file of the host's, a volume, or a tmpfs.

A volume of the `local` driver is a directory below /var/lib/docker/volumes of the host; mounting is a graft of its node
into the container's file system.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.apps.sessions import FURNISH
from netsandbox.docker import history
from netsandbox.docker.errors import NOT_FOUND, daemon_error
from netsandbox.docker.files import files_of
from netsandbox.engine.nothing import NOTHING
from netsandbox.linux.core.files import Files
from netsandbox.linux.core.inode import Directory, FileError, FileSystem, Graft

if TYPE_CHECKING:
    from netsandbox.docker.container import Container
    from netsandbox.docker.engine import DockerEngine

BIND, VOLUME, TMPFS = "bind", "volume", "tmpfs"
ROOT = "/var/lib/docker/volumes"
ANONYMOUS = "com.docker.volume.anonymous"


class Mount(NamedTuple):
    """One mount that a container was told of.

    Attributes:
        source: a path of the host's, or a volume's name.
        mode: the last part of -v, as `ro`.
        is_long: it came from --mount.
        is_anonymous: a volume that nobody gave a name.
        is_borrowed: it is another container's (--volumes-from).
        options: what --mount said beside, as HostConfig has it.
    """

    kind: str
    source: str
    target: str
    mode: str = ""
    is_long: bool = False
    is_anonymous: bool = False
    is_borrowed: bool = False
    options: Mapping[str, Any] = NOTHING

    @property
    def read_only(self) -> bool:
        return "ro" in self.mode.split(",")


class Volume(NamedTuple):
    """One volume; `created` is virtual nanoseconds."""

    name: str
    created: int
    labels: dict[str, str]
    options: dict[str, str]

    @property
    def mountpoint(self) -> str:
        """Its directory on the host."""
        return f"{ROOT}/{self.name}/_data"

    @property
    def is_anonymous(self) -> bool:
        return ANONYMOUS in self.labels


def make(engine: DockerEngine, name: str, labels: dict[str, str] | None = None,
         options: dict[str, str] | None = None) -> Volume:
    """A volume, made unless it is there."""
    found = engine.volumes.get(name)
    if found is None:
        found = engine.volumes[name] = Volume(name, engine.scheduler.clock, labels or {}, options or {})
        history.of_volume(engine, name, "create")
        files = Files(engine.host_files, {})
        if not files.is_directory(found.mountpoint):
            engine.host_files.add(found.mountpoint, Directory(engine.scheduler.clock))
    return found


def find(engine: DockerEngine, name: str) -> Volume:
    """Raises DockerError: there is none of that name."""
    found = engine.volumes.get(name)
    if found is None:
        raise daemon_error(f"get {name}: no such volume", kind=NOT_FOUND)
    return found


def users(engine: DockerEngine, volume: Volume) -> list[Container]:
    """The containers that mount a volume, running or not."""
    return [container for container in engine.containers.values()
            if any(mount.kind == VOLUME and mount.source == volume.name for mount in container.mounts)]


def remove(engine: DockerEngine, name: str) -> None:
    """`docker volume rm`.

    Raises:
        DockerError: there is none, or a container mounts it.
    """
    volume = find(engine, name)
    taken = users(engine, volume)
    if taken:
        raise daemon_error(f"remove {name}: volume is in use - [{', '.join(one.identity for one in taken)}]")
    del engine.volumes[name]
    engine.host_files.drop(f"{ROOT}/{name}")
    history.of_volume(engine, name, "destroy")


def forget_anonymous(engine: DockerEngine, container: Container) -> None:
    """What `docker rm -v` and --rm take along: volumes without a name that no other container mounts."""
    for mount in container.mounts:
        volume = engine.volumes.get(mount.source) if mount.is_anonymous else None
        if volume is not None and volume.is_anonymous and not users(engine, volume):
            remove(engine, volume.name)


def settle(engine: DockerEngine, container: Container, wanted: tuple[Mount, ...]) -> None:
    """What a new container mounts: what it was told, and a volume for each directory that its image wants one for;
    volumes that are not there yet are made.
    """
    given = {mount.target for mount in wanted}
    wanted += tuple(Mount(VOLUME, "", target) for target in container.image.volumes if target not in given)
    container.mounts = tuple(mount if mount.source or mount.kind != VOLUME else mount._replace(
        source=_anonymous_name(container, mount.target), is_anonymous=True) for mount in wanted)
    for mount in container.mounts:
        if mount.kind == VOLUME:
            make(engine, mount.source, {ANONYMOUS: ""} if mount.is_anonymous else None)


def _anonymous_name(container: Container, target: str) -> str:
    """64 hex digits; they come from the container's own, so that no other choice of Docker's changes."""
    return sha256(f"{container.identity}{target}".encode()).hexdigest()


def attach(engine: DockerEngine, container: Container) -> None:
    """Mount all when a container starts; a directory of the host's that -v names is made if it is missing.

    Raises:
        DockerError: a mount that makes no sense.
    """
    if container.mounts and container.image.server in FURNISH:
        FURNISH[container.image.server](files_of(engine, container))
    for mount in sorted(container.mounts, key=lambda it: it.target.count("/")):
        system = files_of(engine, container).system
        try:
            if mount.kind == TMPFS:
                system.graft(mount.target, Directory(engine.scheduler.clock), Graft(FileSystem(engine.scheduler)))
                continue
            path = engine.volumes[mount.source].mountpoint if mount.kind == VOLUME else _on_host(engine, mount.source)
            node = engine.host_files.find(path)
            assert node is not None, path
            system.graft(mount.target, node, Graft(engine.host_files, mount.read_only, mount.kind == VOLUME))
        except FileError as error:
            raise daemon_error(f"failed to create task for container: error mounting {mount.source} to rootfs at "
                               f"{mount.target}: {str(error).lower()}") from None


def _on_host(engine: DockerEngine, source: str) -> str:
    """The canonical path of what is to be bound."""
    files = Files(engine.host_files, {})
    if not files.exists(source):
        engine.host_files.add(source, Directory(engine.scheduler.clock))
    return files.canonical(source)
