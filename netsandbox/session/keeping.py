"""Keeping a session: as a scenario file that brings the same lab back, and as a journal for recovery."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.late import Late
from netsandbox.commands.line import in_background, is_background, read_line
from netsandbox.commands.prompt.beginning import is_script
from netsandbox.commands.verbs.session_protocol import BranchRow, SessionProtocol
from netsandbox.docker.profiles import DEFAULT_PROFILE
from netsandbox.engine import budget
from netsandbox.engine.budget import Budget, OverBudgetError, Use
from netsandbox.lab.copying import left
from netsandbox.lab.lab import Lab
from netsandbox.session.branches import Begun, Branches
from netsandbox.session.files import read_bytes
from netsandbox.session.journal import Entry, Position, parting
from netsandbox.session.library import find_scenario
from netsandbox.session.ready import READ, READY
from netsandbox.session.session import Session
from netsandbox.session.steps import Note, Scenario, Step, judges_exit
from netsandbox.session.texts import text_in
from netsandbox.session.timeline import is_interrupt, leave

if TYPE_CHECKING:
    from netsandbox.lab.compare import Tables

NAMES: Late[str, Callable[[str, str], list[str]]] = Late({"names": "netsandbox.session.shelf:loadable"})
TEXT: Late[str, Callable[[Scenario], str]] = Late({"text": "netsandbox.session.scenario_text:dump_scenario"})
"""What needs YAML: to import it takes longer than to make a lab."""
TABLES: Late[str, Callable[[Lab], Tables]] = Late({"of": "netsandbox.lab.compare:tables_of"})

NAME = re.compile(r"[\w.-]{1,30}")
MEETS = "until "  # How a line begins that `save` writes for the time at which the next one was typed
"""A branch's."""


class KeptSession(Session):
    """A session with files: it can be saved, and begins anew with a scenario."""

    def __init__(self, seed: int = 0, profile: str = DEFAULT_PROFILE, uplink: str = "") -> None:
        self.scenario: Scenario | None = None  # what was loaded last, or None
        self.pending: list[Step] = []  # the scenario's steps that are still to be done
        self.notes: list[Note] = []
        self.task_is_open: Callable[[], bool] = bool
        """Whether the step that was taken last is a task that the reader has not done."""
        self.set_up: list[Entry] = []  # The lines with which the scenario began
        self.half_built = ""  # What failed in the scenario's set-up, and how; empty where all went well
        self._loads: list[Budget] = []
        """One for each scenario that is being set up within the other, all the outermost line's."""
        self._compared: tuple[tuple[object, ...], Tables] | None = None
        """Where a branch that was compared ends, and the tables there: one looks at them more than once."""
        super().__init__(seed, profile, uplink)

    def _as_protocol(self) -> SessionProtocol:
        return self

    # -- beginning anew

    def _reset(self, seed: int, profile: str, uplink: str) -> None:
        self.seed, self.profile, self.uplink = seed, profile, uplink
        self.branches = Branches()
        self.epoch += 1
        self.checkpoints.clear()
        self._begin_anew()

    def new(self) -> None:
        """An empty lab."""
        before = dict(vars(self))
        self.scenario, self.pending, self.notes = None, [], []
        self._reset(self.seed, self.profile, self.uplink)
        if not self._loads:  # else that may be refused as a whole
            leave(before)

    def load(self, name: str) -> str:
        """Begin anew with a scenario: its set-up is done, its steps wait.

        Raises:
            ScenarioError, FileError: the file is wrong; the session is as it was.
            OverBudgetError: it loads others without end; the session is as it was.
        """
        if name == READY.name:
            return self.open(READY._replace())  # another one, though it be open
        self.files.refuse_reading(name)
        path = find_scenario(name)
        is_bundled = str(path) != name
        return self.open(READ["read"](path, read_bytes if is_bundled else self.files.read))

    def open(self, scenario: Scenario, seed: int | None = None, uplink: str | None = None) -> str:
        """Begin anew with a scenario; seed and uplink instead of its own.

        Raises:
            OverBudgetError: its set-up loads others without end; the session is as it was.
        """
        before = dict(vars(self))
        self._loads.append(self._loads[0] if self._loads else budget.present())
        try:
            self._refuse_loads_without_end(scenario)
            told = self._open(scenario, seed, uplink)
            if len(self._loads) == 1 and self._loads[0].exceeded:
                raise OverBudgetError(self._loads[0].exceeded)
        except OverBudgetError:
            vars(self).update(before)
            self.epoch += 1
            raise
        finally:
            self._loads.pop()
        if not self._loads:
            leave(before)
        return told

    def _refuse_loads_without_end(self, scenario: Scenario) -> None:
        """A set-up may load another scenario, and that one a third."""
        self._loads[0].hold(Use.DEPTH, len(self._loads))
        if len(self._loads) > 1:
            self._loads[0].spend(Use.COMMANDS, 1 + sum(len(step.run) for step in scenario.setup))

    def _open(self, scenario: Scenario, seed: int | None, uplink: str | None) -> str:
        self.scenario, self.pending, self.notes = scenario, list(scenario.steps), list(scenario.notes)
        self._reset(scenario.seed if seed is None else seed, scenario.profile,
                    scenario.uplink if uplink is None else uplink)
        failed = [job for step in scenario.setup for job in self.do_step(step) if job.code and not self._is_meant(step)]
        self.set_up = self.journal[:self.done]
        self.half_built = ""
        if failed:
            said = failed[0].err.strip() or f"exit status {failed[0].code}"
            self.half_built = f"set-up: {failed[0].line}: {said.partition(chr(10))[0]}"
            return self.half_built
        title = text_in(scenario.title, self.shell.language) or scenario.name
        return f"{title}: {_to_go(len(self.pending))}" if self.pending else title

    def _is_meant(self, step: Step) -> bool:
        """Whether a step's line was to end as it just did."""
        judges = [line for line in step.expect if judges_exit(line)]
        return bool(judges) and not any(self.shell.execute(f"expect {line}").code for line in judges)

    def next_step(self) -> list[Job] | None:
        """Do the scenario's next step; None when none is left."""
        step = self.take_step()
        return None if step is None else self.do_step(step)

    def take_step(self) -> Step | None:
        """The scenario's next step, which the caller carries out; None when none is left."""
        if not self.pending:
            return None
        step = self.pending.pop(0)
        if step.begins:
            self._leave_future()
        # One that only shows something, or has no lines, is taken back with the line before it.
        acts = step.begins and any(self._is_journaled(line) for line in step.run)
        self.branches.present.begun.append(Begun(self.done if acts else self.done - 1, self.position.step))
        return step

    def give_back_step(self) -> None:
        """The step that was taken last is to be done again."""
        self.branches.present.begun.pop()
        self.find_pending()

    def left_of(self, step: Step) -> tuple[str, ...]:
        """What the step that was taken last is still to run: a branch begun amid its lines has the first ones done."""
        present, number = self.branches.present, len(self.branches.present.begun) - 1
        before = present.parent.begun[number:] if present.parent is not None else []
        done = [entry.line for entry in present.journal[before[0].done:present.shared]] if before else []
        at = left = 0
        for behind, line in enumerate(step.run, 1):
            if line in done[at:]:
                at, left = done.index(line, at) + 1, behind
        return step.run[left:]

    def _end_of_step(self) -> Begun:
        """Where the step after the one that time stands in began, or the present."""
        begun, steps = self.branches.present.begun, self.scenario.steps if self.scenario is not None else ()
        number = len(steps) - len(self.pending)
        return begun[number] if number < len(begun) else Begun(len(self.journal), self.end.step)

    @property
    def is_at_end_of_step(self) -> bool:
        """Time went back to where all of a step was done."""
        end = self._end_of_step()
        return self.has_future and self.done >= end.done and self.position.step >= end.step

    def finish_step(self) -> None:
        """Do again what is left of a step that time went back into, up to where the next one began."""
        end = self._end_of_step()
        with self._whole():
            while self.done < end.done:
                if self._has_entry_at(self.position.step):
                    self._redo_entry()
                else:
                    self._run_to(self.journal[self.done].step)
            self._run_to(end.step)

    # -- moving in time: a step that is taken back is to be done again

    def strike(self) -> None:
        super().strike()
        self.find_pending()

    def undo(self) -> str | None:
        line = super().undo()
        self.find_pending()
        return line

    def _to_undo(self) -> int | None:
        number = super()._to_undo()
        return None if number is not None and number < self.lines_of_set_up else number

    @property
    def lines_of_set_up(self) -> int:
        """How many of the journal's first lines are the scenario's own and nobody's to take back."""
        return sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1],
                                            zip(self.journal, self.set_up, strict=False)))

    def step(self) -> bool:
        was_past = self.has_future
        moved = super().step()
        if was_past:
            self.find_pending()
        return moved

    def _go_to(self, step: int, at: int | None) -> None:
        super()._go_to(step, at)
        self.find_pending()

    def _rewind(self, step: int, done: int = 0) -> None:
        super()._rewind(step, done)
        self.find_pending()

    def _redo_entry(self) -> Job:
        job = super()._redo_entry()
        self.find_pending()
        return job

    def find_pending(self) -> None:
        """The scenario's steps that are to be done from here: those that were taken later are again."""
        if self.scenario is not None:
            step = self.position.step
            taken = sum(one.is_past(self.done, step) for one in self.branches.present.begun)
            self.pending = list(self.scenario.steps[taken:])

    def do_step(self, step: Step) -> list[Job]:
        with self.files.of_scenario():
            return [self.run(line) for line in step.run]

    def note(self, kind: str, number: int, step: int) -> None:
        """Keep what a reader asked for, or answered, at a step of the lesson, counted from 1."""
        left = len(self.scenario.steps) - step if self.scenario is not None else 0
        if Note(kind, number, left) not in self.notes:
            self.notes.append(Note(kind, number, left))

    # -- branches, and other names that only a session knows

    def branch_rows(self) -> list[BranchRow]:
        return [BranchRow(one.name, one is self.branches.present, len(one.journal), one.end.step, one.end.at,
                          one.parent.name if one.parent is not None else "", one.shared,
                          one.journal[-1].line if one.journal else "") for one in self.branches.all]

    def rename(self, name: str, new: str) -> None:
        """Call a branch by another name (CommandError: there is none of that name, or one of the new)."""
        branch = self._branch(name)
        if not NAME.fullmatch(new) or self.branches.named(new) not in (None, branch):
            raise CommandError(f"no branch can be called {new[:40]!r}: a name is new, of letters, digits, dots and "
                               "hyphens, and at most 30 long")
        branch.name = new
        self.on_execute(self.journal)

    def tables_at_end_of(self, name: str) -> Tables:
        branch = self._branch(name)
        end = self.seed, self.profile, self.uplink, list(branch.journal), branch.end
        if self._compared is None or self._compared[0] != end:
            self._compared = end, TABLES["of"](self.lab_at_end_of(name))
        return self._compared[1]

    def lab_at_end_of(self, name: str) -> Lab:
        branch = self._branch(name)
        trial = Session(self.seed, self.profile, self.uplink)
        trial.use_files(self.files)
        trial.checkpoints.is_on = False  # it only goes there
        trial.journal, trial.end = branch.journal, branch.end
        step = branch.end.step if branch is self.branches.present else parting(self.journal, branch.journal)
        kept = self.checkpoints.before(self, min(step, self.position.step))
        with budget.undisturbed():
            if kept is not None:
                trial._begin_at(kept, self.lab)
            trial.go_to(branch.end.step, branch.end.at)
        left(trial.lab, trial._made, trial.shell)
        return trial.lab

    def names_of(self, noun: str, typed: str) -> Sequence[str]:
        return [one.name for one in self.branches.all] if noun == "BRANCH" else NAMES["names"](typed, self.files.root)

    def switch(self, name: str) -> None:
        super().switch(name)
        self.on_execute(self.journal)

    # -- saving

    def save(self, path: str, force: bool = False) -> str:
        """Write everything done so far as a scenario that reloads to the same state and trace, its steps to go too.

        Raises:
            FileError: it cannot be written, or is somebody else's and force is off; what was there is untouched.
        """
        with budget.undisturbed():
            setup, old = as_steps(self), self.scenario or Scenario({"en": "a saved session"})
        steps = self.pending
        if self.task_is_open():
            steps = [old.steps[-1 - len(steps)]._replace(ask={}, answers=(), right=0), *steps]
        to_go = len(steps)
        scenario = old._replace(seed=self.seed, profile=self.profile, uplink=self.uplink, setup=tuple(setup),
                                steps=tuple(steps), notes=tuple(self.notes))
        self.files.write(path, TEXT["text"](scenario), force)
        typed = {entry.line for entry in self.journal}
        own = sum(step.run[0] not in typed and step.run[0].startswith(MEETS) for step in setup)
        saved = f"saved {len(setup) - own} lines to {path}" + (f", and {_to_go(to_go)}" if to_go else "")
        others = [one.name for one in self.branches.all if one is not self.branches.present]
        return saved + (f"; a file holds one branch: {self.branches.present.name}, not {', '.join(others)}" if others
                        else "")


def _to_go(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'} to go"


def as_steps(session: Session) -> list[Step]:
    """The lines that, each carried out to its end, do what the session did, at the same steps and times, and with what
    exit status those end that fail."""
    lines: list[Step] = []
    trial = Session(session.seed, session.profile, session.uplink)
    trial.checkpoints.is_on = False
    refused: tuple[int, Step] | None = None
    entries = session.journal[:session.done]
    ends = [Position(entry.step, entry.at) for entry in entries] + [session.position]
    for entry, end in zip(entries, ends[1:], strict=True):
        budget.look()
        _meet(trial, Position(entry.step, entry.at), lines)
        before, is_idle = _traces_of(trial), trial.lab.scheduler.is_idle
        looks_back = _looks_back(trial, entry.line)
        at, line = len(lines), _line_for(trial, entry, end)
        if is_idle and _traces_of(trial) == before:
            refused = at, line
            continue
        if refused is not None and looks_back:
            lines.insert(*refused)
        lines.append(line)
        refused = None
    _meet(trial, session.position, lines)
    return lines


def _traces_of(session: Session) -> tuple[Position, int, str | None]:
    """What any line changes that was not refused before it began, as one with a slip of the pen is."""
    return session.position, session.lab.trace.end, session.shell.where


def _looks_back(trial: Session, line: str) -> bool:
    """Whether a line may ask how the one before it ended, even if that was one that is not kept."""
    try:
        return is_script(trial.shell, read_line(line))
    except CommandError:
        return False


def _line_for(trial: Session, entry: Entry, end: Position) -> Step:
    """The line as it is, or with `&` where the next one came before its end."""
    before, done = trial.position, trial.done
    if is_background(entry.line) or is_interrupt(entry.line):
        trial.run(entry.line)
        return Step((entry.line,))
    job = trial.run(entry.line, is_followed=True)
    if job.is_done and trial.position <= end:
        return Step((entry.line,), expect=(f"exit {job.code}",) if job.code else ())
    while trial.done > done:  # of a program that would not end, Ctrl-C is a line as well
        trial.undo()
    trial.journal, trial.end = trial.journal[:done], before
    line = in_background(entry.line)
    trial.execute(line)
    return Step((line,))


def _meet(trial: Session, position: Position, lines: list[Step]) -> None:
    """Bring the trial to a position, with a line that does so."""
    if trial.position == position:
        return
    trial.run_to(position.step, position.at)
    lines.append(Step((f"{MEETS}{position.step} {position.at}",)))
