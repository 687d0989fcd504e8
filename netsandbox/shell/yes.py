"""yes: a line without end (coreutils), until nobody reads it any more or the line has done as much as it may."""

from __future__ import annotations

from netsandbox.shell.invoke import ShellProgram
from netsandbox.shell.machine import Call, Machine

LINE_FOR_EVER = """while :; do printf '%s\\n' "$*"; done"""


def yes(machine: Machine, call: Call) -> ShellProgram:
    words = call.argv[1:]
    if words[:1] == ["--"]:
        words = words[1:]
    return ShellProgram(machine, call._replace(argv=["sh", "-c", LINE_FOR_EVER, "yes", *(words or ["y"])]))
