"""What is not modelled of --user: the owners of files."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed


def tell_of_owners(client: Client, parsed: Parsed) -> None:
    """What is not modelled of --user, told once."""
    if parsed.text("user") and ("", "user") not in client.engine.told:
        client.engine.told.add(("", "user"))
        client.complain("note: --user decides whose a program is, and its capabilities; files in the sandbox belong to "
                        "nobody, so that all can be written")
