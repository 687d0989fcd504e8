"""Keeping a session: as a scenario file that brings the same lab back, and as a journal for recovery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.commands.job import Job
from netsandbox.commands.late import Late
from netsandbox.commands.session_protocol import SessionProtocol
from netsandbox.commands.words import split_background
from netsandbox.session.session import INTERRUPT, Entry, Position, Session
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

    def __init__(self, seed: int = 0, profile: str = "docker-29") -> None:
        self.scenario: Scenario | None = None
        self.pending: list[Step] = []
        super().__init__(seed, profile)

    def _as_protocol(self) -> SessionProtocol:
        return self

    # -- beginning anew

    def _reset(self, seed: int, profile: str) -> None:
        self.seed, self.profile = seed, profile
        self.journal, self.other, self.end = [], None, Position(0, 0)
        self.epoch += 1
        self._begin_anew()

    def new(self) -> None:
        """An empty lab."""
        self.scenario, self.pending = None, []
        self._reset(self.seed, self.profile)

    def load(self, name: str) -> str:
        """Begin anew with a scenario: its set-up is done, its steps wait.

        Raises:
            ScenarioError, FileError: the file is wrong; the session is as it was.
        """
        return self.open(FILES["read"](FILES["find"](name)))

    def open(self, scenario: Scenario, seed: int | None = None) -> str:
        self.scenario, self.pending = scenario, list(scenario.steps)
        self._reset(scenario.seed if seed is None else seed, scenario.profile)
        failed = [job for step in scenario.setup for job in self._do_step(step) if job.code]
        if failed:
            return f"set-up: {failed[0].line}: {failed[0].err.strip() or failed[0].out.strip()}"
        return f"{scenario.title.get('en') or scenario.name}: {_to_go(len(self.pending))}"

    def next_step(self) -> list[Job] | None:
        """Do the scenario's next step; None when none is left."""
        return self._do_step(self.pending.pop(0)) if self.pending else None

    def _do_step(self, step: Step) -> list[Job]:
        return [self.run(line) for line in step.run]

    # -- saving

    def save(self, path: str, force: bool = False) -> str:
        """Write everything done so far as a scenario that reloads to the same state and trace, its steps to go too.

        Raises:
            FileError: it cannot be written, or is somebody else's and force is off; what was there is untouched.
        """
        lines, to_go = as_lines(self), len(self.pending)
        old = self.scenario
        scenario = Scenario(title=old.title if old else {"en": "a saved session"}, about=old.about if old else {},
                            seed=self.seed, profile=self.profile,
                            setup=tuple(Step(run=(line,)) for line in lines), steps=tuple(self.pending))
        self.files.write(path, FILES["text"](scenario), force)
        return f"saved {len(lines)} lines to {path}" + (f", and {_to_go(to_go)}" if to_go else "")


def _to_go(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'} to go"


def as_lines(session: Session) -> list[str]:
    """The lines that, each carried out to its end, do what the session did, at the same steps and times."""
    lines: list[str] = []
    trial = Session(session.seed, session.profile)
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
    if split_background(entry.line)[1] or entry.line == INTERRUPT:
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
