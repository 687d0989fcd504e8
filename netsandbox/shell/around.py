"""Programs that run another one: env, nohup, time, timeout, watch, xargs, and a shell that reads a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.apps.options import getopt
from netsandbox.apps.program import Task, UsageError
from netsandbox.apps.server import sleep_seconds
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.shell.errors import NotFoundError, RefusedError
from netsandbox.shell.quoting import words_of

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Timer
    from netsandbox.shell.machine import Call, Machine

TIMED_OUT, NOT_RUN = 124, 126
WATCH_ROUNDS = 3
"""How often `watch` looks while nobody stops it: nobody sits before a screen that it could fill."""


class Around(Task):
    """A program around another one, whose output and end are its own unless told otherwise."""

    name = "around"

    def __init__(self, machine: Machine, call: Call) -> None:
        super().__init__(machine.scheduler)
        self.machine = machine
        self.call = call
        self.inner: Task | None = None

    @property
    def is_endless(self) -> bool:
        return self.inner is not None and self.inner.is_endless

    @property
    def listens(self) -> bool:
        return self.inner is not None and self.inner.listens

    @property
    def children(self) -> list[Task]:
        return [self.inner] if self.inner is not None else []

    def run(self, words: list[str], environment: dict[str, str] | None = None, machine: Machine | None = None,
            output: list[tuple[str, str]] | None = None) -> None:
        """Start the program that words name.

        Args:
            machine: where, if it is not here.
            output: where what it prints goes, if it is not shown.
        """
        try:
            inner = (machine or self.machine).program(self.call._replace(
                argv=words, environment={**self.call.environment, **(environment or {})}, is_alone=False))
        except NotFoundError as error:
            self.complain(f"{self.call.argv[0]}: failed to run command '{words[0]}': No such file or directory")
            self.exit(error.code)
            return
        except RefusedError as error:
            self.complain(f"{self.call.argv[0]}: {error}")
            self.exit(NOT_RUN)
            return
        shown = self.output if output is None else output
        shown += inner.output
        inner.output = shown
        inner.foreground = self.foreground
        self.inner = inner
        inner.on_exit.append(self._inner_ended)
        inner.start()

    @property
    def is_waiting(self) -> bool:
        return self.inner is not None and self.inner.is_running

    def _inner_ended(self) -> None:
        if self.is_running and self.inner is not None:
            self.ended(self.inner.code or 0)

    def ended(self, code: int) -> None:
        """What was started has come to its end."""
        self.exit(code)

    def interrupt(self) -> None:
        if self.inner is not None and self.inner.is_running:
            self.inner.interrupt()
        else:
            self.exit(130)

    def stop(self) -> None:
        inner, self.inner = self.inner, None
        if inner is not None:
            inner.exit(143)


class Env(Around):
    """env: with variables set; without a program it prints them."""

    def start(self) -> None:
        words = list(self.call.argv[1:])
        environment = self.call.environment
        if words[:1] in (["-i"], ["-"]):
            words, environment = words[1:], {}
        while words and re.match(r"[A-Za-z_]\w*=", words[0]):
            name, _equals, value = words.pop(0).partition("=")
            environment = {**environment, name: value}
        if words:
            self.call = self.call._replace(environment=environment)
            self.run(words)
            return
        for name, value in environment.items():
            self.print(f"{name}={value}")
        self.exit(0)


class Plainly(Around):
    """nohup, nice, stdbuf and the like: the program, as it is."""

    def start(self) -> None:
        words = list(self.call.argv[1:])
        while words and words[0].startswith("-"):
            option = words.pop(0)
            if option in ("-n", "-o", "-e", "-i", "-u", "-g", "-p") and words:
                words.pop(0)
        if words:
            self.run(words)
        else:
            self.complain(f"{self.call.argv[0]}: missing operand")
            self.exit(125)


class Timeout(Around):
    """timeout: SIGTERM after a while."""

    _timer: Timer | None = None

    def start(self) -> None:
        try:
            words = list(self.call.argv[1:])
            while words and words[0].startswith("-"):
                option = words.pop(0)
                if option in ("-s", "-k") and words:
                    words.pop(0)
            seconds = sleep_seconds(words.pop(0)) if words else None
        except UsageError as error:
            self.complain(str(error).replace("sleep:", "timeout:"))
            self.exit(125)
            return
        if not words:
            self.complain("timeout: missing operand\nTry 'timeout --help' for more information.")
            self.exit(125)
            return
        if seconds:
            self._timer = self.scheduler.after(round(seconds * SECOND), self._over, foreground=self.foreground)
        self.run(words)

    @property
    def is_endless(self) -> bool:
        return self._timer is None and super().is_endless

    def _over(self, _argument: object) -> None:
        if self.inner is not None and self.is_running:
            inner = self.inner
            inner.on_exit.clear()
            inner.interrupt()
            inner.exit(143)
            self.exit(TIMED_OUT)

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)
        super().stop()


class Timed(Around):
    """time: how much virtual time a command took; work takes none."""

    def start(self) -> None:
        self._began = self.scheduler.clock
        words = [word for word in self.call.argv[1:] if word != "-p"]
        if words:
            self.run(words)
        else:
            self.ended(0)

    def ended(self, code: int) -> None:
        minutes, rest = divmod((self.scheduler.clock - self._began) // MILLISECOND, 60_000)
        self.complain(f"\nreal\t{minutes}m{rest // 1000}.{rest % 1000:03d}s\nuser\t0m0.000s\nsys\t0m0.000s")
        self.exit(code)


class Watch(Around):
    """watch: a number of rounds, then it ends."""

    _timer: Timer | None = None
    _left = WATCH_ROUNDS

    def start(self) -> None:
        try:
            options, self._words = _until_operand("watch", self.call.argv[1:], "dtbecgx", "n")
            self._pause = sleep_seconds(options.get("n", "2").replace(",", ".")) or 2.0
        except UsageError as error:
            self.complain(str(error))
            self.exit(1)
            return
        self._heads = "t" not in options
        if not self._words:
            self.complain("Usage: watch [options] command")
            self.exit(1)
            return
        self._round(None)

    def _round(self, _argument: object) -> None:
        if self.is_running:
            self._left -= 1
            if self._heads:
                self.print(f"Every {self._pause:.1f}s: {' '.join(self._words)}\n")
            self.run(["sh", "-c", " ".join(self._words)])

    def ended(self, code: int) -> None:
        self.inner = None
        if self._left:
            self._timer = self.scheduler.after(max(round(self._pause * SECOND), MILLISECOND), self._round,
                                               foreground=self.foreground)
            return
        self.complain(f"note: watch looked {WATCH_ROUNDS} times and ends here, as nobody stops it")
        self.exit(code)

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)
        super().stop()


def _until_operand(name: str, arguments: list[str], flags: str, valued: str) -> tuple[dict[str, str], list[str]]:
    """Options before the first operand, as with POSIXLY_CORRECT."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-") and arguments[at] != "-":
        word = arguments[at]
        at += 1
        if word == "--":
            break
        if word[-1] in valued and word[1] != "-":
            at += 1
    return getopt(name, arguments[:at], flags, valued)[0], arguments[at:]


class Xargs(Around):
    """xargs: a command with words of the input behind it, one after the other."""

    _code = 0

    def start(self) -> None:
        if not self.call.stdin.is_closed:
            self.call.stdin.on_change = self._read_on
            return
        try:
            options, words = _until_operand("xargs", self.call.argv[1:], "0rt", "nILdP")
        except UsageError as error:
            self.complain(str(error))
            self.exit(1)
            return
        self._command = words or ["echo"]
        self._groups = self._grouped(options)
        self._next()

    def _read_on(self) -> None:
        if self.is_running and self.call.stdin.is_closed:
            self.call.stdin.on_change = None
            self.start()

    def _grouped(self, options: dict[str, str]) -> list[list[str]]:
        """The words of each command."""
        text = self.call.stdin.read()
        if "0" in options or "d" in options:
            mark = "\0" if "0" in options else options["d"].replace("\\n", "\n")[:1] or "\0"
            words = text.removesuffix("\n" if mark != "\n" else "").removesuffix(mark).split(mark)
        elif "I" in options or "L" in options:
            words = [line.strip() for line in text.splitlines() if line.strip()]
        else:
            words = words_of(text)
        if "I" in options:
            return [[part.replace(options["I"], word) for part in self._command] for word in words]
        if not words:
            return [] if "r" in options else [self._command]
        size = int(options.get("n", options.get("L", "0")) or 0) or len(words)
        groups = [words[at:at + size] for at in range(0, len(words), size)]
        if "L" in options:
            groups = [[word for line in group for word in line.split()] for group in groups]
        return [[*self._command, *group] for group in groups]

    def _next(self) -> None:
        while self._groups and self.is_running:
            self.inner = None
            self._is_starting = True
            self.run(self._groups.pop(0))
            self._is_starting = False
            if self.is_waiting:
                return
        if self.is_running:
            self.exit(123 if self._code else 0)

    def ended(self, code: int) -> None:
        self._code = self._code or code
        if not self._is_starting:
            self._next()


