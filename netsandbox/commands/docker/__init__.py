"""The docker client: `docker run`, `ps`, `network inspect` and the rest, with Docker's own words and exit codes.

`program(context, arguments)` makes one run of it, which whoever shows its output starts; it may take virtual time.
"""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.context import DockerContext, DockerMachine
from netsandbox.commands.docker.client.registry import find

__all__ = ["Client", "DockerContext", "DockerMachine", "program"]


def program(context: DockerContext, arguments: list[str]) -> Client:
    """`docker` with these arguments, not started yet.

    A program that is still running after `start` with `enters` set has put the
    person into that container's shell; `leave(code)` ends it.
    """
    return Client(context, find, arguments)
