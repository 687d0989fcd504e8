"""Shells that a line opens: `ip netns exec NAME bash`, `nsenter -t PID -n`, and the scripts of `sh -c`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.errors import CommandError
from netsandbox.commands.programs import NSENTER, is_netns_exec, nsenter
from netsandbox.docker.launch import SHELLS
from netsandbox.linux.netlink.credentials import may_administer

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell
    from netsandbox.lab.lab import Lab
    from netsandbox.linux.core.namespace import NetworkNamespace


class InnerShell(NamedTuple):
    """A shell in a shell.

    Attributes:
        prefix: what stands before each of its commands, so that it runs where the shell is.
        node: where it is, by the lab's name.
        script: what it carries out; None if a person types into it.
    """

    prefix: list[str]
    node: str
    script: str | None


def inner_shell(shell: Shell, words: list[str]) -> InnerShell | None:
    """The shell that a command opens, if it does.

    Raises:
        CommandError, UsageError: it has no script, or is where there is none, or one is open already.
    """
    prefix, rest, namespace = _place(shell, words)
    program = rest[0].rpartition("/")[2] if rest else "sh"
    if program not in SHELLS or (rest and rest[0] in shell.verbs):
        return None
    if rest[1:2] == ["-c"]:
        if len(rest) < 3:
            raise CommandError(f"{program}: -c requires an argument", 2)
        return InnerShell(prefix, "", rest[2])
    if rest[1:]:
        raise CommandError(f"{program}: there are no files with scripts; `{program} -c '…'` brings its commands along")
    if namespace is None:
        raise CommandError(f"{program}: this is a shell already; `enter NODE` opens one in a node")
    return InnerShell(prefix, _name(shell.lab, namespace), None)


def _place(shell: Shell, words: list[str]) -> tuple[list[str], list[str], NetworkNamespace | None]:
    """(the words that say where, the rest, that namespace); no words if it is here."""
    if words[0] == NSENTER and may_administer():
        namespace, rest = nsenter(shell, words[1:])
        return words[:len(words) - len(rest)], rest, namespace
    found = shell.machine.namespace_named(words[3]) if is_netns_exec(words) and may_administer() else None
    return (words[:4], words[4:], found) if found is not None else ([], words, None)


def _name(lab: Lab, namespace: NetworkNamespace) -> str:
    containers = ((container.name, container.namespace) for _host, container in lab.containers())
    named = [*lab.extra_namespaces.items(), *containers]
    return next((name for name, other in named if other is namespace), namespace.name)
