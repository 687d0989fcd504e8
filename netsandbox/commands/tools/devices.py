"""The devices that give as many bytes as are asked for: /dev/zero, /dev/urandom, /dev/random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.budget import Use, spend
from netsandbox.linux.core.inode import MOST_BYTES

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

ZERO = "/dev/zero"
ENDLESS = (ZERO, "/dev/urandom", "/dev/random")


def from_device(context: ToolContext, path: str, count: int) -> str:
    """So many bytes, but no more than a file system holds; those of chance are ASCII, as files here are text."""
    count = min(count, MOST_BYTES + 1)
    spend(Use.WORK, count // 100)
    if path == ZERO:
        return "\0" * count
    namespace = context.namespace
    chance = namespace.chance.stream(f"urandom/{namespace.scheduler.clock}/{namespace.trace.end}")
    return "".join(chr(chance.bits(7)) for _at in range(count))
