"""`ss -s`: how many sockets there are, by transport and family (iproute2's print_summary)."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolResult
from netsandbox.commands.tools.kernel.proc_counters import Usage
from netsandbox.commands.tools.kernel.socket_rows import SocketRow


def summary(rows: list[SocketRow], own: Usage, common: Usage) -> ToolResult:
    """Of the sockets of a namespace; but how many of TCP there are, and orphans, the kernel tells of all namespaces
    (own, common: /proc/net/sockstat, of this namespace and of all)."""
    newer = {kind: sum(row.protocol == kind and row.family == "inet6" for row in rows) for kind in ("udp", "tcp")}
    counts = {"RAW": (own.raw, 0), "UDP": (own.udp, newer["udp"]), "TCP": (own.tcp, newer["tcp"])}
    connected = sum(row.protocol == "tcp" and row.state in ("ESTAB", "CLOSE-WAIT") for row in rows)
    allocated = common.tcp + common.idle + newer["tcp"]
    closed = allocated - (sum(counts["TCP"]) - own.waiting)
    both = (sum(old for old, _new in counts.values()), sum(new for _old, new in counts.values()))
    table = [(kind, old, new) for kind, (old, new) in counts.items()] + [("INET", *both), ("FRAG", own.fragments, 0)]
    lines = [f"Total: {own.used + both[1]}",
             (f"TCP:   {allocated + own.waiting} (estab {connected}, closed {closed}, orphaned {common.orphans}, "
             f"timewait {own.waiting})"),
             "", "Transport Total     IP        IPv6",
             *(f"{name}\t  {old + new:<9} {old:<9} {new:<9}" for name, old, new in table), "", ""]
    return ToolResult(0, "\n".join(lines), "")
