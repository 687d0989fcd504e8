"""What the interface costs, measured on a terminal of 120×40: `python -m tests.tui.measure [start|keys|every|tick|…]`.

    start   CPU from the process's start until the first screen, and the lab on it, are painted; next to a bare Textual
            app with as many stock widgets, run in turn
    keys    from a letter until it is on the screen, while frames fly at three paces, next to a bare Textual app
    every   each key with 300 containers: see key_costs
    tick    what the lab, the app's looks at it, and the painting take of its CPU while frames fly at full speed
    idle    CPU and output while the lab is paused, and while it is quiet and time runs
    memory  resident memory while a million frames come as fast as they can
"""

from __future__ import annotations

import fcntl
import math
import os
import pty
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

BARE = """
from textual.app import App
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import DataTable, Input, OptionList, Static, Tree
class Bare(App):
    AUTO_FOCUS = "Input"
    def compose(self):
        yield Static("status")
        with Horizontal():
            yield Static("topology")
            with Vertical():
                yield DataTable()
                yield DataTable()
        yield VerticalScroll(Static("log"))
        with Horizontal():
            yield Tree("layers")
            yield Static("bytes")
            yield VerticalScroll(Static("why"))
        for _ in range(4):
            yield OptionList()
            yield Input()
        yield Static("READY")
Bare().run()
"""


@cache
def compiled() -> tempfile.TemporaryDirectory[str]:
    """Where all programs keep their compiled modules: on a busy machine to compile them takes a minute."""
    return tempfile.TemporaryDirectory()


class Used(NamedTuple):
    """Seconds of CPU, and of waiting for it."""

    cpu: float
    waited: float


class Terminal:
    """A program on a pty, with what it painted."""

    def __init__(self, arguments: list[str], state: Path, size: tuple[int, int] = (120, 40)) -> None:
        self.began = time.monotonic()
        self.master, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = os.environ | {
            "XDG_STATE_HOME": str(state), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8",
            "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX") or compiled().name,
            "PYTHONDONTWRITEBYTECODE": "",
        }
        self.process = subprocess.Popen([sys.executable, *arguments], stdin=slave, stdout=slave, stderr=slave,
                                        env=environment, start_new_session=True)
        os.close(slave)
        self.seen = b""

    def read(self, seconds: float) -> bytes:
        """What is painted within some seconds."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self.master, 1 << 20)
        except OSError:
            return b""

    def until(self, text: str, patience: float = 60) -> float:
        """Seconds from now until a text is painted."""
        began, wanted = time.monotonic(), text.encode()
        self.seen = b""
        while wanted not in self.seen:
            if time.monotonic() - began > patience:
                raise TimeoutError(f"{text!r} was not painted: {self.seen[-500:]!r}")
            self.seen += self.read(0.5)
        return time.monotonic() - began

    def drain(self, seconds: float) -> int:
        """Let the program paint for some seconds; returns how many bytes."""
        end, size = time.monotonic() + seconds, 0
        while (left := end - time.monotonic()) > 0:
            size += len(self.read(left))
        return size

    def settle(self, silence: float = 0.3, patience: float = 5, longest: float = math.inf) -> float:
        """Seconds until the last of what is painted, after which nothing is for some time, or it has been for long."""
        began = last = time.monotonic()
        wait = patience
        while last - began < longest and self.read(wait):
            last, wait = time.monotonic(), silence
        return last - began

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def cpu(self) -> float:
        """Seconds of CPU that the program has used."""
        return self.used().cpu

    def used(self) -> Used:
        """Seconds of CPU that the program has used, and how long it waited for a core."""
        spent = [one.read_text().split() for one in Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")]
        return Used(sum(int(cpu) for cpu, *_ in spent) / 1e9, sum(int(wait) for _, wait, *_ in spent) / 1e9)

    def megabytes(self) -> float:
        """Resident memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)


MAIN = "from netsandbox.cli import main; main()"
FASTER = """
from netsandbox.tui import time_keys
time_keys.SPEEDS = (*time_keys.SPEEDS[:-1], 250.0, 0.0)
"""
"""A pace between the fastest and as fast as it can: 5,000 records a second."""
TIMED = """
import time
from pathlib import Path
from netsandbox.engine.player import Player
from netsandbox.tui.lab_app import LabApp
spent = dict(tick=0.0, pump=0.0)
def timed(kind, name):
    plain = getattr(kind, name)
    def whole(self):
        began = time.process_time()
        try:
            return plain(self)
        finally:
            spent[name] += time.process_time() - began
            if name == "tick":
                Path("{file}").write_text("{{tick}} {{pump}} {{all}}".format(**spent, all=time.process_time()))
    setattr(kind, name, whole)
timed(LabApp, "tick")
timed(Player, "pump")
"""
"""Writes what it has spent, in seconds of CPU, to a file at each look at the clock."""


def app(state: Path, *arguments: str, before: str = "") -> Terminal:
    """The app, with nothing between it and its first screen.

    Args:
        before: what the program does first.
    """
    (state / "netsandbox").mkdir(exist_ok=True)
    (state / "netsandbox" / "tour-seen").touch()
    return Terminal(["-c", before + MAIN, "open", *arguments], state)


def start(state: Path, rounds: int = 15) -> None:
    bare: list[float] = []
    first: list[float] = []
    whole: list[float] = []
    for number in range(rounds + 1):
        if number == 1:  # all modules are compiled by now
            for times in (bare, first, whole):
                times.clear()
        one = Terminal(["-c", BARE], state)
        one.until("READY")
        bare.append(one.cpu())
        one.close()
        two = app(state)
        two.until("Topology")
        first.append(two.cpu())
        if b"(nginx-2)" not in two.seen:
            two.until("(nginx-2)")
        whole.append(two.cpu())
        two.close()
    base = statistics.median(bare)
    for name, times in (("bare Textual", bare), ("first screen", first), ("with the lab", whole)):
        middle = statistics.median(times)
        print(f"{name:14} {middle * 1000:6.0f} ms of CPU  {middle / base:.2f}  (least {min(times) * 1000:.0f})")


def keys(state: Path) -> None:
    bare = Terminal(["-c", BARE], state)
    bare.until("READY")
    _tell("typing in a bare app", _typing(bare))
    bare.close()
    for speed, presses in (("x100", 6), ("x250", 7), ("max", 8)):
        one = flooded(app(state, before=FASTER), presses)
        one.drain(2)
        rows = _rows(one)
        began = time.monotonic()
        one.press(":")
        one.drain(0.3)
        times = _typing(one)
        rate = (_rows(one) - rows) / (time.monotonic() - began)
        _tell(f"typing at {speed}, {rate:,.0f} records/s", times)
        one.close()


def flooded(one: Terminal, faster: int) -> Terminal:
    """A flood of pings in it, and its pace so many times faster."""
    one.until("(nginx-2)")
    one.press(":exec nginx-1 ping -f -c 100000000 172.17.0.3 &\r")
    one.drain(0.5)
    one.press("\x1b")
    one.drain(0.5)
    one.press("+" * faster)
    return one


def _typing(one: Terminal) -> list[float]:
    """Seconds from a letter until it is painted."""
    times = []
    for _ in range(60):
        one.press("Z")
        times.append(one.until("Z"))
        one.press("\x7f")
        one.drain(0.05)
    return times


def every(state: Path) -> None:
    from tests.tui.key_costs import every_key

    every_key(state)


def tick(state: Path) -> None:
    told = state / "spent"
    one = flooded(app(state, before=TIMED.format(file=told)), 7)
    one.drain(2)
    before, rows = _spent(told), _rows(one)
    one.drain(15)
    tick, pump, whole = (after - early for after, early in zip(_spent(told), before, strict=True))
    print(f"{_rows(one) - rows:,} records; of the CPU the lab {pump / whole:.1%}, the app's looks at it "
          f"{(tick - pump) / whole:.1%}, painting and keys {(whole - tick) / whole:.1%}")
    one.close()


def _spent(told: Path) -> list[float]:
    while len(found := told.read_text().split()) < 3:  # it is being written
        pass
    return [float(one) for one in found]


def _rows(terminal: Terminal) -> int:
    """The number of the newest row of the log, as it was painted last."""
    terminal.seen = b""
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        terminal.seen += terminal.read(0.1)
    found = re.findall(rb"\xe2\x96\xb6(?:\x1b\[[0-9;]*m| )*([0-9]+)", terminal.seen)
    return int(found[-1]) if found else 0


def row(values: list[float]) -> tuple[float, float, float]:
    """The median, the 95th percentile and the most of some values."""
    return statistics.median(values), sorted(values)[int(len(values) * 0.95)], max(values)


def _tell(name: str, times: list[float]) -> None:
    middle, late, most = row([time * 1000 for time in times])
    print(f"{name:40} p50 {middle:5.0f} ms  p95 {late:5.0f}  max {most:5.0f}")


def idle(state: Path) -> None:
    one = app(state)
    one.until("(nginx-2)")
    for name in ("quiet, time runs", "paused"):
        one.drain(6)  # what keys need is read by then (tui.warm)
        before, began = one.cpu(), time.monotonic()
        size = one.drain(20)
        used = (one.cpu() - before) / (time.monotonic() - began)
        print(f"{name:20} {used * 100:4.1f} % of a core, {size / 20:,.0f} bytes/s")
        one.press(" ")
    one.close()


def memory(state: Path) -> None:
    one = flooded(app(state), 7)
    rows = 0
    began = time.monotonic()
    while rows < 2_500_000 and time.monotonic() - began < 600:
        one.drain(10)
        rows = _rows(one)
        print(f"{time.monotonic() - began:5.0f} s  record {rows:10,}  {one.megabytes():6.0f} MiB", flush=True)
    one.close()


MEASURES: dict[str, Callable[[Path], None]] = {"start": start, "keys": keys, "every": every, "tick": tick,
                                                 "idle": idle, "memory": memory}


def main() -> None:
    for name in sys.argv[1:] or MEASURES:
        print(f"-- {name}")
        with tempfile.TemporaryDirectory() as directory:
            MEASURES[name](Path(directory))


if __name__ == "__main__":
    main()
