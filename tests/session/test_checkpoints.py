"""Going back from a checkpoint is as going back from the beginning."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.session import checkpoints
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session
from tests.lab import labs
from tests.lab.test_copy import RICH, tables

MOVES = st.one_of(
    st.tuples(st.just("run"), labs.commands), st.tuples(st.just("run"), st.sampled_from(RICH)),
    st.tuples(st.just("run"), st.sampled_from(RICH)), st.tuples(st.just("steps"), st.integers(1, 40)),
    st.tuples(st.just("back"), st.integers(1, 40)), st.tuples(st.just("end"), st.just(0)),
    st.tuples(st.sampled_from(["undo", "redo", "redo"]), st.just(0)), st.tuples(st.just("to"), st.floats(0.5, 1)))


@pytest.fixture(autouse=True, scope="module")
def many() -> Any:
    """A checkpoint every few steps."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("FEWEST", 12), ("LINE", 4), ("PART", 10 ** 9), ("DEAR", 10 ** 9), ("PATIENCE", 3)):
            patch.setattr(checkpoints, name, value)
        yield


def move(session: Session, what: str, argument: Any) -> None:
    if what == "run":
        session.execute(argument)
        session.lab.scheduler.run_steps(20)
        session.end = session.position
    elif what == "steps":
        for _number in range(argument):
            session.step()
    elif what == "to":
        session.go_to(int(argument * session.end.step))
    elif what == "end":
        session.go_to(session.end.step, session.end.at)
    elif what == "back":
        session.back(argument)
    else:
        getattr(session, what)()


def state(session: Session) -> list[Any]:
    return [session.position, session.end, session.done, session.journal, session.shell.where,
            session.shell.state.values, session.lab.trace.digest(), tables(session.lab)]


@settings(max_examples=15, deadline=None)
@given(moves=st.lists(MOVES, min_size=8, max_size=30))
def test_a_session_with_checkpoints_is_as_one_without(moves: list[tuple[str, Any]]) -> None:
    quick, slow = KeptSession(), KeptSession()
    slow.checkpoints.is_on = False
    for line in labs.BASE:
        quick.execute(line)
        slow.execute(line)
    for what, argument in moves:
        move(quick, what, argument)
        move(slow, what, argument)
        assert state(quick) == state(slow), (what, argument)


def test_going_back_begins_at_the_last_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    for line in ("docker run -d --name a1 nginx", "docker run -d --name b1 nginx", "ping a1 b1 -c 40"):
        session.run(line)
    replayed: list[int] = []
    begin = Session._begin_before

    def noted(self: Session, step: int) -> int:
        start = begin(self, step)
        replayed.append(step - start)
        return start
    monkeypatch.setattr(Session, "_begin_before", noted)
    for _time in range(5):
        session.back()
    assert len(replayed) == 5
    assert max(replayed) <= 40, "the latest checkpoint is near"


def test_another_branch_does_not_begin_at_a_checkpoint_of_the_first() -> None:
    session, plain = Session(), Session()
    plain.checkpoints.is_on = False
    for one in (session, plain):
        one.run("docker run -d --name a1 nginx")
        one.run("docker run -d --name b1 nginx")
        one.run("ping a1 b1 -c 20")
        one.undo()
        one.run("ping b1 a1 -c 20")
        one.back(30)
    assert state(session) == state(plain)
    for one in (session, plain):
        one.go_to(one.end.step, one.end.at)
        one.switch("main")
        one.back(25)
    assert state(session) == state(plain)


def test_what_cannot_be_copied_is_done_again_from_an_earlier_place() -> None:
    session = Session()
    session.run("docker run -d --name a1 nginx")
    session.run("docker run -d --name b1 nginx")
    things: list[int] = []
    session.lab.scheduler.watchers.append(lambda: things.append(1))
    session.run("ping a1 b1 -c 10")
    step = session.position.step
    session.back()
    assert session.position.step == step - 1


def test_checkpoints_stay_few(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.run("docker run -d --name a1 nginx")
    session.run("docker run -d --name b1 nginx")
    session.run("ping a1 b1 -c 200")
    assert len(session.checkpoints._kept) <= checkpoints.MOST + 1
    session.back()


def test_one_that_is_owed_is_taken_in_a_pause_and_never_behind_a_later_one() -> None:
    session = KeptSession()
    kept = session.checkpoints
    kept.may_wait = True
    session.execute("docker run -d --name one nginx")
    session.execute("true")
    session.execute("true")
    assert (kept.is_owed, kept._kept) == (True, [])
    session.go_to(1)
    kept.catch_up(session)
    assert kept._kept == [], "that is before it was due"
    session.go_to(session.end.step)
    session.execute("true")
    kept.catch_up(session)
    assert (kept.is_owed, len(kept._kept)) == (False, 1)
    for _time in range(5):
        session.execute("true")
    assert len(kept._kept) > 1, "who does not pause has them in the end"
