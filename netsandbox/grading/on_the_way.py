"""A session handed in, done again line after line: the steps of a scenario that were met on the way to its end.

What an early step shows is often over at the end of a lesson, as a fault that the last one mends. So a step that has
others behind it counts as met where it was, one after the other, as the app takes them; of the last one, that
something happened, while what is to be so has to be so at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.expect import Verdict
from netsandbox.commands.expect.condition import is_of_event
from netsandbox.commands.line import verb_of

if TYPE_CHECKING:
    from netsandbox.session.keeping import KeptSession
    from netsandbox.session.scenario import Scenario, Step

EXPECT = "expect "


class Met(NamedTuple):
    """What was found of a condition, behind which line of the session."""

    verdict: Verdict
    after: str


def conditions(step: Step) -> list[tuple[str, int]]:
    """What a step expects, each with its line of the file, in its order."""
    return sorted([*zip(step.expect, step.expect_lines, strict=True),
                   *((line.removeprefix(EXPECT), number) for line, number in zip(step.run, step.run_lines, strict=True)
                     if verb_of(line) == "expect")], key=lambda one: one[1])


def is_begun_from(session: Scenario, scenario: Scenario) -> bool:
    """Whether a saved session begins with the lines that make a scenario's lab."""
    begin = [line for step in scenario.setup for line in step.run]
    return begin == list(islice(_lines(session), len(begin)))


def _lines(session: Scenario) -> Iterator[str]:
    return (line for step in (*session.setup, *session.steps) for line in step.run)


def do_again(live: KeptSession, session: Scenario, scenario: Scenario, language: str) -> dict[tuple[str, int], Met]:
    """Do a saved session in a live one; what was met on the way, by the condition and its line."""
    live.open(session._replace(setup=()))
    steps = [step for step in (*scenario.setup, *scenario.steps) if conditions(step)]
    begin = sum(len(step.run) for step in scenario.setup) if is_begun_from(session, scenario) else 0
    met: dict[tuple[str, int], Met] = {}
    count, counts_from = 0, 0
    for handed in session.setup:
        live.do_step(handed)
        count += len(handed.run)
        live.shell.language = language
        while count >= begin and steps:  # what only looks is not kept in a file: the line before has its step, too
            live.shell.counts_from = counts_from
            found = _met(live, steps[0], is_last=len(steps) == 1)
            live.shell.counts_from = 0
            if found is None:
                break
            met |= {key: Met(verdict, handed.run[-1]) for key, verdict in found.items()}
            steps.pop(0)
            counts_from = live.trace.end if steps and steps[0].task else 0
    live.pending = list(session.steps)
    return met


def _met(live: KeptSession, step: Step, is_last: bool) -> dict[tuple[str, int], Verdict] | None:
    """What a step's conditions find, where all hold now; of the last step only those about what happened."""
    found = {}
    for text, number in conditions(step):
        verdict = live.shell.execute(EXPECT + text).result
        if not isinstance(verdict, Verdict) or not verdict.holds:
            return None
        if not is_last or is_of_event(text):
            found[text, number] = verdict
    return found
