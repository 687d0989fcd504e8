"""What `docker help` and `--help` print."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from netsandbox.commands.compose.options import BEFORE
from netsandbox.commands.docker.client.flags import Command, Flag
from netsandbox.commands.docker.client.help_texts import texts_of
from netsandbox.commands.docker.printing.words import GAP

MANAGEMENT = {"container": "Manage containers", "image": "Manage images", "network": "Manage networks",
              "volume": "Manage volumes"}
"""Commands that only gather others."""
GROUPS = MANAGEMENT | {"compose": "Define and run multi-container applications with Docker",
                       "context": "Manage contexts", "plugin": "Manage plugins", "system": "Manage Docker"}
"""Compose is a plugin, which `docker help` lists only where it is installed."""
OTHER_MANAGEMENT = {
    "builder": "Manage builds", "context": "Manage contexts",
    "manifest": "Manage Docker image manifests and manifest lists", "plugin": "Manage plugins",
    "system": "Manage Docker", "trust": "Manage trust on Docker images"}
OTHERS = {
    "build": "Build an image from a Dockerfile",
    "commit": "Create a new image from a container's changes",
    "diff": "Inspect changes to files or directories on a container's filesystem",
    "events": "Get real time events from the server",
    "history": "Show the history of an image",
    "rmi": "Remove one or more images",
    "stats": "Display a live stream of container(s) resource usage statistics",
    "tag": "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
    "top": "Display the running processes of a container"}
"""Commands that Docker lists; what the sandbox has of them is declared in the registry, the others are refused."""
COMPOSE_OTHERS = {"bridge": "Convert compose files into another model"}  # Commands of Compose that the sandbox refuses
OTHERS_OF_GROUPS = {
    "plugin": {"create": "Create a plugin from a rootfs and configuration. Plugin data directory must contain "
                         "config.json and rootfs directory.",
               "install": "Install a plugin", "push": "Push a plugin to a registry",
               "upgrade": "Upgrade an existing plugin"},
    "system": {"df": "Show docker disk usage"},
    "image": {name: OTHERS[name] for name in ("build", "history")},
    "context": {"export": "Export a context to a tar archive FILE or a tar stream on STDOUT.",
                "import": "Import a context from a tar or zip file", "update": "Update a context"}}
"""The same of what only gathers others."""
WIDTH, SLOP = 74, 5  # Columns where an option's words are broken, and how many more a last line may have (pflag's wrap)
COMMON = ("run", "exec", "ps", "build", "pull", "push", "images", "login", "logout", "search", "version", "info")
NOT_LISTED = {("volume", "update")}  # Commands that are about a swarm alone
LEAST_NAME = 11  # Columns of a command's name in a group
WIDEST = 9  # Columns of the longest command, which all lists of commands leave
GLOBAL_OPTIONS = Path(__file__).with_name("global_options.txt").read_text(encoding="utf-8")


OLD = {"Authenticate to a registry": "Log in to a registry",
       "-H, --host string": "-H, --host list  ", "-t, --timeout int": "-t, --time int"}
"""What clients before 28 say instead."""


def command_help(command: Command, is_old: bool = False) -> str:
    """Args: is_old: as clients before 28 have it, without what is newer and with an empty line before it."""
    texts = texts_of(command.path)
    lines = [*([""] if is_old else []), f"Usage:  {command.usage}", "",
             texts.summary if texts else command.summary + command.more]
    aliases = texts.aliases if texts else command.aliases
    if aliases:
        lines += ["", "Aliases:", f"  {aliases}"]
    options = listed(command, is_old)
    if options:
        lines += ["", "Options:", *_two_columns(options, wraps=WIDTH)]
    if texts and texts.behind:
        lines += ["", texts.behind]
    return "\n".join(lines) + "\n"


def listed(command: Command, is_old: bool = False) -> list[tuple[str, str]]:
    """Its options as `--help` lists them, and what each does."""
    texts = texts_of(command.path)
    if texts is None:
        return [(_flag_names(flag), flag.usage) for flag in sorted(command.flags, key=lambda flag: flag.name)
                if not flag.hidden]
    rows = [(OLD.get(left, left) if is_old else left, usage)
            for left, usage, is_new in texts.options if not (is_new and is_old) or left in OLD]
    return [(left if left[1] != "-" else f"    {left}", usage) for left, usage in rows]


def _flag_names(flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else "    "
    value = "" if flag.kind == "bool" else f" {flag.value or flag.kind}"
    return f"{short}--{flag.name}{value}"


def _two_columns(rows: list[tuple[str, str]], least: int = 0, *, wraps: int = 0) -> list[str]:
    width = max(least, *(len(left) for left, _right in rows))
    begin = f"\n{' ' * (width + GAP + 2)}"
    texts = ["\n".join(_wrapped(right, wraps - len(begin) + 1)).replace("\n", begin) if wraps else right
             for _left, right in rows]
    return [f"  {left.ljust(width + GAP)}{text}".rstrip() for (left, _right), text in zip(rows, texts, strict=True)]


def _commands(rows: list[tuple[str, str]]) -> list[str]:
    """As cobra lists them."""
    width = max(LEAST_NAME, *(len(name) for name, _summary in rows))
    return [f"  {name.ljust(width)} {summary}" for name, summary in rows]


def _wrapped(text: str, width: int) -> list[str]:
    at = max(text.rfind(" ", 0, width), text.rfind("\n", 0, width)) if len(text) >= width + SLOP else -1
    line = text.rfind("\n", 0, width)
    at = line if 0 < line < at else at
    return [text] if at < 0 else [text[:at], *_wrapped(text[at + 1:], width)]


def top_help(commands: Iterable[Command], is_old: bool = False) -> str:
    """`docker help`: all commands of Docker; one that the sandbox has not says so when it is typed."""
    summaries = OTHERS | {command.path.split()[1]: command.summary for command in commands}
    common = [(name, summaries[name]) for name in COMMON]
    others = sorted((name, summary) for name, summary in summaries.items() if name not in COMMON)
    lines = ["Usage:  docker [OPTIONS] COMMAND", "", "A self-sufficient runtime for containers", "", "Common Commands:",
             *_two_columns(common, WIDEST), "", "Management Commands:",
             *_two_columns(sorted((MANAGEMENT | OTHER_MANAGEMENT).items()), WIDEST), "", "Swarm Commands:",
             *_two_columns([("swarm", "Manage Swarm")], WIDEST), "", "Commands:", *_two_columns(others, WIDEST), "",
             GLOBAL_OPTIONS, "Run 'docker COMMAND --help' for more information on a command.", "",
             "For more help on how to use Docker, head to https://docs.docker.com/go/guides/"]
    text = "\n".join(lines) + "\n"
    for new, old in OLD.items() if is_old else ():
        text = text.replace(new, old)
    return text


def compose_help(commands: Iterable[Command]) -> str:
    """`docker compose`: Compose's own options, and its commands."""
    own = COMPOSE_OTHERS | {command.path.split()[2]: command.summary for command in commands}
    rows = sorted((name, summary) for name, summary in own.items() if name not in ("bridge", "convert"))
    options = _two_columns([(_flag_names(flag), flag.usage) for flag in sorted(
        (flag for flag in BEFORE if not flag.hidden), key=lambda flag: flag.name)], wraps=WIDTH)
    lines = ["Usage:  docker compose [OPTIONS] COMMAND", "", GROUPS["compose"], "", "Options:", *options, "",
             "Management Commands:", *_two_columns([("bridge", own["bridge"])], WIDEST), "", "Commands:",
             *_two_columns(rows, WIDEST), "", "Run 'docker compose COMMAND --help' for more information on a command."]
    return "\n".join(lines) + "\n"


def group_help(group: str, commands: Iterable[Command]) -> str:
    """`docker network`: the commands of a group."""
    own = {command.path.split()[2]: command.summary for command in commands}
    rows = sorted((name, summary) for name, summary in (own | OTHERS_OF_GROUPS.get(group, {})).items()
                  if (group, name) not in NOT_LISTED)
    lines = [f"Usage:  docker {group} COMMAND", "", GROUPS[group], "", "Commands:", *_commands(rows), "",
             f"Run 'docker {group} COMMAND --help' for more information on a command."]
    return "\n".join(lines) + "\n"
