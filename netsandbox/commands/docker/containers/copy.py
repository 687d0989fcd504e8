"""docker cp: files and directories between a container and the host."""

from __future__ import annotations

import posixpath
from functools import partial
from tarfile import BLOCKSIZE as BLOCK
from tarfile import TarError
from typing import NamedTuple

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.tools.files.archive import Member, members_of, packed, put, tree
from netsandbox.docker import history
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.files import files_of
from netsandbox.docker.volumes import TMPFS
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError


class Place(NamedTuple):
    """One end of a copy; `container`: its name, empty for the host."""

    container: str
    files: Files
    path: str


ARCHIVE = "-"  # Instead of a path of the host's: standard input or output, with an archive


def run(client: Client, parsed: Parsed) -> int | None:
    if all(_is_container(text) for text in parsed.operands):
        raise DockerError("copying between containers is not supported")
    if not any(_is_container(text) for text in parsed.operands):
        raise DockerError("must specify at least one container source")
    first, last = parsed.operands
    if first == ARCHIVE:
        return _unpack_into(client, _place(client, last))
    members = _read(_place(client, first), parsed.on("follow-link"))
    if last == ARCHIVE:
        client.output.append(("out", packed(members)))
    else:
        target = _target(client, last)
        _check_writable(client, target)
        _write(target, first, members)
    _note(client, first, "archive-path")
    _note(client, last, "extract-to-dir")
    return 0


def _note(client: Client, text: str, action: str) -> None:
    if _is_container(text):
        history.of_container(client.engine, client.engine.find(text.partition(":")[0]), action)


def _unpack_into(client: Client, target: Place) -> int | None:
    """What an archive on standard input has goes into a directory, once all of it is there."""
    name, files, path = target
    if not files.is_directory(path):
        raise DockerError(f'destination "{name}:{path}" must be a directory')
    _check_writable(client, target)
    if client.stdin.is_terminal:
        raise DockerError("docker cp reads an archive (-) from a pipe or a file in the sandbox: nobody types one")
    return client.when_read(partial(_unpacked, client, target))


def _unpacked(client: Client, target: Place, text: str) -> int:
    try:
        members = members_of(text) if text else []
    except TarError:
        raise daemon_error("unexpected EOF" if len(text) < BLOCK else "archive/tar: invalid tar header") from None
    for one in members:
        parts = [part for part in one.info.name.split("/") if part not in ("", ".", "..")]
        if parts:
            try:
                put(target.files, "/".join([target.path.rstrip("/"), *parts]), one)
            except FileError as error:
                raise daemon_error(f"{one.info.name}: {str(error).lower()}") from None
    _note(client, f"{target.container}:", "extract-to-dir")
    return 0


def _check_writable(client: Client, target: Place) -> None:
    """Raises DockerError: it is for a container with --read-only, and for none of its volumes."""
    name, files, path = target
    if not name or not files.is_directory(path.rstrip("/").rpartition("/")[0] or "/"):
        return
    container, inside = client.engine.find(name), f"{files.canonical(path)}/"
    if container.host_config.resources.get("ReadonlyRootfs") and not any(
            inside.startswith(f"{mount.target}/") for mount in container.mounts if mount.kind != TMPFS):
        raise daemon_error("container rootfs is marked read-only")


def _read(source: Place, follows: bool = False) -> list[Member]:
    """What is there, below the last part of its name (DockerError: there is no such file)."""
    name, files, path = source
    base = path.rstrip("/").rpartition("/")[2] or "."
    try:
        if files.link(path.rstrip("/") or "/") is not None and (follows or path.endswith(("/", "/."))):
            path = files.canonical(path)
        return list(tree(files, path.rstrip("/") or "/", base))
    except FileError as error:
        if name:
            raise daemon_error(f"Could not find the file {path} in container {name}") from None
        whole = posixpath.join(files.cwd, path)
        shown = f"/{whole}" if whole.count("/") == 1 else whole
        raise DockerError(f"lstat {shown}: {str(error).lower()}") from None


def _write(target: Place, source: str, members: list[Member]) -> None:
    """Into a directory that is there, else under the target's own name; of `SOURCE/.` what is in it (DockerError:
    nothing can be put there)."""
    name, files, path = target
    root = members[0].info
    if root.isdir() and files.exists(path) and not files.is_directory(path):
        raise DockerError("cannot copy directory")
    if path.endswith("/") and not root.isdir() and not files.is_directory(path):
        raise DockerError("no such directory")
    if files.is_directory(path) and not source.endswith("/."):
        path = f"{path.rstrip('/')}/{root.name}"
    above = path.rstrip("/").rpartition("/")[0] or "/"
    if name and files.exists(above) and not files.is_directory(above):
        raise daemon_error("extraction point is not a directory")
    if not files.is_directory(above) and "/" in path:
        if name:
            raise daemon_error(f"Could not find the file {above} in container {name}")
        raise DockerError(f'invalid output path: directory "{above}" does not exist')
    for one in members:
        into = posixpath.join(files.cwd, f"{path}/{one.info.name[len(root.name) + 1:]}".rstrip("/"))
        try:
            put(files, into, one)
        except FileError as error:
            why = str(error).lower()
            raise (daemon_error(f"openat {posixpath.basename(into)}: {why}") if name else
                   DockerError(f"stat {into}: {why}")) from None


def _is_container(text: str) -> bool:
    name, colon, _path = text.partition(":")
    return bool(colon) and "/" not in name and name not in ("", ".", "..")


def _target(client: Client, text: str) -> Place:
    if _is_container(text) and text.endswith(":"):
        client.engine.find(text[:-1])
        raise DockerError("no such directory")
    return _place(client, text)


def _place(client: Client, text: str) -> Place:
    """What NAME:PATH or PATH means."""
    name, _colon, path = text.partition(":")
    if not _is_container(text):
        return Place("", client.machine.host_files(), text)
    if not path:
        raise daemon_error("bad parameter: pathcannot be empty")
    container = client.engine.find(name)
    return Place(name, files_of(client.engine, container), path if path.startswith("/") else f"/{path}")


OPERANDS = "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH"
CP = Command("docker cp", OPERANDS,
             "Copy files/folders between a container and the local filesystem", run, (
                 Flag("archive", "a", ignored=True),
                 Flag("follow-link", "L"),
                 Flag("quiet", "q", ignored=True)), 2, 2)
