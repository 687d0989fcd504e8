"""docker cp: a file of text between a container and the host; whole directories are not copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.docker import history
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.files import files_of
from netsandbox.linux.core.inode import FileError

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.linux.core.files import Files


def run(client: Client, parsed: Parsed) -> int:
    if all(_is_container(text) for text in parsed.operands):
        raise DockerError("copying between containers is not supported")
    if not _is_container(parsed.operands[0]):
        _read(("", client.machine.host_files(), parsed.operands[0]))
    source, target = (_place(client, text) for text in parsed.operands)
    if (source[0] == "") == (target[0] == ""):
        raise DockerError("copying between containers is not supported" if source[0] else
                          "must specify at least one container source")
    text = _read(source)
    where, (_name, files, path) = source[2].rstrip("/").rpartition("/")[2], target
    try:
        files.write(f"{path.rstrip('/')}/{where}" if files.is_directory(path) else path, text)
    except FileError as error:
        if target[0]:
            raise daemon_error(f"Could not find the file {path} in container {target[0]}") from None
        above = path.rpartition("/")[0] or "/"
        raise DockerError(f'invalid output path: directory "{above}" does not exist') from error
    for (name, _files, _path), action in ((source, "archive-path"), (target, "extract-to-dir")):
        if name:
            history.of_container(client.engine, client.engine.find(name), action)
    return 0


def _read(source: tuple[str, Files, str]) -> str:
    name, files, path = source
    try:
        return files.read(path)
    except FileError as error:
        if error.name == "EISDIR":
            raise DockerError(f"the sandbox copies files, not directories: {path}") from None
        if name:
            raise daemon_error(f"Could not find the file {path} in container {name}") from None
        raise DockerError(f"lstat {path}: no such file or directory") from None


def _is_container(text: str) -> bool:
    name, colon, _path = text.partition(":")
    return bool(colon) and "/" not in name and name not in ("", ".", "..")


def _place(client: Client, text: str) -> tuple[str, Files, str]:
    """(container or empty, its files, the path there) of NAME:PATH or PATH."""
    name, _colon, path = text.partition(":")
    if not _is_container(text):
        return "", client.machine.host_files(), text
    container = client.engine.find(name)
    return name, files_of(client.engine, container), path if path.startswith("/") else f"/{path}"


OPERANDS = "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH"
CP = Command("docker cp", OPERANDS,
             "Copy files/folders between a container and the local filesystem", run, (
                 Flag("archive", "a", usage="Archive mode (copy all uid/gid information)", ignored=True),
                 Flag("follow-link", "L", usage="Always follow symbol link in SRC_PATH", ignored=True),
                 Flag("quiet", "q", usage="Suppress progress output during copy", ignored=True)), 2, 2)
