"""The README's twenty questions: each has a bundled scenario in which the symptom is seen, `why` names the cause, and a
fix helps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from netsandbox.session.runner import Line, Runner
from tests.scenarios.flips import load

README = Path(__file__).parents[2] / "README.md"
ROW = re.compile(r"^\| (?P<question>.+?) \| `(?P<scenario>[\w-]+)` \| (?P<cause>.+?) \|$", re.MULTILINE)


class Question(NamedTuple):
    question: str
    scenario: str
    cause: str


def questions() -> list[Question]:
    section = README.read_text(encoding="utf-8").partition("## Twenty questions")[2].partition("\n## ")[0]
    return [Question(*match.groups()) for match in ROW.finditer(section)]


def test_there_are_twenty_each_with_a_scenario_of_its_own() -> None:
    assert len(questions()) == len({one.scenario for one in questions()}) == 20


@pytest.mark.parametrize("one", questions(), ids=lambda one: one.scenario)
def test_why_names_the_cause_and_the_fix_helps(one: Question) -> None:
    scenario = load(one.scenario)
    lines = [event for event in Runner.of(scenario).scenario(scenario) if isinstance(event, Line)]
    asked = [line for line in lines if line.text.startswith("why")]
    assert any(one.cause in line.job.out for line in asked), [line.job.out for line in asked]
    expected = [line for line in lines if line.is_expect]
    assert all(line.job.code == 0 for line in expected), [line.text for line in expected if line.job.code]
    assert lines.index(expected[-1]) > lines.index(asked[0]), "something is seen to hold after the cause is known"


def test_a_whole_packet_that_waits_is_not_called_a_fragment() -> None:
    scenario = load("hairpin")
    said = "".join(event.job.out for event in Runner.of(scenario).scenario(scenario)
                   if isinstance(event, Line) and event.text == "why")
    assert "until it can go on: its new MAC is asked for" in said
    assert "fragments" not in said
