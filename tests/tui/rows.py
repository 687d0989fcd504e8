"""Log rows for the tests of the log."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from netsandbox.lab.tables import Hop, LogRow

PING: list[LogRow] = [
    LogRow(0, 1_000, 1, "host", "veth0000005", "in", "nginx-1", "everyone", "ARP",
           "Request who-has 172.17.0.3 tell 172.17.0.2, length 28", "flooded", False, "", master="docker0"),
    LogRow(1, 2_000, 2, "nginx-2", "eth0", "in", "nginx-1", "everyone", "ARP",
           "Request who-has 172.17.0.3 tell 172.17.0.2, length 28", "answered", False, ""),
    LogRow(2, 2_000, 2, "nginx-3", "eth0", "in", "nginx-1", "everyone", "ARP",
           "Request who-has 172.17.0.3 tell 172.17.0.2, length 28", "ignored", False, ""),
    LogRow(3, 3_000, 3, "host", "veth0000009", "in", "nginx-2", "nginx-1", "ARP",
           "Reply 172.17.0.3 is-at 96:0f:5a:e2:73:b8, length 28", "bridged", False, "", master="docker0"),
    LogRow(4, 5_000, 5, "nginx-2", "eth0", "in", "nginx-1", "nginx-2", "ICMP",
           "172.17.0.2 > 172.17.0.3: ICMP echo request, id 1, seq 1, length 64", "answered", False, ""),
    LogRow(5, 12_345_678_901, 9, "nginx-1", "eth0", "out", "nginx-1", "10.9.9.9", "ICMP",
           "172.17.0.2 > 10.9.9.9: ICMP echo request, id 2, seq 1, length 64", "dropped", True, "NEIGH_FAILED"),
]


class Written:
    """Rows that nobody needs to make: what the log reads."""

    def __init__(self) -> None:
        self.rows: list[LogRow] = []

    def log(self, since: int, limit: int, skip: int = 0) -> list[LogRow]:
        start = bisect_left(self.rows, since, key=_seq) + skip
        return self.rows[start:start + limit]

    def hops(self, since: int, end: int) -> list[Hop]:
        return [Hop(row.journey, row.verdict, row.reason) for row in self.rows if since <= row.seq < end]

    def write(self, rows: Iterable[LogRow]) -> list[int]:
        """More of them, in place of those with the same numbers; returns what a log is told."""
        rows = list(rows)
        if rows:
            del self.rows[bisect_left(self.rows, rows[0].seq, key=_seq):]
        self.rows += rows
        return [row.seq for row in rows]


def _seq(row: LogRow) -> int:
    return row.seq


def many(count: int, start: int = 0) -> list[LogRow]:
    """Rows with distinct numbers; every tenth is ARP, every hundredth a drop."""
    rows = []
    for seq in range(start, start + count):
        kind = "ARP" if seq % 10 == 0 else "ICMP"
        dropped = seq % 100 == 99
        verdict = "dropped" if dropped else "bridged"
        reason = "TC_INGRESS" if dropped else ""
        where = (seq, seq * 1_000, seq, "host", "veth0", "in", "a", "b")
        rows.append(LogRow(*where, kind, f"frame {seq}", verdict, dropped, reason))
    return rows
