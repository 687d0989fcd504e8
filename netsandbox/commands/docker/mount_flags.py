"""What docker run is told to mount: -v, --mount, --tmpfs and --volumes-from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from netsandbox.commands.docker.flags import FALSE
from netsandbox.commands.docker.resources import size
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.volumes import BIND, TMPFS, VOLUME, Mount
from netsandbox.linux.core.inode import FileError

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.commands.docker.flags import Parsed

OCTAL = re.compile(r"[0-7]{1,10}")
SWITCHES = ("readonly", "ro", "volume-nocopy", "bind-nonrecursive")
"""Fields that need no value."""
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", re.ASCII)
DRIVE = re.compile(r"[a-zA-Z]")
"""Of Windows, for which the client takes the one letter of `a:/b`; what it has then is a path alone."""
MODES = frozenset({"ro", "rw", "z", "Z", "nocopy", "consistent", "cached", "delegated", "private", "rprivate", "shared",
                   "rshared", "slave", "rslave"})
NOT_HERE = ("/dev", "/proc", "/sys", "/lib/modules", "/etc/localtime", "/etc/timezone", "/usr/lib/modules", "/boot",
            "/run/docker.sock", "/var/run/docker.sock")
"""What a real host has and the sandbox's small file system has not."""
KEYS = frozenset({"type", "source", "src", "target", "destination", "dst", "readonly", "ro", "bind-propagation",
                  "volume-driver", "volume-label", "volume-nocopy", "volume-opt", "volume-subpath", "consistency",
                  "tmpfs-size", "tmpfs-mode", "bind-nonrecursive", "bind-recursive"})


def bad_mount(text: str) -> str:
    """Why --mount is refused by the client, or empty."""
    fields = _fields(text)
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if not equals and key.strip().lower() not in SWITCHES:
            return f"invalid field '{part}' must be a key=value pair"
        if key.strip().lower() not in KEYS:
            return f"unexpected key '{key}' in '{key}={value}'"
        if (key == "tmpfs-size" and size(value) is None) or (key == "tmpfs-mode" and not OCTAL.fullmatch(value)):
            return f"invalid value for {key}: {value}"
        what = key.partition("-")[0]
        if "-" in key and what in (BIND, VOLUME, TMPFS) and what != fields.get("type", VOLUME):
            return f"cannot mix '{what}-*' options with mount type '{fields.get('type', VOLUME)}'"
    return "" if {"target", "destination", "dst"} & fields.keys() else "target is required"


def mounts(client: Client, parsed: Parsed) -> tuple[Mount, ...]:
    """All that a command line mounts.

    Raises:
        DockerError: Docker refuses one.
    """
    found = [_short(client, text) for text in parsed.all("volume")]
    found += [_long(client, text) for text in parsed.all("mount")]
    found += [Mount(TMPFS, "", *text.partition(":")[::2]) for text in parsed.all("tmpfs")]
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


def _short(client: Client, text: str) -> Mount:
    """-v [SOURCE:]TARGET[:MODE]."""
    parts = text.split(":")
    if "" in parts:
        raise DockerError(f"invalid spec: {text}: empty section between colons")
    if len(parts) > 3:
        raise daemon_error(f"invalid volume specification: '{text}'")
    if len(parts) == 1 or (len(parts) == 2 and DRIVE.fullmatch(parts[0])):
        return Mount(VOLUME, "", _target(text, text if text.startswith("/") else f"/{text}", VOLUME))
    source, target, mode = parts[0], parts[1], parts[2] if parts[2:] else ""
    if not MODES.issuperset(filter(None, mode.split(","))):
        raise daemon_error(f"invalid mode: {mode}")
    if source.startswith((".", "/")):
        path = source if source.startswith("/") else f"{client.machine.host_files().cwd.rstrip('/')}/{source}"
        return Mount(BIND, _clean(path), _target(text, target, BIND), mode)
    return Mount(VOLUME, volume_name(source), _target(text, target, VOLUME), mode)


def volume_name(text: str) -> str:
    """Raises DockerError: it is no name of a volume."""
    if len(text) == 1:
        raise daemon_error(f"create {text}: volume name is too short, names should be at least two alphanumeric "
                           "characters")
    if not NAME.fullmatch(text):
        raise daemon_error(f'create {text}: "{text}" includes invalid characters for a local volume name, only '
                           '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use '
                           "absolute path")
    return text


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


def _fields(text: str) -> dict[str, str]:
    return {key.strip().lower(): value for key, _equals, value in (part.partition("=") for part in text.split(","))}


def _long(client: Client, text: str) -> Mount:
    """--mount type=…,source=…,target=…."""
    fields = _fields(text)
    kind = fields.get("type", VOLUME)
    source = fields.get("source", fields.get("src", ""))
    target = next(fields[key] for key in ("target", "destination", "dst") if key in fields)
    wrong = f'invalid mount config for type "{kind}": '
    if kind not in (BIND, VOLUME, TMPFS):
        raise daemon_error(wrong + "mount type unknown")
    if not target.startswith("/"):
        raise daemon_error(f"{wrong}invalid mount path: '{target}' mount path must be absolute")
    switch = next((fields[key] for key in ("readonly", "ro") if key in fields), "false")
    mode = "ro" if switch in ("", "1", "true") else ""
    if kind == BIND:
        if not source:
            raise daemon_error(wrong + "field Source must not be empty")
        files = client.machine.host_files()
        source = _clean(source if source.startswith("/") else f"{files.cwd}/{source}")
        if not files.exists(source) and not source.startswith(NOT_HERE):
            raise daemon_error(f"{wrong}bind source path does not exist: {source}")
    elif kind == VOLUME and source:
        volume_name(source)
    elif kind == TMPFS and source:
        raise daemon_error(f"{wrong}field Source must not be specified")
    return Mount(kind, source, _clean(target), mode, is_long=True, options=_options(fields))


def _options(fields: dict[str, str]) -> dict[str, Any]:
    """What HostConfig has of the other fields."""
    found: dict[str, Any] = {}
    if fields.get("bind-propagation"):
        found["BindOptions"] = {"Propagation": fields["bind-propagation"]}
    if "volume-nocopy" in fields:
        found["VolumeOptions"] = {"NoCopy": fields["volume-nocopy"] not in FALSE}
    if "volume-label" in fields:
        name, _equals, value = fields["volume-label"].partition("=")
        found["VolumeOptions"] = found.get("VolumeOptions", {}) | {"Labels": {name: value}}
    if "tmpfs-size" in fields:
        found["TmpfsOptions"] = {"SizeBytes": size(fields["tmpfs-size"]) or 0}
    if "tmpfs-mode" in fields:
        found["TmpfsOptions"] = found.get("TmpfsOptions", {}) | {"Mode": int(fields["tmpfs-mode"], 8)}
    return found


def _is_not_here(client: Client, mount: Mount) -> bool:
    """Whether a mount is of what the sandbox has not; a note says so."""
    if mount.kind != BIND or mount.source == "/":
        return False
    files = client.machine.host_files()
    try:
        is_generated = files.exists(mount.source) and files.system.find(files.canonical(mount.source)) is None
    except FileError as error:
        raise daemon_error(f"error while creating mount source path '{mount.source}': {str(error).lower()}") from None
    is_missing = not files.exists(mount.source) and any(
        mount.source == path or mount.source.startswith(f"{path}/") for path in NOT_HERE)
    if is_generated or is_missing:
        client.complain(f"note: the sandbox has no {mount.source} to mount; {mount.target} is left as the image has it")
    return is_generated or is_missing
