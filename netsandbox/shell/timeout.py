"""timeout of coreutils: a program, and a signal after a while."""

from __future__ import annotations

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.apps.program import UsageError
from netsandbox.apps.server import sleep_seconds
from netsandbox.docker.signals import SIGNALS, signal_name
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import SECOND
from netsandbox.shell.around import Around

TIMED_OUT, FAILED = 124, 125
HINT = "Try 'timeout --help' for more information."
OPTIONS = OptionTable("timeout", FAILED, HINT, acts="k|kill-after= p|preserve-status s|signal= v|verbose help version",
                      idle="f|foreground")
HELP = """\
Usage: timeout [OPTION] DURATION COMMAND [ARG]...
  or:  timeout [OPTION]
Start COMMAND, and kill it if still running after DURATION."""


class Timeout(Around):
    """timeout: SIGTERM after a while, or the signal of -s; of -k only the number is looked at, as nothing survives."""

    _timer: Timer | None = None
    _signal = SIGNALS["TERM"]
    _is_verbose = _preserves = False
    _command = ""

    def start(self) -> None:
        read = self.read_options(OPTIONS, "timeout (GNU coreutils) 9.7", HELP, _check)
        if read is None:
            return
        self._signal, seconds = _signal(read.values.get("signal", "TERM")), _duration(read.operands[0])
        self._is_verbose, self._preserves = "verbose" in read, "preserve-status" in read
        self._command = read.operands[1]
        if seconds:
            self._timer = self.scheduler.after(round(seconds * SECOND), self._over, foreground=self.foreground)
        self.run(read.operands[1:])

    @property
    def is_endless(self) -> bool:
        return self._timer is None and super().is_endless

    def _over(self, _argument: object) -> None:
        if self.inner is None or not self.is_running:
            return
        if self._is_verbose:
            self.complain(f"timeout: sending signal {signal_name(self._signal)} to command ‘{self._command}’")
        inner = self.inner
        inner.on_exit = ()
        inner.signal(self._signal)
        status = inner.code if inner.code is not None else 128 + self._signal
        is_killed = self._signal == SIGNALS["KILL"]
        self.exit(status if self._preserves or is_killed else TIMED_OUT)

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)
        super().stop()


def _check(read: Read) -> None:
    if len(read.operands) < 2:
        raise UsageError(HINT, FAILED)
    _duration(read.values.get("kill-after", "0"))
    _signal(read.values.get("signal", "TERM"))
    _duration(read.operands[0])


def _duration(text: str) -> float | None:
    try:
        return sleep_seconds(text)
    except UsageError as error:
        raise UsageError(str(error).replace("sleep:", "timeout:") + f"\n{HINT}", FAILED) from None


def _signal(text: str) -> int:
    number = SIGNALS.get(text.upper().removeprefix("SIG"))
    if number is None and text.isascii() and text.isdecimal() and 0 < int(text) < 65:
        number = int(text)
    if number is None:
        raise UsageError(f"timeout: ‘{text}’: invalid signal\n{HINT}", FAILED)
    return number
