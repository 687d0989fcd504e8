"""`ip netns` (ip/ipnetns.c): namespaces that have a name."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.prompt.unmodelled import reason
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.follows import FollowsError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.kernel_files import FIRST_SHELL_PID
from netsandbox.commands.tools.names import OtherNamespaces
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import number_of
from netsandbox.commands.tools.words import USAGE, Words
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink.credentials import may_administer

COMMANDS = ("list*", "show*", "lst*", "list-id*", "help*", "add*", "set*", "delete*", "identify*", "pids*", "exec*",
            "monitor*", "attach*")
FOLDER = "/run/netns"
MAX_NAME = 255
NOT_FOUND = 127
IN_CONTAINER = "note: {name} is seen from the host and from other containers too, whose /run/netns would not have it\n"


class NamesMonitor:
    """`ip netns monitor`: names that come and go, as inotify(7) tells of them."""

    def __init__(self, context: ToolContext) -> None:
        self._scheduler, self._machine = context.namespace.scheduler, context.machine
        self._show: Callable[[str], object]
        self._names: list[str] = []

    def open(self, show: Callable[[str], object], _complain: Callable[[str], object]) -> None:
        self._show, self._names = show, self._machine.namespace_names()
        self._scheduler.watchers.append(self.read)

    def close(self) -> None:
        if self.read in self._scheduler.watchers:
            self._scheduler.watchers.remove(self.read)

    def read(self) -> None:
        """Look at what is there since the last time."""
        before, self._names = self._names, self._machine.namespace_names()
        for word, names, others in (("delete", before, self._names), ("add", self._names[::-1], before)):
            for name in names:
                if name not in others:
                    self._show(f"{word} {name}")


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    if len(arguments) > 1 and not style.everything and not _is_valid(arguments[1]):
        raise ToolError(USAGE, f'Invalid netns name "{arguments[1]}"')
    command, _words = subcommand("ip netns", arguments, COMMANDS)
    rest = arguments[1:]
    if command == "show":
        return _list(context, style)
    if command == "add":
        return _add(context, rest)
    if command == "attach":
        return _attach(context, rest)
    if command == "delete":
        return _delete(context, rest, style)
    if command == "exec":
        return _exec(context, rest, style)
    if command == "set":
        return _set(context, rest)
    if command == "identify":
        return _identify(context, rest)
    if command == "pids":
        return _pids(context, rest)
    if command == "monitor":
        raise FollowsError(NamesMonitor(context))
    return _list_id(context, rest, style)


def named(context: ToolContext, name: str, code: int = USAGE) -> NetworkNamespace:
    """The namespace of a name, for `ip -n` and `exec` (ToolError: there is none)."""
    if not name:
        raise ToolError(code, 'setting the network namespace "" failed: Invalid argument')
    found = context.machine.namespace_named(name) if may_administer() else None
    if found is not None:
        return found
    if name in context.machine.namespace_names() and files_of(context).link(f"{FOLDER}/{name}") is None:
        raise ToolError(code, f'setting the network namespace "{name}" failed: Invalid argument')
    raise ToolError(code, f'Cannot open network namespace "{name}": No such file or directory')


def _is_valid(name: str) -> bool:
    return bool(name) and len(name) <= MAX_NAME and "/" not in name and name not in (".", "..")


def _list(context: ToolContext, style: Style) -> ToolResult:
    rows, numbers = [], OtherNamespaces(context.namespace, context.machine).numbers
    for name in context.machine.namespace_names():
        row = Row(style)
        row.put("name", name, name)
        other = context.machine.namespace_named(name)
        number = -1 if other is None else numbers.get(other, -1)
        if number >= 0:
            row.put("id", number, f" (id: {number})")
        row.say("\n")
        rows.append(row)
    return ToolResult(0, render(rows, style), "")


def _identify(context: ToolContext, rest: list[str]) -> ToolResult:
    """The name of a process's namespace, by default the own one."""
    if len(rest) > 1:
        raise ToolError(1, "extra arguments specified")
    namespace: NetworkNamespace | None = context.namespace
    if rest:
        pid = number_of(rest[0])
        if pid is None or not 0 <= pid < 1 << 31:
            raise ToolError(1, f"Specified string '{rest[0]}' is not a pid")
        if pid <= FIRST_SHELL_PID:
            namespace = context.machine.namespace_of_pid(pid)
        if namespace is None:
            raise ToolError(1, "Cannot open network namespace: No such file or directory")
    name = next((name for name in context.machine.namespace_names()
                 if context.machine.namespace_named(name) is namespace), "")
    return ToolResult(0, f"{name}\n", "")


def _pids(context: ToolContext, rest: list[str]) -> ToolResult:
    """The processes in a namespace, one a line."""
    if not rest:
        raise ToolError(1, "No netns name specified")
    if len(rest) > 1:
        raise ToolError(1, "extra arguments specified")
    inside = context.machine.namespace_named(rest[0])
    if inside is None:
        raise ToolError(1, "Cannot open network namespace: No such file or directory")
    pids = [pid for pid, _command, inode in context.machine.processes(context.namespace) if inode == inside.inode]
    return ToolResult(0, "".join(f"{pid}\n" for pid in pids), "")


def _list_id(context: ToolContext, rest: list[str], style: Style) -> ToolResult:
    """By which numbers this namespace knows others, or which one it knows by a number (RTM_GETNSID)."""
    others, rows = OtherNamespaces(context.namespace, context.machine), []
    wanted = _wanted(Words(rest))
    if wanted is not None and wanted not in others.numbers.values():
        raise KernelError("EINVAL", "Peer netns reference is invalid")
    for other, number in others.numbers.items():
        if wanted is not None and number != wanted:
            continue
        row, name = Row(style), others.names.get(other, "")
        row.put("nsid", number, f"nsid {number} ")
        if name:
            row.put("name", name, f"(iproute2 netns name: {name})")
        row.say("\n")
        rows.append(row)
    return ToolResult(0, render(rows, style), "")


def _wanted(words: Words) -> int | None:
    """The number behind `nsid`; None where all are asked for."""
    wanted = None
    while words:
        word = words.next()
        if word == "target-nsid":
            raise ToolError(1, "netsandbox: `ip netns list-id target-nsid` is not modelled")
        if word != "nsid":
            raise usage("ip netns")
        text = words.next()
        wanted = number_of(text)
        if wanted is None:
            raise ToolError(USAGE, f'Error: argument "{text[:40]}" is wrong: "nsid" value is invalid')
    return wanted


def _set(context: ToolContext, rest: list[str]) -> ToolResult:
    """By which number this namespace is to know another (RTM_NEWNSID)."""
    if len(rest) < 2:
        raise ToolError(1, "No nsid specified" if rest else "No netns name specified")
    other, number = named(context, rest[0], 1), number_of(rest[1])
    if number is None and rest[1] != "auto":
        raise ToolError(USAGE, f'Error: argument "{rest[1][:40]}" is wrong: Invalid "netnsid" value')
    known = OtherNamespaces(context.namespace, context.machine).numbers
    if rest[1] != "auto" and number is not None and number < 0:
        raise ToolError(USAGE, f'Error: argument "{rest[1]}" is wrong: "netnsid" value should be >= 0')
    if other in known:
        raise KernelError("EEXIST", "Peer netns already has a nsid assigned")
    if number is None:
        number = next(free for free in range(len(known) + 1) if free not in known.values())
    if number in known.values():
        raise KernelError("EEXIST", "The specified nsid is already used")
    context.namespace.nsids = {**context.namespace.nsids, other.inode: number}
    return ToolResult(0, "", "")


def _add(context: ToolContext, rest: list[str]) -> ToolResult:
    if not rest:
        raise ToolError(1, "No netns name specified")
    _check_free(context, rest[0])
    first = context.machine.tenants(context.namespace)[0].namespace
    context.machine.add_namespace(rest[0]).inherit_settings(first)
    is_inside = context.files is not None and "mnt" in (
        context.machine.namespace_owners(context.namespace, context.files, None) or {})
    return ToolResult(0, "", IN_CONTAINER.format(name=rest[0]) if is_inside else "")


def _attach(context: ToolContext, rest: list[str]) -> ToolResult:
    """A name for the namespace of a process: a link, where the kernel binds its file."""
    if len(rest) < 2:
        raise ToolError(1, "No netns name and PID specified")
    name, pid = rest[0], number_of(rest[1])
    if pid is None or pid <= 0:
        raise ToolError(1, f"Invalid PID: {rest[1][:40]}")
    _check_free(context, name)
    path, source = f"{FOLDER}/{name}", f"/proc/{pid}/ns/net"
    if context.machine.namespace_of_pid(pid) is None:
        raise ToolError(1, f"Bind {source} -> {path} failed: No such file or directory")
    files = files_of(context)
    if not files.is_directory(FOLDER):
        files.make_directory(FOLDER)
    files.make_link(path, source)
    return ToolResult(0, "", "")


def _check_free(context: ToolContext, name: str) -> None:
    """Raises ToolError: nobody may make a namespace here, or there is one of that name."""
    if not may_administer():
        raise ToolError(1, f"mount --make-shared {FOLDER} failed: Operation not permitted")
    if name in context.machine.namespace_names():
        raise ToolError(1, f'Cannot create namespace file "{FOLDER}/{name}": File exists')


def _delete(context: ToolContext, rest: list[str], style: Style) -> ToolResult:
    if not rest and not style.everything:
        raise ToolError(1, "No netns name specified")
    for name in context.machine.namespace_names() if style.everything else rest[:1]:
        if name not in context.machine.namespace_names() or not may_administer():
            raise ToolError(1, f'Cannot remove namespace file "{FOLDER}/{name}": No such file or directory')
        try:
            context.machine.remove_namespace(name)
        except FileError as error:
            raise ToolError(1, f'Cannot remove namespace file "{FOLDER}/{name}": {error}') from None
    return ToolResult(0, "", "")


def _exec(context: ToolContext, rest: list[str], style: Style) -> ToolResult:
    """Run a tool elsewhere; with -all in every named namespace, under a heading."""
    if not rest and not style.everything:
        raise ToolError(1, "No netns name specified")
    if len(rest) < (1 if style.everything else 2):
        raise ToolError(1, "No command specified")
    if not style.everything:
        return _run(context.inside(named(context, rest[0])), rest[1:])
    out = err = ""
    for name in context.machine.namespace_names():
        done = _run(context.inside(named(context, name)), rest)
        out += f"\nnetns: {name}\n{done.out}"
        err += done.err
    return ToolResult(0, out, err)


def _run(context: ToolContext, argv: list[str]) -> ToolResult:
    done = context.run(context, argv) if context.run is not None else ToolResult(NOT_FOUND, "", "")
    if done.code == NOT_FOUND:
        why = reason(argv[0].rpartition("/")[2])
        return ToolResult(1, "", f'exec of "{argv[0]}" failed: No such file or directory\n'
                          + (f"note: {why}\n" if why else ""))
    return done
