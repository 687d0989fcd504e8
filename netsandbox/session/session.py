"""A session: a lab, and the journal of what was done to it.

Going back, undoing, branching and loading are one mechanism: the journal is
replayed from the last checkpoint before, or in a fresh lab, and the replay is
checked against what happened.
"""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.line import is_background, read_line
from netsandbox.commands.pasted import without_prompt
from netsandbox.commands.session_protocol import SessionProtocol
from netsandbox.commands.shell import Shell
from netsandbox.commands.words import is_line
from netsandbox.docker.profiles import DEFAULT_PROFILE
from netsandbox.engine.budget import Use, undisturbed
from netsandbox.engine.trace import Trace
from netsandbox.engine.units import MILLISECOND
from netsandbox.lab.lab import Lab
from netsandbox.lab.uplink import parse_lan
from netsandbox.session.checkpoints import FEWEST, Checkpoint, Checkpoints
from netsandbox.session.journal import Entry, Position, parting
from netsandbox.session.own_files import OwnFiles

ENDLESS_LIMIT = 3500 * MILLISECOND
"""How long a program that would never end runs when nobody is there to press Ctrl-C."""
ENDLESS_STEPS = 200_000
"""Steps after which such a program is stopped as well: a flood of pings has so many in a tenth of a second."""
SETTLE_STEPS = 20_000
INTERRUPT = "^C"
"""The journal's line for Ctrl-C."""


class ReplayError(Exception):
    """A replay did not do what was done before: a bug, and nothing was changed."""


def _is_endless(job: Job) -> bool:
    return job.program is not None and job.program.is_endless


class Session:
    """A lab with its shell and journal.

    Attributes:
        uplink: the LAN behind the default host's eth0, as 192.168.1.0/24; empty for a host on its own.
        journal: every line of the present branch, those that were taken back included.
        done: how many of them are done.
        end: the furthest position of the present branch.
        other: the branch that was left when a line was typed in the past; kept until the next branch.
        epoch: grows whenever the past changes, so that readers of the trace begin anew.
        on_execute: told of every entry, for the autosave.
        files: what it writes.
        checkpoints: where it can begin again.
    """

    def __init__(self, seed: int = 0, profile: str = DEFAULT_PROFILE, uplink: str = "") -> None:
        self.seed = seed
        self.profile = profile
        self.uplink = uplink
        self.journal: list[Entry] = []
        self.done = 0
        self.end = Position(0, 0)
        self.other: tuple[list[Entry], Position] | None = None
        self.epoch = 0
        self.running: Job | None = None
        self.on_execute: Callable[[list[Entry]], None] = lambda _journal: None
        self.files = OwnFiles()
        self.checkpoints = Checkpoints()
        self._before: tuple[list[Entry], Position, tuple[list[Entry], Position] | None] = [], Position(0, 0), None
        """All that was done before the last line was typed."""
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.lab = Lab(self.seed, self.profile, uplink=parse_lan(self.uplink) if self.uplink else None)
        self.shell = Shell(self.lab)
        self.shell.session = self._as_protocol()
        self.shell.write_file = self.files.write
        self.running = None
        self.done = 0

    def outside(self, trace: Trace | None = None) -> tuple[object, ...]:
        """What a copy of its lab and shell shares with it (engine.snapshot), with another trace in a new copy."""
        trace = trace or self.trace
        return trace, trace.record, self, self.files

    def _begin_at(self, kept: Checkpoint) -> None:
        """Be as at a checkpoint."""
        trace = self.trace.until(kept.end, kept.step)
        self.lab, self.shell, self.running = kept.snapshot.restore(self.outside(trace))
        self.done = len(kept.lines)

    def use_files(self, files: OwnFiles) -> None:
        """Read and write only what these let it."""
        self.files, self.shell.write_file = files, files.write

    def _as_protocol(self) -> SessionProtocol | None:
        """Itself, if it can do all that the verbs of time need."""
        return None

    # -- position

    @property
    def position(self) -> Position:
        return Position(self.lab.trace.step_count, self.lab.scheduler.clock)

    @property
    def has_future(self) -> bool:
        """Whether something of the present branch was taken back and can be done again."""
        return self.done < len(self.journal) or self.position < self.end

    # -- what a player needs (engine.player.Steppable)

    @property
    def trace(self) -> Trace:
        return self.lab.trace

    @property
    def clock(self) -> int:
        return self.lab.scheduler.clock

    @property
    def is_quiet(self) -> bool:
        """No foreground work is left, and nothing that was taken back."""
        return self.lab.scheduler.is_quiet and not self.has_future

    # -- doing

    def execute(self, line: str) -> Job:
        """Begin a line now; the caller runs the scheduler until the job is done.

        In the past this branches: what was taken back is kept as the other branch.
        """
        line = without_prompt(line)
        if not self._is_journaled(line):
            return self.shell.execute(line)
        self._before = self.journal, self.end, self.other
        if self.has_future:
            self.other = (self.journal, self.end)
            self.journal = self.journal[:self.done]
            self.epoch += 1
            self.checkpoints.forget_others(self)
        position = self.position
        self.journal.append(Entry(position.step, position.at, line))
        self.done += 1
        self.on_execute(self.journal)
        self.lab.scheduler.stand_at(position.at)
        job = self._do(line)
        self.end = self.position
        self.checkpoints.note(self)
        job.number = self.done
        self.take_back(job)
        return job

    def take_back(self, job: Job) -> bool:
        """If a line would have used more than it may: stand where it was typed, as if it never had been.

        False when it did not, or others were typed since then: a line in the background is only stopped.
        """
        if not job.budget.exceeded or not job.number or job.number != self.done or self.done != len(self.journal):
            return False
        self._rewind_before(self.done - 1)
        self.journal.pop()
        job.number = 0
        before, self.end, self.other = self._before
        self.journal = before
        self.checkpoints.forget_others(self)
        self.shell.remember(job, self.lab.trace.end)
        self.on_execute(self.journal)
        return True

    def _do(self, line: str) -> Job:
        """Carry a journaled line out, now or in a replay."""
        if line == INTERRUPT:
            job = Job(line)
            self.lab.scheduler.begin()
            if self.running is not None:
                self.running.interrupt()
            job.finish()
            return job
        job = self.shell.execute(line)
        if not job.is_done:
            self.running = job
        return job

    def _is_journaled(self, line: str) -> bool:
        """Whether it does something; one that cannot be read may, so that its refusal is kept as well."""
        if line == INTERRUPT:
            return True
        if not is_line(line):
            return False
        try:
            return read_line(line).acts
        except CommandError:
            return True

    def run(self, line: str) -> Job:
        """Carry a line out to its end, and let what it set off come to rest.

        With `&` behind it the line is only begun.
        """
        line = without_prompt(line)
        job = self.execute(line)
        if is_background(line) or not job.number:
            return job
        last = self.position.step + job.budget.left(Use.STEPS)

        def goes_on() -> bool:
            return not job.is_done and self.position.step < last

        self.run_while(lambda: goes_on() and not _is_endless(job))
        while goes_on() and _is_endless(job) and not self._stop_endless(job):
            self.run_while(lambda: goes_on() and not _is_endless(job))
        self.run_while(goes_on)
        if not job.is_done:
            job.complain(str(job.budget.error(Use.STEPS)))
            job.finish(1)
        if not self.take_back(job):
            self.settle()
        return job

    def _stop_endless(self, job: Job) -> bool:
        """Run what would never end for some time, or for many steps, and press Ctrl-C; False if it did end."""
        scheduler = self.lab.scheduler
        limit, last = scheduler.clock + ENDLESS_LIMIT, self.position.step + ENDLESS_STEPS
        self.run_while(lambda: not job.is_done and _is_endless(job) and (scheduler.next_time() or limit) <= limit
                       and self.position.step < last)
        if job.is_done or not _is_endless(job):
            return False
        scheduler.stand_at(min(limit, scheduler.next_time() or limit))
        listens = job.program is not None and job.program.listens
        self.execute(INTERRUPT)
        if listens:
            job.complain("note: stopped, as nobody is there to press Ctrl-C; with & behind it, it goes on while the "
                         "next lines run")
        return True

    def run_while(self, condition: Callable[[], bool]) -> None:
        def goes_on() -> bool:
            self.checkpoints.note(self)
            return condition()
        self.lab.scheduler.run_while(goes_on)
        self.end = max(self.end, self.position)

    def settle(self) -> None:
        """Let the present instant's frames and programs come to rest; a storm is left to itself."""
        scheduler, steps = self.lab.scheduler, 0
        while not scheduler.is_idle and steps < SETTLE_STEPS:
            scheduler.step()
            steps += 1
        self.end = max(self.end, self.position)

    def step(self) -> bool:
        """One step: of the lab, or, in the past, the line that came next; False when nothing is left."""
        if self.done < len(self.journal) and self.position.step >= self.journal[self.done].step:
            self._redo_entry()
            return True
        if self.position.step < self.end.step or not self.has_future:
            moved = self.lab.scheduler.step()
            if not self.has_future:
                self.end = max(self.end, self.position)
            self.checkpoints.note(self)
            return moved
        return False

    def run_to(self, step: int, at: int | None) -> None:
        """Let the lab go on to a step, and the clock to a time; nothing that was done is taken back."""
        if not self.has_future:
            self.lab.scheduler.run_steps(step - self.position.step)
            if at is not None:
                self.lab.scheduler.stand_at(at)
            self.end = self.position
            self.checkpoints.note(self)

    def advance(self, when: int) -> None:
        """Let virtual time pass up to a moment: timers that are due fire."""
        if not self.has_future:
            self.lab.scheduler.run_until(when)
            self.end = self.position
            self.checkpoints.note(self)

    def _redo_entry(self) -> Job:
        entry = self.journal[self.done]
        self.lab.scheduler.stand_at(entry.at)
        self.done += 1
        with undisturbed():
            return self._do(entry.line)

    # -- moving in time

    def go_to(self, step: int, at: int | None = None) -> None:
        """Stand where so many steps are done, and, if a time is given, with the clock there.

        Raises:
            ReplayError: the replay differs from what was.
        """
        step = max(0, min(step, self.end.step))
        if step < self.position.step or (at is not None and at < self.position.at):
            self._rewind(step)
        self._run_to(step)
        while at is not None and self._has_entry_at(step) and self.journal[self.done].at <= at:
            self._redo_entry()
        if at is not None:
            self.lab.scheduler.stand_at(at)

    def _run_to(self, step: int) -> None:
        """Do what was done, up to a step."""
        while self.position.step < step:
            self.checkpoints.note(self)
            if self._has_entry_at(self.position.step):
                self._redo_entry()
                continue
            following = self.journal[self.done].step if self.done < len(self.journal) else step
            steps = min(step, following, self.position.step + FEWEST) - self.position.step
            with undisturbed():
                goes_on = self.lab.scheduler.run_steps(steps)
            if not goes_on:
                raise ReplayError("the replay came to an end before the lab did")

    def _has_entry_at(self, step: int) -> bool:
        return self.done < len(self.journal) and self.journal[self.done].step <= step

    def _rewind_before(self, number: int) -> None:
        """Stand where a line of the journal was typed, with all those before it done: several may have one step."""
        entry = self.journal[number]
        self._rewind(entry.step, number)
        self.lab.scheduler.stand_at(entry.at)

    def _rewind(self, step: int, done: int = 0) -> None:
        """The journal done again up to a step, and at least so many lines: from the last checkpoint before it."""
        before = self.lab.trace
        start = self._begin_before(step)
        self._run_to(step)
        while self.done < done:
            self._redo_entry()
        after = self.lab.trace
        is_whole = after.first_step == before.first_step == 0
        if is_whole and after.steps.part(start, step) != before.steps.part(start, step):
            raise ReplayError("the replay took another way than the lab did before")

    def _begin_before(self, step: int) -> int:
        """Stand at the last checkpoint before a step, or at the very beginning; returns how many steps are done."""
        kept = self.checkpoints.before(self, min(step, self.position.step))
        if kept is None:
            self._begin_anew()
        else:
            self._begin_at(kept)
        self.epoch += 1
        return self.position.step

    def back(self, steps: int = 1) -> None:
        """Take the last steps back."""
        self.go_to(self.position.step - steps)

    def undo(self) -> str | None:
        """Go to just before the last line that is done; returns the line, or None if there is none."""
        if not self.done:
            return None
        self._rewind_before(self.done - 1)
        return self.journal[self.done].line

    def redo(self) -> str | None:
        """Do again what was taken back: the next line and all up to the one behind it; None if there is none.

        With nothing taken back, the branch that was left last comes back instead.
        """
        if not self.has_future and self.other is not None:
            (self.journal, self.end), self.other = self.other, (self.journal, self.end)
            self._begin_before(parting(self.journal, self.other[0]))
            self.checkpoints.forget_others(self)
            self.go_to(self.end.step, self.end.at)
            return self.journal[-1].line if self.journal else ""
        if not self.has_future:
            return None
        line = self.journal[self.done].line if self.done < len(self.journal) else ""
        until = self.journal[self.done + 1] if self.done + 1 < len(self.journal) else None
        if self.done < len(self.journal):
            self.go_to(self.journal[self.done].step)
            self._redo_entry()
        target = Position(until.step, until.at) if until is not None else self.end
        self.go_to(target.step)
        self.lab.scheduler.stand_at(target.at)
        return line

    def step_at(self, when: int) -> int:
        """How many steps were done by a virtual time."""
        trace = self.lab.trace
        if when >= self.position.at:
            return self.end.step if when >= self.end.at else self.position.step
        return trace.first_step + trace.steps.done_by(when)
