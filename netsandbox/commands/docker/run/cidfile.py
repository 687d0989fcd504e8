"""--cidfile: the file of the host's in which docker run and create leave the container's identity."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.docker.errors import DockerError
from netsandbox.linux.core.files.inode import FileError

TAKEN, NOT_MADE = "container ID file found, make sure", "failed to create the container ID file"


def check(client: Client, parsed: Parsed) -> None:
    """Raises DockerError: the file is there already, or cannot be made; it is made before the container is."""
    path = parsed.text("cidfile")
    if not path:
        return
    if client.machine.host_files().exists(path):
        raise DockerError(f"{TAKEN} the other container isn't running or delete {path}")
    try:
        client.machine.host_files().write(path, "")
    except FileError as error:
        raise DockerError(f"{NOT_MADE}: open {path}: {str(error).lower()}") from None


def write(client: Client, parsed: Parsed, identity: str) -> None:
    if parsed.text("cidfile"):
        client.machine.host_files().write(parsed.text("cidfile"), identity)
