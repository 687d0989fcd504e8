"""A lab that is nothing but rows: what the panes are tested with."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from netsandbox.lab.tables import (
    CarriedRow,
    ConnectionRow,
    EndpointRow,
    FdbRow,
    Hop,
    InterfaceRow,
    LinkRow,
    LogRow,
    NeighbourRow,
    NodeRow,
    PublishedRow,
    RouteRow,
    RuleRow,
    SocketRow,
)
from netsandbox.session.journal import Position
from netsandbox.tui.session.source import Cause, Completion, Flight, FrameBytes, Mark, Outcome, Status, TableRow, Why
from tests.tui.labs import Rows, docker0
from tests.tui.rows import PING

SECOND = 1_000_000_000
ARP_REQUEST = bytes.fromhex("ffffffffffff3ed481572b0c080600010800060400013ed481572b0cac110002000000000000ac110003")
STATUS = Status("docker0-ping", 12_000, 12, 12, False, False, 1.0, False, "ARP reply reaches veth0000005", 0)
COMMANDS = ("ping", "add-host", "add-container", "add-hub", "wait", "show")


@dataclass
class FakeSource:
    """Rows to show, and a record of what was asked for."""

    rows: Rows = field(default_factory=docker0)
    neighbour_rows: dict[str, list[NeighbourRow]] = field(default_factory=dict)
    fdb_rows: dict[str, list[FdbRow]] = field(default_factory=dict)
    route_rows: dict[str, list[RouteRow]] = field(default_factory=dict)
    socket_rows: dict[str, list[SocketRow]] = field(default_factory=dict)
    rule_rows: dict[str, list[RuleRow]] = field(default_factory=dict)
    endpoint_rows: dict[str, list[EndpointRow]] = field(default_factory=dict)
    connection_rows: dict[str, list[ConnectionRow]] = field(default_factory=dict)
    log_lines: dict[str, list[str]] = field(default_factory=dict)
    log_rows: list[LogRow] = field(default_factory=lambda: list(PING))
    flight_rows: list[Flight] = field(default_factory=list)
    mark_rows: list[Mark] = field(default_factory=list)
    whys: dict[int, Why] = field(default_factory=dict)
    frames: dict[int, bytes] = field(default_factory=dict)
    now: Status = STATUS
    executed: list[str] = field(default_factory=list)
    shell: str = "host"
    changes: int = 0

    def version(self) -> int:
        return self.changes

    def epoch(self) -> int:
        return 0

    def nodes(self) -> Sequence[NodeRow]:
        return list(self.rows.nodes)

    def interfaces(self, node: str | None = None) -> Sequence[InterfaceRow]:
        return [row for row in self.rows.interfaces if node in (None, row.node)]

    def built(self, node: str) -> Sequence[InterfaceRow]:
        return self.interfaces(node)

    def links(self) -> Sequence[LinkRow]:
        return list(self.rows.links)

    def neighbours(self, node: str) -> Sequence[NeighbourRow]:
        return self.neighbour_rows.get(node, [])

    def fdb(self, node: str, bridge: str | None = None) -> Sequence[FdbRow]:
        return [row for row in self.fdb_rows.get(node, []) if bridge in (None, row.bridge)]

    def routes(self, node: str) -> Sequence[RouteRow]:
        return self.route_rows.get(node, [])

    def sockets(self, node: str) -> Sequence[SocketRow]:
        return self.socket_rows.get(node, [])

    def endpoints(self, node: str) -> Sequence[EndpointRow]:
        return self.endpoint_rows.get(node, [])

    def carried(self, node: str, port: PublishedRow) -> Sequence[CarriedRow]:
        return []

    def has_rules(self, node: str) -> bool:
        return node in self.rule_rows

    def rules(self, node: str) -> Sequence[RuleRow]:
        return self.rule_rows.get(node, [])

    def is_tracking(self, node: str) -> bool:
        return node in self.connection_rows

    def connections(self, node: str, most: int) -> Sequence[ConnectionRow]:
        return self.connection_rows.get(node, [])[:most]

    def container_log(self, node: str) -> Sequence[str]:
        return self.log_lines.get(node, [])

    def log_numbers(self, since: int) -> array[int]:
        return array("q", [row.seq for row in self.log_rows if row.seq >= since])

    def log(self, since: int, limit: int, skip: int = 0) -> Sequence[LogRow]:
        start = bisect_left(self.log_rows, since, key=lambda row: row.seq) + skip
        return self.log_rows[start:start + limit]

    def hops(self, since: int, end: int) -> Iterable[Hop]:
        return [Hop(row.journey, row.verdict, row.reason) for row in self.log_rows if since <= row.seq < end]

    def flights(self) -> Sequence[Flight]:
        return self.flight_rows

    def frame(self, seq: int) -> FrameBytes | None:
        return FrameBytes(seq, self.frames[seq]) if seq in self.frames else None

    def why(self, seq: int) -> Why | None:
        return self.whys.get(seq)

    def why_row(self, row: TableRow) -> tuple[int | None, Why]:
        return None, Why(f"{row}", (), "", ())

    def export(self, rows: Sequence[LogRow], path: str) -> Outcome:
        return Outcome((f"{len(rows)} to {path}",), "")

    def marks(self) -> Sequence[Mark]:
        return self.mark_rows

    def position(self) -> Position:
        return Position(self.now.step, self.now.at)

    def status(self, looks_ahead: bool = True) -> Status:
        return self.now

    def prompt(self) -> str:
        return self.shell

    def complete(self, line: str, cursor: int) -> Sequence[Completion]:
        head = line[:cursor]
        start = head.rfind(" ") + 1
        words = COMMANDS if start == 0 else tuple(row.name for row in self.rows.nodes)
        return [Completion(word, start, "a note") for word in words if word.startswith(head[start:])]

    def hint(self, line: str) -> str:
        if line.startswith("ping"):
            return "ping FROM TO"
        return "" if any(word.startswith(line.split(" ")[0]) for word in COMMANDS) else "no such command"

    def execute(self, line: str) -> Outcome:
        self.executed.append(line)
        if line.startswith("fail"):
            return Outcome((), "no node named 'fail'")
        if line.startswith("enter"):
            self.shell = f"{line.split()[1]} #"
        return Outcome((f"done: {line}",), "")


def pinged() -> FakeSource:
    """The ready lab after nginx-1 has pinged nginx-2."""
    source = FakeSource()
    source.neighbour_rows = {
        "nginx-1": [
            NeighbourRow("172.17.0.3", "eth0", "96:0f:5a:e2:73:b8", "REACHABLE", 0, 30 * SECOND, 14),
            NeighbourRow("172.17.0.1", "eth0", "7e:9c:1a:4b:2d:30", "STALE", 0, None, 3),
            NeighbourRow("172.17.0.9", "eth0", None, "INCOMPLETE", 0, SECOND, None),
        ]
    }
    source.fdb_rows = {
        "host": [
            FdbRow("docker0", "3e:d4:81:57:2b:0c", "veth0000005", False, 0, 300 * SECOND, 9),
            FdbRow("docker0", "96:0f:5a:e2:73:b8", "veth0000009", False, 0, 300 * SECOND, 12),
            FdbRow("docker0", "7e:9c:1a:4b:2d:30", "docker0", True, 0, None, None),
        ]
    }
    source.route_rows = {
        "nginx-1": [RouteRow("main", "default via 172.17.0.1 dev eth0"),
                    RouteRow("main", "172.17.0.0/16 dev eth0 proto kernel scope link src 172.17.0.2")]
    }
    source.socket_rows = {"nginx-1": [SocketRow("tcp", "LISTEN", "0.0.0.0:80", "0.0.0.0:*", "nginx", 7)]}
    source.log_lines = {"nginx-1": ["start worker process 29", "\x1b[31mred\x1b[0m"]}
    source.frames = {0: ARP_REQUEST}
    source.whys = {
        3: Why(
            "docker0 knows 3e:d4:81:57:2b:0c: it came in on veth0000005 (frame 0). So this frame goes out of that port"
            " alone, not to nginx-3.",
            ("destination 3e:d4:81:57:2b:0c → veth0000005, seen 0.000002 s ago", "hairpin off, isolated off"),
            "IEEE 802.1D 7.7; br_handle_frame_finish",
            (Cause("Reply of nginx-2", 1), Cause("Request of nginx-1", 0), Cause("ping nginx-1 172.17.0.3", None)),
        )
    }
    source.mark_rows = [Mark(0, "command", "ping nginx-1 172.17.0.3"), Mark(9, "drop", "NEIGH_FAILED")]
    return source
