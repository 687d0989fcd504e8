"""What arp, ifconfig and route of net-tools share: how they read an address (INET_resolve)."""

from __future__ import annotations

import re

from netsandbox.apps.hosts import addresses_of, hosts_file, lookup
from netsandbox.commands.tools.context import ToolError
from netsandbox.linux.core.files.file_system import Files

VERSION = "net-tools 2.10"
NO_NAME = re.compile(r"-.*|.*[^\w.-].*|[0-9.]*[0-9]", re.ASCII | re.DOTALL)
"""No name server is asked for these: a number that is no address, and what no host's name may have in it."""


def resolve(files: Files | None, word: str, code: int, behind: str = "") -> int:
    """The address of a number, of `default`, or of a name that /etc/hosts has.

    Args:
        code, behind: the exit status, and what is said behind the complaint.

    Raises:
        ToolError: there is none.
    """
    if word == "default":
        return 0
    found = lookup(word, addresses_of(hosts_file(files)))
    if found is not None:
        return found
    why = f"{word[:60]}: Unknown host" if NO_NAME.fullmatch(word) else f"{word[:60]}: Host name lookup failure"
    raise ToolError(code, (why if word else "Unknown server error") + (f"\n{behind}" if behind else ""))
