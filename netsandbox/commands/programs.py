"""Programs by their names: what runs when a line's first word is no verb of the lab's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.pipe import nothing
from netsandbox.apps.program import Context, Maker, Program, UsageError
from netsandbox.commands.docker import Client, DockerContext
from netsandbox.commands.docker import program as docker_program
from netsandbox.commands.docker.words import harmless
from netsandbox.commands.late import Late
from netsandbox.commands.tools.context import ToolContext, ToolResult
from netsandbox.commands.tools.registry import TOOLS, Tool, run_tool
from netsandbox.commands.tools.rights import note_on
from netsandbox.commands.unmodelled import reason
from netsandbox.linux.netlink.credentials import RIGHTS, ROOT, acting_with, may_administer
from netsandbox.wire.addresses import LOOPBACK_ADDRESS

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell
    from netsandbox.linux.core.files import Files
    from netsandbox.linux.core.namespace import NetworkNamespace


NSENTER = "nsenter"
Names = dict[str, int]
NAMES: Names = {"localhost": LOOPBACK_ADDRESS}
"""The names of a place that has none of its own."""


SHOWS_NAMES = frozenset({"tcpdump"})
"""Programs that would show every address by its name, of which a lesson has no use."""


class ToolProgram(Program):
    """A tool that is done as soon as it runs."""

    def __init__(self, shell: Shell, namespace: NetworkNamespace, words: list[str],
                 files: Files | None = None, tool: Tool | None = None) -> None:
        self.name = words[0]
        super().__init__(namespace, 1)
        self._shell = shell
        self._words = words
        self._files = files
        self._tool = tool
        self._rights = RIGHTS.get()

    def start(self) -> None:
        """Run it and exit with its status."""
        with acting_with(self._rights):
            result = run_tool(context(self._shell, self.namespace, self._files), self._words, self._tool)
        if result.out:
            self.output.append(("out", result.out))
        if result.err:
            self.output.append(("err", result.err))
        note = note_on(result.err) if result.err and self._rights != ROOT else ""
        if note and note not in self._shell.machine.told:
            self._shell.machine.told.add(note)
            self.complain(note)
        self.exit(result.code)


class Refused(Program):
    """A program that does not get as far as running: wrong options."""

    def __init__(self, namespace: NetworkNamespace, message: str, code: int) -> None:
        super().__init__(namespace, 1)
        self._message = message
        self._code = code

    def start(self) -> None:
        self.complain(self._message)
        self.exit(self._code)


def context(shell: Shell, namespace: NetworkNamespace, files: Files | None = None) -> ToolContext:
    """What a tool gets; `ip netns exec` can run tools in other namespaces."""
    def run(inner: ToolContext, words: list[str]) -> ToolResult:
        return run_tool(inner, words)
    return ToolContext(namespace, shell.machine, files, run)


PROGRAMS: Late[str, Maker] = Late({
    "ping": "netsandbox.apps.ping:program", "arping": "netsandbox.apps.arping:program",
    "traceroute": "netsandbox.apps.traceroute:program", "tcpdump": "netsandbox.apps.tcpdump:program",
    "sleep": "netsandbox.apps.server:sleep"})


APPLETS: Late[str, Maker] = Late({"ping": "netsandbox.apps.busybox_ping:program"})
"""What differs where an image brings BusyBox: programs, and below the tools."""
BUSYBOX_TOOLS: Late[str, Tool] = Late({
    "arp": "netsandbox.commands.tools.busybox:arp", "ifconfig": "netsandbox.commands.tools.busybox:ifconfig",
    "ip": "netsandbox.commands.tools.busybox:ip", "route": "netsandbox.commands.tools.busybox:route",
    "sysctl": "netsandbox.commands.tools.busybox:sysctl"})


def applet(shell: Shell, namespace: NetworkNamespace, argv: list[str], names: Names = NAMES) -> Program | None:
    """The program that BusyBox has of its own, None for those that are alike."""
    name = argv[0].rpartition("/")[2]
    if name in BUSYBOX_TOOLS:
        return ToolProgram(shell, namespace, argv, None, BUSYBOX_TOOLS[name])
    make = APPLETS.get(name)
    return _made(make, shell, namespace, argv, names) if make is not None else None


def _made(make: Maker, shell: Shell, namespace: NetworkNamespace, words: list[str], names: Names,
          files: Files | None = None) -> Program:
    known = NAMES if words[0] in SHOWS_NAMES else names
    try:
        made = make(Context(namespace, words, files or shell.machine.files(None), shell.lab.next_pid, known, {},
                            nothing(), shell.machine.captures))
    except UsageError as error:
        return Refused(namespace, str(error), error.code)
    made.captures = shell.machine.captures
    return made


def program(shell: Shell, namespace: NetworkNamespace, words: list[str],
            files: Files | None = None, names: Names = NAMES) -> Program:
    """The program that a command line names, in a namespace; not started yet.

    A word that names none is a program that fails as a shell does.
    """
    try:
        namespace, words = _inside(shell, namespace, words)
    except UsageError as error:
        return Refused(namespace, str(error), error.code)
    make = PROGRAMS.get(words[0])
    if make is not None:
        return _made(make, shell, namespace, words, names, files)
    if words[0] in TOOLS:
        return ToolProgram(shell, namespace, words, files)
    if words[0] == NSENTER:
        return Refused(namespace, "nsenter: reassociate to namespaces failed: Operation not permitted", 1)
    return Refused(namespace, reason(words[0]) or f"sh: 1: {words[0]}: not found", 127)


def _inside(shell: Shell, namespace: NetworkNamespace, words: list[str]) -> tuple[NetworkNamespace, list[str]]:
    """`ip netns exec NAME ping …`: a program that takes time is run in that namespace; tools do it themselves.

    `nsenter -t PID -n …` is the same for a container's.

    Raises:
        UsageError: nsenter is told no namespace, or there is none.
    """
    if not may_administer():
        return namespace, words
    while words[0] == NSENTER:
        namespace, words = nsenter(shell, words[1:])
        if not words:
            raise UsageError("nsenter: a shell of its own needs a line of its own", 1)
    while is_netns_exec(words):
        inner = shell.machine.namespace_named(words[3])
        if inner is None or (words[4] not in PROGRAMS and words[4] != "ip"):
            break
        namespace, words = inner, words[4:]
    return namespace, words


def is_netns_exec(words: list[str]) -> bool:
    """Whether it is `ip netns exec NAME PROGRAM`."""
    return (words[0] == "ip" and len(words) > 4 and words[1] in ("netns", "netn")
            and words[2] in ("exec", "exe", "ex"))


def is_program(name: str) -> bool:
    return name in PROGRAMS or name in TOOLS or name == NSENTER


def nsenter(shell: Shell, arguments: list[str]) -> tuple[NetworkNamespace, list[str]]:
    """The namespace that nsenter (util-linux) is told, and the words of the program, none for a shell.

    Raises:
        UsageError: it is told none, or there is none.
    """
    target, rest = "", list(arguments)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        name, _equals, value = option.partition("=")
        if name in ("-t", "--target") and not value and rest:
            value = rest.pop(0)
        elif option.startswith(("-t", "-n")) and not value:
            value = option[2:]
        target = value or target
    name = target.removeprefix("/var").removeprefix("/run/netns/")
    pid = target.removeprefix("/proc/").removesuffix("/ns/net")
    found = shell.machine.namespace_of_pid(int(pid) if pid.isascii() and pid.isdecimal() and len(pid) < 10 else 0)
    found = found or shell.machine.namespace_named(name)
    if found is None:
        raise UsageError(f"nsenter: cannot open {harmless(target)[:60] or 'a namespace'}: No such file or directory; "
                         "`nsenter -t PID -n ip addr` takes the PID of docker inspect -f '{{.State.Pid}}'", 1)
    return found, rest


def docker(shell: Shell, words: list[str]) -> Client:
    """`docker …` on the default host."""
    return docker_program(DockerContext(shell.lab.docker(), DockerPrograms(shell)), words)


class DockerPrograms:
    """What the docker client needs of the shell (commands.docker.context.DockerMachine)."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def name_in_use(self, name: str) -> bool:
        """Whether a host, switch, hub or another host's container has the name."""
        return self._shell.lab.is_named(name)

    def host_files(self) -> Files:
        return self._shell.machine.files(None)

    def has_program(self, name: str) -> bool:
        return is_program(name)

    def run_in(self, namespace: NetworkNamespace, argv: list[str], files: Files, names: Names) -> Program:
        return program(self._shell, namespace, argv, files, names)

    def applet(self, namespace: NetworkNamespace, argv: list[str], names: Names) -> Program | None:
        return applet(self._shell, namespace, argv, names)
