"""Lines that are refused: those that can be no line at all leave no trace in the journal, the others replay exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.keeping import KeptSession
from tests.session.lines import state

HIDDEN = ["add-host \x1b[31mred", "add-host \u202ertl", "echo \u009b31m", "a\x00b", "ping \u2028x", "echo \u200bx",
          "x" * 10_001, "\ud800"]


@pytest.mark.parametrize("line", HIDDEN)
def test_what_can_be_no_line_is_not_journaled_and_the_session_can_be_saved(line: str, tmp_path: Path) -> None:
    session = KeptSession()
    session.run("add-container aa")
    before = (state(session), len(session.journal))
    job = session.run(line)
    assert job.code == 2
    assert job.err.startswith("the line h")
    assert job.err.isascii()
    assert (state(session), len(session.journal)) == before
    session.save(str(tmp_path / "kept.yaml"))


def test_letters_of_all_languages_and_emoji_are_no_hidden_characters() -> None:
    text = "é 名 \U0001f468\u200d\U0001f469 عربي"
    assert KeptSession().run(f"echo {text}").out == text + "\n"


@pytest.mark.parametrize("line", ["flush-arp nope", "nope", "docker exec nope sh", "connect a", "ip addr |"])
def test_a_refused_line_in_the_middle_of_a_cascade_replays(line: str) -> None:
    session = KeptSession()
    for before in ("add-container aa", "add-container bb", "wait 5s", "ping aa bb"):
        session.run(before)
    for step in range(session.journal[-1].step + 1, session.end.step):
        session.go_to(step)
        session.run(line)
        session.settle()
        here, end = state(session), session.end
        session.go_to(0)
        session.go_to(*end)
        assert state(session) == here
        session.redo()
        session.go_to(*session.end)
