"""Keeping a session: as a scenario file that brings the same lab back, and as a journal for recovery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.commands.job import Job
from netsandbox.commands.late import Late
from netsandbox.commands.line import is_background
from netsandbox.commands.session_protocol import SessionProtocol
from netsandbox.docker.profiles import DEFAULT_PROFILE
from netsandbox.engine import budget
from netsandbox.engine.budget import Budget, OverBudgetError, Use
from netsandbox.session.files import read_bytes
from netsandbox.session.journal import Entry, Position
from netsandbox.session.session import INTERRUPT, Session
from netsandbox.session.steps import Scenario, Step

FILES: Late[str, Callable[..., Any]] = Late({
    "find": "netsandbox.session.library:find_scenario",
    "read": "netsandbox.session.scenario:load_scenario",
    "text": "netsandbox.session.scenario:dump_scenario",
})
"""What needs YAML: to import it takes longer than to make a lab."""


class KeptSession(Session):
    """A session with files: it can be saved, and begins anew with a scenario.

    Attributes:
        scenario: what was loaded last, or None.
        pending: the scenario's steps that are still to be done.
    """

    def __init__(self, seed: int = 0, profile: str = DEFAULT_PROFILE, uplink: str = "") -> None:
        self.scenario: Scenario | None = None
        self.pending: list[Step] = []
        self._begun: list[int] = []
        """How many lines were done when each step that was taken began, the scenario's first one first."""
        self._begun_there: list[int] = []
        """The same in the branch that was left."""
        self._begun_before = self._begun, self._begun_there
        """Both before the last line was typed."""
        self._loads: list[Budget] = []
        """One for each scenario that is being set up within the other, all the outermost line's."""
        super().__init__(seed, profile, uplink)

    def _as_protocol(self) -> SessionProtocol:
        return self

    # -- beginning anew

    def _reset(self, seed: int, profile: str, uplink: str) -> None:
        self.seed, self.profile, self.uplink = seed, profile, uplink
        self.journal, self.other, self.end = [], None, Position(0, 0)
        self._begun, self._begun_there = [], []
        self.epoch += 1
        self.checkpoints.clear()
        self._begin_anew()

    def new(self) -> None:
        """An empty lab."""
        self.scenario, self.pending = None, []
        self._reset(self.seed, self.profile, self.uplink)

    def load(self, name: str) -> str:
        """Begin anew with a scenario: its set-up is done, its steps wait.

        Raises:
            ScenarioError, FileError: the file is wrong; the session is as it was.
            OverBudgetError: it loads others without end; the session is as it was.
        """
        self.files.refuse_reading(name)
        path = FILES["find"](name)
        is_bundled = str(path) != name
        return self.open(FILES["read"](path, read_bytes if is_bundled else self.files.read))

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
        return told

    def _refuse_loads_without_end(self, scenario: Scenario) -> None:
        """A set-up may load another scenario, and that one a third."""
        self._loads[0].hold(Use.DEPTH, len(self._loads))
        if len(self._loads) > 1:
            self._loads[0].spend(Use.COMMANDS, 1 + sum(len(step.run) for step in scenario.setup))

    def _open(self, scenario: Scenario, seed: int | None, uplink: str | None) -> str:
        self.scenario, self.pending = scenario, list(scenario.steps)
        self._reset(scenario.seed if seed is None else seed, scenario.profile,
                    scenario.uplink if uplink is None else uplink)
        failed = [job for step in scenario.setup for job in self._do_step(step) if job.code]
        if failed:
            return f"set-up: {failed[0].line}: {failed[0].err.strip() or failed[0].out.strip()}"
        return f"{scenario.title.get('en') or scenario.name}: {_to_go(len(self.pending))}"

    def next_step(self) -> list[Job] | None:
        """Do the scenario's next step; None when none is left."""
        step = self.take_step()
        return None if step is None else self._do_step(step)

    def take_step(self) -> Step | None:
        """The scenario's next step, which the caller carries out; None when none is left."""
        if not self.pending:
            return None
        step = self.pending.pop(0)
        # One without lines is taken back with the line before it.
        self._begun.append(self.done if step.run else self.done - 1)
        return step

    # -- moving in time: a step that is taken back is to be done again

    def execute(self, line: str) -> Job:
        """As Session.execute; a line in the past begins a branch, which has only the steps before it."""
        if self._is_journaled(line):
            self._begun_before = self._begun, self._begun_there
            if self.has_future:
                self._begun_there = self._begun
                self._begun = [done for done in self._begun if done < self.done]
        return super().execute(line)

    def take_back(self, job: Job) -> bool:
        is_back = super().take_back(job)
        if is_back:
            self._begun, self._begun_there = self._begun_before
            self._find_pending()
        return is_back

    def redo(self) -> str | None:
        if not self.has_future and self.other is not None:
            self._begun, self._begun_there = self._begun_there, self._begun
        return super().redo()

    def _rewind(self, step: int, done: int = 0) -> None:
        super()._rewind(step, done)
        self._find_pending()

    def _redo_entry(self) -> Job:
        job = super()._redo_entry()
        self._find_pending()
        return job

    def _find_pending(self) -> None:
        if self.scenario is not None and self._begun:
            taken = sum(done < self.done for done in self._begun)
            self.pending = list(self.scenario.steps[taken:])

    def _do_step(self, step: Step) -> list[Job]:
        with self.files.of_scenario():
            return [self.run(line) for line in step.run]

    # -- saving

    def save(self, path: str, force: bool = False) -> str:
        """Write everything done so far as a scenario that reloads to the same state and trace, its steps to go too.

        Raises:
            FileError: it cannot be written, or is somebody else's and force is off; what was there is untouched.
        """
        with budget.undisturbed():
            lines, to_go = as_lines(self), len(self.pending)
        old = self.scenario
        scenario = Scenario(title=old.title if old else {"en": "a saved session"}, about=old.about if old else {},
                            seed=self.seed, profile=self.profile, uplink=self.uplink,
                            setup=tuple(Step(run=(line,)) for line in lines), steps=tuple(self.pending))
        self.files.write(path, FILES["text"](scenario), force)
        return f"saved {len(lines)} lines to {path}" + (f", and {_to_go(to_go)}" if to_go else "")


def _to_go(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'} to go"


def as_lines(session: Session) -> list[str]:
    """The lines that, each carried out to its end, do what the session did, at the same steps and times."""
    lines: list[str] = []
    trial = Session(session.seed, session.profile, session.uplink)
    trial.checkpoints.is_on = False
    entries = session.journal[:session.done]
    ends = [Position(entry.step, entry.at) for entry in entries] + [session.position]
    for entry, end in zip(entries, ends[1:], strict=True):
        _meet(trial, Position(entry.step, entry.at), lines)
        before, is_idle = _traces_of(trial), trial.lab.scheduler.is_idle
        line = _line_for(trial, entry, end)
        if not is_idle or _traces_of(trial) != before:
            lines.append(line)
    _meet(trial, session.position, lines)
    return lines


def _traces_of(session: Session) -> tuple[Position, int, str | None]:
    """What any line changes that was not refused before it began, as one with a slip of the pen is."""
    return session.position, session.lab.trace.end, session.shell.where


def _line_for(trial: Session, entry: Entry, end: Position) -> str:
    """The line as it is, or with `&` where the next one came before its end."""
    before, done = trial.position, trial.done
    if is_background(entry.line) or entry.line == INTERRUPT:
        trial.run(entry.line)
        return entry.line
    trial.run(entry.line)
    if trial.position <= end:
        return entry.line
    while trial.done > done:  # of a program that would not end, Ctrl-C is a line as well
        trial.undo()
    trial.journal, trial.end = trial.journal[:done], before
    line = f"{entry.line} &"
    trial.execute(line)
    return line


def _meet(trial: Session, position: Position, lines: list[str]) -> None:
    """Bring the trial to a position, with a line that does so."""
    if trial.position == position:
        return
    trial.run_to(position.step, position.at)
    lines.append(f"until {position.step} {position.at}")
