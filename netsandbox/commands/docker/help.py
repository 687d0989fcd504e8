"""What `docker help` and `--help` print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netsandbox.commands.docker.words import GAP

if TYPE_CHECKING:
    from netsandbox.commands.docker.flags import Command, Flag

MANAGEMENT = {"container": "Manage containers", "image": "Manage images", "network": "Manage networks"}
"""Commands that only gather others."""
COMMON = ("run", "exec", "ps", "images", "version", "info")


def command_help(command: Command) -> str:
    lines = [f"Usage:  {command.usage}", "", command.summary]
    if command.aliases:
        lines += ["", "Aliases:", f"  {command.aliases}"]
    flags = sorted((flag for flag in command.flags if not flag.hidden), key=lambda flag: flag.name)
    if flags:
        lines += ["", "Options:", *_two_columns([(_flag_names(flag), flag.usage) for flag in flags])]
    hidden = [flag for flag in command.flags if flag.hidden]
    if hidden and command.path.split()[-1] in ("run", "create"):
        lines += ["", "Docker's other options are read too; those not listed here have no effect in the sandbox."]
    return "\n".join(lines) + "\n"


def _flag_names(flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else "    "
    value = "" if flag.kind == "bool" else f" {flag.value or flag.kind}"
    return f"{short}--{flag.name}{value}"


def _two_columns(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(left) for left, _right in rows)
    return [f"  {left.ljust(width + GAP)}{right}".rstrip() for left, right in rows]


def top_help(commands: Iterable[Command]) -> str:
    """`docker help`: the commands that the sandbox has."""
    by_name = {command.path.split()[1]: command for command in commands}
    common = [(name, by_name[name].summary) for name in COMMON if name in by_name]
    others = sorted((name, command.summary) for name, command in by_name.items() if name not in COMMON)
    lines = ["Usage:  docker [OPTIONS] COMMAND", "", "A self-sufficient runtime for containers", "", "Common Commands:",
             *_two_columns(common), "", "Management Commands:", *_two_columns(list(MANAGEMENT.items())), "",
             "Commands:", *_two_columns(others), "", "Run 'docker COMMAND --help' for more information on a command."]
    return "\n".join(lines) + "\n"


def group_help(group: str, commands: Iterable[Command]) -> str:
    """`docker network`: the commands of a group."""
    rows = sorted({command.path.split()[2]: command.summary for command in commands}.items())
    lines = [f"Usage:  docker {group} COMMAND", "", MANAGEMENT[group], "", "Commands:", *_two_columns(rows), "",
             f"Run 'docker {group} COMMAND --help' for more information on a command."]
    return "\n".join(lines) + "\n"
