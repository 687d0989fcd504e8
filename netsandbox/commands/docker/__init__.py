"""The docker client: `docker run`, `ps`, `network inspect` and the rest, with Docker's own words and exit codes.

`program(context, arguments)` makes one run of it, which whoever shows its output starts; it may take virtual time.
"""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.context import DockerContext, DockerMachine
from netsandbox.commands.docker.client.registry import find
from netsandbox.commands.tools.looks import looks

__all__ = ["Client", "DockerContext", "DockerMachine", "program"]


@looks(r"(?:ps|images|inspect|port|top|version|info|history|diff|search)(?: .*)?"
       r"|logs (?!.*(?:-f|--follow)\b).*"
       r"|(?:container|image|network|volume|context|builder|buildx) (?:ls|list|inspect|ps|port|top|diff)(?: .*)?"
       r"|system (?:df|info)(?: .*)?"
       r"|compose (?:-[fp] \S+ )*(?:ps|ls|config|images|port|top|version|logs(?!.*(?:-f|--follow)\b))(?: .*)?")
def program(context: DockerContext, arguments: list[str]) -> Client:
    """`docker` with these arguments, not started yet.

    A program that is still running after `start` with `enters` set has put the
    person into that container's shell; `leave(code)` ends it.
    """
    return Client(context, find, arguments)
