"""What runs inside a container: the tools and programs of the sandbox, `sh -c`, and a shell that is entered.

An image has only some of these programs.  For a lesson one is better off with
the others too, so the sandbox lends them, as nsenter would, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.nginx.nginx import NginxErrand, NginxServer
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Context, Program, Task, UsageError
from netsandbox.apps.server import Server, Sleeper, Speaker, sleep_inside
from netsandbox.commands.docker.containers.processes import send
from netsandbox.commands.docker.printing.words import harmless
from netsandbox.commands.prompt.around import AROUND, SHELL_PROGRAM
from netsandbox.commands.prompt.unmodelled import reason
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.environment import environment
from netsandbox.docker.files import files, files_of, hostname, own_names
from netsandbox.docker.images import Image
from netsandbox.docker.launch import SHELLS, is_server, nginx_errand, server
from netsandbox.docker.signals import SIGNALS
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink.credentials import ResourceLimit, Rights, acting_with
from netsandbox.shell.dialect import ASH, BASH, DASH, Dialect
from netsandbox.shell.errors import NotFoundError, RefusedError
from netsandbox.shell.machine import Call, Held

if TYPE_CHECKING:
    from netsandbox.commands.docker.client.context import DockerContext
    from netsandbox.engine.scheduler import Scheduler

DENIED, NOT_FOUND = 126, 127
NONE = "the sandbox has no {}"
NSENTER, BUSYBOX, KILL = "nsenter", "busybox", "kill"
NO_LIST = "netsandbox: BusyBox's list of applets is not modelled; `busybox APPLET` runs one"
NGINX_SIGNALS = {"reload": "HUP", "reopen": "USR1", "stop": "TERM", "quit": "QUIT"}  # What `nginx -s` sends
NGINX_RUNS = ("nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
              "nginx: [emerg] still could not bind()")
MAX_WORD = 200  # Characters of a word that an error repeats


def rights_of(container: Container) -> Rights:
    """What Docker lets a container's programs do; the default set of capabilities has no CAP_NET_ADMIN."""
    own = Rights(container.host_config.has_capability("NET_ADMIN"), container.host_config.privileged, contained=True,
                 sys_admin=container.host_config.has_capability("SYS_ADMIN"), limits=tuple(
                     ResourceLimit(limit["Name"], limit["Soft"], limit["Hard"])
                     for limit in container.host_config.resources.get("Ulimits") or ()))
    return own.of(container.account)


def is_in_image(image: Image, name: str) -> bool:
    """Whether an image has a program, modelled or not."""
    return name in image.tools or "*" in image.tools or image.really_has(name)


def lent(engine: DockerEngine, image: Image, path: str) -> str:
    """What is said of a program that the image has not, or nothing; each is told once for an image."""
    name = path.rpartition("/")[2]
    told = (image.name, name)
    if is_in_image(image, name) or name == image.process or told in engine.told:
        return ""
    engine.told.add(told)
    return f"note: the {image.name} image has no {name}; the sandbox lends its own"


class Inside:
    """Makes the programs of one container.

    Args:
        container: whose image and files count.  namespace: where they run.
        rights: what they may do, the container's own unless told otherwise.
        variables: further ones, as NAME=value.
        cwd: where they begin.
    """

    def __init__(self, context: DockerContext, container: Container, namespace: NetworkNamespace,
                 rights: Rights | None = None, variables: Sequence[str] = (), cwd: str = "/") -> None:
        self.context = context
        self.container = container
        self.namespace = namespace
        self.rights = rights or rights_of(container)
        self.variables = variables
        self.cwd = cwd

    # -- shell.machine.Machine

    def acting(self) -> AbstractContextManager[None]:
        return acting_with(self.rights)

    @property
    def scheduler(self) -> Scheduler:
        return self.namespace.scheduler

    def program(self, call: Call) -> Task:
        """The program that words name, not started yet (NotFoundError: there is none)."""
        found = self.found(call.argv, call)
        if found is not None:
            note = self.lent(call.argv)
            if note:
                found.complain(note)
            return found
        name = call.argv[0]
        missing = self.missing(name)
        if missing is not None:
            return missing
        if "/" in name and call.files.is_denied(name):
            raise RefusedError(f"{harmless(name)[:MAX_WORD]}: Permission denied", DENIED)
        if reason(name):
            raise NotFoundError(f"{harmless(name)[:MAX_WORD]}: not found\nnote: {reason(name)}", NOT_FOUND)
        raise NotFoundError(f"{harmless(name)[:MAX_WORD]}: not found", NOT_FOUND)

    def missing(self, name: str) -> Task | None:
        """A program that the real image has and the sandbox has not: it only says so."""
        if not self.container.image.really_has(name):
            return None
        return Speaker(self.namespace, name, [("err", f"note: {reason(name) or NONE.format(name)}")], 1, NOT_FOUND)

    def context_of(self, call: Call) -> Context:
        names = own_names(self.context.engine, self.container)
        return self.context.machine.context(self.namespace, call.argv, call.files, names, call)

    def takes(self, _argv: list[str]) -> bool:
        return False

    def has(self, name: str) -> bool:
        return name in BUILT_IN or self.context.machine.has_program(name) or name in AROUND or name in SHELLS

    def next_pid(self) -> int:
        return self.context.machine.next_pid()

    def random(self) -> int:
        return self.context.machine.random()

    def kill(self, pid: int, signal: str) -> bool:
        """To what it sees by that number."""
        return send(self.context.engine, self.container, pid, SIGNALS.get(signal, 0))

    def dialect(self, name: str) -> Dialect:
        """Which shell a name is in this image."""
        if name in ("bash", "zsh"):
            return BASH
        return ASH if self.container.image.has_busybox else DASH

    # -- what there is

    def found(self, argv: list[str], call: Call | None = None) -> Task | None:
        """The program that words name, not started yet, or None if there is none."""
        with acting_with(self.rights):
            found = self._found(argv, call or self.call(argv))
        if found is not None:
            found.words = tuple(argv)
        return found

    def call(self, argv: list[str], stdin: Pipe | None = None) -> Call:
        """How a program is called that Docker starts: with the container's environment, at its root."""
        variables = {name: value for name, _, value in (text.partition("=") for text in self.environment())}
        return Call(argv, variables, Held(self.files()), stdin or Pipe(is_closed=True))

    def files(self) -> Files:
        seen = files_of(self.context.engine, self.container)
        return self.context.machine.context(self.namespace, ["sh"], seen.at(self.cwd), {}).files

    def _found(self, argv: list[str], call: Call) -> Task | None:
        name = argv[0].rpartition("/")[2] if argv else ""
        if name in SHELLS and self.is_in_image(name):
            return self._shell(call)
        if argv[1:] == ["--help"] and self.container.image.has_busybox and self.is_in_image(name) and usage(name):
            return Speaker(self.namespace, name, [("err", line) for line in usage(name).split("\n")], 1)
        if name in AROUND and (self.is_in_image(name) or self.context.machine.has_program("ls")):
            return AROUND[name](self, call)
        if name == NSENTER and self.rights.sys_admin and self.is_in_image(name):
            return self._nsenter(call)
        if name == KILL and self.is_in_image(name):
            return SHELL_PROGRAM["sh"](self, call._replace(argv=["sh", "-c", 'kill "$@"', KILL, *argv[1:]]))
        builtin = BUILT_IN.get(name)
        if is_server(self.container, name) and not isinstance(self.container.program, Server):
            return server(self.container, self.namespace, argv, self.files(), self.next_pid())
        if name == "nginx" and self.container.image.server == name:
            return self._nginx(argv)
        if name in ENDLESS and (name != "tail" or "-f" in argv or "-F" in argv) and self.is_in_image(name):
            return ENDLESS[name](self, argv)
        if name == BUSYBOX and self.container.image.has_busybox:
            return self._applet(argv, call)
        is_applet = self.container.image.has_busybox and self.is_in_image(name) and (
            self.context.machine.has_applet(name))
        if not self.context.machine.has_program(name) and not is_applet:
            return builtin(self, argv) if builtin is not None else self._script(call)
        return self._lent(argv, call)

    def _applet(self, argv: list[str], call: Call) -> Task:
        """`busybox APPLET …`."""
        found = self._found(argv[1:], call._replace(argv=argv[1:])) if len(argv) > 1 else None
        if found is not None:
            return found
        what = f"{harmless(argv[1])[:MAX_WORD]}: applet not found" if len(argv) > 1 else NO_LIST
        return Speaker(self.namespace, BUSYBOX, [("err", what)], 1, NOT_FOUND)

    def _nginx(self, argv: list[str]) -> Task | None:
        """What a second nginx is asked beside the one that runs: its version, a test, a signal to the first."""
        asked = argv[2] if argv[1:2] == ["-s"] and len(argv) > 2 else ""
        if argv[1:2] == ["-s"] and asked not in NGINX_SIGNALS:
            return Speaker(self.namespace, "nginx", [("err", f'nginx: invalid option: "-s {asked[:60]}"')], 1, 1)
        if asked:
            send = partial(self.context.engine.signal, self.container, SIGNALS[NGINX_SIGNALS[asked]])
            return NginxErrand(self.namespace, self.files(), send)
        if len(argv) == 1 and isinstance(self.container.program, NginxServer):
            return Speaker(self.namespace, "nginx", [("err", line) for line in NGINX_RUNS], 1, 1)
        return nginx_errand(self.namespace, argv, self.files())

    def _nsenter(self, call: Call) -> Task:
        try:
            return self.context.machine.nsenter(self, call)
        except UsageError as error:
            return Speaker(self.namespace, NSENTER, [("err", str(error))], 1, error.code)

    def _script(self, call: Call) -> Task | None:
        """A file with commands, by its path."""
        path = call.argv[0] if call.argv else ""
        if "/" not in path or not call.files.exists(path) or call.files.is_denied(path):
            return None
        return SHELL_PROGRAM["sh"](self, call._replace(argv=["sh", *call.argv]))

    def _lent(self, argv: list[str], call: Call) -> Task:
        """One of the shell's programs, with the container's files and names."""
        machine, context = self.context.machine, self.context_of(call._replace(argv=argv))
        applet = machine.applet(context) if self.container.image.has_busybox else None
        return applet or machine.run_in(context)

    def is_in_image(self, name: str) -> bool:
        return is_in_image(self.container.image, name)

    def lent(self, argv: list[str]) -> str:
        """What is said of a program that the image has not, or nothing."""
        return lent(self.context.engine, self.container.image, argv[0])

    def _shell(self, call: Call) -> Task:
        if not [word for word in call.argv[1:] if word not in ("-i", "-l", "--login")] and call.stdin.is_at_end:
            return Sleeper(self.namespace, call.argv[0], 0, 1)
        return SHELL_PROGRAM["sh"](self, call)

    def environment(self) -> list[str]:
        """NAME=value of all variables."""
        return environment(self.context.engine, self.container, self.variables, self.rights.account.home)


def _say(inside: Inside, argv: list[str], lines: list[str], status: int = 0) -> Program:
    return Speaker(inside.namespace, argv[0], [("out", line) for line in lines], 1, status)


def _echo(inside: Inside, argv: list[str]) -> Program:
    return _say(inside, argv, [" ".join(word for word in argv[1:] if word not in ("-n", "-e"))])


def _cat(inside: Inside, argv: list[str]) -> Program:
    """The files that Docker writes."""
    known = files(inside.context.engine, inside.container)
    lines = [("out", line) if path in known else ("err", f"cat: can't open '{path}': No such file or directory")
             for path in argv[1:] for line in known.get(path, "?").splitlines()]
    return Speaker(inside.namespace, "cat", lines, 1, int(any(path not in known for path in argv[1:])))


def _hostname(inside: Inside, argv: list[str]) -> Program:
    return _say(inside, argv, [hostname(inside.context.engine, inside.container)])


def _env(inside: Inside, argv: list[str]) -> Program:
    return _say(inside, argv, inside.environment())


def _sleep(inside: Inside, argv: list[str]) -> Program:
    return sleep_inside(inside.namespace, argv, 1, inside.container.image.has_busybox)


def _for_ever(inside: Inside, argv: list[str]) -> Program:
    return Sleeper(inside.namespace, argv[0], None, 1)


BUILT_IN: dict[str, Callable[[Inside, list[str]], Program]] = {
    "echo": _echo, "cat": _cat, "hostname": _hostname, "env": _env, "printenv": _env, "sleep": _sleep,
    "true": lambda inside, argv: _say(inside, argv, []), "false": lambda inside, argv: _say(inside, argv, [], 1),
    "whoami": lambda inside, argv: _say(inside, argv, ["root"]),
    "pwd": lambda inside, argv: _say(inside, argv, ["/"])}
"""What is there where the shell has no such program."""
ENDLESS: dict[str, Callable[[Inside, list[str]], Program]] = {"tail": _for_ever}
