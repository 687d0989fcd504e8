"""Lines of the kernel's log, each namespace's own here; `dmesg` puts together what a machine's log has of them."""

from __future__ import annotations

from collections import deque

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.namespace import NetworkNamespace

LOG_LINES = 1000  # How much of the kernel's log is kept


def write_line(namespace: NetworkNamespace, line: str) -> None:
    """Put a line into the namespace's log."""
    netfilter = namespace.netfilter
    if netfilter.log is None:
        netfilter.log = deque(maxlen=LOG_LINES)
    netfilter.log.append((namespace.scheduler.clock, line))


def write_limited(namespace: NetworkNamespace, *lines: str) -> None:
    """net_ratelimit: of what is said of packets so many lines are written in some seconds, then how many were not."""
    netfilter, now, read = namespace.netfilter, namespace.scheduler.now, namespace.sysctls.get
    since, written, missed = netfilter.limited or (now, 0, 0)
    if now >= since + read("net.core.message_cost") * SECOND:
        if missed:
            write_line(namespace, f"net_ratelimit: {missed} callbacks suppressed")
        since, written, missed = now, 0, 0
    is_told = written < read("net.core.message_burst")
    for line in lines if is_told else ():
        write_line(namespace, line)
    netfilter.limited = since, written + 1, missed + (not is_told)
