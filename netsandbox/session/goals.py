"""What a scenario's steps expect; it is read when the file is, so that nobody meets a goal that nothing can meet."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.errors import CommandError
from netsandbox.commands.late import Late
from netsandbox.commands.line import verb_of
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.session.steps import Scenario, Step

EXPECT = "expect "
PARSE: Late[str, Callable[[str], object]] = Late({"parse": "netsandbox.commands.expect:parse"})  # Few files have goals


def conditions(step: Step) -> list[tuple[str, int]]:
    """What a step expects, each with its line of the file, in its order."""
    return sorted([*zip(step.expect, step.expect_lines, strict=True),
                   *((line.removeprefix(EXPECT), number) for line, number in zip(step.run, step.run_lines, strict=True)
                     if verb_of(line) == "expect")], key=lambda one: one[1])


def readable(scenario: Scenario) -> Scenario:
    """The scenario itself (ScenarioError: one of its goals cannot be read)."""
    for step in (*scenario.setup, *scenario.steps):
        for text, line in conditions(step):
            try:
                PARSE["parse"](text)
            except CommandError as error:
                raise ScenarioError(scenario.name, line, str(error).partition("\n")[0]) from None
    return scenario
