"""A lesson's tasks hold for whoever takes their time: behind the last step of a lesson the lab's clock runs on."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.keeping import KeptSession
from netsandbox.session.library import find_scenario
from tests.scenarios.flips import NAMES

SECOND = 1_000_000_000
TASKS = [name for name in NAMES
         if re.search(r"^ +(- )?task:", find_scenario(name).read_text(encoding="utf-8"), re.MULTILINE)]


@pytest.mark.parametrize("before", [0, 60])
@pytest.mark.parametrize("name", TASKS)
def test_the_way_that_a_lesson_shows_meets_its_goals_after_a_while(name: str, before: int) -> None:
    """A minute passes before the last step, where that is a task, or none, and seconds between a task and its goals."""
    session = KeptSession()
    session.load(name)
    while (step := session.take_step()) is not None:
        if step.task and not session.pending:
            session.advance(session.position.at + before * SECOND)
        for line in step.run:
            session.run(line)
        if step.task:
            session.advance(session.position.at + 7 * SECOND)
        for line in step.expect:
            assert session.run(f"expect {line}").code == 0, (step.say["en"], line)
