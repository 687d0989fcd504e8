"""--env-file and --label-file: NAME=value out of a file of the host's (opts.ParseEnvFile)."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.docker.errors import DockerError
from netsandbox.linux.core.files.inode import FileError


def given(client: Client, parsed: Parsed, variables: list[str]) -> list[str]:
    """--env-file and -e; a name alone has the value that it has where the client runs, if it has one."""
    outside = client.machine.environment()
    return [f"{text}={outside[text]}" if "=" not in text and text in outside else text
            for text in (*of_files(client, parsed.all("env-file")), *variables)]


def of_files(client: Client, paths: list[str]) -> list[str]:
    """NAME=value of each line; comments and empty lines are left out (DockerError: a file is not there, or a line of it
    is wrong)."""
    found: list[str] = []
    for path in paths:
        try:
            text = client.machine.host_files().read(path)
        except FileError as error:
            raise DockerError(f"open {path}: {str(error).lower()}", 125) from None
        for line in map(str.strip, text.splitlines()):
            name = line.partition("=")[0]
            if not line or line.startswith("#"):
                continue
            if not name or any(character.isspace() for character in name):
                raise DockerError(f"invalid env file ({path}): variable '{name}' contains whitespaces"
                                  if name else f"invalid env file ({path}): no variable name on line '{line}'", 125)
            found.append(line)
    return found
