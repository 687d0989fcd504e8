"""The sockets of a namespace as whoever asks sees them: ss, netstat and lsof find their programs in /proc."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.socket_rows import SocketRow, socket_rows
from netsandbox.linux.netlink.credentials import RIGHTS

HOSTS_PROCESSES = frozenset({"dockerd", "docker-proxy"})
"""Whose sockets a container may see, but not them: they are not in its PID namespace."""


def rows_seen(context: ToolContext) -> list[SocketRow]:
    """All of its namespace: a program of another PID namespace is nobody's, and it has another number."""
    hidden = HOSTS_PROCESSES if RIGHTS.get().contained else ()
    seen = {0: 0}
    rows = []
    for row in socket_rows(context.namespace):
        if row.pid not in seen:
            seen[row.pid] = context.machine.pid_seen(context.namespace, files_of(context), row.pid)
        pid = 0 if row.process in hidden else seen[row.pid]
        rows.append(row._replace(pid=pid, process=row.process if pid else "", fd=row.fd if pid else 0))
    return rows
