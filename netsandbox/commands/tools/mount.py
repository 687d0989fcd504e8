"""`mount` lists what is mounted; of mounting it only says what is done instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.kernel_files import mounts
from netsandbox.linux.netlink.credentials import RIGHTS

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

ALONE = ("netsandbox: mount only lists what is mounted; `ip netns add NAME` and `ip netns attach NAME PID` keep a "
         "namespace in /run/netns")
CONTAINED = ("netsandbox: what is mounted in a container is not modelled; `docker inspect -f '{{json .Mounts}}' NAME` "
             "tells")


def mount(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`mount`, `mount -l` and `mount -t TYPE`."""
    words = [word for word in arguments if word != "-l"]
    kinds = words[1].split(",") if words[:1] == ["-t"] and len(words) == 2 else []
    if words and not kinds:
        raise ToolError(1, ALONE)
    if RIGHTS.get().contained:
        raise ToolError(1, CONTAINED)
    found = mounts(context.namespace, context.machine)
    return ToolResult(0, "".join(f"{source} on {path} type {kind} ({options})\n"
                                 for source, path, kind, options in found if not kinds or kind in kinds), "")
