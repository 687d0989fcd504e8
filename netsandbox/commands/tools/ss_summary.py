"""`ss -s`: how many sockets there are, by transport and family (iproute2's print_summary)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolResult

if TYPE_CHECKING:
    from netsandbox.commands.tools.socket_rows import SocketRow

OUTSIDE = frozenset({"TIME-WAIT", "SYN-RECV"})
"""What the kernel keeps no whole socket for."""


def summary(rows: list[SocketRow]) -> ToolResult:
    """Of all sockets of a namespace; TCP's first number has those that wait to be gone too."""
    counts = {kind: [sum(row.protocol == kind and row.family == family and row.state not in OUTSIDE for row in rows)
                     for family in ("inet", "inet6")] for kind in ("raw", "udp", "tcp")}
    waiting = sum(row.state == "TIME-WAIT" for row in rows)
    half_open = sum(row.state == "SYN-RECV" for row in rows)
    connected = sum(row.protocol == "tcp" and row.state in ("ESTAB", "CLOSE-WAIT") for row in rows)
    all_of_tcp = sum(counts["tcp"]) + half_open + waiting
    both = (sum(old for old, _new in counts.values()), sum(new for _old, new in counts.values()))
    table = [(kind.upper(), old, new) for kind, (old, new) in counts.items()] + [("INET", *both), ("FRAG", 0, 0)]
    lines = [f"Total: {sum(both)}",
             f"TCP:   {all_of_tcp} (estab {connected}, closed {waiting}, orphaned 0, timewait {waiting})",
             "", "Transport Total     IP        IPv6",
             *(f"{name}\t  {old + new:<9} {old:<9} {new:<9}" for name, old, new in table), "", ""]
    return ToolResult(0, "\n".join(lines), "")
