"""Every expectation of every bundled scenario, and each one turned round."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.runner import Line, Runner
from netsandbox.session.scenario import load_scenario
from netsandbox.session.steps import Scenario

NAMES = bundled()


class Flipped(NamedTuple):
    """An expectation that holds, and what came of its opposite at the same moment, told in both languages."""

    text: str
    opposite: str
    line: Line
    in_chinese: Line


@cache
def load(name: str) -> Scenario:
    return load_scenario(find_scenario(name))


def expectations(scenario: Scenario) -> list[str]:
    return [text for step in (*scenario.setup, *scenario.steps) for text in step.expect]


def turned_round(text: str) -> str:
    """The opposite of a condition."""
    if text.startswith("no frames"):
        return f"frames > 0{text.removeprefix('no frames')}"
    return text.removeprefix("no ") if text.startswith("no ") else f"no {text}"


def flipped(name: str) -> Iterator[Flipped]:
    """Run a scenario with the opposite of each expectation behind it."""
    scenario = load(name)
    runner = Runner.of(scenario)
    for step in (*scenario.setup, *scenario.steps):
        for line in step.run:
            runner.line(line)
        for text in step.expect:
            opposite = turned_round(text)
            assert runner.line(f"expect {text}", is_expect=True).job.code == 0, text
            lines = []
            for runner.language in ("zh", "en"):
                lines.insert(0, runner.line(f"expect {opposite}", is_expect=True))
            yield Flipped(text, opposite, *lines)
