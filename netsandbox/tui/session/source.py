"""All that the user interface needs of a lab: a protocol, spoken in rows.

The panes see only this.  A source gives rows and texts, never an object of
the model, and the lab is changed by command lines alone (`LabSource.execute`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from netsandbox.lab import tables

if TYPE_CHECKING:
    from netsandbox.session.journal import Position

TableRow = (tables.NeighbourRow | tables.FdbRow | tables.RouteRow | tables.InterfaceRow | tables.SocketRow
            | tables.RuleRow | tables.ConnectionRow)
"""What a line of a device's tables shows."""
KEPT = 5000  # Lines of the transcript that are kept
GOES_ON = ">"  # The prompt before what belongs to a line that was begun
TOUR = "tour"
"""The line that shows the welcome again, and the name of its screen, whose module an app without it never loads."""
QUIT = frozenset({"quit", "q", "q!", "wq"})  # The lines that leave; what is unsaved is not asked about of `q!`


class FrameBytes(NamedTuple):
    """The bytes of a frame as they were at one interface; what they mean is `netsandbox.wire.dissect`'s to say."""

    seq: int
    data: bytes


class Cause(NamedTuple):
    """One link of the chain that led to a record, nearest first; the last is a command line."""

    text: str
    seq: int | None  # The record to select, or None for a command or what is older than the trace


class Why(NamedTuple):
    """Why something happened, in the language that `tr` uses."""

    decision: str  # One or two sentences
    operands: tuple[str, ...]
    """What was looked at, one a line: `destination 96:0f:5a:e2:73:b8 → veth02e64d, learned 3 s ago`."""
    reference: str  # The RFC section, the sysctl or the kernel's function; may be empty
    causes: tuple[Cause, ...]


class Flight(NamedTuple):
    """A frame of the latest step on its way over one link, or inside an interface where it was dropped."""

    seq: int
    node: str
    interface: str  # (node, interface) from which it leaves
    label: str  # The protocol: `ARP`
    dropped: bool
    reason: str  # Why it went no further at the far end, in the kernel's name, or `overheard`; empty when it was taken
    along: tuple[tuple[str, str], ...] = ()
    """All (node, interface) from which it goes along a line, where a docker-proxy's is one of them."""


class Mark(NamedTuple):
    """Something worth finding again on the timeline."""

    step: int
    kind: str  # command, drop or flood; frames need no mark, every step may have one
    text: str  # The command line, the reason, or the number of copies


class Status(NamedTuple):
    """Where the lab is in time."""

    title: str  # The scenario's name
    at: int  # Virtual time, nanoseconds since the lab began
    step: int
    last_step: int  # The end of the known history; larger than `step` after stepping back
    playing: bool
    quiet: bool  # Nothing is under way; timers may still run
    speed: float  # 1.0 is the normal pace; 0.0 as fast as it can
    lagging: bool  # The machine does not keep up with the speed asked for
    next: str  # What the next step will do, one line; empty when quiet
    dropped: int  # Frames dropped so far
    jobs: int = 0  # Lines that run beside another one or in the background
    waits: bool = False  # Time stands, because a lesson waits for its reader
    in_lesson: bool = False
    """Steps are the lesson's for its reader: how many events there were is told only to who moves in time."""


class Said(NamedTuple):
    """One line of the transcript."""

    kind: str
    """line, out, err, say, hold or fail (of an expectation), job (that one runs on), end (that one has ended, or holds
    the terminal)."""
    text: str
    job: int = 0  # The label of the line that says it; 0 where there is none


class Completion(NamedTuple):
    """One way to go on with a line: `text` replaces the characters from `start` to the cursor."""

    text: str
    start: int
    note: str  # A few words on what it is; may be empty


class Outcome(NamedTuple):
    """What a command line did."""

    lines: tuple[str, ...]  # Its output
    error: str  # One line, or empty when it worked
    goes_on: bool = False  # It still runs, or waits for its turn


class LabSource(Protocol):
    """A lab to look at and to give commands to.

    `version` and `epoch` are cheap and asked many times a second; everything else is asked when they have changed.
    Rows of a node that does not exist are empty sequences, never an error.
    """

    def version(self) -> int:
        """A number that differs after anything a table shows may have changed."""

    def epoch(self) -> int:
        """A number that differs after the past has changed: step back, undo, load, another branch."""

    def nodes(self) -> Sequence[tables.NodeRow]:
        """All nodes, in the order in which they were added."""

    def interfaces(self, node: str | None = None) -> Sequence[tables.InterfaceRow]:
        """The interfaces of one node, or of all."""

    def built(self, node: str) -> Sequence[tables.InterfaceRow]:
        """The interfaces of one node as they were made and cabled: all but counters and states is as it is now."""

    def links(self) -> Sequence[tables.LinkRow]:
        """All veth pairs and cables."""

    def neighbours(self, node: str) -> Sequence[tables.NeighbourRow]:
        """The neighbour table of a node's namespace."""

    def fdb(self, node: str, bridge: str | None = None) -> Sequence[tables.FdbRow]:
        """The MAC table of a switch, or of the bridges of a host, or of one of them."""

    def routes(self, node: str) -> Sequence[tables.RouteRow]:
        """The route tables of a node's namespace."""

    def sockets(self, node: str) -> Sequence[tables.SocketRow]:
        """The bound sockets of a node's namespace."""

    def endpoints(self, node: str) -> Sequence[tables.EndpointRow]:
        """Those of a container on Docker's networks."""

    def carried(self, node: str, port: tables.PublishedRow) -> Sequence[tables.CarriedRow]:
        """What the docker-proxy of a host's published port carried last."""

    def has_rules(self, node: str) -> bool:
        """Whether anything was put into a node's netfilter."""

    def rules(self, node: str) -> Sequence[tables.RuleRow]:
        """The chains and rules of a node."""

    def is_tracking(self, node: str) -> bool:
        """Whether a node tracks connections."""

    def connections(self, node: str, most: int) -> Sequence[tables.ConnectionRow]:
        """The newest connections that a node tracks, no more than `most`."""

    def container_log(self, node: str) -> Sequence[str]:
        """What a container's programs wrote, oldest first."""

    def log_numbers(self, since: int) -> array[int]:
        """The `seq` of each row from a record on, oldest first: cheap, however many there are."""

    def log(self, since: int, limit: int, skip: int = 0) -> Sequence[tables.LogRow]:
        """At most so many rows whose `seq` is `since` or more, oldest first, without the first `skip` of this one."""

    def hops(self, since: int, end: int) -> Iterable[tables.Hop]:
        """To which journey each row of some records belongs; quickest when asked for one part after the other."""

    def flights(self) -> Sequence[Flight]:
        """The frames that the latest step moved: of a flood, all of them."""

    def frame(self, seq: int) -> FrameBytes | None:
        """The frame of a log row, or whose arrival made a table row; None when the trace no longer has it."""

    def why(self, seq: int) -> Why | None:
        """Why the record of a log row, a table row or a mark came to be."""

    def why_row(self, row: TableRow) -> tuple[int | None, Why]:
        """What made a row of a node's tables, and the record that tells of it."""

    def export(self, rows: Sequence[tables.LogRow], path: str) -> Outcome:
        """Write the frames of log rows as a pcapng file; its one line says how many there were."""

    def keep(self, path: str, content: str | bytes) -> str:
        """Make something a file's content, but not in place of somebody else's; empty, or what is wrong."""

    def marks(self) -> Sequence[Mark]:
        """All marks of the known history, by step."""

    def position(self) -> Position:
        """The step and the time of the lab: cheaper than its whole status."""

    def status(self, looks_ahead: bool = True) -> Status:
        """Where the lab is.

        Args:
            looks_ahead: ask what comes next; else it is what came next the last time, which nobody can read anyway.
        """

    def prompt(self) -> str:
        """The text before the command line: `host`, or `nginx-1 #` in the shell of a namespace."""

    def complete(self, line: str, cursor: int) -> Sequence[Completion]:
        """How the line may go on at the cursor, the likeliest first."""

    def hint(self, line: str) -> str:
        """One line on the command being typed: its usage, or what is wrong; empty when there is nothing to say."""

    def execute(self, line: str) -> Outcome:
        """Run a command line, or several one after another; a failure is an `Outcome.error`, never an exception."""
