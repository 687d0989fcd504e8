"""A lesson's tasks hold for whoever takes their time: behind the last step of a lesson the lab's clock runs on."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession
from tests.scenarios.flips import NAMES, load

SECOND = 1_000_000_000
TASKS = [name for name in NAMES if any(step.task for step in load(name).steps)]


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
