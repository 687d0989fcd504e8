"""Volumes, and what a container mounts: a directory or a file of the host's, a volume, or a tmpfs.

A volume of the `local` driver is a directory below /var/lib/docker/volumes of the host; mounting is a graft of its node
into the container's file system.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from posixpath import normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.apps.sessions import FURNISH
from netsandbox.docker import history
from netsandbox.docker.container import Container
from netsandbox.docker.errors import HINT, NOT_CREATED, NOT_FOUND, daemon_error
from netsandbox.docker.files import files_of
from netsandbox.docker.tmpfs import most_bytes
from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import Directory, FileError, FileSystem, Graft

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

BIND, VOLUME, TMPFS = "bind", "volume", "tmpfs"
ROOT = "/var/lib/docker/volumes"
ANONYMOUS = "com.docker.volume.anonymous"
DEVICES = "/dev"


class Mount(NamedTuple):
    """One mount that a container was told of."""

    kind: str
    source: str  # a path of the host's, or a volume's name
    target: str
    mode: str = ""  # the last part of -v, as `ro`
    is_long: bool = False  # it came from --mount
    is_anonymous: bool = False  # a volume that nobody gave a name
    is_borrowed: bool = False  # it is another container's (--volumes-from)
    options: Mapping[str, Any] = NOTHING  # what --mount said beside, as HostConfig has it

    @property
    def read_only(self) -> bool:
        return "ro" in self.mode.split(",")

    @property
    def of_volume(self) -> Mapping[str, Any]:
        """What --mount said of the volume."""
        found: Mapping[str, Any] = self.options.get("VolumeOptions", NOTHING)
        return found

    @property
    def fills(self) -> bool:
        """Whether an empty volume takes what the image has there."""
        return self.kind == VOLUME and "nocopy" not in self.mode.split(",") and not (
            self.of_volume.get("NoCopy") or self.of_volume.get("Subpath"))


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
    """`docker volume rm` (DockerError: there is none, or a container mounts it)."""
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
        if volume is not None and not users(engine, volume):
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
            is_told = mount.is_anonymous and (engine.profile.since(28) or not mount.is_long)
            labels = dict(mount.of_volume.get("Labels", {})) | ({ANONYMOUS: ""} if is_told else {})
            make(engine, mount.source, labels, mount.of_volume.get("DriverConfig", {}).get("Options"))


def _anonymous_name(container: Container, target: str) -> str:
    """64 hex digits; they come from the container's own, so that no other choice of Docker's changes."""
    return sha256(to_bytes(f"{container.identity}{target}")).hexdigest()


def attach(engine: DockerEngine, container: Container) -> None:
    """Mount all when a container starts; a directory of the host's that -v names is made if it is missing (DockerError:
    a mount that makes no sense)."""
    is_read_only = bool(container.host_config.resources.get("ReadonlyRootfs"))
    if (container.mounts or is_read_only) and container.image.server in FURNISH:
        FURNISH[container.image.server](files_of(engine, container))
    for mount in sorted(container.mounts, key=lambda it: it.target.count("/")):
        try:
            _graft(engine, container, mount)
        except FileError as error:
            raise daemon_error(f"failed to create task for container: error mounting {mount.source} to rootfs at "
                               f"{mount.target}: {str(error).lower()}") from None
    make_work_directory(engine, container)
    if is_read_only:
        _seal(files_of(engine, container).system)


def _graft(engine: DockerEngine, container: Container, mount: Mount) -> None:
    """Raises FileError, DockerError: it cannot stand there."""
    files = files_of(engine, container)
    target = _followed(files, mount.target)
    if mount.kind == TMPFS:
        memory = FileSystem(engine.scheduler, most_bytes(mount))
        files.system.graft(target, Directory(engine.scheduler.clock), Graft(memory, mount.read_only))
        return
    source = _of_volume(engine, mount) if mount.kind == VOLUME else _on_host(engine, mount.source)
    node = engine.host_files.find(source)
    assert node is not None, mount
    _check_kind(engine, container, mount, source, isinstance(node, Directory))
    files.system.graft(target, node, Graft(engine.host_files, mount.read_only, mount.fills))


def _check_kind(engine: DockerEngine, container: Container, mount: Mount, source: str, is_directory: bool) -> None:
    """Raises DockerError: a directory would stand in the place of a file, or a file in that of a directory."""
    files, target = files_of(engine, container), mount.target
    if not files.exists(target) or files.is_directory(target) == is_directory:
        return
    merged = f"/var/lib/docker/overlay2/{container.identity}/merged{target}"
    if mount.kind == VOLUME:
        raise daemon_error(f"source {merged} is not directory")
    if engine.profile.since(28):
        how = f"mount src={source}, dst={target}, dstFd=/proc/thread-self/fd/14, flags=MS_BIND|MS_REC"
    elif is_directory:
        how = f"create mount destination for {target} mount: cannot mkdir in {merged}"
    else:
        how = f"mount {source}:{target} (via /proc/self/fd/6), flags: 0x5000"
    raise daemon_error(
        f'{NOT_CREATED}: error mounting "{source}" to rootfs at "{target}": {how}: not a directory{HINT}')


def make_work_directory(engine: DockerEngine, container: Container) -> None:
    """Where --workdir says, if it is not there: the daemon makes it with the container, and runc below a mount
    (DockerError: nothing can be made there)."""
    if not container.config.workdir:
        return  # and its files are not made yet
    path, files = normpath(container.config.workdir), files_of(engine, container)
    container.config = container.config._replace(workdir=path)
    try:
        if path == "/" or files.is_directory(path):
            return
        files.make_directories(path)
    except FileError as error:
        why = str(error).lower()
        raise daemon_error(
            f"Cannot mkdir: {path} is not a directory" if error.name == "EEXIST" else
            f"{NOT_CREATED}: mkdir {path}: {why}" if error.name == "EROFS" else
            f"lstat /var/lib/docker/overlay2/{container.identity}/merged{path}: {why}") from None


def _seal(system: FileSystem) -> None:
    """--read-only: nothing is written but what is mounted, and /dev, which is memory of its own."""
    if DEVICES not in system.grafts:
        devices = system.find(DEVICES) or Directory(system.now)
        system.graft(DEVICES, devices, Graft(FileSystem(system.scheduler)))
    system.read_only = True


def _of_volume(engine: DockerEngine, mount: Mount) -> str:
    """The path of what is to be mounted of a volume: all, or what --mount's volume-subpath says (DockerError: there is
    nothing)."""
    path, subpath = engine.volumes[mount.source].mountpoint, mount.of_volume.get("Subpath")
    if not subpath:
        return path
    path = normpath(f"{path}/{subpath}")
    if engine.host_files.find(path) is None:
        raise daemon_error(f"cannot access path {path}: lstat {path}: no such file or directory")
    return path


def _followed(files: Files, target: str) -> str:
    """Where a target lies behind the image's links, as /var/run is one; what is not there yet is to be made."""
    if target == "/" or files.exists(target):
        return files.canonical(target)
    above, _slash, name = target.rpartition("/")
    return f"{_followed(files, above or '/').rstrip('/')}/{name}"


def _on_host(engine: DockerEngine, source: str) -> str:
    """The canonical path of what is to be bound."""
    files = Files(engine.host_files, {})
    if not files.exists(source):
        engine.host_files.add(source, Directory(engine.scheduler.clock))
    return files.canonical(source)
