"""The player: pace, pause and step, with a clock that the test moves."""

from __future__ import annotations

import pytest

from netsandbox.engine.player import Player
from netsandbox.engine.units import SECOND
from netsandbox.session.session import Session


class Wall:
    """A wall clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def pinging() -> Session:
    session = Session()
    for line in ("add-container a", "add-container b", "wait"):
        session.run(line)
    session.execute("ping a b")
    return session


def test_speed_one_is_ten_steps_a_second() -> None:
    session, wall = pinging(), Wall()
    player = Player(session, wall)
    before = session.position.step
    player.play()
    for _tenth in range(5):
        wall.now += 0.1
        player.pump()
    assert session.position.step - before in (4, 5)


def test_paused_nothing_moves_and_a_step_is_one_step() -> None:
    session, wall = pinging(), Wall()
    player = Player(session, wall)
    before = session.position
    wall.now += 5
    assert not player.pump()
    assert session.position == before
    player.step()
    assert session.position.step == before.step + 1


def test_quiet_time_follows_the_wall_clock() -> None:
    session, wall = pinging(), Wall()
    player = Player(session, wall)
    player.set_speed(0)
    player.play()
    player.pump()
    player.set_speed(1)
    before = session.clock
    player.play()
    wall.now += 0.2
    player.pump()
    assert session.clock - before == pytest.approx(0.2 * SECOND, rel=1e-6)


def test_as_fast_as_it_can_comes_to_rest() -> None:
    session, wall = pinging(), Wall()
    player = Player(session, wall)
    player.set_speed(0)
    player.play()
    player.pump()
    assert session.is_quiet


@pytest.mark.parametrize("speed", [-1, 5000, float("nan")])
def test_a_wrong_speed_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        Player(pinging()).set_speed(speed)
