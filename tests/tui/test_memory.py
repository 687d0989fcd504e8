"""What the app does about memory."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from netsandbox.engine import collector
from netsandbox.tui import memory
from tests.tui.app_harness import stage


@pytest.mark.usefixtures("freezing")
async def test_what_is_explained_asks_no_lab_that_was_left(tmp_path: Path) -> None:
    """Step back and look, pause, and look again: the topology is the same, the lab is another."""
    async with stage(tmp_path) as on:
        await on.press("space", "p", "n", "n", "n", "b", "b", "b", "b", "w", "b")
        collector.tidy()
        await on.press("3", "up", "enter")
        assert not on.app.main.status.trouble, on.app.main.status.message


@pytest.mark.usefixtures("freezing")
async def test_a_lab_that_was_left_is_taken_away_when_the_person_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("PAUSED", "AWAY"):
        monkeypatch.setattr(memory, pause, 0.01)
    monkeypatch.setattr(collector, "MANY_LEFT", 1)
    async with stage(tmp_path) as on:
        await on.press("space", "p", "n", "n", "n", "b")  # the first lab was there at the start, and stays
        left = weakref.ref(on.app.live.session.lab)
        await on.press("b")
        for _time in range(100):
            await on.pilot.pause(0.01)
            if left() is None:
                return
    pytest.fail("it is still there")


def test_nobody_waits_for_a_look_through_everything_who_has_just_pressed_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pump:
        """Time passes when the test says so."""

        def set_timer(self, seconds: float, what: Callable[[], None]) -> Pump:
            waiting.append((seconds, what))
            return self

        def stop(self) -> None:
            pass

    waiting, looks, keys = list[tuple[float, Callable[[], None]]](), list[int](), [0]
    monkeypatch.setattr(collector, "tidy_some", lambda: False)
    monkeypatch.setattr(collector, "is_untidy", lambda: True)
    monkeypatch.setattr(collector, "tidy", lambda: looks.append(keys[0]))
    memory.Tidying(Pump(), lambda: keys[0]).soon()  # type: ignore[arg-type]
    for typed in (0, 1, 1, 0):
        keys[0] += typed
        waiting.pop()[1]()
    assert not waiting
    assert looks == [2]
