"""Lines, most of them wrong ones, as the real tools answer them: `python -m tests.tools.line_capture [NAME…]`, as root.

A file of `lines` has a prelude, which is done before each line that might find something changed, and rows of a line
with what came of it. It runs in namespaces `h` and `c` of a mount namespace of its own, where no others have names.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.tools.twin import SETTINGS, plain_environment

LINES = Path(__file__).parent / "lines"
NAMESPACES = ("h", "c")


class Row(NamedTuple):
    """A line, and what the real tool did with it."""

    argv: list[str]
    code: int
    out: str
    err: str


class LineFile(NamedTuple):
    """What one file says."""

    prelude: list[str]
    rows: list[Row]


def names() -> list[str]:
    return sorted(path.stem for path in LINES.glob("*.json"))


def read(name: str) -> LineFile:
    found = json.loads((LINES / f"{name}.json").read_text(encoding="utf-8"))
    return LineFile(found["prelude"], [Row(shlex.split(line), *answer) for line, *answer in found["rows"]])


def write(name: str, kept: LineFile) -> None:
    rows = ",\n".join(json.dumps([shlex.join(row.argv), *row[1:]]) for row in kept.rows)
    prelude = json.dumps(kept.prelude, indent=1)
    (LINES / f"{name}.json").write_text(f'{{"prelude": {prelude},\n"rows": [\n{rows}\n]}}\n', encoding="utf-8")


def answered(prelude: list[str], argv: list[str]) -> Row:
    """One line on the real machine, in new namespaces."""
    inside = ["ip", "netns", "exec", "h"]
    for name in NAMESPACES:
        subprocess.run(["ip", "netns", "add", name], check=True)
        subprocess.run(["ip", "netns", "exec", name, *SETTINGS], check=True)
    for line in prelude:
        subprocess.run([*inside, *shlex.split(line)], check=True)
    done = subprocess.run([*inside, *argv], capture_output=True, text=True, check=False, timeout=10,
                          env=plain_environment(), stdin=subprocess.DEVNULL)
    subprocess.run(["ip", "-all", "netns", "del"], check=True, capture_output=True)
    return Row(argv, done.returncode, done.stdout, done.stderr)


def capture(name: str) -> None:
    kept = read(name)
    write(name, kept._replace(rows=[answered(kept.prelude, row.argv) for row in kept.rows]))
    print(name)


if __name__ == "__main__":
    if os.environ.get("LINES_ALONE") is None:
        alone = "mount -t tmpfs none /run/netns && exec \"$0\" -m tests.tools.line_capture \"$@\""
        os.execvpe("unshare", ["unshare", "-m", "--propagation", "private", "sh", "-c", alone, sys.executable,
                               *sys.argv[1:]], os.environ | {"LINES_ALONE": "1"})
    for wanted in sys.argv[1:] or names():
        capture(wanted)
