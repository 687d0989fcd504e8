"""Running a scenario without a screen: line after line, to the end of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.job import Job
from netsandbox.session.session import Session

if TYPE_CHECKING:
    from netsandbox.session.scenario import Scenario, Step


class Line(NamedTuple):
    """One line that was carried out.

    Attributes:
        number: line of the scenario file, 0 where there is none.
        is_expect: it checks something rather than does something.
        first, end: the trace records that belong to it.
    """

    text: str
    job: Job
    number: int
    is_expect: bool
    first: int
    end: int


class Said(NamedTuple):
    """A step's words for the reader."""

    text: str


Event = Line | Said


class Runner:
    """A session in which a scenario is run.

    Attributes:
        failed: whether a line or an expectation has failed.
        after_line: called when a line is done, to read the trace before it forgets.
    """

    def __init__(self, seed: int = 0, profile: str = "docker-29") -> None:
        self.session = Session(seed, profile)
        self.failed = False
        self.after_line: Callable[[], None] = lambda: None

    @classmethod
    def of(cls, scenario: Scenario, seed: int | None = None) -> Runner:
        return cls(scenario.seed if seed is None else seed, scenario.profile)

    def scenario(self, scenario: Scenario, language: str = "en") -> Iterator[Event]:
        """Set it up and do its steps, in order; a failed line does not stop the rest."""
        for step in (*scenario.setup, *scenario.steps):
            yield from self.step(step, language)

    def step(self, step: Step, language: str = "en") -> Iterator[Event]:
        text = step.say.get(language) or step.say.get("en")
        if text:
            yield Said(text)
        for line, number in zip(step.run, step.run_lines, strict=True):
            yield self.line(line, number)
        for line, number in zip(step.expect, step.expect_lines, strict=True):
            yield self.line(f"expect {line}", number, is_expect=True)

    def line(self, text: str, number: int = 0, is_expect: bool = False) -> Line:
        """Carry one line out."""
        trace = self.session.lab.trace
        first = trace.end
        job = self.session.run(text)
        trace = self.session.lab.trace
        self.after_line()
        if job.code and (is_expect or not _is_program(job)):
            self.failed = True
        return Line(text, job, number, is_expect, min(first, trace.end), trace.end)


def _is_program(job: Job) -> bool:
    """A program's exit status is its answer (no reply to a ping); only `expect` judges it."""
    return job.program is not None and job.code not in (2, 125, 126, 127)
