"""A lab and the journal of what was done to it: any moment of it can be stood in again.

Going back, undoing, branching and loading are one mechanism: the journal is replayed from the last checkpoint before,
or in a fresh lab, and the replay is checked against what happened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.line import changes_nothing
from netsandbox.commands.shell import Shell
from netsandbox.commands.verbs.session_protocol import SessionProtocol
from netsandbox.docker.profiles import DEFAULT_PROFILE
from netsandbox.engine.budget import ReplayStoppedError, look, undisturbed
from netsandbox.engine.trace import Trace
from netsandbox.lab.copying import left
from netsandbox.lab.lab import Lab
from netsandbox.lab.uplink import parse_lan
from netsandbox.session.branches import Branch, Branches, Undone
from netsandbox.session.checkpoints import FEWEST, Checkpoint, Checkpoints
from netsandbox.session.journal import Entry, Position, parting
from netsandbox.session.own_files import OwnFiles

INTERRUPT = "^C"
"""The journal's line for Ctrl-C: it ends the newest of the lines that run, or with a number behind it that one of them,
counted from the oldest."""
_INTERRUPTS = re.compile(r"\^C( [1-9][0-9]{0,3})?")


def is_interrupt(line: str) -> bool:
    """Whether a line of the journal is no command but Ctrl-C."""
    return _INTERRUPTS.fullmatch(line) is not None


def leave(before: dict[str, Any]) -> None:
    """Nobody will stand again where a timeline stood that had these attributes."""
    left(before["lab"], before["_made"], before["shell"], [*before["lines"], *before["shell"].recent])


class ReplayError(Exception):
    """A replay did not do what was done before: a bug, and nothing was changed."""


class Timeline:
    """A lab with its shell, the journal of what was done to it, and the moves from one of its times to another."""

    def __init__(self, seed: int = 0, profile: str = DEFAULT_PROFILE, uplink: str = "") -> None:
        self.seed = seed
        self.profile = profile
        self.uplink = uplink  # the LAN behind the default host's eth0, as 192.168.1.0/24; empty for a host on its own
        self.branches = Branches()  # the ways that things went; `journal` and `end` are the present one's
        self.done = 0  # how many lines of the journal are done
        self.epoch = 0  # grows whenever the past changes, so that readers of the trace begin anew
        # those that are not carried out to their ends yet, the oldest first; some may be by now
        self.lines: list[Job] = []
        self.on_execute: Callable[[list[Entry]], None] = lambda _journal: None  # told of every entry, for the autosave
        self.files = OwnFiles()  # what it writes
        self.checkpoints = Checkpoints()  # where it can begin again
        self._begin_anew()

    def _begin_anew(self) -> None:
        before: Shell | None = getattr(self, "shell", None)
        self.lab = Lab(self.seed, self.profile, uplink=parse_lan(self.uplink) if self.uplink else None)
        self.shell = Shell(self.lab)
        self.shell.session = self._as_protocol()
        self.shell.language = before.language if before is not None else self.shell.language
        self.shell.write_file = self.files.write
        self.lines = []
        self.done = 0
        self._made = list[list[Any]]()

    def outside(self, trace: Trace | None = None) -> tuple[object, ...]:
        """What a copy of its lab and shell shares with it (engine.snapshot), with another trace in a new copy."""
        trace = trace or self.trace
        return trace, trace.record, self, self.files

    def _begin_at(self, kept: Checkpoint, before: Lab) -> None:
        """Be as at a checkpoint, which is in the past of a lab."""
        trace = before.trace.until(kept.end, kept.step)
        self._made = []
        self.lab, self.shell, self.lines = kept.snapshot.restore(self.outside(trace), self._made)
        self.lab.name_history = before.name_history.until(kept.end)
        self.done = len(kept.lines)

    def use_files(self, files: OwnFiles) -> None:
        """Read and write only what these let it."""
        self.files, self.shell.write_file = files, files.write

    def _as_protocol(self) -> SessionProtocol | None:
        """Itself, if it can do all that the verbs of time need."""
        return None

    # -- position

    @property
    def journal(self) -> list[Entry]:
        """Every line of the present branch, those that were taken back included."""
        return self.branches.present.journal

    @journal.setter
    def journal(self, journal: list[Entry]) -> None:
        self.branches.present.journal = journal

    @property
    def end(self) -> Position:
        """The furthest position of the present branch."""
        return self.branches.present.end

    @end.setter
    def end(self, end: Position) -> None:
        self.branches.present.end = end

    @property
    def position(self) -> Position:
        return Position(self.lab.trace.step_count, self.lab.scheduler.clock)

    @property
    def has_future(self) -> bool:
        """Whether something of the present branch was taken back and can be done again."""
        return self.done < len(self.journal) or self.position < self.end

    @property
    def running(self) -> Job | None:
        """The newest line that is not carried out to its end yet."""
        return next((one for one in reversed(self.lines) if not one.is_done), None)

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

    # -- a line of the journal

    def _do(self, line: str) -> Job:
        """Carry a journaled line out, now or in a replay."""
        self.lines = [one for one in self.lines if not one.is_done]
        if is_interrupt(line):
            job = Job(line)
            self.lab.scheduler.begin()
            which = int(line[len(INTERRUPT):] or len(self.lines))
            if 0 < which <= len(self.lines):
                self.lines[which - 1].interrupt()
                self.shell.drop_job(self.lines[which - 1])
            job.finish()
            return job
        job = self.shell.execute(line)
        if not job.is_done:
            self.lines.append(job)
        return job

    def _redo_entry(self) -> Job:
        entry = self.journal[self.done]
        self.lab.scheduler.stand_at(entry.at)
        self.done += 1
        with undisturbed():
            return self._do(entry.line)

    # -- moving in time

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """A move that begins in another lab is made whole or not at all; one that only goes on stands where it came
        (ReplayStoppedError: a person has stopped it)."""
        before, ways = dict(vars(self)), self.branches.ways()
        try:
            with undisturbed():
                yield
        except ReplayStoppedError:
            if self.lab is not before["lab"]:
                vars(self).update(before)
                self.branches.put_back(ways)
                self.epoch += 2  # the readers of the other lab's trace as well
            raise
        if self.lab is not before["lab"]:
            leave(before)

    def go_to(self, step: int, at: int | None = None) -> None:
        """Stand where so many steps are done, and, if a time is given, with the clock there.

        Raises:
            ReplayError: the replay differs from what was.
            ReplayStoppedError: a person has stopped it.
        """
        with self._whole():
            self._go_to(step, at)

    def _go_to(self, step: int, at: int | None) -> None:
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
            look()
            self.checkpoints.note(self)
            if self._has_entry_at(self.position.step):
                self._redo_entry()
                continue
            following = self.journal[self.done].step if self.done < len(self.journal) else step
            steps = min(step, following, self.position.step + FEWEST) - self.position.step
            if not self.lab.scheduler.run_steps(steps):
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
            look()
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
            self._begin_at(kept, self.lab)
        self.epoch += 1
        return self.position.step

    def back(self, steps: int = 1) -> None:
        """Take the last steps back."""
        self.go_to(self.position.step - steps)

    def undo(self) -> str | None:
        """Go to just before the last line that is done and can be taken back; returns the line, or None without one.

        Keys that were pressed for it, and lines behind it that only looked, go with it. Where that line began a
        branch, its parent is the present one again.
        """
        number = self._to_undo()
        if number is None:
            return None
        branch = self.branches.present
        undone = Undone(branch, self.position, self.done, self.journal[number].line)
        with self._whole():
            self._rewind_before(number)
        if branch.parent is not None and branch.shared >= self.done:
            self.branches.present = branch.parent
            self.checkpoints.forget_others(self)
        self.branches.note_undone(undone)
        return undone.line

    def _to_undo(self) -> int | None:
        """Which line of those that are done is to be taken back: the last one that did something, and is no key."""
        lines = ((number, self.journal[number].line) for number in reversed(range(self.done)))
        return next((number for number, line in lines if not (is_interrupt(line) or changes_nothing(line))), None)

    def redo(self) -> str | None:
        """Go back to where the last undo began, its branch included; returns the line that it took back.

        With nothing undone: do the next line again that was stepped back over, and all up to the one behind it; None
        if there is none.
        """
        undone = self.branches.next_undone(self.position, self.done)
        if undone is not None:
            self._return_to(undone)
            return undone.line
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

    def _return_to(self, undone: Undone) -> None:
        """Stand where an undo began."""
        with self._whole():
            self._stand_in(undone.branch)
            self._run_to(undone.position.step)
            while self.done < undone.done:
                look()
                self._redo_entry()
        self.lab.scheduler.stand_at(undone.position.at)

    def _stand_in(self, branch: Branch) -> None:
        """Make another branch the present one, at the latest where it parts from this one."""
        if branch is self.branches.present:
            return
        step = parting(self.journal, branch.journal)
        self.branches.present = branch
        self._begin_before(min(step, self.position.step))
        self.checkpoints.forget_others(self)

    def switch(self, name: str) -> None:
        """Go to the end of another branch; the present one stays as it is (CommandError: there is none of that
        name)."""
        branch = self._branch(name)
        with self._whole():
            self._stand_in(branch)
            self._go_to(branch.end.step, branch.end.at)
        self.branches.undone.clear()

    def _branch(self, name: str) -> Branch:
        branch = self.branches.named(name)
        if branch is None:
            raise CommandError(f"there is no branch {name[:40]!r}; there are: "
                               f"{', '.join(one.name for one in self.branches.all[:20])} (a line typed in the past "
                               "begins one, and `branch NAME --rename NEW` names it)")
        return branch

    def step_at(self, when: int) -> int:
        """How many steps were done by a virtual time."""
        trace = self.lab.trace
        if when >= self.position.at:
            return self.end.step if when >= self.end.at else self.position.step
        return trace.first_step + trace.steps.done_by(when)
