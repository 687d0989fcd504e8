"""What a scenario says, wherever it was read."""

from __future__ import annotations

from netsandbox.session.steps import Scenario, Step


def content(scenario: Scenario) -> Scenario:
    """The scenario without its file's name and the numbers of its lines."""
    return scenario._replace(name="", setup=tuple(map(_bare, scenario.setup)), steps=tuple(map(_bare, scenario.steps)))


def _bare(step: Step) -> Step:
    return Step(step.run, step.say, step.expect, ask=step.ask, hints=step.hints, task=step.task,
                answers=step.answers, right=step.right)
