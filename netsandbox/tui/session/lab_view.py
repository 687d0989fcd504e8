"""What a session's lab looks like: the rows, records and names that the panes show, read and never changed.

What explains and exports is imported when it is first asked: the first picture needs none of it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

from netsandbox.explain.story import Story
from netsandbox.lab import docker_rows, frame_log, tables, views
from netsandbox.lab.journeys import Journeys
from netsandbox.lab.names import Namer
from netsandbox.linux.event_subject import frame_of
from netsandbox.linux.place import Place
from netsandbox.session.files import FileError
from netsandbox.session.journal import Entry, Position, parting
from netsandbox.session.keeping import KeptSession
from netsandbox.session.own_files import FileThereError
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.session import peek
from netsandbox.tui.session.source import Cause, Flight, FrameBytes, Mark, Outcome, TableRow, Why
from netsandbox.tui.session.trace_watch import TraceWatch

if TYPE_CHECKING:
    from netsandbox.linux.core.capture import Passing

TABLES_RATE = 200_000_000
"""Virtual nanoseconds after which tables are looked at again although nothing happened: their timers run."""
UNDER_WAY = 500  # Records before the present among which those are that sent what is on its way
MOST_DRAWN = 6  # Structures whose rows are remembered
_LOOK_BACK = 50  # Steps among which a frame that moved is looked for, when many were made at once
Rows = TypeVar("Rows")
Drawn = tuple[Sequence[tables.NodeRow], Sequence[tables.InterfaceRow], Sequence[tables.LinkRow]]


class LabView:
    """The reading half of `LabSource`, over a session; rows are made anew when something has happened."""

    def __init__(self, session: KeptSession) -> None:
        self.session = session
        self.width: Callable[[], int] = lambda: 0
        """Cells of the pane that shows what lines print; 0 where there is none."""
        self._watch = TraceWatch()
        self._key: tuple[Any, ...] = ()
        self._version = 0
        self._cache: dict[tuple[Any, ...], Any] = {}
        self._built: tuple[Any, dict[str, Sequence[tables.InterfaceRow]]] = (None, {})
        """By node, and at which structure they were looked at."""
        self._drawn: dict[tuple[int, int], Drawn] = {}
        """By structure: who goes back and forth in time sees the same few."""
        self._namer: tuple[Any, Namer] | None = None
        self._teller: tuple[Any, frame_log.Teller] | None = None  # Who tells the log's rows, and at which structure
        self._at_numbers: tuple[Any, dict[int, Place]] = (None, {})
        """Those interfaces, and at which structure they were looked at."""
        self._marks: tuple[Any, tuple[Mark, ...]] = (None, ())
        self._lineage: tuple[Any, Any] = (None, None)
        self._flown = 0
        self._history: Any = session.journal
        self._journeys = Journeys()
        self._journeys_end = -1  # The record up to which they were shown all

    # -- versions

    def version(self) -> int:
        """Grows with records, steps and lines, and five times a second of virtual time."""
        session = self.session
        self._read()
        key = (session.lab, session.trace.end, session.trace.step_count, session.done, len(session.journal),
               session.clock // TABLES_RATE, session.shell.where)
        if key != self._key:
            self._key = key
            self._version += 1
            self._cache.clear()
        return self._version

    def epoch(self) -> int:
        return self.session.epoch

    def structure(self) -> tuple[int, int]:
        """Another one when the topology may look different; counters are no reason, nor is a step back and on."""
        self._read()
        return self._watch.structure(self.session.trace.end)

    def resync(self) -> int:
        """After a change of the epoch: the record from which on what was read before is no longer so."""
        session = self.session
        before, self._lineage = self._lineage, (session.lab, session.journal)
        self._journeys_end = -1
        return session.trace.end if before[0] is session.lab else self._shared_with(before[1])

    def _shared_with(self, journal: list[Entry] | None) -> int:
        """Up to which record the present branch went as one did whose journal that is."""
        session, trace = self.session, self.session.trace
        if journal is None or not any(branch.journal is journal for branch in session.branches.all):
            return 0
        if journal == session.journal:
            return trace.end
        step = parting(journal, session.journal) - 1  # the last that is whole in both
        if step < trace.first_step:
            return 0
        last = trace.step(step)
        return last.first if last is not None else trace.end

    def _read(self) -> None:
        if self._history is not self.session.journal:
            self._watch.forget(self.session.trace, self._shared_with(self._history))
            self._history = self.session.journal
        self._watch.read(self.session.trace)

    def _cached(self, key: tuple[Any, ...], make: Callable[[], Rows]) -> Rows:
        self.version()
        found: Rows | None = self._cache.get(key)
        if found is None:
            found = self._cache[key] = make()
        return found

    # -- rows

    def nodes(self) -> Sequence[tables.NodeRow]:
        return self._cached(("nodes",), lambda: views.nodes(self.session.lab))

    def interfaces(self, node: str | None = None) -> Sequence[tables.InterfaceRow]:
        return self._cached(("interfaces", node), lambda: views.interfaces(self.session.lab, node))

    def built(self, node: str) -> Sequence[tables.InterfaceRow]:
        key = self.structure()
        if self._built[0] != key:
            self._built = key, {}
        rows = self._built[1].get(node)
        if rows is None:
            rows = self._built[1][node] = self.interfaces(node)
        return rows

    def drawn(self) -> Drawn:
        """Nodes, interfaces and links as the picture shows them: counters may be those of before."""
        key = self.structure()
        rows = self._drawn.get(key)
        if rows is None:
            rows = self._drawn[key] = self.nodes(), self.interfaces(), self.links()
            if len(self._drawn) > MOST_DRAWN:
                del self._drawn[next(iter(self._drawn))]
        return rows

    def links(self) -> Sequence[tables.LinkRow]:
        return self._cached(("links",), lambda: views.links(self.session.lab))

    def neighbours(self, node: str) -> Sequence[tables.NeighbourRow]:
        return views.neighbours(self.session.lab, node)

    def fdb(self, node: str, bridge: str | None = None) -> Sequence[tables.FdbRow]:
        return views.fdb(self.session.lab, node, bridge)

    def routes(self, node: str) -> Sequence[tables.RouteRow]:
        return views.routes(self.session.lab, node)

    def sockets(self, node: str) -> Sequence[tables.SocketRow]:
        return views.sockets(self.session.lab, node)

    def endpoints(self, node: str) -> Sequence[tables.EndpointRow]:
        return docker_rows.endpoints(self.session.lab, node)

    def carried(self, node: str, port: tables.PublishedRow) -> Sequence[tables.CarriedRow]:
        return docker_rows.carried(self.session.lab, node, port)

    def has_rules(self, node: str) -> bool:
        return views.has_rules(self.session.lab, node)

    def rules(self, node: str) -> Sequence[tables.RuleRow]:
        return views.rules(self.session.lab, node)

    def is_tracking(self, node: str) -> bool:
        return views.is_tracking(self.session.lab, node)

    def connections(self, node: str, most: int) -> Sequence[tables.ConnectionRow]:
        return views.connections(self.session.lab, node, most)

    def container_log(self, node: str) -> Sequence[str]:
        for _host, container in self.session.lab.containers():
            if container.name == node:
                return [line.text.rstrip("\n") for line in container.log]
        return ()

    # -- the trace

    def log_numbers(self, since: int) -> array[int]:
        return frame_log.numbers(self.session.trace, since)

    def log(self, since: int, limit: int, skip: int = 0) -> Sequence[tables.LogRow]:
        lab, key = self.session.lab, self.structure()
        if self._teller is None or self._teller[0] != key:
            self._teller = key, frame_log.Teller(lab)
        self._teller[1].in_lab(lab)
        return list(frame_log.rows(lab, since, limit, teller=self._teller[1], skip=skip))

    def hops(self, since: int, end: int) -> Iterator[tables.Hop]:
        trace, start = self.session.trace, self._journeys_end
        if not 0 <= start <= since:
            self._journeys, start = Journeys(), since - UNDER_WAY  # what was under way then has its journey still
        self._journeys_end = -1
        for record in trace.since(start, since):
            self._journeys.of(record)
        yield from frame_log.hops(trace, self._journeys, since, end)
        self._journeys_end = end

    def whole_ways(self, rows: Sequence[tables.LogRow]) -> Sequence[tables.LogRow]:
        """All rows of the frames that some rows are of, each with the number of its journey."""
        wanted = {row.seq for row in rows}
        return frame_log.whole_ways(self.session.lab, min(wanted) - UNDER_WAY, lambda row: row.seq in wanted,
                                    max(wanted) + UNDER_WAY)

    def flights(self) -> Sequence[Flight]:
        """Of the latest step that moved a frame, among those made since the last call."""
        trace = self.session.trace
        latest = trace.step_count - 1
        oldest = max(min(self._flown, latest), latest - _LOOK_BACK, 0)
        self._flown = latest + 1
        for step in range(latest, oldest - 1, -1):
            flights = peek.flights_of(self.session.lab, step, self._places)
            if flights:
                return flights
        return ()

    def _places(self) -> dict[int, Place]:
        """Interfaces by their numbers."""
        key = self.structure()
        if self._at_numbers[0] != key:
            self._at_numbers = key, {interface.id: interface.place for interface in self.session.lab.interfaces()}
        return self._at_numbers[1]

    def frame(self, seq: int) -> FrameBytes | None:
        from netsandbox.explain.chain import delivery_of

        trace = self.session.trace
        record = trace.get(seq)
        if record is not None and frame_of(record.event) is None:
            record = delivery_of(trace, record)
        frame = frame_of(record.event) if record is not None else None
        return FrameBytes(seq, frame.wire()) if frame is not None else None

    def export(self, rows: Sequence[tables.LogRow], path: str) -> Outcome:
        from netsandbox.commands.verbs.comments import commenter
        from netsandbox.lab.export import CaptureFile

        wanted = {(row.seq, row.node, row.interface, row.direction == "out") for row in rows}
        stream = BytesIO()
        capture = CaptureFile(
            stream, self.session.trace, commenter(language(), self.named), lambda passing: _which(passing) in wanted
        )
        trace, numbers = self.session.trace, sorted({row.seq for row in rows})
        count = sum(capture.write(trace.since(seq, seq + 1)) for seq in numbers)
        if not count:
            return Outcome((), tr("export.gone"))
        if problem := self.keep(path, stream.getvalue()):
            return Outcome((), problem)
        if count < len(wanted):
            return Outcome((tr("export.fewer", count=count, asked=len(wanted), file=path),), "")
        return Outcome((tr("export.done", count=count, file=path),), "")

    def keep(self, path: str, content: str | bytes) -> str:
        try:
            self.session.files.write(path, content)
        except FileThereError:
            return tr("export.there")
        except FileError as error:
            return error.message  # the name is in the line still
        return ""

    def why(self, seq: int) -> Why | None:
        from netsandbox.explain.story import why_seq

        return self._with_now(why_seq(self.session.trace, seq, language(), self.named))

    def why_row(self, row: TableRow) -> tuple[int | None, Why]:
        from netsandbox.tui.device.row_story import row_story

        story = row_story(self.session.trace, row, language(), self.named)
        return story.seq, as_why(story)

    def why_last_drop(self) -> tuple[int | None, Why]:
        """The last drop's record, and its story."""
        from netsandbox.explain.story import why_drop

        story = why_drop(self.session.trace, language(), self.named)
        return story.seq, self._with_now(story)

    def _with_now(self, story: Story) -> Why:
        from netsandbox.commands.verbs.why_now import with_what_is_now

        return as_why(with_what_is_now(self.session.lab, story, self.named))

    def drop_beside(self, seq: int, direction: int) -> int | None:
        """The record of the drop after a record (direction 1) or before it (-1), of the known history."""
        self._read()
        return self._watch.drop_beside(seq, direction)

    def step_of(self, seq: int) -> int | None:
        """The step that made a record."""
        record = self.session.trace.get(seq)
        return record.step if record is not None else None

    @property
    def named(self) -> Namer:
        """What a person calls a MAC or IPv4 address, and a switch."""
        key = self.structure()
        if self._namer is None or self._namer[0] != key:
            self._namer = (key, Namer(self.session.lab))
        return self._namer[1].in_lab(self.session.lab)

    def address_of(self, node: str) -> str:
        """The first address of a node, without its prefix length; the name where it has none."""
        for row in self.interfaces(node):
            if row.kind != "loopback" and row.addresses:
                return row.addresses[0].partition("/")[0]
        return node

    def position(self) -> Position:
        return self.session.position

    def marks(self) -> Sequence[Mark]:
        self._read()
        session = self.session
        key = (self._watch.marks_version, len(session.journal), session.epoch)
        if self._marks[0] != key:
            commands = [Mark(entry.step, "command", entry.line) for entry in session.journal]
            marks = sorted([*commands, *self._watch.marks()], key=lambda mark: mark.step)
            self._marks = (key, tuple(marks))
        return self._marks[1]


def _which(passing: Passing) -> tuple[int, str, str, bool]:
    """What tells a row of the log from all others."""
    return passing.record.seq, passing.interface.namespace, passing.interface.name, passing.is_out


def as_why(story: Story) -> Why:
    """A story as the pane shows it."""
    causes = tuple(Cause(f"❯ {cause.command}", None) if cause.command else Cause(cause.text, cause.seq)
                   for cause in story.causes)
    return Why(story.decision, (*story.looked_at, *story.effects), story.reference, causes)


