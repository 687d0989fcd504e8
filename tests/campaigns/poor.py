"""Little to live on: no home, a directory that is read-only, and much to keep in mind.

    python -m tests.campaigns.poor [--addresses 100000] [--frames 3000000]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys

from netsandbox.session.keeping import KeptSession

NOWHERE = "/proc"
"""Where not even root can make a file."""
MOST_MEMORY = 1500
"""MiB that a run may have needed at its most."""
COMMANDS = {"run docker0-ping": 0, "check docker0-ping": 0, "run docker0-ping --pcapng out.pcapng": 2, "list": 0,
            "check docker0-ping --junit out.xml": 2, "run - --allow-writes .": 1}


def without_a_home() -> list[str]:
    """Commands of somebody who has no home, in a directory where nobody may write; what went wrong with each."""
    wrong = []
    environment = {"PATH": os.environ["PATH"], "HOME": f"{NOWHERE}/home", "PYTHONPATH": os.getcwd()}
    for words, status in COMMANDS.items():
        done = subprocess.run([sys.executable, "-m", "netsandbox", *words.split()], cwd=NOWHERE, env=environment,
                              input="add-host a\nsave x.yaml\n", capture_output=True, text=True, check=False)
        if done.returncode != status or "Traceback" in done.stderr or done.stderr.count("\n") > 1:
            wrong.append(f"{words}: status {done.returncode}: {done.stderr[-300:]}")
    return wrong


def many_addresses(count: int) -> str:
    """A host of so many addresses; what was wrong, or empty."""
    session = KeptSession()
    session.run("add-host h1")
    for number in range(count):
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        job = session.shell.execute(f"exec h1 ip addr add {address}/32 dev lo")
        if job.code:
            return f"{address}: {job.err}"
    return _memory()


def many_frames(count: int) -> str:
    """A flood of so many frames; what was wrong, or empty."""
    session = KeptSession()
    for line in ("add-container aa", "add-container bb", "wait", "exec aa ping -f -q 172.17.0.3 &"):
        session.run(line)
    end = session.position.step + count
    session.run_while(lambda: session.position.step < end)
    return _memory()


def _memory() -> str:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return "" if used < MOST_MEMORY else f"{used} MiB were needed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, default=100_000)
    parser.add_argument("--frames", type=int, default=3_000_000)
    arguments = parser.parse_args()
    wrong = [*without_a_home(), many_addresses(arguments.addresses), many_frames(arguments.frames)]
    print("\n".join(filter(None, wrong)))
    print(f"{arguments.addresses:,} addresses, {arguments.frames:,} steps of a flood: at most "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
