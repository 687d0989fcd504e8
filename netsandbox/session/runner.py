"""Running a scenario without a screen: line after line, to the end of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from netsandbox.commands.job import Job
from netsandbox.commands.late import Late
from netsandbox.commands.line import verb_of
from netsandbox.docker.profiles import DEFAULT_PROFILE
from netsandbox.lab.lab import Lab
from netsandbox.session.keeping import KeptSession
from netsandbox.session.steps import Scenario, Step, judges_exit
from netsandbox.session.texts import text_in

NEAR: Late[str, Callable[[Lab, Job], str]] = Late({"note": "netsandbox.commands.prompt.near_names:near_note"})

class Line(NamedTuple):
    """One line that was carried out."""

    text: str
    job: Job
    number: int  # line of the scenario file, 0 where there is none
    is_expect: bool  # it checks something rather than does something
    # first, end: the trace records that belong to it
    first: int
    end: int
    failed: bool = False  # it did not go as it should
    meant: str = ""  # which name may have been meant where a tool says that there is none


class Said(NamedTuple):
    """A step's words for the reader."""

    text: str


class Asked(NamedTuple):
    """A question before a step, and what was answered: the number of the answer, 0 for none; None before it is."""

    step: Step
    answer: int | None = None


class Task(NamedTuple):
    """What a step gives the reader to do, before its own way of doing it."""

    step: Step


Event = Line | Said | Asked | Task


class Runner:
    """A session in which a scenario is run."""

    def __init__(self, seed: int = 0, profile: str = DEFAULT_PROFILE, uplink: str = "") -> None:
        self.session = KeptSession(seed, profile, uplink)
        self.session.checkpoints.is_on = False  # nobody steps back
        self.session.files.is_scenario = True
        self.failed = False  # whether a line or an expectation has failed
        self.language = "en"  # of what the scenario says and `expect` finds
        # called when a line is done, to read the trace before it forgets
        self.after_line: Callable[[], None] = lambda: None
        self.answer: Callable[[Step], int] = lambda _step: 0  # asks the reader a step's question
        self._to_come = 0

    @classmethod
    def of(cls, scenario: Scenario, seed: int | None = None, uplink: str | None = None) -> Runner:
        return cls(scenario.seed if seed is None else seed, scenario.profile,
                   scenario.uplink if uplink is None else uplink)

    def scenario(self, scenario: Scenario, language: str = "en") -> Iterator[Event]:
        """Set it up and do its steps, in order; a failed line does not stop the rest."""
        self.language = language
        steps = (*scenario.setup, *scenario.steps)
        self._to_come = sum(verb_of(line) != "expect" for step in steps for line in step.run)
        for step in steps:
            yield from self.step(step)
        if scenario.learned:
            yield Said(text_in(scenario.learned, language))

    def step(self, step: Step) -> Iterator[Event]:
        if step.ask:
            yield Asked(step)
            yield Asked(step, self.answer(step))
        if step.task:
            yield Task(step)
        if step.say and not step.task:
            yield Said(text_in(step.say, self.language))
        for line, number in zip(step.run, step.run_lines, strict=True):
            is_expect = verb_of(line) == "expect"
            yield self.line(line, number, is_expect, not is_expect and any(map(judges_exit, step.expect)))
        for line, number in zip(step.expect, step.expect_lines, strict=True):
            yield self.line(f"expect {line}", number, is_expect=True)
        if step.say and step.task:  # which tells of the answer
            yield Said(text_in(step.say, self.language))

    def line(self, text: str, number: int = 0, is_expect: bool = False, is_judged: bool = False) -> Line:
        """Carry one line out (is_judged: an expectation is about how the line ends, so that it may fail)."""
        self.session.shell.language = self.language
        trace = self.session.lab.trace
        first = trace.end
        self._to_come -= not is_expect
        job = self.session.run(text, is_followed=self._to_come > 0)
        trace = self.session.lab.trace
        self.after_line()
        failed = bool(job.code) and not is_judged and (is_expect or not _is_answer(job))
        self.failed |= failed
        meant = NEAR["note"](self.session.lab, job) if not is_expect else ""
        return Line(text, job, number, is_expect, min(first, trace.end), trace.end, failed, meant)


def _is_answer(job: Job) -> bool:
    """A program's exit status is its answer (no reply to a ping), that of `exit 3` what it asks for; only `expect`
    judges them."""
    if verb_of(job.text) in ("exit", "leave"):
        return not job.err
    return job.program is not None and job.code not in (2, 125, 126, 127) and not job.budget.exceeded
