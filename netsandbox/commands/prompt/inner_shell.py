"""What leads elsewhere: `ip netns exec NAME …`, `nsenter -t PID -n …`; without a program a shell is opened there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.docker.containers.machine import NSENTER
from netsandbox.commands.errors import CommandError
from netsandbox.commands.programs import is_netns_exec
from netsandbox.commands.prompt import nsenter
from netsandbox.docker.launch import SHELLS
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink.credentials import may_administer
from netsandbox.shell.machine import Call

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell
    from netsandbox.lab.lab import Lab

HERE = "this is a shell already; `enter NODE` opens one in a node"


class InnerShell(NamedTuple):
    """Where a command leads."""

    node: str  # by the lab's name; empty for a shell within the shell that there is, as `sudo -i` opens one
    words: list[str]  # of the program there; none if a person types into a shell
    has_files: bool = False  # whether it has the files of the node, and not those of where the line is typed


def inner_shell(shell: Shell, call: Call, may_open: bool) -> InnerShell | None:
    """Where a command leads, if it does.

    Args:
        may_open: whether it may open a shell into which a person types.

    Raises:
        CommandError, UsageError: there is none, or a shell is open already.
    """
    rest, namespace, has_files = _place(shell, call.argv)
    program = rest[0].rpartition("/")[2] if rest else "sh"
    is_shell = program in SHELLS and not [word for word in rest[1:] if word not in ("-i", "-l", "--login", "--norc")]
    is_read = not call.stdin.is_terminal
    if namespace is None:
        is_within = is_shell and not is_read and rest[0] not in shell.verbs
        if is_within and (not may_open or rest != call.argv):
            raise CommandError(f"{program}: {HERE}")
        return InnerShell("", []) if is_within else None
    if not is_shell or (is_read and rest):
        return InnerShell(_name(shell.lab, namespace), rest, has_files)
    if not may_open:
        raise CommandError(f"{call.argv[0]!r} opens a shell here, which needs a line of its own")
    return InnerShell(_name(shell.lab, namespace), [], has_files)


def _place(shell: Shell, words: list[str]) -> tuple[list[str], NetworkNamespace | None, bool]:
    """(the words of the program, its namespace if it is elsewhere, whether its files are there too)."""
    if not may_administer():
        return words, None, False
    if words[0] == NSENTER:
        entered = nsenter.read(shell, words[1:], nsenter.of_container(shell, shell.place.container))
        return entered.words, entered.namespace, entered.has_mounts
    if is_netns_exec(words):
        named = shell.machine.namespace_named(words[3])
        return (words[4:], named, False) if named is not None else (words, None, False)
    return words, None, False


def _name(lab: Lab, namespace: NetworkNamespace) -> str:
    containers = ((container.name, container.namespace) for _host, container in lab.containers())
    named = [*lab.extra_namespaces.items(), *containers]
    return next((name for name, other in named if other is namespace), namespace.name)
