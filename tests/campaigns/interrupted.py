"""SIGINT at random moments of the commands and of the app: status 130, or done already, and never a traceback.

    python -m tests.campaigns.interrupted 500 [--seed 1]
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import NamedTuple

from tests.tui.test_program import Terminal

COMMANDS = (["run", "docker0-ping"], ["check", "docker0-ping", "docker0-ping"], ["bench", "w3", "-n", "2000"],
            ["run", "docker0-ping", "--pcapng", "out.pcapng"])


class Ended(NamedTuple):
    """How one ended."""

    command: str
    after: float
    status: int
    err: str

    @property
    def is_right(self) -> bool:
        """Python itself, before a line of ours, ends by the signal."""
        return (self.status in (0, 130, -signal.SIGINT) and "Traceback" not in self.err) or self.is_pythons_own

    @property
    def is_pythons_own(self) -> bool:
        """Interrupted while the interpreter was still finding the program."""
        return "netsandbox/" not in self.err and self.status in (1, 130, -signal.SIGINT)


def interrupt(words: list[str], after: float, directory: Path) -> Ended:
    """Run a command and interrupt it after some seconds."""
    environment = os.environ | {"XDG_STATE_HOME": str(directory / "state")}
    process = subprocess.Popen([sys.executable, "-m", "netsandbox", *words], cwd=directory, env=environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=120)
    return Ended(" ".join(words), after, process.returncode, err)


def interrupt_app(after: float, directory: Path) -> Ended:
    """The same of the app on a terminal, which has to be as it was."""
    terminal = Terminal(directory / "state")
    try:
        until = time.monotonic() + after
        while time.monotonic() < until:
            terminal.read()
        terminal.process.send_signal(signal.SIGINT)
        status = terminal.end()
        is_sane = termios.tcgetattr(terminal.slave) == terminal.before
        said = terminal.seen.decode(errors="replace")
        err = said[said.rindex("Traceback"):] if "Traceback" in said else "" if is_sane else "the terminal is not sane"
        return Ended("the app", after, status if is_sane else -1, err)
    finally:
        terminal.close()


def run(count: int, seed: int) -> tuple[list[Ended], int]:
    """(those that ended wrongly, how many were interrupted at all)."""
    chance, wrong, interrupted = random.Random(seed), [], 0
    with tempfile.TemporaryDirectory() as directory:
        for number in range(count):
            kind = number % (len(COMMANDS) + 1)
            ended = (interrupt(COMMANDS[kind], chance.uniform(0.05, 1.5), Path(directory)) if kind < len(COMMANDS)
                     else interrupt_app(chance.uniform(0.05, 3), Path(directory)))
            interrupted += ended.status != 0
            if not ended.is_right:
                wrong.append(ended)
            left = [name for name in os.listdir(directory) if name.endswith(".tmp")]
            if left:
                wrong.append(ended._replace(err=f"left: {left}"))
    return wrong, interrupted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many runs")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and so would ours
    wrong, interrupted = run(arguments.count, arguments.seed)
    for ended in wrong[:20]:
        print(ended)
    print(f"{arguments.count} runs, seed {arguments.seed}: {interrupted} interrupted, {len(wrong)} ended wrongly")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
