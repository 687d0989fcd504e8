"""All commands of the docker client, and how a line finds its own."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from netsandbox.commands.docker import attach, execute, inspect, life, network, ps, run, system
from netsandbox.commands.docker.help import MANAGEMENT, command_help, group_help, top_help
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.docker.flags import Command

HELP = ("help", "--help", "-h")

NOT_MODELLED = frozenset({
    "build", "builder", "buildx", "bake", "checkpoint", "commit", "compose", "config", "context", "cp", "diff",
    "events", "export", "history", "import", "init", "load", "login", "logout", "manifest", "node", "pause", "plugin",
    "pull", "push", "rmi", "save", "search", "secret", "service", "stack", "stats", "swarm", "system", "tag", "top",
    "trust", "unpause", "update", "volume"})
"""Commands that Docker has and the sandbox has not."""
OF_CONTAINERS: tuple[Command, ...] = (
    run.RUN, execute.EXEC, ps.PS, attach.ATTACH, run.CREATE, inspect.INSPECT, life.KILL, attach.LOGS, inspect.PORT,
    life.RENAME, life.RESTART, life.REMOVE, attach.START, life.STOP, life.WAIT)
TOP = (*OF_CONTAINERS, system.IMAGES_COMMAND, system.VERSION_COMMAND, system.INFO)


def _all_commands() -> dict[tuple[str, ...], Command]:
    found: dict[tuple[str, ...], Command] = {tuple(command.path.split()[1:]): command for command in TOP}
    for command in OF_CONTAINERS:
        name = command.path.split()[1]
        names = ("ls", "list", "ps") if name == "ps" else (name,)
        for twin in names:
            found["container", twin] = command._replace(path=f"docker container {names[0]}")
    for command in network.ALL:
        found["network", command.path.split()[2]] = command
    found["network", "list"], found["network", "remove"] = network.LIST, network.REMOVE
    found["image", "ls"] = system.IMAGES_COMMAND._replace(path="docker image ls")
    return found


COMMANDS = _all_commands()


def find(words: list[str]) -> Command | str:
    """The command that a line begins with, or the help that it asks for.

    Raises:
        DockerError: no such command.
    """
    if not words or words[0] in HELP:
        return _help(words[1:])
    for length in (2, 1):
        command = COMMANDS.get(tuple(words[:length]))
        if command is not None:
            return command
    if words[0] in MANAGEMENT:
        return _group(words[0], [word for word in words[1:] if word not in HELP])
    if words[0].startswith("-"):
        raise DockerError(f"unknown flag: {words[0]}\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\n"
                          "Run 'docker --help' for more information", 125)
    if words[0] in NOT_MODELLED:
        raise DockerError(f"docker {words[0]} is not modelled in the sandbox; `docker help` lists what is")
    raise _unknown(words[0])


def _help(words: list[str]) -> str:
    if not words:
        return top_help(TOP)
    found = find(words)
    return found if isinstance(found, str) else command_help(found)


def _group(name: str, rest: list[str]) -> str:
    if rest:
        raise DockerError(f"docker: unknown command: docker {name} {rest[0]}\n\nUsage:  docker {name} COMMAND\n\n"
                          f"Run 'docker {name} --help' for more information")
    return group_help(name, [command for words, command in COMMANDS.items() if len(words) == 2 and words[0] == name])


def _unknown(word: str) -> DockerError:
    near = get_close_matches(word, sorted({words[0] for words in COMMANDS}), 1)
    hint = f"\n(did you mean 'docker {near[0]}'?)" if near else ""
    return DockerError(f"docker: unknown command: docker {word}\n\nRun 'docker --help' for more information{hint}")
