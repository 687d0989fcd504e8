"""The machine that a line at the prompt runs on: the lab's verbs, docker, and the programs of Linux (shell.machine)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from contextlib import AbstractContextManager
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Context, Task, UsageError
from netsandbox.commands import programs
from netsandbox.commands.catalogue import IN_CHINESE, VERBS
from netsandbox.commands.docker.containers.machine import BUSYBOX, NSENTER, lent
from netsandbox.commands.errors import CommandError
from netsandbox.commands.late import Late
from netsandbox.commands.prompt.around import AROUND, SHELL_PROGRAM
from netsandbox.commands.prompt.as_root import SU, Nested, without_sudo
from netsandbox.commands.prompt.inner_shell import InnerShell, inner_shell
from netsandbox.commands.prompt.kill import kill
from netsandbox.commands.prompt.nsenter import failed_to_execute
from netsandbox.commands.prompt.place import Place
from netsandbox.commands.prompt.survey_parts import SUDO
from netsandbox.commands.prompt.unmodelled import reason
from netsandbox.commands.tools.kernel.kernel_files import with_descriptors
from netsandbox.commands.tools.registry import TOOLS
from netsandbox.commands.verb import Effect
from netsandbox.commands.verb_task import VerbCall, VerbTask
from netsandbox.docker.launch import SHELLS
from netsandbox.lab.names import DEFAULT_HOST
from netsandbox.lab.nodes import Host
from netsandbox.linux.netlink.credentials import acting_with
from netsandbox.shell.dialect import ASH, BASH, DASH, Dialect
from netsandbox.shell.errors import NotFoundError, RefusedError
from netsandbox.shell.machine import Call, Held
from netsandbox.shell.state import DEFAULTS

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell

NEAR = 0.75  # How alike a word must be to one that there is, so that it may be a slip of the pen
KEYS = {"filter": "; the app's key / filters the frame log (`help filter`)",
        "journeys": "; the app's key f folds a frame's way into one row"}
"""What is no line, but a key."""
LOCAL_VERBS = frozenset({"ping", "arping", "traceroute", "hostname"})
"""Verbs that mean the program of that name once a namespace is entered."""
SHADOWED = frozenset({"exec", "export", "wait"})  # Verbs that have the name of a shell's builtin
DENIED, NOT_FOUND = 126, 127
FOLDERS = frozenset(DEFAULTS["PATH"].split(":"))
UNSHARE: Late[str, Callable[[Shell, Prompt, Call], Task]] = Late({
    "unshare": "netsandbox.commands.prompt.unshare:Unshare"})


class MissingError(CommandError):
    """There is no such program (short: how a script is told)."""

    def __init__(self, message: str, code: int, short: str) -> None:
        super().__init__(message, code)
        self.short = short


class Prompt:
    """Programs by name, at a place (shell.machine.Machine) (is_action: whether the line does something, so that no verb
    that only looks or moves in time can stand in it)."""

    def __init__(self, shell: Shell, place: Place, is_action: bool = True) -> None:
        self._shell = shell
        self._place = place
        self._is_action = is_action
        self.scheduler = shell.lab.scheduler

    def at(self, place: Place) -> Prompt:
        """The same, elsewhere."""
        return Prompt(self._shell, place, self._is_action)

    # -- shell.machine.Machine

    def acting(self) -> AbstractContextManager[None]:
        return acting_with(self._place.rights)

    def program(self, call: Call) -> Task:
        shell, words = self._shell, call.argv
        try:
            with self._place.standing(shell):
                found = self.command(call, call.is_alone)
        except MissingError as error:
            raise NotFoundError(error.short, DENIED if error.code == DENIED else NOT_FOUND) from None
        except UsageError as error:
            return programs.Refused(shell.namespace_at(self._place), str(error), error.code, error.out)
        except CommandError as error:
            raise RefusedError(str(error), error.code) from None
        if not isinstance(found, VerbCall):
            return found
        if found.verb.alone and not (self._is_action is False and found.verb.effect is not Effect.ACT):
            raise RefusedError(f"{words[0]!r} needs a line of its own", 2)
        return VerbTask(shell, self._place, found, call)

    def context_of(self, call: Call) -> Context:
        shell, place = self._shell, self._place
        return programs.context(shell, shell.namespace_at(place), call.argv, call.files, shell.names_at(place), call)

    @property
    def docker_host(self) -> str | None:
        """The machine whose Docker a line reaches: the default host, one that was given it, or the one around a network
        that was entered by `ip netns exec`, nsenter or `enter`, where the host's programs are.
        """
        where, lab = self._place.where, self._shell.lab
        if where is None or (where in lab.extra_namespaces and where not in lab.nodes):
            return DEFAULT_HOST
        node = lab.nodes.get(where)
        if node is not None:
            return where if isinstance(node, Host) and node.docker is not None else None
        around = (host.name for host, container in lab.containers() if container.name == where)
        return next(around, None) if self._place.client is None else None

    def takes(self, argv: list[str]) -> bool:
        """`wait 5s`, `exec NODE …`, `export FILE` are the lab's; `wait %1`, `exec PROGRAM`, `export X=1` are not."""
        if argv[0] not in SHADOWED or self._place.bare or len(argv) < 2:
            return False
        if argv[0] == "export":
            word, is_set = argv[1], argv[1] in self._shell.state.values
            sets = any("=" in each and each.partition("=")[0].isidentifier() for each in argv[1:])
            return not (sets or is_set or word.startswith("-") or (word.isidentifier() and word.isupper()))
        if argv[0] == "exec":
            return self._shell.lab.is_named(argv[1]) or argv[1] in self._shell.lab.extra_namespaces
        return not argv[1].startswith(("%", "-")) and self._shell.state.job(argv[1]) is None

    def has(self, name: str) -> bool:
        is_docker = name == "docker" and self.docker_host is not None
        return (is_docker or name in OTHER_NAMES or name in SHELLS or name in AROUND or name in UNSHARE or
                programs.is_program(name))

    def next_pid(self) -> int:
        return self._shell.next_pid()

    def random(self) -> int:
        return self._shell.random()

    def kill(self, pid: int, signal: str) -> bool:
        return kill(self._shell, pid, signal)

    def dialect(self, name: str) -> Dialect:
        container = self._place.container
        if container is not None and name != "bash":
            return ASH if container.image.has_busybox else DASH
        return BASH if name in ("bash", "zsh") else DASH

    # -- what a command is

    def command(self, call: Call, may_open: bool) -> Task | VerbCall:
        """What words name, checked already.

        Args:
            may_open: whether it may open a shell into which a person types.

        Raises:
            CommandError, LabError, UsageError and others: there is none, or its words are wrong.
        """
        call = _without_sudo(call)
        words, place, shell = call.argv, self._place, self._shell
        name, base = words[0], words[0].rpartition("/")[2]
        if name != base and not self._is_installed(name, call):
            return self._file(call, name)
        if base == KILL:
            return SHELL_PROGRAM["sh"](self, call._replace(argv=["bash", "-c", 'kill "$@"', KILL, *words[1:]]))
        elsewhere = self._within(call, may_open) or self.verb(words)
        if elsewhere is not None:
            return elsewhere
        if base == "docker" and self.docker_host is not None:
            return programs.docker(shell, call, place, self.docker_host)
        if words[1:] == ["--help"] and place.has_busybox and programs.OF_APPLET["usage"](base):
            return programs.Refused(shell.namespace_at(place), programs.OF_APPLET["usage"](base), 0)
        if base in UNSHARE:
            return UNSHARE[base](shell, self, call)
        if base in SHELLS:
            return SHELL_PROGRAM["sh"](self, call)
        if base in AROUND:
            return AROUND[base](self, call)
        if place.has_busybox and base == BUSYBOX and len(words) > 1:
            return self.command(call._replace(argv=words[1:]), may_open)
        if programs.is_program(base) or (place.has_busybox and place.has(base)):
            return self._linux(call, base)
        return self._file(call, name)

    def _is_installed(self, path: str, call: Call) -> bool:
        """Whether a path leads to where programs are."""
        cwd = call.files.cwd if self._shell.lab.nodes else "/root"
        return posixpath.dirname(posixpath.normpath(posixpath.join(cwd, path))) in FOLDERS

    def _within(self, call: Call, may_open: bool) -> Task | VerbCall | None:
        """A shell, or a program where `ip netns exec` or nsenter leads; None: the words lead nowhere."""
        inner = inner_shell(self._shell, call, may_open)
        if inner is None:
            return None
        if not inner.words:
            place = self._inside(inner)._replace(bare=False)
            return Opener(self._shell, place) if inner.node else Nested(self._shell)
        if self._is_there(inner.words[0], call):
            return self._elsewhere(inner, call)
        if call.argv[0] == NSENTER:
            raise MissingError(failed_to_execute(inner.words[0]), NOT_FOUND, failed_to_execute(inner.words[0]))
        return None

    def _is_there(self, name: str, call: Call) -> bool:
        """Whether a word names a program, or a script by its path."""
        return self.has(name.rpartition("/")[2]) or ("/" in name and call.files.exists(name))

    def _elsewhere(self, inner: InnerShell, call: Call) -> Task | VerbCall:
        """A program where `ip netns exec` or nsenter leads; with its own files it stays in its directory."""
        where = self.at(self._inside(inner))
        files = with_descriptors(self._shell.files_at(where.place), call.files)
        holder = Held(files if inner.has_files else files.at(call.files.cwd), call.holder.depth)
        return where.command(call._replace(argv=inner.words, holder=holder), False)

    def _inside(self, inner: InnerShell) -> Place:
        is_named = inner.node in self._shell.lab.extra_namespaces
        return Place(inner.node, None, True, not is_named and not inner.has_files)

    def verb(self, words: list[str]) -> VerbCall | None:
        """The verb of the lab's that words begin with, if they do; `rm` of what is no node is the program."""
        words = words[words[:1] == [SUDO] and len(words) > 1:]
        name, place = words[0], self._place
        if place.bare or name not in VERBS or (place.where is not None and name in LOCAL_VERBS):
            return None
        if name == "rm" and not (len(words) == 2 and self._shell.lab.is_named(words[1])):
            return None
        return VerbCall(VERBS[name], VERBS[name].parse(self._shell, words[1:]))

    def refuse(self, name: str) -> NoReturn:
        """Raises: CommandError: there is no such program."""
        raise self._missing(name)

    @property
    def place(self) -> Place:
        return self._place

    def _linux(self, call: Call, name: str) -> Task:
        shell, place = self._shell, self._place
        context = self.context_of(call._replace(argv=[name, *call.argv[1:]]))
        applet = programs.applet(shell, context) if place.has_busybox else None
        made = applet or programs.program(shell, context)
        note = lent(place.client.engine, place.container.image, name) if place.client and place.container else ""
        if note:
            made.complain(note)
        return made

    def _file(self, call: Call, name: str) -> Task:
        """A script by its path, or nothing."""
        has_files = "/" in name and bool(self._shell.lab.nodes)  # to look makes no host
        if has_files and call.files.is_denied(name):
            what = "Is a directory" if call.files.is_directory(name) else "Permission denied"
            said = f"bash: {name}: {what}"
            raise MissingError(said, DENIED, said.removeprefix("bash: "))
        if has_files and call.files.exists(name):
            return SHELL_PROGRAM["sh"](self, call._replace(argv=["bash", *call.argv]))
        raise self._missing(name)

    def _missing(self, name: str) -> MissingError:
        """What is said of a program that is not there."""
        entered = self._place.where is not None
        said = f"{name}: not found" if entered and self.dialect("sh").name != "bash" else f"{name}: command not found"
        if reason(name):
            return MissingError(reason(name), NOT_FOUND, reason(name))
        if "/" in name:
            said = f"{name}: No such file or directory"
            return MissingError(f"bash: {said}", NOT_FOUND, said)
        if name == "docker":
            is_host = isinstance(self._shell.lab.nodes.get(self._place.where or ""), Host)
            hint = "; `add-host NAME --docker` has it" if is_host else "; `exit` leaves this shell first"
            return MissingError(f"sh: 1: docker: not found{hint}", NOT_FOUND, f"docker: not found{hint}")
        near = [IN_CHINESE[name]] if name in IN_CHINESE else get_close_matches(name, known_programs(), 1, NEAR)
        hint = f"; did you mean {near[0]!r}?" if near else "; `help` lists what there is"
        hint = KEYS.get(name, hint)
        if self._shell.lab.is_named(name):
            hint = f"; `exec {name} …` runs a line in it"
        if entered and self._place == self._shell.place and self._shell.state.dialect is BASH:
            return MissingError(f"bash: {name}: command not found{hint}", NOT_FOUND, said)
        if entered:
            return MissingError(f"sh: 1: {name}: not found{hint}", NOT_FOUND, said)
        return MissingError(self._shell.say(f"unknown command {name[:40]!r}{hint}"), 2, said)


def known_programs() -> list[str]:
    """What may stand first in a line."""
    return [*VERBS, *TOOLS, *programs.PROGRAMS, *AROUND, NSENTER, *UNSHARE, "docker"]


class Opener(Task):
    """A shell in a namespace, into which the person's next lines belong."""

    name = "sh"

    def __init__(self, shell: Shell, place: Place) -> None:
        super().__init__(shell.lab.scheduler)
        self._shell = shell
        self._place = place

    def start(self) -> None:
        self._shell.opens = self._place
        self.exit(0)


COMPOSE = "docker-compose"  # As Compose was called before it was a command of docker's
INIT = "/etc/init.d/"  # Where the scripts are that System V's init started services with; `service` reads them
KILL = "kill"  # A program too, for who has no shell around it: `sudo kill`
OTHER_NAMES = frozenset({SUDO, SU, COMPOSE, KILL})


def _without_sudo(call: Call) -> Call:
    words, environment = without_sudo(list(call.argv), call.environment)
    if words[0].startswith(INIT) and len(words) == 2:
        words = ["service", words[0].removeprefix(INIT), words[1]]
    folder, _slash, base = words[0].rpartition("/")
    if folder in FOLDERS and base in (COMPOSE, NSENTER):
        words[0] = base
    if words[0] == COMPOSE:
        words[:1] = ["docker", "compose"]
    return call._replace(argv=words, environment=environment)


def no_input() -> Pipe:
    """A person's keyboard, on which nothing is typed."""
    return Pipe(is_terminal=True)
