"""The real program on a real terminal: it paints, takes keys, and leaves the terminal as it was."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from time import monotonic

import pytest

PATIENCE = 20.0
"""Seconds without any output after which the program is taken to hang."""


BEGIN = """
import os, signal, sys, termios
from fcntl import ioctl
ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGHUP, signal.SIG_IGN if sys.argv[1] == "nohup" else signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, "-m", "netsandbox", *sys.argv[2:]])
"""
"""Makes the pty the process's own terminal, so that it is told when that is closed; or deaf to it, as under nohup."""


class Terminal:
    """A pty with the program on it."""

    def __init__(self, state: Path, *arguments: str, nohup: bool = False) -> None:
        self.master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(slave)
        environment = os.environ | {"XDG_STATE_HOME": str(state), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        command = [sys.executable, "-c", BEGIN, "nohup" if nohup else "", *arguments]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment,
                                        start_new_session=True)
        self.slave = slave
        self.seen = b""

    def read(self) -> None:
        """Read what is painted within a moment."""
        if select.select([self.master], [], [], 0.02)[0]:
            self.seen += os.read(self.master, 65536)

    def until(self, text: str) -> None:
        """Read until a text is painted."""
        end = monotonic() + 3 * PATIENCE
        while text.encode() not in self.seen:
            assert monotonic() < end, f"{text!r} never came: {self.seen[-2000:]!r}"
            ready, _, _ = select.select([self.master], [], [], PATIENCE)
            assert ready, f"{text!r} never came: {self.seen[-2000:]!r}"
            self.seen += os.read(self.master, 65536)

    def end(self) -> int:
        """The exit status; what is still painted is read meanwhile, or the program could not write."""
        last = monotonic() + 3 * PATIENCE
        while self.process.poll() is None:
            if monotonic() > last:
                self.process.kill()
            if select.select([self.master], [], [], 0.05)[0]:
                self.seen += os.read(self.master, 65536)
        while select.select([self.master], [], [], 0.05)[0]:
            self.seen += os.read(self.master, 65536)
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    (tmp_path / "netsandbox").mkdir()
    (tmp_path / "netsandbox" / "tour-seen").touch()
    yield opened
    for terminal in opened:
        terminal.close()


def test_it_paints_pings_is_suspended_and_quits(tmp_path: Path, terminals: list[Terminal]) -> None:
    terminal = Terminal(tmp_path)
    terminals.append(terminal)
    terminal.until("nginx-2")
    os.write(terminal.master, b"p")
    terminal.until("ICMP")
    os.write(terminal.master, b"\x1a")
    terminal.until("\x1b[?1049l")
    _pid, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), "ctrl+z"
    terminal.seen = b""
    terminal.process.send_signal(signal.SIGCONT)
    terminal.until("nginx-2")  # which is painted again, though it has not changed
    os.write(terminal.master, b"\x11")
    assert terminal.end() == 0
    assert termios.tcgetattr(terminal.slave) == terminal.before
    assert terminal.seen.rfind(b"\x1b[?1049l") > terminal.seen.rfind(b"\x1b[?1049h")
    assert not list((tmp_path / "netsandbox").glob("journal-*"))


ENTRY = """
import sys
before = set(sys.modules)
from netsandbox.__main__ import program
assert set(sys.modules) - before == {"netsandbox", "netsandbox.__main__"}, "they load before the signal is heeded"
import signal, types
signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests in the background ignores it
sys.modules["netsandbox.cli"] = cli = types.ModuleType("netsandbox.cli")
cli.main = lambda: signal.raise_signal(signal.SIGINT)
try:
    program()
finally:
    print("Python was to end it")
"""


def test_an_interrupt_while_modules_load_ends_the_process_by_the_signal() -> None:
    """Python would raise KeyboardInterrupt, and lose it where it comes in a callback of an import."""
    ended = subprocess.run([sys.executable, "-c", ENTRY], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_ended_by_a_signal_it_leaves_a_sane_terminal_and_a_journal(
    tmp_path: Path, terminals: list[Terminal], number: signal.Signals
) -> None:
    terminal = Terminal(tmp_path)
    terminals.append(terminal)
    terminal.until("nginx-2")
    _add(terminal, tmp_path, "kept")
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    assert termios.tcgetattr(terminal.slave) == terminal.before
    for mode in (1049, 1000, 1003, 1006, 2004):  # alternate screen, mouse, pasting
        assert _mode(terminal.seen, mode) == "l", f"{mode} is left on"
    assert _mode(terminal.seen, 25) == "h", "the cursor is hidden"
    assert "add-host kept" in _journal(tmp_path).read_text()
    assert not list((tmp_path / "netsandbox").glob("*.lock"))


@pytest.mark.parametrize("nohup", [False, True])
def test_a_terminal_that_is_closed_ends_it_and_loses_nothing(
    tmp_path: Path, terminals: list[Terminal], nohup: bool
) -> None:
    """Also when the hang-up is not told, as under nohup: then it is the end of the input."""
    first = Terminal(tmp_path, nohup=nohup)
    first.until("nginx-2")
    _add(first, tmp_path, "kept")
    os.close(first.slave)
    os.close(first.master)
    first.process.wait(PATIENCE)
    again = Terminal(tmp_path, "--recover")
    terminals.append(again)
    again.until("kept")


OPENED_TOO_LATE = """
import asyncio, os, types
from netsandbox.tui import launch
class App:
    at_work = types.SimpleNamespace(start=lambda: None, end=lambda: None)
    autosave = types.SimpleNamespace(leave=lambda: None)
    def __init__(self, options): self.over = asyncio.Event()
    def exit(self, status): self.status = status; self.over.set()
    async def run_async(self): await self.over.wait(); return self.status
launch.NetsandboxApp, launch.LOOK = App, 0.01
print("loaded", end="", flush=True)
while os.isatty(0): os.sched_yield()
os._exit(launch.launch(None))
"""


def test_a_terminal_that_is_closed_while_modules_load_ends_the_app_too() -> None:
    """Nobody is told of it: the app's keys were read from nothing, for ever."""
    master, slave = pty.openpty()
    app = subprocess.Popen([sys.executable, "-c", OPENED_TOO_LATE], stdin=slave, stdout=subprocess.PIPE)
    os.close(slave)
    with app:
        assert app.stdout is not None
        assert app.stdout.read(6) == b"loaded"
        os.close(master)
        try:
            assert app.wait(PATIENCE) == 128 + signal.SIGHUP
        finally:
            app.kill()


def test_it_ends_while_nobody_reads_what_it_paints(tmp_path: Path, terminals: list[Terminal]) -> None:
    """The terminal takes no more and the app waits to paint: it is told by a signal, or sees that nobody is there."""
    for name in ("told", "closed"):
        shutil.copytree(tmp_path / "netsandbox", tmp_path / name / "netsandbox")
        terminals.append(Terminal(tmp_path / name, nohup=True))
    told, closed = terminals
    for terminal in terminals:
        terminal.until("nginx-2")
    end = monotonic() + 2
    while monotonic() < end:  # pictures of the help, as many as the terminal and the queue before it hold
        for terminal in terminals:
            os.write(terminal.master, b"?\x1b[A")
        select.select([], [], [], 0.02)
    told.process.send_signal(signal.SIGTERM)
    terminals.remove(closed)
    os.close(closed.slave)
    os.close(closed.master)
    for terminal in (told, closed):
        assert terminal.process.wait(PATIENCE) in (128 + signal.SIGTERM, 128 + signal.SIGHUP, -signal.SIGALRM)


def test_a_session_that_runs_elsewhere_is_not_taken(tmp_path: Path, terminals: list[Terminal]) -> None:
    running = Terminal(tmp_path)
    terminals.append(running)
    running.until("nginx-2")
    _add(running, tmp_path, "mine")
    other = Terminal(tmp_path, "--recover")
    terminals.append(other)
    other.until("no session to recover")
    assert other.end() == 2
    assert "add-host mine" in _journal(tmp_path).read_text()
    os.write(running.master, b"\x11")
    running.until("ctrl+q again quits")
    os.write(running.master, b"\x11")
    assert running.end() == 0


def test_a_scenario_goes_on_after_it_was_recovered(tmp_path: Path, terminals: list[Terminal]) -> None:
    killed = Terminal(tmp_path, "docker0-ping")
    terminals.append(killed)
    killed.until("nginx-2")
    os.write(killed.master, b"p")
    killed.until("exec nginx-1 ip addr")
    killed.process.kill()
    killed.process.wait()
    again = Terminal(tmp_path, "--recover")
    terminals.append(again)
    again.until("steps left")
    os.write(again.master, b"p")
    again.until("exec nginx-1 ip route")


def _add(terminal: Terminal, state: Path, name: str) -> None:
    """Type a line, and wait until it is in the journal."""
    os.write(terminal.master, f":add-host {name}\r".encode())
    end = monotonic() + 3 * PATIENCE
    while not any(f"add-host {name}" in path.read_text() for path in (state / "netsandbox").glob("journal-*.jsonl")):
        assert monotonic() < end, "the line never came to the journal"
        terminal.read()


def _journal(state: Path) -> Path:
    (journal,) = (state / "netsandbox").glob("journal-*.jsonl")
    return journal


def _mode(seen: bytes, mode: int) -> str:
    """How a mode of the terminal was set last: h or l."""
    return re.findall(rb"\x1b\[\?%d([hl])" % mode, seen)[-1].decode()


def test_without_a_terminal_a_scenario_is_run() -> None:
    done = subprocess.run([sys.executable, "-m", "netsandbox", "docker0-ping"], capture_output=True, text=True,
                          check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "172.17.0.3" in done.stdout
