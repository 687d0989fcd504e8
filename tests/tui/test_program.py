"""The real program on a real terminal: it paints, takes keys, and leaves the terminal as it was."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path

import pytest

PATIENCE = 20.0
"""Seconds without any output after which the program is taken to hang."""


class Terminal:
    """A pty with the program on it."""

    def __init__(self, state: Path, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(slave)
        environment = os.environ | {"XDG_STATE_HOME": str(state), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.process = subprocess.Popen([sys.executable, "-m", "netsandbox", *arguments], stdin=slave, stdout=slave,
                                        stderr=slave, env=environment, start_new_session=True)  # fmt: skip
        self.slave = slave
        self.seen = b""

    def until(self, text: str) -> None:
        """Read until a text is painted."""
        while text.encode() not in self.seen:
            ready, _, _ = select.select([self.master], [], [], PATIENCE)
            assert ready, f"{text!r} never came: {self.seen[-2000:]!r}"
            self.seen += os.read(self.master, 65536)

    def end(self) -> int:
        """The exit status; what is still painted is read meanwhile, or the program could not write."""
        while self.process.poll() is None:
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


def test_it_paints_pings_and_quits(tmp_path: Path, terminals: list[Terminal]) -> None:
    terminal = Terminal(tmp_path)
    terminals.append(terminal)
    terminal.until("nginx-2")
    os.write(terminal.master, b"p")
    terminal.until("ICMP")
    os.write(terminal.master, b"\x11")
    assert terminal.end() == 0
    assert termios.tcgetattr(terminal.slave) == terminal.before
    assert terminal.seen.rfind(b"\x1b[?1049l") > terminal.seen.rfind(b"\x1b[?1049h")
    assert not list((tmp_path / "netsandbox").glob("journal-*"))


def test_terminated_it_leaves_a_sane_terminal_and_a_journal(tmp_path: Path, terminals: list[Terminal]) -> None:
    terminal = Terminal(tmp_path)
    terminals.append(terminal)
    terminal.until("nginx-2")
    os.write(terminal.master, b":add-host kept\r")
    terminal.until("kept")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 128 + signal.SIGTERM
    assert termios.tcgetattr(terminal.slave) == terminal.before
    assert b"\x1b[?1049l" in terminal.seen
    journal = next((tmp_path / "netsandbox").glob("journal-*"))
    assert "add-host kept" in journal.read_text()


def test_without_a_terminal_a_scenario_is_run() -> None:
    done = subprocess.run([sys.executable, "-m", "netsandbox", "docker0-ping"], capture_output=True, text=True,
                          check=False, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "172.17.0.3" in done.stdout
