"""A session as the panes see it: rows and texts of the lab, command lines, and the pace at which it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from netsandbox.commands import complete
from netsandbox.commands.job import Job
from netsandbox.engine.player import Player
from netsandbox.explain.story import Story, why_drop, why_seq
from netsandbox.lab import frame_log, views
from netsandbox.lab.lab import DEFAULT_HOST
from netsandbox.lab.names import Namer
from netsandbox.lab.tables import (
    FdbRow,
    InterfaceRow,
    LinkRow,
    LogRow,
    NeighbourRow,
    NodeRow,
    RouteRow,
    SocketRow,
)
from netsandbox.session.keeping import KeptSession
from netsandbox.session.scenario import Step
from netsandbox.session.session import INTERRUPT, ReplayError
from netsandbox.tui import peek
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.live_jobs import EXPECT, Jobs, Waiting
from netsandbox.tui.source import Cause, Completion, Flight, FrameBytes, Mark, Outcome, Status, Why
from netsandbox.tui.state_files import StateFiles
from netsandbox.tui.trace_watch import TraceWatch

TABLES_RATE = 200_000_000
"""Virtual nanoseconds after which tables are looked at again although nothing happened: their timers run."""
QUIT = frozenset({"quit", "q"})
_LOOK_BACK = 50
"""Steps among which a frame that moved is looked for, when many were made at once."""
_MOST_ADDRESS = 1 << 32
Rows = TypeVar("Rows")


class LiveLab:
    """`LabSource` and `TimeControl` over a session and its player.

    Attributes:
        held: a person has stopped time; a command does not let it run again.
        failed: what went wrong in the program itself, for the screen; empty when nothing did.
        wants_quit: somebody typed `quit`.
    """

    def __init__(self, session: KeptSession, files: StateFiles, clock: Callable[[], float] = time.monotonic) -> None:
        self.session = session
        self.files = files
        self.clock = clock
        self.player = Player(session, clock)
        self.jobs = Jobs(self._begin)
        self.held = False
        self.failed = ""
        self.wants_quit = False
        self._watch = TraceWatch()
        self._key: tuple[Any, ...] = ()
        self._version = 0
        self._cache: dict[tuple[Any, ...], Any] = {}
        self._namer: tuple[Any, Namer] | None = None
        self._marks: tuple[Any, tuple[Mark, ...]] = (None, ())
        self._lineage: tuple[Any, Any] = (None, None)
        self._flown = 0
        self._history: Any = session.journal
        self.player.play()

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

    def structure(self) -> int:
        """Grows when the topology may look different; counters are no reason."""
        self._read()
        return self._watch.structure + self.session.epoch * 1_000_000_000

    def resync(self) -> int:
        """After a change of the epoch: the record from which on what was read before is no longer so."""
        session = self.session
        before, self._lineage = self._lineage, (session.lab, session.journal)
        if before[0] is session.lab or before[1] is session.journal:
            return session.trace.end
        return 0

    def _read(self) -> None:
        if self._history is not self.session.journal:
            self._history = self.session.journal
            self._watch.forget()
        self._watch.read(self.session.trace)

    def _cached(self, key: tuple[Any, ...], make: Callable[[], Rows]) -> Rows:
        self.version()
        found: Rows | None = self._cache.get(key)
        if found is None:
            found = self._cache[key] = make()
        return found

    # -- rows

    def nodes(self) -> Sequence[NodeRow]:
        return self._cached(("nodes",), lambda: views.nodes(self.session.lab))

    def interfaces(self, node: str | None = None) -> Sequence[InterfaceRow]:
        return self._cached(("interfaces", node), lambda: views.interfaces(self.session.lab, node))

    def links(self) -> Sequence[LinkRow]:
        return self._cached(("links",), lambda: views.links(self.session.lab))

    def neighbours(self, node: str) -> Sequence[NeighbourRow]:
        return views.neighbours(self.session.lab, node)

    def fdb(self, node: str, bridge: str | None = None) -> Sequence[FdbRow]:
        return views.fdb(self.session.lab, node, bridge)

    def routes(self, node: str) -> Sequence[RouteRow]:
        return views.routes(self.session.lab, node)

    def sockets(self, node: str) -> Sequence[SocketRow]:
        return views.sockets(self.session.lab, node)

    def container_log(self, node: str) -> Sequence[str]:
        for _host, container in self.session.lab.containers():
            if container.name == node:
                return [line.text.rstrip("\n") for line in container.log]
        return ()

    # -- the trace

    def log(self, since: int, limit: int) -> Sequence[LogRow]:
        return list(frame_log.rows(self.session.lab, since, limit))

    def flights(self) -> Sequence[Flight]:
        """Of the latest step that moved a frame, among those made since the last call."""
        trace = self.session.trace
        latest = trace.step_count - 1
        oldest = max(min(self._flown, latest), latest - _LOOK_BACK, 0)
        self._flown = latest + 1
        for step in range(latest, oldest - 1, -1):
            flights = peek.flights_of(trace, step)
            if flights:
                return flights
        return ()

    def frame(self, seq: int) -> FrameBytes | None:
        record = self.session.trace.get(seq)
        frame = getattr(record.event, "frame", None) if record is not None else None
        return FrameBytes(seq, frame.wire()) if frame is not None else None

    def why(self, seq: int) -> Why | None:
        return as_why(why_seq(self.session.trace, seq, language(), self.named))

    def why_last_drop(self) -> tuple[int | None, Why]:
        """The last drop's record, and its story."""
        story = why_drop(self.session.trace, language(), self.named)
        return story.seq, as_why(story)

    def drop_beside(self, seq: int, direction: int) -> int | None:
        """The record of the drop after a record (direction 1) or before it (-1), of the known history."""
        self._read()
        return self._watch.drop_beside(seq, direction)

    def step_of(self, seq: int) -> int | None:
        """The step that made a record."""
        record = self.session.trace.get(seq)
        return record.step if record is not None else None

    def named(self, number: int) -> str:
        """What a person calls a MAC or IPv4 address."""
        key = self.structure()
        if self._namer is None or self._namer[0] != key:
            self._namer = (key, Namer(self.session.lab))
        namer = self._namer[1]
        return namer.of_address(number) if number < _MOST_ADDRESS else namer.of_mac(number)

    def address_of(self, node: str) -> str:
        """The first address of a node, without its prefix length; the name where it has none."""
        for row in self.interfaces(node):
            if row.kind != "loopback" and row.addresses:
                return row.addresses[0].partition("/")[0]
        return node

    def adopt(self, session: KeptSession) -> None:
        """Go on with another session."""
        self.session = session
        self.player = Player(session, self.clock)
        self.jobs.forget()
        self.player.play()

    def marks(self) -> Sequence[Mark]:
        self._read()
        session = self.session
        key = (self._watch.marks_version, len(session.journal), session.epoch)
        if self._marks[0] != key:
            commands = [Mark(entry.step, "command", entry.line) for entry in session.journal]
            marks = sorted([*commands, *self._watch.marks()], key=lambda mark: mark.step)
            self._marks = (key, tuple(marks))
        return self._marks[1]

    def status(self) -> Status:
        session, player = self.session, self.player
        self._read()
        position, quiet = session.position, session.is_quiet
        coming = "" if quiet and player.is_playing else peek.next_step(session, self.named)
        return Status(
            self.title(), position.at, position.step, max(session.end.step, position.step), player.is_playing, quiet,
            player.speed, player.is_lagging, coming, self._watch.dropped(session.trace.end),
        )  # fmt: skip

    def title(self) -> str:
        """The scenario's title in the language in use."""
        scenario = self.session.scenario
        if scenario is None:
            return "netsandbox"
        return scenario.title.get(language()) or scenario.title.get("en") or scenario.name

    # -- the command line

    def prompt(self) -> str:
        where = self.session.shell.where
        return f"{where} #" if where is not None else DEFAULT_HOST

    def complete(self, line: str, cursor: int) -> Sequence[Completion]:
        return [Completion(*found) for found in complete.complete(self.session.shell, line, cursor)]

    def hint(self, line: str) -> str:
        return complete.hint(self.session.shell, line)

    def execute(self, line: str) -> Outcome:
        """Begin a line; what takes time is played, unless a person holds the lab."""
        line = line.strip().removeprefix(":").lstrip()
        if line in QUIT:
            self.wants_quit = True
            return Outcome((), "")
        if line == "next":
            return Outcome((), "" if self.next_step() else tr("scenario.done"))
        before = self.jobs.said
        self.jobs.waiting.clear()
        job = self._begin(line)
        if job is None:
            return Outcome((), self.failed)
        self.jobs.watch(job, self.session.clock)
        self._go_on()
        lines = tuple(said.text for said in list(self.jobs.transcript)[before - self.jobs.said :] if said.kind == "out")
        if not job.is_done or not job.code:
            return Outcome(lines, "")
        first = (job.err.strip() or job.out.strip() or tr("command.failed", code=job.code)).splitlines()[0]
        return Outcome(lines, first)

    def _begin(self, line: str) -> Job | None:
        """Execute a line; an exception in it is kept from the person's lab, which is as it was before."""
        session = self.session
        session.shell.language = language()
        if not line.startswith(EXPECT):
            self.jobs.say("line", f"{self.prompt()} ❯ {line}")
        lab, done = session.lab, session.done
        try:
            job = session.execute(line)
            crash = job.crash
        except Exception as error:  # noqa: BLE001 - whatever a command raises must not end the app
            crash = error
        if crash is not None:
            self._recover(line, crash, done)
            return None
        if session.lab is not lab:
            self._other_lab()
        return job

    def _recover(self, line: str, error: BaseException, done: int) -> None:
        """Take a failed line out of the journal, and the lab back to where it was before."""
        where = self.files.log_failure(line, error)
        self.failed = tr("failed.command", what=f"{type(error).__name__}: {error}", where=where)
        self.jobs.say("err", self.failed)
        session = self.session
        try:
            if session.done > done:
                session.undo()
                del session.journal[session.done :]
                session.end = session.position
                session.on_execute(session.journal)
        except Exception as second:  # noqa: BLE001 - the lab stays as it is
            self.files.log_failure(f"undo {line}", second)
        self._other_lab()

    def _other_lab(self) -> None:
        """The lab was made anew by a replay: follow what runs in that one."""
        self.jobs.forget()
        job = self.session.running
        if job is not None and not job.is_done:
            self.jobs.watch(job, self.session.clock)
            self.jobs.watched[-1].chunks = len(job.output)

    def next_step(self) -> bool:
        """Begin the scenario's next step; False when none is left."""
        session = self.session
        if not session.pending:
            return False
        step = session.pending.pop(0)
        lines = ["exit"] if session.shell.where is not None and step.run else []
        self.say_step(step)
        checks = [EXPECT + line for line in step.expect]
        self.jobs.waiting.extend(Waiting(line, True) for line in (*lines, *step.run, *checks))
        self._go_on()
        return True

    def say_step(self, step: Step) -> None:
        """Tell what a step says."""
        text = step.say.get(language()) or step.say.get("en")
        if text:
            self.jobs.say("say", text)

    def interrupt(self) -> bool:
        """Ctrl-C: end the program that runs; False when none does."""
        running = self.jobs.running
        if running is None:
            return False
        self.jobs.waiting.clear()
        self._begin(INTERRUPT)
        self._collect()
        return True

    def _go_on(self) -> None:
        self._collect()
        if not self.held:
            self.player.play()

    def _collect(self) -> None:
        try:
            self.jobs.collect(self.session)
        except Exception as error:  # noqa: BLE001 - as in _begin
            self._halt(error)

    # -- time

    def pump(self) -> bool:
        """Let the lab go on with the wall clock; whether anything moved."""
        try:
            moved = self.player.pump()
        except Exception as error:  # noqa: BLE001 - as in _begin
            self._halt(error)
            return True
        if moved:
            self._collect()
        return moved

    def _halt(self, error: BaseException) -> None:
        """Something in the lab itself failed: stop, and tell."""
        self.player.pause()
        self.held = True
        self.jobs.waiting.clear()
        where = self.files.log_failure("a step", error)
        self.failed = tr("failed.step", what=f"{type(error).__name__}: {error}", where=where)
        self.jobs.say("err", self.failed)

    def _move(self, move: Callable[[], object]) -> None:
        """Move in time; a replay that fails leaves a message."""
        lab = self.session.lab
        self.pause()
        try:
            move()
        except ReplayError as error:
            self.failed = str(error)
        except Exception as error:  # noqa: BLE001 - as in _begin
            self._halt(error)
        if self.session.lab is not lab:
            self._other_lab()
        self._collect()

    def step(self) -> None:
        self._move(self.player.step)

    def back(self) -> None:
        self._move(self.session.back)

    def seek(self, step: int) -> None:
        self._move(lambda: self.session.go_to(step))

    def play(self) -> None:
        self.held = False
        self.player.play()

    def pause(self) -> None:
        self.held = True
        self.player.pause()

    def set_speed(self, speed: float) -> None:
        self.player.set_speed(speed)

    @property
    def is_busy(self) -> bool:
        """Something is under way, and time runs."""
        return self.player.is_playing and not self.session.is_quiet


def as_why(story: Story) -> Why:
    """A story as the pane shows it."""
    causes = tuple(Cause(cause.command or cause.text, None if cause.command else cause.seq) for cause in story.causes)
    return Why(story.decision, (*story.looked_at, *story.effects), story.reference, causes)


