"""All commands of the docker client, and how a line finds its own."""

from __future__ import annotations

from difflib import get_close_matches

from netsandbox.commands.compose.options import SHORT, WITH_VALUE
from netsandbox.commands.docker.client.endpoint import VERSION
from netsandbox.commands.docker.client.flags import Command
from netsandbox.commands.docker.client.help import (
    GROUPS,
    OTHERS_OF_GROUPS,
    command_help,
    compose_help,
    group_help,
    top_help,
)
from netsandbox.commands.docker.system import swarm
from netsandbox.commands.late import Late, places
from netsandbox.docker.errors import DockerError
from netsandbox.linux.spelling import edit_distance

HELP = ("help", "--help", "-h")

NOT_MODELLED = frozenset({
    "builder", "buildx", "bake", "checkpoint", "config",
    "init", "manifest", "node", "secret", "service", "stack", "swarm",
    "trust", "system dial-stdio", "context export", "context import",
    "context update", *(f"plugin {name}" for name in OTHERS_OF_GROUPS["plugin"]),
    "compose alpha", "compose bridge"})
"""Commands that Docker has and the sandbox has not."""


def _of(package: str, modules: dict[str, str]) -> dict[str, str]:
    return places(f"netsandbox.commands.{package}", modules, str.upper)


CONTAINERS = _of("docker", {
    "run.run": "run create", "containers.execute": "exec", "containers.ps": "ps",
    "containers.attach": "attach logs start", "containers.copy": "cp", "containers.diff": "diff",
    "run.update": "update", "inspect.inspect": "inspect port", "images.commit": "commit",
    "images.registries": "export", "containers.top": "top stats",
    "containers.life": "kill pause unpause rename restart rm=REMOVE stop wait"})
"""What is done with containers, each also as `docker container …`."""
IMAGE_GROUP = _of("docker", {"inspect.inspect": "inspect=OF_IMAGES", "system.pruning": "prune=IMAGE_PRUNE"})
CONTAINER_GROUP = _of("docker", {"inspect.inspect": "inspect=OF_CONTAINERS", "system.pruning": "prune=CONTAINER_PRUNE"})
SYSTEM_GROUP = _of("docker", {"system.disk_usage": "df=DISK_USAGE", "system.pruning": "prune=SYSTEM_PRUNE"})
SYSTEM = _of("docker", {
    "images.registries": "push search login logout", "images.archives": "save load import", "building.build": "build",
    "images.history": "history", "images.images": "images=IMAGES_COMMAND pull", "images.commit": "tag rmi=REMOVE",
    "system.system": "version=VERSION_COMMAND info", "system.events": "events"})
NETWORKS = _of("docker", {
    "networks.network": "ls=LIST list inspect create rm=REMOVE remove", "networks.connect": "connect disconnect",
    "system.pruning": "prune=NETWORK_PRUNE"})
VOLUMES = _of("docker", {
    "volumes.volume": "create inspect ls=LIST list rm=REMOVE remove", "images.registries": "update=VOLUME_UPDATE",
    "system.pruning": "prune=VOLUME_PRUNE"})
PLUGINS = _of("docker", {"system.plugins": "ls=LIST list inspect rm=REMOVE remove enable disable set"})
COMPOSE = _of("compose", {
    "up": "up pull scale watch", "making.images": "build=BUILD_SERVICES", "down": "down stop", "ps_and_exec": "ps exec",
    "logs": "logs", "run": "run", "cp_and_wait": "cp wait",
    "docker_commands": "attach commit events export publish push stats volumes",
    "life": "start restart kill pause unpause rm=REMOVE create",
    "looking": "port top images=IMAGES_COMMAND ls config version"})
CONTEXTS = _of("docker", {"client.context_commands": "create inspect ls=LIST list rm=REMOVE remove show use"})
ALIASES = {"list": "ls", "ps": "ls", "remove": "rm"}  # Names in a group, and what its help calls them
WITH_COMMAND = ("volume",)  # Groups whose usage line says so


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
                        **{name: SYSTEM[name] for name in ("build", "history", "push", "save", "load", "import")},
                        **IMAGE_GROUP}, "buildx": {"build": SYSTEM["build"]}}
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
