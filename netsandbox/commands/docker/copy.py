"""docker cp: files and directories between a container and the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.docker import history
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.files import files_of
from netsandbox.docker.volumes import TMPFS
from netsandbox.linux.core.inode import FileError

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.linux.core.files import Files


class Place(NamedTuple):
    """One end of a copy; `container`: its name, empty for the host."""

    container: str
    files: Files
    path: str


Tree = list[tuple[str, str | None]]
"""Files and directories below a place, parents first: the path from there, and the text of a file."""


def run(client: Client, parsed: Parsed) -> int:
    if all(_is_container(text) for text in parsed.operands):
        raise DockerError("copying between containers is not supported")
    if not any(_is_container(text) for text in parsed.operands):
        raise DockerError("must specify at least one container source")
    if "-" in parsed.operands:
        raise DockerError("docker cp of an archive on standard input or output (-) is not modelled in the sandbox")
    if not _is_container(parsed.operands[0]):
        _read(_place(client, parsed.operands[0]))
    source, target = (_place(client, text) for text in parsed.operands)
    _check_writable(client, target)
    _write(target, source.path, _read(source))
    for end, action in ((source, "archive-path"), (target, "extract-to-dir")):
        if end.container:
            history.of_container(client.engine, client.engine.find(end.container), action)
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


def _read(source: Place) -> Tree:
    """Raises DockerError: there is no such file."""
    name, files, path = source
    try:
        if not files.is_directory(path):
            return [("", files.read(path))]
        found: Tree = [("", None)]
        for below, _text in found:  # which grows meanwhile
            here = f"{path}/{below}".rstrip("/")
            if files.is_directory(here):
                found += [(f"{below}/{each}".lstrip("/"), None if files.is_directory(f"{here}/{each}") else
                           files.read(f"{here}/{each}")) for each in files.names(here)]
        return found
    except FileError as error:
        if name:
            raise daemon_error(f"Could not find the file {path} in container {name}") from None
        shown = f"/{path}" if path.startswith("/") and path.count("/") == 1 else path
        raise DockerError(f"lstat {shown}: {str(error).lower()}") from None


def _write(target: Place, source: str, tree: Tree) -> None:
    """Into a directory that is there, else under the target's own name; of `SOURCE/.` what is in it.

    Raises:
        DockerError: nothing can be put there.
    """
    name, files, path = target
    is_tree = tree[0][1] is None
    if is_tree and files.exists(path) and not files.is_directory(path):
        raise DockerError("cannot copy directory")
    if path.endswith("/") and not is_tree and not files.is_directory(path):
        raise DockerError("no such directory")
    if files.is_directory(path) and not source.endswith("/."):
        path = f"{path.rstrip('/')}/{source.rstrip('/').rpartition('/')[2]}"
    above = path.rstrip("/").rpartition("/")[0] or "/"
    if name and files.exists(above) and not files.is_directory(above):
        raise daemon_error("extraction point is not a directory")
    try:
        for below, text in tree:
            place = f"{path}/{below}".rstrip("/")
            if text is not None:
                files.write(place, text)
            elif not files.is_directory(place):
                files.make_directory(place)
    except FileError as error:
        if name:
            raise daemon_error(f"Could not find the file {above} in container {name}") from None
        raise DockerError(f'invalid output path: directory "{above}" does not exist') from error


def _is_container(text: str) -> bool:
    name, colon, _path = text.partition(":")
    return bool(colon) and "/" not in name and name not in ("", ".", "..")


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
                 Flag("follow-link", "L", ignored=True),
                 Flag("quiet", "q", ignored=True)), 2, 2)
