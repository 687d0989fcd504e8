"""What docker run is told to mount: -v, --mount, --tmpfs and --volumes-from."""

from __future__ import annotations

import re
from posixpath import normpath
from typing import Any

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.commands.docker.volumes.mount_fields import IMAGE, Fields, options, read_fields, without_effect
from netsandbox.commands.docker.volumes.options import check_driver, check_options, notes, volume_name
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.files import WRITTEN
from netsandbox.docker.network import random_identity
from netsandbox.docker.tmpfs import WITHOUT_EFFECT
from netsandbox.docker.volumes import ANONYMOUS, BIND, TMPFS, VOLUME, Mount
from netsandbox.linux.core.files.inode import FileError

DRIVE = re.compile(r"[a-zA-Z]")
"""Of Windows, for which the client takes the one letter of `a:/b`; what it has then is a path alone."""
PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
MODES = frozenset({"ro", "rw", "z", "Z", "nocopy", "consistent", "cached", "delegated", *PROPAGATIONS})
DRIVER_IGNORED = ("WARNING: the container-wide volume-driver configuration is ignored for volumes specified via "
                  "'mount'. Use '--mount type=volume,volume-driver=...' instead")
DRIVER_IGNORED_BEFORE_28 = ("`--volume-driver` is ignored for volumes specified via `--mount`. Use `--mount "
                            "type=volume,volume-driver=...` instead.")
NOT_HERE = ("/dev", "/proc", "/sys", "/lib/modules", "/etc/localtime", "/etc/timezone", "/usr/lib/modules", "/boot",
            "/run/docker.sock", "/var/run/docker.sock", "/run/docker", "/var/run/docker")
"""What a real host has and the sandbox's small file system has not."""


def mounts(client: Client, parsed: Parsed) -> tuple[Mount, ...]:
    """All that a command line mounts (DockerError: Docker refuses one)."""
    driver = parsed.text("volume-driver")
    found = [_short(client, text, driver) for text in parsed.all("volume")]
    found += [_long(client, text) for text in parsed.all("mount")]
    if driver and parsed.all("mount"):
        if client.engine.profile.since(28):
            client.tell_warning(DRIVER_IGNORED)
        else:
            client.warn(DRIVER_IGNORED_BEFORE_28)
    found += [_of_memory(client, text) for text in parsed.all("tmpfs")]
    taken: set[str] = set()
    for mount in found:
        if mount.target in taken:
            raise daemon_error(f"Duplicate mount point: {mount.target}")
        taken.add(mount.target)
    borrowed: dict[str, Mount] = {}
    for text in parsed.all("volumes-from"):
        name, _colon, mode = text.partition(":")
        borrowed |= {mount.target: mount._replace(mode=mode or mount.mode, is_borrowed=True)
                     for mount in client.engine.find(name).mounts if mount.target not in taken}
    return tuple(mount for mount in (*found, *borrowed.values()) if not _is_not_here(client, mount))


def _short(client: Client, text: str, driver: str) -> Mount:
    """-v [SOURCE:]TARGET[:MODE]."""
    parts = text.split(":")
    if "" in parts:
        raise DockerError(f"invalid spec: {text}: empty section between colons")
    if len(parts) > 3 and len(parts[2]) > 1:
        raise DockerError(f"invalid spec: {text}: too many colons")
    if len(parts) > 3:  # to the client, what one letter begins is a Windows drive's
        raise daemon_error(f"invalid volume specification: '{text}'")
    if len(parts) == 1 or (len(parts) == 2 and DRIVE.fullmatch(parts[0])):
        _check_driver(client, "", driver)
        return Mount(VOLUME, "", _target(text, text if text.startswith("/") else f"/{text}", VOLUME))
    source, target, mode = parts[0], parts[1], parts[2] if parts[2:] else ""
    if not MODES.issuperset(filter(None, mode.split(","))):
        raise daemon_error(f"invalid mode: {mode}")
    propagation = [word for word in mode.split(",") if word in PROPAGATIONS and word != "rprivate"]
    _tell(client, [f"note: {word} of -v does nothing in the sandbox" for word in propagation])
    if source.startswith((".", "/")):
        path = source if source.startswith("/") else f"{client.machine.host_files().cwd.rstrip('/')}/{source}"
        return Mount(BIND, _clean(path), _target(text, target, BIND), mode)
    _check_driver(client, volume_name(source), driver)
    return Mount(VOLUME, source, _target(text, target, VOLUME), mode)


def _check_driver(client: Client, source: str, driver: str) -> None:
    """Raises DockerError: there is no such driver; a volume without a name has got one by then."""
    if driver not in ("", "local"):
        check_driver(source or random_identity(client.engine.random), driver)


def _of_memory(client: Client, text: str) -> Mount:
    """--tmpfs TARGET[:OPTIONS]."""
    target, _colon, mode = text.partition(":")
    _tell(client, [f"note: the option {name} of a tmpfs does nothing in the sandbox" for name in
                   (word.partition("=")[0] for word in mode.split(",")) if name in WITHOUT_EFFECT])
    return Mount(TMPFS, "", target, mode)


def _target(text: str, target: str, kind: str) -> str:
    if not target.startswith("/"):
        raise daemon_error(f"invalid volume specification: '{text}': invalid mount config for type \"{kind}\": invalid "
                           f"mount path: '{target}' mount path must be absolute")
    if not target.strip("/"):
        raise daemon_error(f"invalid volume specification: '{text}': invalid mount config for type \"{kind}\": invalid "
                           "specification: destination can't be '/'")
    return _clean(target)


def _clean(path: str) -> str:
    """A path without dots, as Go's filepath.Clean makes it."""
    found: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del found[-1:]
        elif part not in ("", "."):
            found.append(part)
    return "/" + "/".join(found)


def _long(client: Client, text: str) -> Mount:
    """--mount type=…,source=…,target=…."""
    fields = read_fields(text)
    kind, source, target = fields.kind, fields.text("source", "src"), fields.text("target", "destination", "dst")
    wrong = f'invalid mount config for type "{kind}": '
    if kind == IMAGE and client.engine.profile.since(28):
        raise DockerError("--mount type=image is not modelled in the sandbox") if source else daemon_error(
            wrong + "field Source must not be empty")
    if kind not in (BIND, VOLUME, TMPFS):
        raise daemon_error(wrong + "mount type unknown")
    if not target.startswith("/"):
        raise daemon_error(f"{wrong}invalid mount path: '{target}' mount path must be absolute")
    told = options(fields)
    if kind == BIND:
        source = _bound(client, fields, source, wrong)
    elif kind == VOLUME:
        if fields.read_only and not source:
            raise daemon_error(f"{wrong}must not set ReadOnly mode when using anonymous volumes")
        _check_volume(client, told.get("VolumeOptions", {}), source, wrong)
    elif source:
        raise daemon_error(f"{wrong}field Source must not be specified")
    _tell(client, [f"note: {name} of --mount does nothing in the sandbox" for name in without_effect(fields)])
    if any(fields.values.get("bind-nonrecursive", ())):
        client.warn("bind-nonrecursive is deprecated, use bind-recursive=disabled instead")
    return Mount(kind, source, _clean(target), "ro" if fields.read_only else "", is_long=True, options=told)


def _bound(client: Client, fields: Fields, source: str, wrong: str) -> str:
    """The host's path that is to be bound, which is there unless it is to be made."""
    if not source:
        raise daemon_error(wrong + "field Source must not be empty")
    propagation, files = fields.text("bind-propagation").lower(), client.machine.host_files()
    if propagation and propagation not in PROPAGATIONS:
        raise daemon_error(f"{wrong}invalid propagation mode: {propagation}")
    source = _clean(source if source.startswith("/") else f"{files.cwd}/{source}")
    if not fields.on("bind-create-src") and not files.exists(source) and not source.startswith(NOT_HERE):
        raise daemon_error(f"{wrong}bind source path does not exist: {source}")
    return source


def _check_volume(client: Client, told: dict[str, Any], source: str, wrong: str) -> None:
    """What is said of a volume; that it has no name is one of the labels it has then (DockerError: the volume cannot be
    made so)."""
    subpath, driver = told.get("Subpath", ""), told.get("DriverConfig", {})
    if subpath and not source:
        raise daemon_error(f"{wrong}must not set Subpath when using anonymous volumes")
    if subpath.startswith("/") or normpath(subpath).partition("/")[0] == "..":
        raise daemon_error(f"{wrong}subpath must be a relative path within the volume")
    _check_driver(client, source, driver.get("Name", ""))
    if source:
        volume_name(source)
    elif "Labels" in told and client.engine.profile.since(28):
        told["Labels"] |= {ANONYMOUS: ""}
    if source not in client.engine.volumes:
        check_options(source, driver.get("Options", {}))
        _tell(client, notes(driver.get("Options", {})))


def _tell(client: Client, lines: list[str]) -> None:
    """Each once."""
    for note in lines:
        if ("mount", note) not in client.engine.told:
            client.engine.told.add(("mount", note))
            client.complain(note)


def _is_not_here(client: Client, mount: Mount) -> bool:
    """Whether a mount is of what the sandbox has not; a note says so."""
    if mount.kind != BIND or mount.source == "/":
        return False
    files = client.machine.host_files()
    try:
        if mount.source in WRITTEN and files.node(mount.source) is None:  # made when it is read: from now on a file
            files.write(mount.source, files.read(mount.source))
        is_generated = files.exists(mount.source) and files.system.find(files.canonical(mount.source)) is None
    except FileError as error:
        raise daemon_error(f"error while creating mount source path '{mount.source}': {str(error).lower()}") from None
    is_missing = not files.exists(mount.source) and any(
        mount.source == path or mount.source.startswith(f"{path}/") for path in NOT_HERE)
    if is_generated or is_missing:
        client.complain(f"note: the sandbox has no {mount.source} to mount; {mount.target} is left as the image has it")
    return is_generated or is_missing
