"""What the app does about memory."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest

from netsandbox.engine import collector
from netsandbox.tui.painting import memory
from tests.tui.app_harness import stage


@pytest.mark.usefixtures("freezing")
async def test_what_is_explained_asks_no_lab_that_was_left(tmp_path: Path) -> None:
    """Step back and look, pause, and look again: the topology is the same, the lab is another."""
    async with stage(tmp_path) as on:
        await on.press("space", "p", "n", "n", "n", "b", "b", "b", "b", "w", "b")
        while collector.tidy_some():
            pass
        await on.press("3", "up", "enter")
        assert not on.app.main.status.trouble, on.app.main.status.message


@pytest.mark.usefixtures("freezing")
async def test_a_lab_that_was_left_is_taken_away_when_the_person_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "PAUSED", 0.01)
    async with stage(tmp_path) as on:
        await on.press("space", "p", "n", "n", "n", "b")  # the first lab was there at the start, and stays
        left = weakref.ref(on.app.live.session.lab)
        await on.press("b")
        for _time in range(100):
            await on.pilot.pause(0.01)
            if left() is None:
                return
    pytest.fail("it is still there")


class Circle:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.mark.usefixtures("freezing")
def test_what_keys_left_behind_before_a_copy_does_not_stay_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector.Settled, "is_on", True)
    left = weakref.ref(Circle())
    assert left() is not None
    with collector.undisturbed_by_it():
        pass
    assert left() is None
