"""Samples of the campaigns with every test run, and the campaigns themselves: `pytest -m campaign tests/campaigns`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsandbox.session.library import bundled
from netsandbox.session.scenario import load_scenario
from netsandbox.session.session import Session
from netsandbox.tui.i18n import set_language
from tests.campaigns import interrupted, killed, monkey, poor, pty_tours, reader, sessions, tours
from tests.campaigns.screen import HAS_UPDATES, Screen
from tests.lab import fuzz
from tests.tui.in_no_time import painting


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A tour in Chinese leaves its language to nobody."""
    yield
    set_language("en")


def amount(request: pytest.FixtureRequest, usual: int) -> int:
    given: int | None = request.config.getoption("--campaign-count")
    return usual if given is None else given


def seed(request: pytest.FixtureRequest) -> int:
    given: int = request.config.getoption("--campaign-seed")
    return given


def test_a_sample_of_sessions() -> None:
    assert sessions.run(8, seed=7) == []


def test_a_fault_in_a_session_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "undo", lambda session: session.journal[session.done - 1].line)
    assert sessions.run(3, seed=7, length=5)


@pytest.mark.parametrize("hash_seed", ["1"])
def test_sessions_are_the_same_under_any_hash_seed(hash_seed: str) -> None:
    assert sessions.digests_apart(2, 7, hash_seed) == sessions.digests_apart(2, 7, "0")


def test_a_save_is_killed_at_each_of_its_system_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert killed.at_each_call(tmp_path) > 10


def test_a_sample_of_random_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    died, _between = killed.at_random(10, 7, tmp_path)
    assert died == 10


def test_what_is_lost_or_left_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(killed.leftovers, "sweep_at_start", lambda: None)
    with pytest.raises(killed.WastedError):
        killed.at_each_call(tmp_path)


def test_a_sample_of_interrupts() -> None:
    wrong, _count = interrupted.run(5, seed=7)
    assert wrong == []


async def test_a_sample_of_keys_and_mouse(tmp_path: Path) -> None:
    with painting():
        assert await monkey.run_one("7-0", 40, tmp_path) == ""


@pytest.mark.skipif(not os.path.isdir(poor.NOWHERE), reason="every directory can be written to here")
def test_a_user_without_a_home_and_with_a_directory_that_is_read_only() -> None:
    assert poor.without_a_home() == []


@pytest.mark.campaign
@pytest.mark.slow
class TestLong:
    """The counts of the promise; --campaign-count takes another."""

    def test_sessions(self, request: pytest.FixtureRequest) -> None:
        assert sessions.run(amount(request, 20_000), seed(request)) == []

    def test_frames(self, request: pytest.FixtureRequest) -> None:
        assert fuzz.run(amount(request, 10_000_000), seed(request)) is None

    def test_kills(self, request: pytest.FixtureRequest, tmp_path: Path) -> None:
        died, _between = killed.at_random(amount(request, 500), seed(request), tmp_path)
        assert died == amount(request, 500)

    def test_interrupts(self, request: pytest.FixtureRequest) -> None:
        assert interrupted.run(amount(request, 500), seed(request))[0] == []

    def test_keys_and_mouse(self, request: pytest.FixtureRequest) -> None:
        assert monkey.run(amount(request, 200), 2000, seed(request)) == []

    def test_much(self, request: pytest.FixtureRequest) -> None:
        assert poor.many_addresses(amount(request, 100_000)) == ""
        assert poor.many_frames(amount(request, 3_000_000)) == ""


def test_a_sample_of_tours() -> None:
    """A Chinese reader types the lines of one lesson, and sees each goal unmet before it is met."""
    assert tours.run(["which-veth"], ["zh"]) == []


def test_a_copy_for_a_reader_who_types_can_be_read_of_each_scenario(tmp_path: Path) -> None:
    for name in bundled():
        path, lines = tours.by_hand(name, tmp_path)
        assert len(load_scenario(path).steps) == len(lines)


@pytest.mark.campaign
def test_tours_of_all_scenarios_in_both_languages() -> None:
    assert tours.run() == []


def test_a_sample_of_tours_at_a_terminal() -> None:
    """Keys go through a pty, and questions, goals and hints are read from what is painted."""
    one = pty_tours.tour("bond-failover", "zh", (80, 24), [pty_tours.BY_HAND])
    assert one.faults == ()
    assert one.crossed + one.held == one.goals
    assert one.crossed > 0
    assert (one.answers, one.hints) == (1, 3)


def test_a_goal_that_is_not_met_on_the_screen_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(_journey: pty_tours.Journey, _lines: object) -> None:
        monkeypatch.setattr(reader, "PATIENCE", 1.0)  # from here on, for the app itself takes longer to come

    monkeypatch.setattr(pty_tours.Journey, "enter", forgets)
    fault, = pty_tours.tour("bond-failover", "en", ways=[pty_tours.BY_HAND]).faults
    assert fault.startswith("bond-failover en 120×40 by hand, step 1: all goals met does not come\n")


def test_a_screen_holds_what_is_painted_however_it_is_cut() -> None:
    shown = Screen(8, 2)
    painted = "\x1b[?2026$p\x1b[?2026h\x1b[1;1Hold text\x1b[1;3H\x1b[1;38;2;0;0;0m网桥\x1b[0m\r\n!".encode()
    for number in range(len(painted)):
        shown.feed(painted[number : number + 1])
    assert shown.lines() == ["ol网桥xt", "!       "]
    assert shown.cells(0) == ["o", "l", "网", "", "桥", "", "x", "t"]
    assert (shown.is_whole, shown.answers) == (False, HAS_UPDATES)
    shown.feed(b"\x1b[?2026l\x1b[2J")
    assert (shown.is_whole, shown.lines()[0]) == (True, " " * 8)


@pytest.mark.campaign
def test_tours_at_a_terminal() -> None:
    """Keys go through a pty, and the goals are read from what is painted."""
    assert [fault for one in pty_tours.tours() for fault in one.faults] == []
