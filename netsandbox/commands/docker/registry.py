"""All commands of the docker client, and how a line finds its own."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from netsandbox.commands.compose.options import SHORT, WITH_VALUE
from netsandbox.commands.docker import swarm
from netsandbox.commands.docker.endpoint import VERSION
from netsandbox.commands.docker.help import GROUPS, OTHERS_OF_GROUPS, command_help, compose_help, group_help, top_help
from netsandbox.commands.late import Late
from netsandbox.docker.errors import DockerError
from netsandbox.linux.spelling import edit_distance

if TYPE_CHECKING:
    from netsandbox.commands.docker.flags import Command

HELP = ("help", "--help", "-h")

NOT_MODELLED = frozenset({
    "builder", "buildx", "bake", "checkpoint", "config",
    "init", "manifest", "node", "secret", "service", "stack", "swarm",
    "trust", "system dial-stdio", "context export", "context import",
    "context update", *(f"plugin {name}" for name in OTHERS_OF_GROUPS["plugin"]),
    "compose alpha", "compose bridge"})
"""Commands that Docker has and the sandbox has not."""
CONTAINERS = {
    "run": "netsandbox.commands.docker.run:RUN", "exec": "netsandbox.commands.docker.execute:EXEC",
    "ps": "netsandbox.commands.docker.ps:PS", "attach": "netsandbox.commands.docker.attach:ATTACH",
    "cp": "netsandbox.commands.docker.copy:CP", "diff": "netsandbox.commands.docker.diff:DIFF",
    "update": "netsandbox.commands.docker.update:UPDATE",
    "create": "netsandbox.commands.docker.run:CREATE", "inspect": "netsandbox.commands.docker.inspect:INSPECT",
    "commit": "netsandbox.commands.docker.commit:COMMIT",
    "kill": "netsandbox.commands.docker.life:KILL", "logs": "netsandbox.commands.docker.attach:LOGS",
    "pause": "netsandbox.commands.docker.life:PAUSE", "unpause": "netsandbox.commands.docker.life:UNPAUSE",
    "port": "netsandbox.commands.docker.inspect:PORT", "rename": "netsandbox.commands.docker.life:RENAME",
    "restart": "netsandbox.commands.docker.life:RESTART", "rm": "netsandbox.commands.docker.life:REMOVE",
    "start": "netsandbox.commands.docker.attach:START", "stop": "netsandbox.commands.docker.life:STOP",
    "export": "netsandbox.commands.docker.archives:EXPORT",
    "wait": "netsandbox.commands.docker.life:WAIT", "top": "netsandbox.commands.docker.top:TOP",
    "stats": "netsandbox.commands.docker.top:STATS"}
"""What is done with containers, each also as `docker container …`."""
IMAGE_GROUP = {"inspect": "netsandbox.commands.docker.inspect:OF_IMAGES",
               "prune": "netsandbox.commands.docker.pruning:IMAGE_PRUNE"}
CONTAINER_GROUP = {"inspect": "netsandbox.commands.docker.inspect:OF_CONTAINERS",
                   "prune": "netsandbox.commands.docker.pruning:CONTAINER_PRUNE"}
SYSTEM_GROUP = {"df": "netsandbox.commands.docker.disk_usage:DISK_USAGE",
                "prune": "netsandbox.commands.docker.pruning:SYSTEM_PRUNE"}
BUILD = "netsandbox.commands.docker.build:BUILD"
HISTORY = "netsandbox.commands.docker.image_history:HISTORY"
OF_REGISTRIES = {name: f"netsandbox.commands.docker.archives:{name.upper()}" for name in (
    "push", "save", "load", "import", "search", "login", "logout")}
ARCHIVES = {name: OF_REGISTRIES[name] for name in ("push", "save", "load", "import")}
SYSTEM = {**OF_REGISTRIES, "build": BUILD, "history": HISTORY,
          "images": "netsandbox.commands.docker.images:IMAGES_COMMAND",
          "pull": "netsandbox.commands.docker.images:PULL",
          "tag": "netsandbox.commands.docker.commit:TAG", "rmi": "netsandbox.commands.docker.commit:REMOVE",
          "version": "netsandbox.commands.docker.system:VERSION_COMMAND",
          "events": "netsandbox.commands.docker.event_list:EVENTS",
          "info": "netsandbox.commands.docker.system:INFO"}
NETWORKS = {
    "ls": "netsandbox.commands.docker.network:LIST", "inspect": "netsandbox.commands.docker.network:INSPECT",
    "create": "netsandbox.commands.docker.network:CREATE", "rm": "netsandbox.commands.docker.network:REMOVE",
    "connect": "netsandbox.commands.docker.network_connect:CONNECT",
    "disconnect": "netsandbox.commands.docker.network_connect:DISCONNECT",
    "prune": "netsandbox.commands.docker.pruning:NETWORK_PRUNE", "list": "netsandbox.commands.docker.network:LIST",
    "remove": "netsandbox.commands.docker.network:REMOVE"}
VOLUMES = {name: f"netsandbox.commands.docker.volume:{constant}" for name, constant in {
    "create": "CREATE", "inspect": "INSPECT", "ls": "LIST", "list": "LIST", "rm": "REMOVE", "remove": "REMOVE"}.items()}
VOLUMES["update"] = "netsandbox.commands.docker.archives:VOLUME_UPDATE"
VOLUMES["prune"] = "netsandbox.commands.docker.pruning:VOLUME_PRUNE"
PLUGINS = {name: f"netsandbox.commands.docker.plugins:{constant}" for name, constant in {
    "ls": "LIST", "list": "LIST", "inspect": "INSPECT", "rm": "REMOVE", "remove": "REMOVE", "enable": "ENABLE",
    "disable": "DISABLE", "set": "SET"}.items()}
COMPOSE = {
    **{name: f"netsandbox.commands.compose.up:{name.upper()}" for name in ("up", "pull", "scale", "watch")},
    "build": "netsandbox.commands.compose.building:BUILD_SERVICES", "down": "netsandbox.commands.compose.down:DOWN",
    "stop": "netsandbox.commands.compose.down:STOP", "ps": "netsandbox.commands.compose.inside:PS",
    "exec": "netsandbox.commands.compose.inside:EXEC", "logs": "netsandbox.commands.compose.logs:LOGS",
    "run": "netsandbox.commands.compose.once:RUN",
    "cp": "netsandbox.commands.compose.moving:CP", "wait": "netsandbox.commands.compose.moving:WAIT",
    **{name: f"netsandbox.commands.compose.others:{name.upper()}" for name in (
        "attach", "commit", "events", "export", "publish", "push", "stats", "volumes")},
    **{name: f"netsandbox.commands.compose.life:{constant}" for name, constant in {
        "start": "START", "restart": "RESTART", "kill": "KILL", "pause": "PAUSE", "unpause": "UNPAUSE", "rm": "REMOVE",
        "create": "CREATE"}.items()},
    **{name: f"netsandbox.commands.compose.looking:{constant}" for name, constant in {
        "port": "PORT", "top": "TOP", "images": "IMAGES_COMMAND", "ls": "LS", "config": "CONFIG",
        "version": "VERSION"}.items()}}
CONTEXTS = {name: f"netsandbox.commands.docker.context_commands:{constant}" for name, constant in {
    "create": "CREATE", "inspect": "INSPECT", "ls": "LIST", "list": "LIST", "rm": "REMOVE", "remove": "REMOVE",
    "show": "SHOW", "use": "USE"}.items()}
ALIASES = {"list": "ls", "ps": "ls", "remove": "rm"}
"""Names in a group, and what its help calls them."""
WITH_COMMAND = ("volume",)
"""Groups whose usage line says so."""


class Commands(Late[tuple[str, ...], "Command"]):
    """Commands by their words; what is in a group has its path, so that its help and errors name it so."""

    def __getitem__(self, words: tuple[str, ...]) -> Command:
        command = super().__getitem__(words)
        if len(words) == 1:
            return command
        group, name = words
        return command._replace(path=f"docker {group} {ALIASES.get(name, name) if group != 'compose' else name}")


def _places() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {(name,): place for name, place in {**CONTAINERS, **SYSTEM}.items()}
    groups = {"container": {**CONTAINERS, **CONTAINER_GROUP, "ls": CONTAINERS["ps"], "list": CONTAINERS["ps"]},
              "network": NETWORKS, "volume": VOLUMES, "plugin": PLUGINS,
              "compose": COMPOSE, "context": CONTEXTS,
              "system": {"info": SYSTEM["info"], "events": SYSTEM["events"], **SYSTEM_GROUP},
              "image": {"ls": SYSTEM["images"], "list": SYSTEM["images"], "pull": SYSTEM["pull"], "tag": SYSTEM["tag"],
                        "rm": SYSTEM["rmi"], "remove": SYSTEM["rmi"],
                        "build": BUILD, "history": HISTORY, **ARCHIVES, **IMAGE_GROUP}, "buildx": {"build": BUILD}}
    return found | {(group, name): place for group, names in groups.items() for name, place in names.items()}


COMMANDS = Commands(_places())


def find(words: list[str], is_old: bool = False) -> Command | str:
    """The command that a line begins with, or the help that it asks for.

    Args:
        is_old: as clients before 28 have it, which show all of the help to whom they do not understand.

    Raises:
        DockerError: no such command.
    """
    if not words or words[0] in HELP:
        return _help(words[1:], is_old)
    for length in (2, 1):
        command = COMMANDS.get(tuple(words[:length]))
        if command is not None:
            return command
    if words[0] == "compose" and words[1:] in (["--version"], ["-v"]):
        return COMMANDS["compose", "version"]
    if " ".join(words[:2]) in NOT_MODELLED:
        raise _not_modelled(" ".join(words[:2]))
    if words[0] in GROUPS:
        asks = HELP[1:] if words[0] == "compose" else HELP
        return _group(words[0], [word for word in words[1:] if word not in asks], is_old)
    if words[0] in VERSION:
        return COMMANDS["version",]
    if words[0].startswith("-"):
        everything = _help([], is_old) if is_old else ""
        raise _unknown_flag(words[0], "docker", "docker [OPTIONS] COMMAND [ARG...]", everything)
    if words[0] in NOT_MODELLED:
        raise swarm.refusal(words) or _not_modelled(words[0])
    if "--help" in words:
        return "\n" * is_old + _help([], is_old)
    raise _unknown(words[0], is_old)


def _help(words: list[str], is_old: bool) -> str:
    if not words:
        return top_help([COMMANDS[words] for words in COMMANDS if len(words) == 1], is_old)
    if words[0] not in GROUPS and not any(words[0] in (*known[:1], *NOT_MODELLED) for known in COMMANDS):
        raise DockerError(f"unknown help topic: {words[0]}")
    found = find(words, is_old)
    return found if isinstance(found, str) else command_help(found, is_old)


def _group(name: str, rest: list[str], is_old: bool) -> str:
    if name == "compose":
        return _compose(rest)
    usage = f"docker {name}" + " COMMAND" * (name in WITH_COMMAND)
    everything = group_help(name, [COMMANDS[words] for words in COMMANDS if len(words) == 2 and words[0] == name])
    if rest and rest[0].startswith("-"):
        raise _unknown_flag(rest[0], f"docker {name}", usage, everything if is_old else "")
    if rest and is_old:
        raise DockerError(f"\n{everything}")
    if rest:
        raise DockerError(f"docker: unknown command: docker {name} {rest[0]}\n\nUsage:  {usage}\n\n"
                          f"Run 'docker {name} --help' for more information", note=_meant(rest[0], name))
    return everything


def _compose(rest: list[str]) -> str:
    """A plugin, which shows all of its help to whom it does not understand."""
    everything = compose_help([COMMANDS[words] for words in COMMANDS if len(words) == 2 and words[0] == "compose"])
    if rest and rest[0].startswith("-"):
        letter = next((short for short, name in SHORT.items() if name == rest[0]), "")
        wants = f"'{letter[1:]}' in {letter}" if letter else rest[0]
        raise DockerError(f"flag needs an argument: {wants}" if rest[0] in WITH_VALUE else f"unknown flag: {rest[0]}")
    if rest:
        raise DockerError(f'{everything}unknown docker command: "compose {rest[0]}"')
    return everything


def _unknown_flag(word: str, path: str, usage: str, everything: str) -> DockerError:
    is_long = word.startswith("--")
    what = f"flag: {word.partition('=')[0]}" if is_long else f"shorthand flag: '{word[1:2]}' in {word}"
    if everything:
        return DockerError(f"unknown {what}\nSee '{path} --help'.\n\n{everything}", 125)
    return DockerError(f"unknown {what}\n\nUsage:  {usage}\n\nRun '{path} --help' for more information", 125)


def _not_modelled(command: str) -> DockerError:
    return DockerError(f"docker {command} is not modelled in the sandbox; `docker help` lists what is")


def _unknown(word: str, is_old: bool) -> DockerError:
    if is_old:
        return DockerError(f"docker: '{word}' is not a docker command.\nSee 'docker --help'")
    return DockerError(f"docker: unknown command: docker {word}\n\nRun 'docker --help' for more information",
                       note=_meant(word))


def _meant(word: str, group: str = "") -> str:
    """What was meant, as a note: of names as near as one another one as long, for a key was hit beside another."""
    at = 1 if group else 0
    names = sorted({words[at] for words in COMMANDS if len(words) > at and group in ("", words[0])})
    near = min(get_close_matches(word, names, 5), default="",
               key=lambda name: (_mistakes(word, name), len(name) != len(word)))
    return f"note: did you mean 'docker {group}{' ' if group else ''}{near}'?" if near else ""


def _mistakes(word: str, name: str) -> int:
    """Mistakes that make the one of the other; two letters in each other's place are one."""
    is_swapped = len(word) == len(name) and sorted(word) == sorted(name)
    return min(edit_distance(word, name), 1 if is_swapped else len(name))
