"""What runs inside a container: the tools and programs of the sandbox, `sh -c`, and a shell that is entered.

An image has only some of these programs.  For a lesson one is better off with
the others too, so the sandbox lends them, as nsenter would, and says so.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.apps.program import Program, UsageError
from netsandbox.apps.server import Sleeper, Speaker, sleep_seconds
from netsandbox.commands.docker.words import harmless
from netsandbox.docker.files import files, hostname
from netsandbox.docker.launch import SHELLS

if TYPE_CHECKING:
    from netsandbox.commands.docker.context import DockerContext
    from netsandbox.docker.container import Container
    from netsandbox.linux.namespace import NetworkNamespace

NOT_FOUND = 127
MAX_WORD = 200
"""Characters of a word that an error repeats."""
SEPARATORS = (";", "&&", "||", "\n")
UNSUPPORTED = frozenset({"|", ">", "<", ">>", "&", "$(", "`"})


class Inside:
    """Makes the programs of one container.

    Args:
        container: whose image and files count.  namespace: where they run.
    """

    def __init__(self, context: DockerContext, container: Container, namespace: NetworkNamespace) -> None:
        self.context = context
        self.container = container
        self.namespace = namespace

    def program(self, argv: list[str]) -> Program | None:
        """The program that words name, not started yet, or None if there is none."""
        name = argv[0].rpartition("/")[2] if argv else ""
        if name in SHELLS and self.is_in_image(name):
            return self._shell(argv)
        builtin = BUILT_IN.get(name)
        if builtin is not None and self.is_in_image(name):
            return builtin(self, argv)
        if not self.context.machine.has_program(name):
            return builtin(self, argv) if builtin is not None else None
        return self.context.machine.run_in(self.namespace, argv, files(self.context.engine, self.container))

    def is_in_image(self, name: str) -> bool:
        tools = self.container.image.tools
        return name in tools or "*" in tools

    def lent(self, argv: list[str]) -> str:
        """The name of a program that the image has not, or empty; each is told once for an image."""
        name = argv[0].rpartition("/")[2]
        if self.is_in_image(name) or name == self.container.image.process:
            return ""
        told = (self.container.image.name, name)
        if told in self.context.engine.lent:
            return ""
        self.context.engine.lent.add(told)
        return name

    def _shell(self, argv: list[str]) -> Program:
        name, pid = argv[0], 1
        rest = [word for word in argv[1:] if word not in ("-i", "-l", "-e", "-x", "--login")]
        if not rest:
            return Sleeper(self.namespace, name, 0, pid)
        if rest[0] not in ("-c", "-ec", "-lc", "-xc"):
            refusal = f"sh: 0: cannot open {harmless(rest[0])[:MAX_WORD]}"
            return Speaker(self.namespace, name, [("err", refusal)], pid, 2)
        return Script(self, rest[1] if len(rest) > 1 else "")


class Script(Program):
    """`sh -c 'ping -c 1 … && ip neigh; sleep 5'`: simple commands one after another."""

    name = "sh"

    def __init__(self, inside: Inside, text: str) -> None:
        super().__init__(inside.namespace)
        self._inside = inside
        self._text = text
        self._commands: list[tuple[str, list[str]]] = []
        self._running: Program | None = None
        self._status = 0

    @property
    def is_endless(self) -> bool:
        return self._running is not None and self._running.is_endless

    def start(self) -> None:
        try:
            self._commands = split_script(self._text)
        except ValueError as error:
            self.complain(f"sh: syntax error: {harmless(str(error))[:MAX_WORD]}")
            self.exit(2)
            return
        self._next()

    def _next(self) -> None:
        """Start the next command that its separator lets run; those that end at once do not pile up."""
        while self.is_running and self._commands:
            separator, argv = self._commands.pop(0)
            if (separator == "&&" and self._status) or (separator == "||" and not self._status):
                continue
            if argv[0] == "exit":
                self.exit(_status_of(argv, self._status))
                return
            if argv[0] == "exec":
                argv = argv[1:] or ["true"]
                self._commands = []
            if self._run(argv):
                return
        self.exit(self._status)

    def _run(self, argv: list[str]) -> bool:
        """Start one command; whether it goes on."""
        program = self._inside.program(argv)
        if program is None:
            self.complain(f"sh: {harmless(argv[0])[:MAX_WORD]}: not found")
            self._status = NOT_FOUND
            return False
        program.output, program.foreground = self.output, self.foreground
        self._running = program
        program.start()
        if not program.is_running:
            self._status = program.code or 0
            return False
        program.on_exit.append(self._ended)
        return True

    def _ended(self) -> None:
        if self._running is not None and self.is_running:
            self._status = self._running.code or 0
            self._next()

    def interrupt(self) -> None:
        """Ctrl-C goes to what runs, and ends the script."""
        self._commands = []
        if self._running is not None and self._running.is_running:
            self._running.interrupt()
        else:
            self.exit(130)

    def stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.exit(137)


def split_script(text: str) -> list[tuple[str, list[str]]]:
    """Simple commands with the separator before each.

    Raises:
        ValueError: quotes that do not close, or what the sandbox's shell has not.
    """
    lexer = shlex.shlex(text.replace("\n", ";"), posix=True, punctuation_chars=";&|<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    commands: list[tuple[str, list[str]]] = []
    separator, words = ";", list[str]()
    for word in [*lexer, ";"]:
        if word in SEPARATORS or set(word) == {";"}:
            if words:
                commands.append((separator, words))
            elif word in ("&&", "||"):
                raise ValueError(f'unexpected "{word}"')
            separator, words = ";" if set(word) == {";"} else word, []
        elif word in UNSUPPORTED or word[:1] in "|<>&":
            raise ValueError(f"the sandbox's shell has no {word!r}, only ; && and ||")
        else:
            words.append(word)
    return commands


def _status_of(argv: list[str], default: int) -> int:
    return int(argv[1]) & 255 if len(argv) > 1 and argv[1].isascii() and argv[1].isdecimal() else default


def _say(inside: Inside, argv: list[str], lines: list[str], status: int = 0) -> Program:
    return Speaker(inside.namespace, argv[0], [("out", line) for line in lines], 1, status)


def _echo(inside: Inside, argv: list[str]) -> Program:
    return _say(inside, argv, [" ".join(word for word in argv[1:] if word not in ("-n", "-e"))])


def _cat(inside: Inside, argv: list[str]) -> Program:
    """The files that Docker writes; others are the shell's, if it has any."""
    known = files(inside.context.engine, inside.container)
    if not all(path in known for path in argv[1:]) and inside.context.machine.has_program("cat"):
        return inside.context.machine.run_in(inside.namespace, argv, known)
    lines = [("out", line) if path in known else ("err", f"cat: can't open '{path}': No such file or directory")
             for path in argv[1:] for line in known.get(path, "?").splitlines()]
    return Speaker(inside.namespace, "cat", lines, 1, int(any(path not in known for path in argv[1:])))


def _hostname(inside: Inside, argv: list[str]) -> Program:
    if argv[1:] and inside.context.machine.has_program("hostname"):
        return inside.context.machine.run_in(inside.namespace, argv, files(inside.context.engine, inside.container))
    return _say(inside, argv, [hostname(inside.context.engine, inside.container)])


def _env(inside: Inside, argv: list[str]) -> Program:
    own = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
           f"HOSTNAME={hostname(inside.context.engine, inside.container)}", *inside.container.environment, "HOME=/root"]
    return _say(inside, argv, own)


def _sleep(inside: Inside, argv: list[str]) -> Program:
    if len(argv) < 2:
        return Speaker(inside.namespace, "sleep", [("err", "sleep: missing operand")], 1, 1)
    try:
        return Sleeper(inside.namespace, "sleep", sleep_seconds(argv[1]), 1)
    except UsageError as error:
        return Speaker(inside.namespace, "sleep", [("err", str(error))], 1, error.code)


def _for_ever(inside: Inside, argv: list[str]) -> Program:
    return Sleeper(inside.namespace, argv[0], None, 1)


BUILT_IN: dict[str, Callable[[Inside, list[str]], Program]] = {
    "echo": _echo, "cat": _cat, "hostname": _hostname, "env": _env, "printenv": _env, "sleep": _sleep,
    "true": lambda inside, argv: _say(inside, argv, []), "false": lambda inside, argv: _say(inside, argv, [], 1),
    "tail": _for_ever, "top": _for_ever, "whoami": lambda inside, argv: _say(inside, argv, ["root"]),
    "pwd": lambda inside, argv: _say(inside, argv, ["/"])}
