"""A shell that is called as a program: `sh -c '…'`, `bash script.sh`, `sh < file`, `./script.sh`."""

from __future__ import annotations

from netsandbox.apps.program import Task
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.linux.core.files.inode import FileError
from netsandbox.shell.dialect import syntax_error, unreadable
from netsandbox.shell.interpreter import Interpreter
from netsandbox.shell.machine import Call, Machine
from netsandbox.shell.parser import broken, parse_by_line
from netsandbox.shell.state import OPTIONS, State
from netsandbox.shell.streams import Screen, Streams

LETTERS = frozenset("euxvnafC")
LONG = frozenset({"--login", "--norc", "--noprofile", "--posix"})


class ShellProgram(Task):
    """One shell (machine: where it runs; call: its words, the name first)."""

    name = "sh"

    def __init__(self, machine: Machine, call: Call) -> None:
        super().__init__(machine.scheduler)
        self._machine = machine
        self._call = call
        self._shell: Interpreter | None = None
        self._letters: set[str] = set()
        self._label: str | None = None
        self._origin = ""  # What bash puts before the line of an error: nothing for a file

    @property
    def is_endless(self) -> bool:
        return self._shell is not None and self._shell.is_endless

    @property
    def listens(self) -> bool:
        return self._shell is not None and self._shell.listens

    @property
    def children(self) -> list[Task]:
        return [self._shell] if self._shell is not None else []

    @property
    def becomes(self) -> Task | None:
        """What it has executed; of `-c` the last command too."""
        return self._shell.executed("c" in self._letters) if self._shell is not None else None

    def start(self) -> None:
        words = self._options(self._call.argv[1:])
        name = self._call.argv[0].rpartition("/")[2]
        if "c" in self._letters:
            if not words:
                before = {"bash": "-c: option", "sh": "0: -c"}.get(name, "-c")
                self.complain(f"{name}: {before} requires an argument")
                self.exit(2)
                return
            self._label, self._origin = words[0], "-c: "
            self._run(words[0], words[1] if words[1:] else name, words[2:])
        elif words and "s" not in self._letters:
            self._run_file(name, words)
        elif self._call.stdin.is_terminal:
            self.complain(f"netsandbox: nobody types into this {name}")
            self.exit(1)
        elif self._call.stdin.is_closed:
            self._run(self._call.stdin.read(), name, words)
        else:
            self._call.stdin.on_change = self._read_on

    def _read_on(self) -> None:
        if self.is_running and self._shell is None and self._call.stdin.is_closed:
            self._call.stdin.on_change = None
            self.start()

    def _options(self, words: list[str]) -> list[str]:
        rest = list(words)
        while rest and rest[0][:1] in ("-", "+") and rest[0] not in ("-", "--"):
            word = rest.pop(0)
            if word not in LONG:
                self._letters |= set(word[1:])
                if word[1:] == "o" and rest:
                    option = rest.pop(0)
                    self._letters |= {letter for letter, name in OPTIONS.items() if name == option}
        return rest[rest[:1] in (["-"], ["--"]):]

    def _run_file(self, name: str, words: list[str]) -> None:
        try:
            text = self._call.files.read(words[0])
        except FileError as error:
            dialect = self._machine.dialect(name)
            is_bash, said = dialect.name == "bash", unreadable(dialect, words[0], error)
            self.complain(f"{name}: {words[0]}: {error}" if is_bash else
                          f"{name}: 0: {said}" if dialect.name == "dash" else f"{name}: {said}")
            self.exit(127 if is_bash else 2)
            return
        self._run(text, words[0], words[1:])

    def _run(self, text: str, name: str, arguments: list[str]) -> None:
        dialect = self._machine.dialect(self._call.argv[0].rpartition("/")[2])
        body, error = parse_by_line(text, dialect)
        if error is not None:
            said = syntax_error(dialect, error, name, self._label if self._label is not None else text, self._origin)
            body = broken(body, said, 2)
        state = State(dialect, self._call.files, name, self._call.pid or self._machine.next_pid())
        state.depth = self._call.holder.depth + 1
        budget.hold(Use.DEPTH, state.depth)
        state.values.update(self._call.environment)
        state.exported |= set(self._call.environment)
        state.positional = list(arguments)
        state.options |= self._letters & LETTERS
        streams: Streams = {0: self._call.stdin, 1: Screen(self, "out"), 2: Screen(self, "err")}
        shell = Interpreter(self.scheduler, self._machine, state, body, streams)
        shell.foreground = self.foreground
        self._shell = shell
        shell.on_exit += (self._ended,)
        shell.start()

    def _ended(self) -> None:
        if self._shell is not None:
            self.exit(self._shell.code or 0)

    def interrupt(self) -> None:
        if self._shell is not None:
            self._shell.interrupt()
        else:
            self.exit(130)

    def trap(self, number: int) -> bool:
        return self._shell is not None and self._shell.trap(number)

    def signal(self, number: int) -> None:
        if self.trap(number):
            return
        if self._shell is not None:
            self._shell.signal(number)
        super().signal(number)

    def stop(self) -> None:
        if self._shell is not None:
            self._shell.exit(143)
