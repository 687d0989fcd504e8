"""Replays are checked against what was, and a file keeps what a replay needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.keeping import KeptSession
from netsandbox.session.timeline import ReplayError
from tests.session.lines import built, state

LINES = (
    "add-container aa", "add-container bb", "wait 3s", "exec aa ping -c 2 172.17.0.3", "exec bb ip neigh flush all",
)


def test_a_replay_that_takes_another_way_is_told() -> None:
    session = built(*LINES)
    session.checkpoints.is_on = False
    session.journal[3] = session.journal[3]._replace(line="exec aa ping -c 2 -s 2000 172.17.0.3")
    with pytest.raises(ReplayError, match="another way"):
        session.go_to(session.end.step - 1)


def test_a_replay_that_ends_too_soon_is_told() -> None:
    session = built(*LINES[:3])
    session.run("exec aa ping -c 2 172.17.0.3")
    session.checkpoints.is_on = False
    session.journal[3] = session.journal[3]._replace(line="hostname")
    with pytest.raises(ReplayError, match="came to an end"):
        session.go_to(session.end.step - 1)


def test_a_saved_lab_keeps_its_seed(tmp_path: Path) -> None:
    session, other = KeptSession(seed=5), KeptSession()
    for line in LINES:
        session.run(line)
    path = str(tmp_path / "saved.yaml")
    session.save(path)
    other.load(path)
    while other.next_step() is not None:
        pass
    assert other.seed == 5
    assert state(other) == state(session)
    assert state(built(*LINES)) != state(session), "another seed is another lab"


def test_a_line_done_again_by_a_line_that_only_looks_is_done_in_the_lab() -> None:
    session = built("hostname", "back 9", "step 10", "docker ps")
    once = built("hostname", "docker ps")
    assert state(session) == state(once)
    session.undo()
    session.redo()
    assert state(session) == state(once)
