"""watch of procps: a command, looked at a number of times."""

from __future__ import annotations

from math import isnan, nan
from pathlib import Path

from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.output import HandedOn
from netsandbox.apps.program import UsageError
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.shell.around import Around

ROUNDS = 3  # How often it looks while nobody stops it: nobody sits before a screen that it could fill
LEAST, MOST = 0.1, 4294967.0  # Seconds of -n
CHANGED = 8  # The status of -e's end
HELP = Path(__file__).with_name("watch_usage.txt").read_text(encoding="utf-8").removesuffix("\n")
OPTIONS = OptionTable(
    "watch", 1, HELP, acts="e|errexit g|chgexit q|equexit= n|interval= t|no-title x|exec h|help v|version",
    usual="p|precise r|no-rerun C|no-color", idle="b|beep c|color d|differences? w|no-wrap")


class Watch(Around):
    """watch: a number of rounds, then it ends."""

    _timer: Timer | None = None
    _left = ROUNDS
    _last: str | None = None
    _same = 0
    _at = _rounds = 0

    def start(self) -> None:
        try:
            self._read = read = OPTIONS.read(self.call.argv[1:], in_order=True)
            if "help" in read or "version" in read:
                self.print(HELP if "help" in read else "watch from procps-ng 4.0.4")
                self.exit(0)
                return
            if not read.operands:
                raise UsageError(HELP, 1)
            self._pause = _seconds(read.values.get("interval", "2"))
            self._cycles = int(min(_number(read.values.get("equexit", "0")), MOST))
        except UsageError as error:
            self.complain(str(error))
            self.exit(1)
            return
        for note in OPTIONS.notes(read.given):
            self.complain(note)
        self._left = max(ROUNDS, self._cycles + 1)
        self._round(None)

    def _round(self, _argument: object) -> None:
        if not self.is_running:
            return
        words = self._read.operands
        self._left -= 1
        self._rounds += 1
        if "no-title" not in self._read:
            self.print(f"Every {self._pause:.1f}s: {' '.join(words)}\n")
        self._at = len(self.output)
        self.run(words if "exec" in self._read else ["sh", "-c", " ".join(words)], output=HandedOn(self.output, False))

    def ended(self, code: int) -> None:
        self.inner = None
        shown = "".join(text for _stream, text in self.output[self._at:])
        is_same, self._last = shown == self._last, shown
        self._same = self._same + 1 if is_same else 0
        if code and "errexit" in self._read:
            self.exit(CHANGED)
        elif self._has_enough(is_same):
            self.exit(0)
        elif self._left:
            self._timer = self.scheduler.after(max(round(self._pause * SECOND), MILLISECOND), self._round,
                                               foreground=self.foreground)
        else:
            self.complain(f"note: watch looked {max(ROUNDS, self._cycles + 1)} times and ends here, as nobody stops it")
            self.exit(code)

    def _has_enough(self, is_same: bool) -> bool:
        """Whether -g or -q end it."""
        if "chgexit" in self._read and self._rounds > 1:
            return not is_same
        return bool(self._cycles) and self._same >= self._cycles

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)
        super().stop()


def _seconds(text: str) -> float:
    return min(max(_number(text), LEAST), MOST)


def _number(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = nan
    if isnan(value):
        raise UsageError(f"watch: failed to parse argument: '{text}': Invalid argument", 1)
    return value
