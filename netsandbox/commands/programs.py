"""Programs by their names: what runs when a line's first word is no verb of the lab's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.apps.output import at_terminal
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Context, Maker, Program, Task, UsageError
from netsandbox.commands.docker import Client, DockerContext
from netsandbox.commands.docker import program as docker_program
from netsandbox.commands.docker.containers.machine import NSENTER, Inside
from netsandbox.commands.late import Late, places
from netsandbox.commands.prompt import nsenter
from netsandbox.commands.prompt.as_root import Nested
from netsandbox.commands.prompt.place import Place
from netsandbox.commands.prompt.unmodelled import reason
from netsandbox.commands.tools.context import ToolContext
from netsandbox.commands.tools.follows import Follower, FollowsError
from netsandbox.commands.tools.inputs import NeedsInputError, has_lines
from netsandbox.commands.tools.ip.vrf import find as find_vrf
from netsandbox.commands.tools.kernel.kernel_files import with_kernel
from netsandbox.commands.tools.registry import TOOLS, Tool, run_tool
from netsandbox.commands.tools.rights import note_on
from netsandbox.docker.api import identity as engine_identity
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.launch import SHELLS
from netsandbox.engine.budget import OverBudgetError
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink.credentials import RIGHTS, ROOT, acting_with
from netsandbox.shell.machine import Call
from netsandbox.wire.addresses import LOOPBACK_ADDRESS

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell


Names = dict[str, int]
NAMES: Names = {"localhost": LOOPBACK_ADDRESS}  # The names of a place that has none of its own


PYTHONS = ("python3", "python")
MODULES: Late[str, Tool] = Late({"json.tool": "netsandbox.commands.tools.files.json_tool:json_tool"})
"""What `python3 -m` runs and ends."""
SHOWS_NAMES = frozenset({"tcpdump"})  # Programs that would show every address by its name, of which a lesson has no use


class ToolProgram(Program):
    """A tool that is done as soon as it runs, or as soon as its input has ended; a monitor when it is interrupted."""

    def __init__(self, shell: Shell, context: Context, tool: Tool | None = None, is_busybox: bool = False) -> None:
        self.name = context.argv[0]
        super().__init__(context.namespace, 1)
        self._shell = shell
        self._context = context
        self._tool, self._is_busybox = tool, is_busybox
        self._rights = RIGHTS.get()
        self._follower: Follower | None = None
        self._interrupted = 130
        self._lines = 0  # So many lines of input are enough for it; 0 where only the end is

    @property
    def listens(self) -> bool:
        return self._follower is not None

    @property
    def is_endless(self) -> bool:
        return self._follower is not None

    def start(self) -> None:
        """Run it and exit with its status."""
        made = self._context
        try:
            with acting_with(self._rights):
                context = ToolContext(made.namespace, self._shell.machine, made.files, run_tool, made.stdin,
                                      made.environment, self._is_busybox, at_terminal(self.output))
                result = run_tool(context, made.argv, self._tool)
        except NeedsInputError as error:
            self._lines = error.lines
            made.stdin.on_change = self._read_on
            return
        except FollowsError as error:
            self._follower, self._interrupted = error.follower, error.interrupted
            self._follower.open(self.print, self.complain)
            return
        complaint = result.err or (result.out if result.code else "")
        said = OF_APPLET["reworded"](self.name, complaint) if self._is_busybox and complaint else ""
        if said:
            result = result._replace(code=result.code if self.name in ("grep", "sort") else 1, out="", err=said)
        for part in result.parts:
            if part[1]:
                self.output.append(part)
        note = note_on(result.err) if result.err and self._rights != ROOT else ""
        told = f"{made.namespace.name}: {note}"  # each container may be a reader's first
        if note and told not in self._shell.machine.told:
            self._shell.machine.told.add(told)
            self.complain(note)
        self.exit(result.code)

    def _read_on(self) -> None:
        stdin = self._context.stdin
        if self.is_running and (stdin.is_closed or has_lines(stdin, self._lines)):
            self._context.stdin.on_change = None
            try:
                self.start()
            except OverBudgetError as error:
                self.exit(error.code)

    def interrupt(self) -> None:
        self.exit(self._interrupted)

    def stop(self) -> None:
        if self._context.stdin.on_change == self._read_on:
            self._context.stdin.on_change = None
        if self._follower is not None:
            self._follower.close()
            self._follower = None  # it prints here


class Refused(Program):
    """A program that does not get as far as running: wrong options."""

    def __init__(self, namespace: NetworkNamespace, message: str, code: int, out: str = "") -> None:
        super().__init__(namespace, 1)
        self._message = message
        self._code = code
        self._out = out

    def start(self) -> None:
        if self._out:
            self.print(self._out)
        if self._message:
            self.complain(self._message)
        self.exit(self._code)


def context(shell: Shell, namespace: NetworkNamespace, argv: list[str], files: Files | None = None,
            names: Names | None = None, call: Call | None = None) -> Context:
    """What a program is made from; its name without a path (call: whose input and environment it has)."""
    seen = with_kernel(files if files is not None else shell.machine.files(None), namespace, shell.machine)
    stdin = call.stdin if call is not None else Pipe(is_terminal=True)
    return Context(namespace, [argv[0].rpartition("/")[2], *argv[1:]], seen, shell.lab.next_pid,
                   NAMES if names is None else names, call.environment if call is not None else {}, stdin,
                   shell.machine.captures)


PROGRAMS: Late[str, Maker] = Late(places("netsandbox.apps", {
    **{name: f"{name}=program" for name in ("arping", "fping", "getent", "telnet", "tracepath")},
    **{f"{name}.{name}": f"{name}=program" for name in (
        "curl", "iperf3", "mtr", "nmap", "ping", "socat", "tcpdump", "traceroute", "wget")},
    "netcat.nc": "nc=program netcat=program", "netcat.ncat": "ncat=program",
    "python_server": "python3=program python=program", "redis_cli": "redis-cli=program",
    "dig.dig": "dig", "dig.nslookup": "nslookup host", "server": "sleep"}))


APPLETS: Late[str, Maker] = Late(places("netsandbox.apps", {
    "netcat.nc": "nc=busybox", "wget.wget": "wget=busybox", "telnet": "telnet=busybox",
    **{f"busybox.{name}": f"{name}=program" for name in ("ping", "traceroute", "arping", "nslookup", "httpd")}}))
"""What differs where an image brings BusyBox: programs, and below the tools."""
BUSYBOX_TOOLS: Late[str, Tool] = Late(places("netsandbox.commands.tools", {
    "small": "apk", "processes": "ps=busybox_ps",
    "busybox": "arp ifconfig hostname ip netstat route uname sysctl",
    "files.file_tools": "cp ln mkdir mv rm rmdir touch unlink", "files.text": "cat head tail",
    "files.fields": "sort uniq", "files.digests": "md5sum",
    **{f"files.{name}": name for name in ("find", "ls", "mktemp", "sed")}}))


OF_APPLET: Late[str, Callable[..., str]] = Late(places("netsandbox.apps", {"busybox.usages": "usage reworded"}))
OF_SYSTEMD: Late[str, Callable[[Shell, Context], Program]] = Late(places(
    "netsandbox.commands.prompt", {"services": "systemctl service journalctl dockerd"}))
"""What looks after the programs of a whole machine."""


def applet(shell: Shell, context: Context) -> Program | None:
    """The program that BusyBox has of its own, None for those that are alike."""
    name = context.argv[0]
    if name in BUSYBOX_TOOLS or (name in TOOLS and OF_APPLET["usage"](name)):
        return ToolProgram(shell, context, BUSYBOX_TOOLS.get(name) or TOOLS[name], is_busybox=True)
    make = APPLETS.get(name)
    return _made(make, shell, context) if make is not None else None


def _made(make: Maker, shell: Shell, context: Context) -> Program:
    if context.argv[0] in SHOWS_NAMES:
        context = context._replace(names=NAMES)
    try:
        made = make(context)
    except UsageError as error:
        return Refused(context.namespace, str(error), error.code, error.out)
    made.captures = shell.machine.captures
    made.words = made.words or tuple(context.argv)
    shell.machine.note(made)
    return made


def program(shell: Shell, context: Context) -> Program:
    """The program that a command line names, in a namespace; not started yet.

    A word that names none is a program that fails as a shell does.
    """
    name = context.argv[0]
    if is_vrf_exec(context.argv):
        return _in_vrf(shell, context)
    if name in PYTHONS and context.argv[1:2] == ["-m"] and context.argv[2:] and context.argv[2] in MODULES:
        return ToolProgram(shell, context._replace(argv=[name, *context.argv[3:]]), MODULES[context.argv[2]])
    make = PROGRAMS.get(name)
    if make is not None:
        return _made(make, shell, context)
    if name in OF_SYSTEMD:
        return OF_SYSTEMD[name](shell, context)
    if name in TOOLS:
        return ToolProgram(shell, context)
    if name == NSENTER:
        return Refused(context.namespace, nsenter.DENIED, 1)
    return Refused(context.namespace, reason(name) or f"sh: 1: {name}: not found", 127)


def is_vrf_exec(words: list[str]) -> bool:
    """Whether it is `ip vrf exec NAME PROGRAM`."""
    return words[0] == "ip" and len(words) > 4 and words[1:3] == ["vrf", "exec"]


def _in_vrf(shell: Shell, context: Context) -> Program:
    """The sockets that the program makes are bound to the VRF (vrf_switch)."""
    namespace, name, words = context.namespace, context.argv[3], context.argv[4:]
    vrf, called = find_vrf(namespace, name), words[0].rpartition("/")[2]
    if (vrf is None and name != "default") or called in SHELLS:
        return ToolProgram(shell, context)
    if not is_program(called):
        return Refused(namespace, f'exec of "{words[0]}" failed: No such file or directory', 1)
    if words == ["ip", "vrf", "identify"]:
        return Refused(namespace, "", 0, name if vrf is not None else "")
    made = program(shell, context._replace(argv=[called, *words[1:]]))
    if vrf is not None and not isinstance(made, ToolProgram):
        namespace.vrf_processes = {**namespace.vrf_processes, made.process.pid: vrf}
    return made


def is_netns_exec(words: list[str]) -> bool:
    """Whether it is `ip netns exec NAME PROGRAM`, which ip takes as short as `ip net e NAME PROGRAM`."""
    return (words[0] == "ip" and len(words) > 4 and words[1] in ("net", "netn", "netns")
            and words[2] in ("e", "ex", "exe", "exec"))


def is_program(name: str) -> bool:
    return name in PROGRAMS or name in TOOLS or name in OF_SYSTEMD or name == NSENTER


def docker(shell: Shell, call: Call, place: Place, host: str) -> Client:
    """`docker …`, with the Docker of a host."""
    engine = shell.lab.docker(host)
    made = docker_program(DockerContext(engine, DockerPrograms(shell, call, shell.names_at(place))), call.argv[1:])
    made.may_enter, made.stdin = call.is_alone, call.stdin
    return made


class DockerPrograms:
    """What the docker client needs of the shell (commands.docker.context.DockerMachine)."""

    def __init__(self, shell: Shell, call: Call, names: Names) -> None:
        self._shell = shell
        self._call = call
        self._names = names
        self.archived = shell.machine.archived

    def name_in_use(self, name: str) -> bool:
        """Whether a host, switch, hub or another host's container has the name."""
        return self._shell.lab.is_named(name)

    def host_files(self) -> Files:
        return self._call.files

    def environment(self) -> dict[str, str]:
        return self._call.environment

    def addresses(self) -> dict[str, int]:
        return self._names

    def engine(self, identity: str) -> DockerEngine | None:
        return next((engine for engine in self._shell.lab.engines() if engine_identity(engine) == identity), None)

    def has_program(self, name: str) -> bool:
        return is_program(name)

    def has_applet(self, name: str) -> bool:
        return name in APPLETS

    def context(self, namespace: NetworkNamespace, argv: list[str], files: Files, names: Names,
                call: Call | None = None) -> Context:
        return context(self._shell, namespace, argv, files, names, call)

    def run_in(self, context: Context) -> Program:
        return program(self._shell, context)

    def applet(self, context: Context) -> Program | None:
        return applet(self._shell, context)

    def nsenter(self, inside: Inside, call: Call) -> Task:
        """With the host's PIDs anywhere on the host, else no further than the container's own first process."""
        entered = nsenter.read(self._shell, call.argv[1:], nsenter.of_container(self._shell, inside.container))
        words = entered.words or ["sh"]
        if entered.namespace is inside.namespace or not entered.has_mounts:
            there = Inside(inside.context, inside.container, entered.namespace, inside.rights, inside.variables,
                           inside.cwd)
            found = there.found(words, call._replace(argv=words))
            if found is None:
                raise UsageError(nsenter.failed_to_execute(words[0]), 127)
            return found
        if len(words) == 1 and words[0].rpartition("/")[2] in SHELLS and inside.container.input is None:
            return Nested(self._shell)
        return self._shell.program_at(entered.namespace.name, words, call.stdin, call.files)

    def next_pid(self) -> int:
        return self._shell.next_pid()

    def random(self) -> int:
        return self._shell.random()
