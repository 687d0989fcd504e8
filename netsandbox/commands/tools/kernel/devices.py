"""The devices in /dev, of which some give as many bytes as are asked for (drivers/char/mem.c)."""

from __future__ import annotations

from collections.abc import Mapping

from netsandbox.commands.tools.context import ToolContext
from netsandbox.engine.budget import Use, spend
from netsandbox.linux.core.files.device_nodes import ALL, FULL, NODES, OF_MACHINES, TTY, TUN, ZERO, original
from netsandbox.linux.core.files.file_system import Files, Generator
from netsandbox.linux.core.files.inode import MOST_BYTES, FileError

ENDLESS = (ZERO, FULL, "/dev/urandom", "/dev/random")


class Devices(Generator):
    """/dev: what is written to them is gone, or finds no room; no process has a terminal (tty_open), and /dev/net/tun
    has no device before a program asks for one (tun_chr_read_iter).
    """

    def __init__(self, given: Mapping[str, str] | None) -> None:
        self._given = dict(zip(OF_MACHINES, OF_MACHINES, strict=True)) if given is None else given

    def names(self, path: str) -> list[str] | None:
        below = f"{path}/"
        found = [each.removeprefix(below) for each in (*NODES, *self._given) if each.startswith(below)]
        return list(dict.fromkeys(each.partition("/")[0] for each in found)) or None

    def read(self, path: str) -> str | None:
        found = original(path, self._given)
        if found in (TTY, TUN):
            raise FileError("ENXIO" if found == TTY else "EBADFD")
        return None if found is None else ""

    def write(self, path: str, text: str) -> bool:
        found = original(path, self._given)
        if found in (TTY, TUN):
            raise FileError("ENXIO" if found == TTY else "EBADFD")
        if found == FULL and text:
            raise FileError("ENOSPC")
        return found is not None


def numbers_of(files: Files, path: str) -> tuple[int, int] | None:
    """Of a device that a path leads to; None of all else."""
    where, given = files.canonical(path), files.system.devices
    found = where if given is None else original(where, given)
    return ALL.get(found or "") if files.exists(where) else None


def from_device(context: ToolContext, path: str, count: int) -> str:
    """So many bytes, but no more than a file system holds; those of chance are ASCII, as files here are text."""
    count = min(count, MOST_BYTES + 1)
    spend(Use.WORK, count // 100)
    if path in (ZERO, FULL):
        return "\0" * count
    namespace = context.namespace
    chance = namespace.chance.stream(f"urandom/{namespace.scheduler.clock}/{namespace.trace.end}")
    return "".join(chr(chance.bits(7)) for _at in range(count))
