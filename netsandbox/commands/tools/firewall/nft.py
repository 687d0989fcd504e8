"""`nft`: its language and its listings are netfilter's, its files are the program's."""

from __future__ import annotations

import re
from functools import partial

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.firewall.rule_trace import Tracer, nft_text
from netsandbox.commands.tools.follows import FollowsError
from netsandbox.commands.tools.inputs import files_of, stdin
from netsandbox.commands.tools.looks import looks
from netsandbox.linux.core.files.device_nodes import NODES
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.netfilter.iptables.iptables import FailedError
from netsandbox.linux.netfilter.nft import command
from netsandbox.linux.netlink.credentials import may_administer

WARNED = re.compile("# Warning: (table ip .*) is managed by")


class Listing(ToolResult):
    """What is said of a table goes before it: it is written at once, and each line of a listing as it is made."""

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Each warning, its table behind it; the rest of what is said last."""
        told, left, rest = [], self.out, ""
        for line in self.err.splitlines(keepends=True):
            said = WARNED.match(line)
            at = f"\n{left}".find(f"\n{said[1]} {{") if said is not None else -1
            if at < 0:
                rest += line
                continue
            told += [("out", left[:at]), ("err", line)]
            left = left[at:]
        return (*told, ("out", left), ("err", rest))


@looks(r"(?:-\S+ )*list .*")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`nft list`, and `nft add`, `insert`, `delete`, `-f FILE` … of what iptables can say."""
    if not may_administer() and "-v" not in arguments:
        raise ToolError(1, "Operation not permitted (you must be root)")
    if arguments[-2:] == ["monitor", "trace"] and {*arguments[:-2]} <= {"-a", "-n", "-nn", "-s", "--handle"}:
        raise FollowsError(Tracer(context.namespace, nft_text))
    return Listing(*command.run(context.namespace, arguments, partial(_read, context)))


def _read(context: ToolContext, name: str) -> str:
    if name in ("-", "/dev/stdin"):
        return stdin(context, "nft")
    files = files_of(context)
    try:
        if files.is_directory(name) or files.canonical(name) in NODES:
            raise FailedError(1, f"internal:0:0-0: Error: Not a regular file: \"{name}\"\n\n\n")
        return files.read(name)
    except FileError as error:
        raise FailedError(1, f"internal:0:0-0: Error: Could not open file \"{name}\": {error}\n\n\n") from None
