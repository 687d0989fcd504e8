"""The devices in /dev, of which all but /dev/null give as many bytes as are asked for (drivers/char/mem.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.budget import Use, spend
from netsandbox.linux.core.files import Files, Generator
from netsandbox.linux.core.inode import MOST_BYTES, NULL, FileError

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

ZERO, FULL, TTY = "/dev/zero", "/dev/full", "/dev/tty"
ENDLESS = (ZERO, FULL, "/dev/urandom", "/dev/random")
NODES = {NULL: (1, 3), ZERO: (1, 5), FULL: (1, 7), "/dev/random": (1, 8), "/dev/urandom": (1, 9), TTY: (5, 0)}
"""Major and minor numbers of what every machine and container has (devices.txt)."""


class Devices(Generator):
    """/dev: what is written to them is gone, or finds no room; no process has a terminal (tty_open)."""

    def names(self, path: str) -> list[str] | None:
        return [name.rpartition("/")[2] for name in NODES] if path == "/dev" else None

    def read(self, path: str) -> str | None:
        if path == TTY:
            raise FileError("ENXIO")
        return "" if path in NODES else None

    def write(self, path: str, text: str) -> bool:
        if path == TTY:
            raise FileError("ENXIO")
        if path == FULL and text:
            raise FileError("ENOSPC")
        return path in NODES


def numbers_of(files: Files, path: str) -> tuple[int, int] | None:
    """Of a device that a path leads to; None of all else."""
    where = files.canonical(path)
    return NODES.get(where) if where in NODES and files.exists(where) else None


def from_device(context: ToolContext, path: str, count: int) -> str:
    """So many bytes, but no more than a file system holds; those of chance are ASCII, as files here are text."""
    count = min(count, MOST_BYTES + 1)
    spend(Use.WORK, count // 100)
    if path in (ZERO, FULL):
        return "\0" * count
    namespace = context.namespace
    chance = namespace.chance.stream(f"urandom/{namespace.scheduler.clock}/{namespace.trace.end}")
    return "".join(chr(chance.bits(7)) for _at in range(count))
