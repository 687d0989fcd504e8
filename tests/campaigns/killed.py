"""A save that is killed: at each of its system calls, one run each, and at random moments.

    python -m tests.campaigns.killed 500 [--seed 1]

What was there before, or what was to be there, is there, whole; and after the next start nothing else is.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from netsandbox.session import leftovers
from netsandbox.session.keeping import KeptSession

CALLS = ("open", "write", "fsync", "chmod", "replace", "unlink", "close", "listdir", "makedirs", "stat", "fstat")
OLD = "old\n"


class WastedError(AssertionError):
    """Something was lost or left."""


def in_a_child(work: Callable[[], object]) -> int:
    """The status with which a forked process ends that does some work."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


def save(path: Path) -> None:
    session = KeptSession()
    session.run("add-host a")
    session.save(str(path), force=True)


def killing_at(number: int) -> Callable[[], object]:
    """Make the process kill itself at its so-manieth system call of those that save uses."""
    left = [number]

    def guarded(call: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given, **named)
        return instead
    return lambda: [setattr(os, name, guarded(getattr(os, name))) for name in CALLS]


def judge(path: Path, new: str, state: Path) -> bool:
    """Whether a temporary file was left for the next start to take away.

    Raises:
        WastedError: something was lost, or stays.
    """
    if path.read_text(encoding="utf-8") not in (OLD, new):
        raise WastedError(f"{path.name} is neither old nor new")
    left = [name for name in os.listdir(path.parent) if name != path.name]
    leftovers.sweep_at_start()
    rest = [name for name in os.listdir(path.parent) if name != path.name]
    notes = state / "netsandbox" / "unfinished"
    rest += os.listdir(notes) if notes.exists() else []
    if rest:
        raise WastedError(f"left after the next start: {rest}")
    return bool(left)


def at_each_call(directory: Path) -> int:
    """Kill a save at each of its system calls; returns how many there are."""
    path, new = _prepared(directory)
    for number in range(1, 1000):
        path.write_text(OLD, encoding="utf-8")
        kill = killing_at(number)
        status = in_a_child(lambda kill=kill: (kill(), save(path)))  # type: ignore[misc]
        judge(path, new, directory / "state")
        if not os.WIFSIGNALED(status):
            return number - 1
    raise WastedError("a save has no end")


def at_random(count: int, seed: int, directory: Path) -> tuple[int, int]:
    """Kill saves at random moments; (how many were killed, how many of those between open and rename)."""
    path, new = _prepared(directory)
    chance, killed, between, us = random.Random(seed), 0, 0, os.getpid()
    for _ in range(count):
        path.write_text(OLD, encoding="utf-8")
        child = os.fork()
        if child == 0:
            while os.getppid() == us:
                save(path)
            os._exit(0)
        time.sleep(chance.uniform(0.001, 0.03))
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        between += judge(path, new, directory / "state")
    return killed, between


def _prepared(directory: Path) -> tuple[Path, str]:
    os.environ["XDG_STATE_HOME"] = str(directory / "state")
    place = directory / "place"
    place.mkdir(exist_ok=True)
    path = place / "lab.yaml"
    save(path)
    return path, path.read_text(encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many random kills")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        calls = at_each_call(Path(directory))
        killed, between = at_random(arguments.count, arguments.seed, Path(directory))
    print(f"killed at each of {calls} system calls, and {killed} of {arguments.count} times at random, {between} of "
          "them between open and rename: nothing lost, nothing left")
    return 0


if __name__ == "__main__":
    sys.exit(main())
