"""docker plugin: none is installed, so that there is none to look at, to switch or to remove."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.inspect.inspect import Described, inspect
from netsandbox.commands.docker.printing.listing import Column, Listing, no_filter
from netsandbox.docker.errors import DockerError, daemon_error

LISTING = Listing("*plugin.pluginContext", (
    Column("ID", "ID"), Column("Name", "NAME"), Column("Description", "DESCRIPTION"), Column("Enabled", "ENABLED")),
    {"PluginReference": "REFERENCE"})


def ls(client: Client, parsed: Parsed) -> int:
    """None: the sandbox installs none of them, and has no registry that they come from."""
    for text in parsed.all("filter"):
        if (key := text.partition("=")[0]) not in ("capability", "enabled"):
            raise no_filter(key)
    LISTING.show(client, parsed, [])
    return 0


def look(client: Client, parsed: Parsed) -> int:
    def get(name: str) -> Described:
        raise _not_found(name)
    return inspect(client, parsed, get)


def switch(_client: Client, parsed: Parsed) -> int:
    raise _not_found(parsed.operands[0])


def remove(client: Client, parsed: Parsed) -> int:
    """Clients before 28 tell of all in one line."""
    told = [str(_not_found(name)) for name in parsed.operands]
    raise DockerError(("\n" if client.engine.profile.since(28) else ", ").join(told))


def _not_found(name: str) -> DockerError:
    return daemon_error(f'plugin "{name}" not found')


LIST = Command("docker plugin ls", "[OPTIONS]", "List plugins", ls, (
    Flag("filter", "f", "list"), Flag("format", "", "string"), Flag("no-trunc", ignored=True),
    Flag("quiet", "q")), 0, 0)
INSPECT = Command("docker plugin inspect", "[OPTIONS] PLUGIN [PLUGIN...]",
                  "Display detailed information on one or more plugins", look, (Flag("format", "f", "string"),), 1)
REMOVE = Command("docker plugin rm", "[OPTIONS] PLUGIN [PLUGIN...]", "Remove one or more plugins", remove, (
    Flag("force", "f", ignored=True),), 1)
ENABLE = Command("docker plugin enable", "[OPTIONS] PLUGIN", "Enable a plugin", switch, (
    Flag("timeout", "", "int"),), 1, 1)
DISABLE = Command("docker plugin disable", "[OPTIONS] PLUGIN", "Disable a plugin", switch, (
    Flag("force", "f", ignored=True),), 1, 1)
SET = Command("docker plugin set", "PLUGIN KEY=VALUE [KEY=VALUE...]", "Change settings for a plugin", switch, (), 2)
