"""nsenter (util-linux): a program in the namespaces of another process, of which those of network and mounts count."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import UsageError
from netsandbox.commands.docker.containers.machine import NSENTER
from netsandbox.commands.docker.printing.words import harmless
from netsandbox.commands.prompt.unmodelled import reason
from netsandbox.commands.tools.kernel.kernel_files import namespace_file, with_kernel
from netsandbox.docker.container import Container
from netsandbox.linux.core.namespace import NetworkNamespace

if TYPE_CHECKING:

    from netsandbox.commands.shell import Shell

DENIED = "nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted"
HINT = "Try 'nsenter --help' for more information."
OPTIONS = OptionTable(
    NSENTER, 1, HINT, acts="t|target= n|net? m|mount? u|uts? a|all r|root? w|wd?", refused="N|net-socket= W|wdns= "
    "S|setuid? G|setgid? Z|follow-context c|join-cgroup h|help V|version user-parent",
    usual="i|ipc? p|pid? C|cgroup? U|user? T|time? F|no-fork e|env preserve-credentials keep-caps")
NAMES = re.compile(r"\b(hostname|uname)\b")
"""Programs that tell what a UTS namespace has, perhaps of a shell that is run there."""
PID_HINT = "\nnote: `nsenter -t PID -n ip addr` takes the PID of docker inspect -f '{{.State.Pid}}'"


class Entered(NamedTuple):
    """Attributes:
        namespace: the network's.
        words: of the program there, none for a shell.
        pid: whose namespaces they are; 0 where a file keeps the network's.
        has_mounts: whether its files are entered too, with which its host name comes.
    """

    namespace: NetworkNamespace
    words: list[str]
    pid: int
    has_mounts: bool


def read(shell: Shell, arguments: list[str], of_pid: Callable[[int], NetworkNamespace | None]) -> Entered:
    """What nsenter is told.

    Args:
        of_pid: the network's namespace of a process, as the one who asks numbers them.

    Raises:
        UsageError: it is told no namespace, or there is none.
    """
    told = OPTIONS.read(arguments, in_order=True)
    has_mounts = bool({"mount", "all"} & set(told.values))
    for name in sorted({"root", "wd"} & set(told.values)):
        if told.values[name] or not has_mounts:  # with the files of a process come its root and where it works
            raise UsageError(f"nsenter: --{name} is not modelled", 1)
    target = told.values.get("target", "")
    if "target" in told and not (target.isascii() and target.isdecimal()):
        raise UsageError(f"nsenter: failed to parse pid: '{harmless(target)[:60]}'", 1)
    names = {"uts"} & set(told.values) if NAMES.search(" ".join(told.operands)) else set[str]()
    if not {"net", "all"} & set(told.values) and not names:
        raise UsageError("netsandbox: of namespaces that nsenter enters the network's (-n) is needed here"
                         if told.given[1 if "target" in told else 0:] else "nsenter: no namespace specified", 1)
    file = told.values.get("net", "")
    if not file and "target" not in told:
        raise UsageError("nsenter: no target PID specified", 1)
    pid = 0 if file else int(target[:9])
    found = _at_file(shell, file) if file else of_pid(pid)
    if found is None:
        hint = "" if file else PID_HINT
        raise UsageError(f"nsenter: cannot open {harmless(file)[:60] or f'/proc/{target[:20]}/ns/net'}: "
                         f"No such file or directory{hint}", 1)
    return Entered(found, told.operands, pid, bool(names) or has_mounts)


def of_container(shell: Shell, container: Container | None) -> Callable[[int], NetworkNamespace | None]:
    """The namespaces of processes as a container numbers them: with the host's PIDs all, else its own first one's."""
    if container is None or container.host_config.resources.get("PidMode") == "host":
        return shell.machine.namespace_of_pid
    return {1: container.namespace}.get


def failed_to_execute(name: str) -> str:
    """What it says where there is no such program."""
    why = reason(name.rpartition("/")[2])
    note = f"\nnote: {why}" if why else ""
    return f"nsenter: failed to execute {harmless(name)[:200]}: No such file or directory{note}"


def _at_file(shell: Shell, path: str) -> NetworkNamespace | None:
    """The namespace that a file keeps."""
    if not shell.lab.nodes and not path.startswith("/proc/"):
        return None  # nobody has made a file yet, and to look makes no host
    files = with_kernel(shell.machine.files(None), shell.namespace, shell.machine)
    return namespace_file(files, shell.namespace, shell.machine, path)
