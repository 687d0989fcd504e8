"""The player: pace, pause, step, and what can be awaited; with a clock that the test moves."""

from __future__ import annotations

import asyncio

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
    asyncio.run(player.until_quiet())
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


async def test_records_come_as_they_are_made() -> None:
    session = pinging()
    player = Player(session)
    start = session.trace.end
    seen = []

    async def read() -> None:
        async for record in player.records(start):
            seen.append(record.seq)
            if len(seen) == 5:
                return
    reader = asyncio.get_running_loop().create_task(read())
    await player.until_quiet()
    await reader
    assert seen == list(range(start, start + 5))


async def test_a_started_player_runs_to_quiet() -> None:
    session = pinging()
    player = Player(session)
    player.set_speed(0)
    task = player.start()
    await player.until_quiet()
    task.cancel()
    assert session.is_quiet
