"""What the tools say where a program may not do something, and what a person is told about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netsandbox.commands.tools.context import ToolError
from netsandbox.linux.netlink.credentials import may_administer


def check_flush(doomed: Sequence[object], code: int) -> None:
    """What iproute2 says where something is to be flushed and may not be (ToolError: with an exit status that each
    object has of its own)."""
    if doomed and not may_administer():
        raise ToolError(code, "Failed to send flush request: Operation not permitted")


def check_net_admin(code: int, behind: str = "") -> None:
    """What the kernel answers a tool that asks for a change by rtnetlink and may not (ToolError: with the tool's exit
    status, and what it says behind that)."""
    if not may_administer():
        raise ToolError(code, f"RTNETLINK answers: Operation not permitted{behind}")


READ_ONLY = ("note: /proc/sys is read-only in a container; `docker run --sysctl NAME=VALUE` sets it at the start, and "
             "with --privileged it can be written")
NOT_PERMITTED = ("note: a container may not change its network unless it was run with --privileged or --cap-add "
                 "NET_ADMIN; the lab's own `exec NODE …` and `enter NODE` are nsenter by root on the host, who may")
NOT_RENAMED = ("note: a container may not change its host name unless it was run with --privileged or --cap-add "
               "SYS_ADMIN; `docker run --hostname NAME` gives it one at the start")
ELSEWHERE = re.compile(r"((^|[\s'‘]|create )/(?!proc/|sys/)\S*|(?<!key )['‘][^\s/]\S*['’]|create [^\s/]\S*): "
                       "Read-only file system", re.MULTILINE)
"""A file that is mounted read-only (docker run -v …:ro)."""
NOTES = {"the host name": NOT_RENAMED, "sethostname": NOT_RENAMED,
         "Read-only file system": READ_ONLY, "permission denied on key": READ_ONLY,
         "Operation not permitted": NOT_PERMITTED, "you must be root": NOT_PERMITTED}


def note_on(error: str) -> str:
    """What a person is told about a refusal for want of a right; empty if it is none, or about a mounted file."""
    if ELSEWHERE.search(error):
        return ""
    return next((note for words, note in NOTES.items() if words in error), "")
