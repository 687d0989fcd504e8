"""docker context: which Engine is meant, kept in the files of the one who asks (~/.docker)."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from netsandbox.commands.docker.client.endpoint import UNIX
from netsandbox.docker.errors import DockerError
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError

if TYPE_CHECKING:
    from netsandbox.commands.docker.client.client import Client

CONFIG = "/root/.docker/config.json"
META = "/root/.docker/contexts/meta"
DEFAULT = "default"


def folder_of(name: str) -> str:
    return f"{META}/{sha256(to_bytes(name)).hexdigest()}"


def read_json(files: Files, path: str) -> dict[str, Any]:
    try:
        found = json.loads(files.read(path)) if files.exists(path) else {}
    except (ValueError, FileError):
        return {}
    return found if isinstance(found, dict) else {}


def current(files: Files) -> str:
    """What `docker context use` chose."""
    return str(read_json(files, CONFIG).get("currentContext", "")) or DEFAULT


def endpoint_of(client: Client, name: str) -> str:
    """Where the Engine of a context is (DockerError: there is no such context)."""
    if name == DEFAULT:
        return client.machine.environment().get("DOCKER_HOST", "") or UNIX
    return str(context_named(client, name)["Endpoints"]["docker"]["Host"])


def context_named(client: Client, name: str) -> dict[str, Any]:
    path = f"{folder_of(name)}/meta.json"
    found = read_json(client.machine.host_files(), path)
    if not found:
        raise DockerError(f'context "{name}": context not found: open {path}: no such file or directory')
    return found


def all_contexts(client: Client) -> list[dict[str, Any]]:
    files = client.machine.host_files()
    names = files.names(META) if files.is_directory(META) else []
    found = [read_json(files, f"{META}/{name}/meta.json") for name in names]
    return sorted((each for each in found if each), key=lambda each: str(each["Name"]))


def choose(client: Client, name: str) -> None:
    files = client.machine.host_files()
    config = {key: value for key, value in read_json(files, CONFIG).items() if key != "currentContext"}
    if name != DEFAULT:
        config["currentContext"] = name
    write_json(files, CONFIG, config)


def write_json(files: Files, path: str, value: dict[str, Any]) -> None:
    files.make_directories(path.rpartition("/")[0])
    files.write(path, json.dumps(value, indent="\t"))
