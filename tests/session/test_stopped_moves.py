"""ctrl+c and esc stop a replay: the move is made whole or not at all, and what was there before is there again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netsandbox.engine import budget
from netsandbox.engine.budget import ReplayStoppedError
from netsandbox.session import autosave, keeping, timeline
from netsandbox.session.autosave import Autosave, recover
from netsandbox.session.keeping import KeptSession
from tests.session.lines import built, state

LINES = ("add-host a", "add-host b", "connect a b", "set-ip a 10.0.0.1/24", "set-ip b 10.0.0.2/24", "ping a b -c 3")


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Press ctrl+c at the so many-th look of a replay from now on."""
    def press_at(number: int) -> None:
        looks = 0

        def look() -> None:
            nonlocal looks
            looks += 1
            if looks == number:
                assert budget.interrupt()
            budget.look()
        for module in (timeline, autosave):
            monkeypatch.setattr(module, "look", look)
        monkeypatch.setattr(keeping.budget, "look", budget.look)
    return press_at


def moves(session: KeptSession) -> dict[str, Callable[[], object]]:
    return {"back": session.back, "undo": session.undo, "begin": lambda: session.go_to(0),
            "branch": lambda: session.switch("main"), "redo": session.redo}


@pytest.mark.parametrize("name", ["back", "undo", "branch", "redo"])
@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_move_that_is_stopped_leaves_all_as_it_was(name: str, number: int, stopping: Callable[[int], None]) -> None:
    session = built(*LINES)
    session.checkpoints.is_on = False
    session.undo()
    session.run("ping b a")
    if name == "redo":
        session.undo()
    before, branches, done, epoch = state(session), session.branch_rows(), session.done, session.epoch
    lab = session.lab
    stopping(number)
    try:
        moves(session)[name]()
    except ReplayStoppedError:
        assert (state(session), session.branch_rows(), session.done) == (before, branches, done)
        assert session.lab is lab
        assert name == "redo" or session.epoch > epoch, "whoever reads the trace begins anew"
    stopping(0)
    moves(session)[name]()
    session.run("wait 1s")


def test_going_on_stands_where_it_was_stopped(stopping: Callable[[int], None]) -> None:
    session = built(*LINES)
    end = session.position
    whole = state(session)
    session.go_to(0)
    stopping(4)
    with pytest.raises(ReplayStoppedError):
        session.go_to(*end)
    assert session.position < end
    stopping(0)
    session.go_to(*end)
    assert state(session) == whole


def test_a_key_outside_of_a_replay_stops_none() -> None:
    assert not budget.interrupt()
    session = built(*LINES)
    session.back(2)
    session.undo()


def test_a_recovery_that_is_stopped_keeps_the_journal(tmp_path: Path, stopping: Callable[[int], None]) -> None:
    session = KeptSession()
    kept = Autosave(session, tmp_path)
    for line in LINES:
        session.run(line)
    stopping(4)
    with pytest.raises(ReplayStoppedError):
        recover(kept.path)
    stopping(0)
    assert [entry.line for entry in recover(kept.path).journal] == list(LINES)
