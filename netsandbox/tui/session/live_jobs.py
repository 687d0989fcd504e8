"""The lines that are being carried out: what they print goes to the transcript, and the next one follows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from netsandbox.commands.job import Job
from netsandbox.commands.line import is_background
from netsandbox.explain.refusals import is_own, noted
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import ENDLESS_LIMIT
from netsandbox.session.timeline import INTERRUPT
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.session.lesson import EXPECT, Goal
from netsandbox.tui.session.source import KEPT, Outcome, Said

MOST_CHUNKS = 100_000
"""Pieces of output that a line in progress keeps for expectations; an endless program prints without end."""


@dataclass
class Watched:
    """A job and how much of its output was read."""

    job: Job
    begun: int
    background: bool
    chunks: int = 0
    partial: str = ""
    unattended: bool = False  # It is a scenario's
    printed: int | None = None  # How much it had when it began to wait for others
    is_labelled: bool = False  # Another line runs as well, or did: what this one prints begins with its number
    complained: str = ""  # What it said last on its error output while it ran, which is an error only if it fails
    is_beside: bool = False  # A person has entered something since: what waits there does not wait for this
    holds: bool = False  # It was told that it holds the terminal
    told: int = 0  # As much of its output stands in the transcript already: time went back, and comes the same way

    @property
    def is_alive(self) -> bool:
        """Whether more may be printed."""
        return not self.job.is_done or self.job.goes_on


class Waiting(NamedTuple):
    """A line that is begun when those before it are done."""

    line: str
    unattended: bool  # Nobody will press Ctrl-C: an endless program is stopped after a while


def program_of(job: Job) -> str:
    """What a line runs, in a word."""
    name = getattr(job.program, "name", "")
    return name if isinstance(name, str) and name else job.text.split(maxsplit=1)[0]


class Jobs:
    """Begins lines one after the other; the owner calls `collect` whenever the lab has moved."""

    def __init__(self, begin: Callable[[str, bool], Job | None]) -> None:
        """Begin: executes a line, which may be a scenario's."""
        self._begin = begin
        self.meant: Callable[[Job], str] = lambda _job: ""  # says which name may have been meant in a line that failed
        # told of every expectation that is decided; gives the lesson's goal back that it is, if it is one
        self.on_judged: Callable[[Job], Goal | None] = lambda _job: None
        self.transcript: deque[Said] = deque(maxlen=KEPT)  # what was typed and what it said, oldest first
        self.said = 0  # lines ever added to the transcript, also those that it no longer holds
        self.waiting: deque[Waiting] = deque()
        self.watched: list[Watched] = []
        self.complaint = ""  # What a line that has just failed said of it, until somebody tells it
        self.last_words = ""  # What it printed last
        self.forward = 0  # The label of the line whose output a person wants to see alone; 0 for all
        self.is_lesson = False  # The line that was begun last is one of a lesson's step
        self._own_from: int | None = None
        """How much was said before the first line that a person entered behind a lesson's."""
        self._told: dict[tuple[str, int], int] = {}
        """How much each line that runs, or ran last, has printed so far, by its text and label."""
        self.begun_at: dict[int, int] = {}
        """By label: how many lines of output there were when the last line of that number began."""

    def say(self, kind: str, text: str, job: int = 0) -> None:
        """Add lines to the transcript."""
        for line in text.splitlines() or [""]:
            self.transcript.append(Said(kind, line, job))
            self.said += 1

    def since(self, said: int) -> list[Said]:
        """The lines added since there were `said` of them, as far as they are kept."""
        fresh = self.said - said
        return list(self.transcript)[-fresh:] if fresh > 0 else []

    def of_step(self) -> list[str]:
        """What the lines of a lesson's step have printed, which was begun last."""
        said = list(self.transcript)
        if self._own_from is not None:
            said = said[: max(len(said) - (self.said - self._own_from), 0)]
        found = list(takewhile(lambda one: one.kind != "say", reversed(said)))
        return [one.text for one in reversed(found) if one.kind in ("out", "err")]

    def outcome(self, job: Job, before: int, explained: bool) -> Outcome:
        """What a line has said since there were so many lines, and why it has failed; `explained`: why says more."""
        lines = tuple(said.text for said in self.since(before) if said.kind in ("out", "err"))
        if not job.is_done or not job.code:
            return Outcome((f"✓ {job.out.strip()}",) if job.line.startswith(EXPECT) else lines, "", not job.is_done)
        result = job.out.strip().rpartition("\n")[2]  # what comes of it stands last, as a trace's verdict
        told = (job.err.strip() or result or tr("command.failed", code=job.code)).splitlines()
        first = next((one for one in told if not is_own(one)), told[0])  # a note may come before what failed
        error = noted(first, language())
        return Outcome(lines, tr("output.why", last=error) if explained else error)

    @property
    def alive(self) -> list[Watched]:
        """The lines that run, the oldest first."""
        return [one for one in self.watched if one.is_alive]

    @property
    def front(self) -> Job | None:
        """What Ctrl-C ends: the line that a person brought forward, else the newest that is not in the background."""
        alive = self.alive
        chosen = next((one.job for one in alive if one.job.label == self.forward), None) if self.forward else None
        return chosen or next((one.job for one in reversed(alive) if not one.background and not one.job.is_done), None)

    @property
    def is_to_be_ended(self) -> bool:
        """What runs will not come to an end soon by itself, as far as anybody knows."""
        front = self.front
        endless = front is not None and front.program is not None and front.program.is_endless
        return front is not None and (endless or len(self.alive) > 1)

    @property
    def running(self) -> Job | None:
        """A line that is at work, and not in the background."""
        return next((one.job for one in self.watched if not one.background and not one.job.is_done), None)

    @property
    def holder(self) -> Job | None:
        """What the next line waits for: lines that a person enters together come one after another, and beside what
        ran already, as one that is typed does."""
        together = bool(self.waiting) and not self.waiting[0].unattended
        return next((one.job for one in self.watched
                     if not (one.background or one.job.is_done or (together and one.is_beside))), None)

    def watch(self, job: Job, clock: int, unattended: bool = False) -> None:
        """Follow a job from its beginning."""
        self.is_lesson = unattended
        self.forward = 0
        if not job.line.startswith(EXPECT):  # which only looks; behind others things may go another way
            self._own_from = None if unattended else self._own_from
            self._told.clear()
            for one in self.watched:
                one.told = 0
        self.begun_at[job.label] = self.said
        self.watched.append(Watched(job, clock, is_background(job.line), unattended=unattended))
        self._label()

    def watch_again(self, session: KeptSession) -> None:
        """Follow what runs in a lab that was made anew: all of it was told of before. What a lesson's steps have begun
        goes on beside what comes, servers without `&` too."""
        steps = session.scenario.steps if session.scenario is not None else ()
        of_lesson = {line for step in steps for line in step.run}
        for job in (one for one in session.lines if not one.is_done):
            background = is_background(job.line)
            listens = job.program is not None and job.program.listens
            unattended = job.line in of_lesson and (background or listens)
            self.watched.append(Watched(job, session.clock, background or unattended, len(job.output),
                                        unattended=unattended, told=self._told.get((job.line, job.label), 0)))
        self._label(told=True)

    def make_room(self) -> None:
        """A person's line begins, which may be through at once: what is printed below it by those that run, beside
        which it and those entered with it come, has a label."""
        self._own_from = self.said if self._own_from is None else self._own_from
        for one in self.alive:
            one.is_beside = True
        self._label(coming=1)

    def _label(self, told: bool = False, coming: int = 0) -> None:
        """Lines that run beside others are labelled from then on; so is one in the background."""
        alive = self.alive
        for one in alive:
            if not one.is_labelled and one.job.label and (one.background or len(alive) + coming > 1):
                one.is_labelled = True
                if told:
                    continue
                self.say("job", f"[{one.job.label}] {one.job.text}", one.job.label)

    def tell_beside(self, known: Container[int]) -> None:
        """Behind a shell's own list, which knows what was begun with &: what runs beside another line as well."""
        for one in self.alive:
            if one.is_labelled and one.job.label not in known:
                self.say("out", f"[{one.job.label}]  {tr('jobs.runs')}  {one.job.text}")

    def drop_unattended(self) -> None:
        """The rest of a scenario's step is not wanted any more; what a person entered is."""
        self.waiting = deque(one for one in self.waiting if not one.unattended)

    def wait_too(self, lines: list[str]) -> bool:
        """Put lines behind those that a person entered at once and that still wait; False when none do."""
        self.drop_unattended()
        behind = bool(self.waiting)
        self.waiting.extend(Waiting(line, False) for line in lines if behind)
        return behind

    def forget(self) -> None:
        """The lab that the jobs ran in is gone."""
        self.watched.clear()
        self.forward = 0
        self.drop_unattended()

    def collect(self, session: KeptSession) -> None:
        """Read what was printed, and begin the lines whose turn it is."""
        while True:
            over = next((one.job for one in self.watched if one.job.is_done and one.job.budget.exceeded), None)
            self._read()
            if over is not None:
                session.take_back(over)
            holder = self.holder
            if holder is not None:
                self._stop_endless(session, holder)
                return
            if not self.waiting or not session.lab.scheduler.is_idle:
                return
            waiting = self.waiting.popleft()
            job = self._begin(waiting.line, waiting.unattended)
            if job is not None:
                self.watch(job, session.clock, waiting.unattended)

    def _stop_endless(self, session: KeptSession, job: Job) -> None:
        one = next(one for one in self.watched if one.job is job)
        if not self.is_lesson or job.program is None or not job.program.is_endless or session.has_future:
            return
        one.printed = job.size if one.printed is None else one.printed
        if session.clock - one.begun <= ENDLESS_LIMIT:
            return
        come = [one.line for one in self.waiting] + [line for step in session.pending for line in step.run]
        if not all(line.startswith(EXPECT) for line in come) and session.leave(job, one.printed):
            one.background = True
        else:
            session.execute(INTERRUPT)

    def _read(self) -> None:
        for one in self.watched:
            is_done = not one.is_alive
            if one.job.line.startswith(EXPECT):
                self._judge(one.job, told=not one.unattended)
                continue
            self._take(one)
            self._tell_holding(one)
            if is_done:
                self._ended(one)
        self.watched = [one for one in self.watched if one.is_alive]

    def _tell_holding(self, one: Watched) -> None:
        """Once, of a server of a person's own that was begun without `&`, as docker run without -d is."""
        program = one.job.program
        if one.holds or one.background or one.unattended or one.job.is_done or program is None or not program.listens:
            return
        one.holds = True
        self.say("end", tr("job.holds", program=one.job.text), one.job.label)

    def _ended(self, one: Watched) -> None:
        if one.partial:
            self._print(one, "out", one.partial)
            one.partial = ""
        if meant := self.meant(one.job):
            self._print(one, "err", meant)
        if one.job.code and not one.background:
            self.complaint, self.last_words = one.complained, one.job.out.strip().rpartition("\n")[2]
        if one.is_labelled:
            told = tr("job.ended" if one.job.code else "job.done", number=one.job.label, line=one.job.text,
                      code=one.job.code)
            self.say("end", told, one.job.label)
        if one.job.label == self.forward:
            self.forward = 0

    def _print(self, one: Watched, stream: str, text: str) -> None:
        """A line of a line's output; on its error output is told of no failure by what does well, as docker logs.

        What still runs has not failed: curl's progress and tcpdump's greeting are no errors.
        """
        if stream == "err" and not (one.job.is_done and one.job.code) and not is_own(text):
            stream, one.complained = "out", text
        program = f"{program_of(one.job)}: "
        lead = f"[{one.job.label}] {'' if text.startswith(program) else program}" if one.is_labelled else ""
        self.say(stream, lead + noted(text, language()), one.job.label)

    def _take(self, one: Watched) -> None:
        """Add what a job has printed since the last time, line by line."""
        output = one.job.output
        for number, (stream, text) in enumerate(output[one.chunks :], one.chunks):
            whole = one.partial + text
            *lines, one.partial = whole.split("\n")
            for line in lines if number >= one.told else ():
                self._print(one, stream, line)
        if len(output) > MOST_CHUNKS:
            del output[: -MOST_CHUNKS // 2]
        one.chunks = len(output)
        self._told[one.job.line, one.job.label] = max(one.chunks, one.told)

    def _judge(self, job: Job, told: bool) -> None:
        """An expectation is one line; why it does not hold is told as well.

        Args:
            told: also that it holds; of a lesson's goals the lesson tells.
        """
        if not job.is_done:
            return
        goal = self.on_judged(job)
        if not told and goal is not None:
            if not goal.met:
                self.say("goal", goal.sentence or job.line)
                self.say("wrong", goal.wrong)
            return
        if told or job.code:
            self.say("fail" if job.code else "hold", job.line if job.code else f"{job.line}  {job.out.strip()}")
        for _stream, text in job.output if job.code else ():
            self.say("why", text.rstrip())
