"""Journeys in the log: one row for a frame's whole way, opened to its hops, with filter and cursor."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from netsandbox.tui.log.store import LogStore
from netsandbox.tui.session import lab_view
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


async def pinged(on: Stage) -> None:
    await on.press("p")
    await on.quiet()
    await on.press("escape", "3")


async def test_f_folds_the_log_to_journeys_and_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await pinged(on)
        store = on.app.main.log_pane.store
        whole = len(store)
        await on.press("f")
        assert len(store) < whole / 3
        last = store.shown(len(store) - 1)
        assert (last.info.partition(",")[0], last.verdict) == ("172.17.0.3 > 172.17.0.2: ICMP echo reply", "accepted")
        assert last.hops == 4
        await on.press("f")
        assert len(store) == whole


async def test_a_journey_s_first_place_is_whole_where_there_is_room(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await pinged(on)
        await on.press("slash", *"icmp", "enter", "f")
        assert "▸ nginx-1:eth0 +3" in screen_text(on.app)
        await on.press("enter", "up")
        assert "▸ nginx-1:eth0 +3" in screen_text(on.app)


async def test_enter_opens_a_journey_to_its_hops_and_closes_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await pinged(on)
        log = on.app.main.log_pane
        await on.press("f", "up")
        folded = len(log.store)
        row = log.current
        assert row is not None
        await on.press("enter")
        assert len(log.store) == folded + 3, "the echo request was seen at four places"
        assert log.current is not None
        assert log.current.seq == row.seq
        await on.press("enter")
        assert len(log.store) == folded


async def test_a_filter_and_a_step_back_work_on_journeys(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await pinged(on)
        log = on.app.main.log_pane
        await on.press("f", "slash", *"icmp", "enter")
        assert len(log.store) == 2
        await on.press("b", "b", "b", "b")
        await on.quiet()
        assert log.store.shown(len(log.store) - 1).verdict != "accepted", "the reply has not come yet"


async def test_a_journey_is_shown_when_any_of_its_frames_passes_the_filter(tmp_path: Path) -> None:
    """Only its first was asked: of a connection through a published port half was missing behind DNAT."""
    async with stage(tmp_path) as on:
        await pinged(on)
        log = on.app.main.log_pane
        await on.press("f", "slash", *"dev nginx-2:eth0 and icmp", "enter")
        rows = [log.store.shown(at) for at in range(len(log.store))]
        assert [(row.source, row.node) for row in rows] == [("nginx-1", "nginx-1"), ("nginx-2", "nginx-2")]
        for _ in range(5):
            await on.press("b")
        await on.quiet()
        assert len(log.store) < 2, "what passed the filter has not come yet"


async def test_a_search_goes_round_and_says_so_and_of_what_is_nowhere_too(tmp_path: Path) -> None:
    """From the newest row on, where the cursor is, nothing was found, and nothing said."""
    async with stage(tmp_path) as on:
        await pinged(on)
        log, status = on.app.main.log_pane, on.app.main.status
        await on.press("ctrl+f", *"who-has", "enter")
        await on.pilot.pause()
        assert log.current is not None
        assert "who-has" in log.current.info
        first = log.position
        assert status.message.startswith("'who-has': from the other end on")
        await on.press("3", "f3")
        await on.pilot.pause()
        assert log.position > first
        await on.press("ctrl+f", *"zebra", "enter")
        await on.pilot.pause()
        assert status.message == "No frame that is shown has 'zebra'"


async def test_what_a_search_said_goes_when_another_finds_or_the_cursor_moves(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await pinged(on)
        status = on.app.main.status
        await on.press("g", "ctrl+f", *"zebra", "enter")
        await on.pilot.pause()
        assert "zebra" in status.message
        await on.press("ctrl+f", *"echo", "enter")
        await on.pilot.pause()
        assert not status.message
        await on.press("ctrl+f", *"zebra", "enter")
        await on.pilot.pause()
        assert "zebra" in status.message
        await on.press("3", "down")
        await on.pilot.pause()
        assert not status.message


async def test_a_journey_is_one_however_much_comes_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_view, "UNDER_WAY", 0)
    async with stage(tmp_path) as on:
        await pinged(on)
        await on.press("f")
        store = LogStore(on.app.live)
        store.fold(True)
        for _seq, alike in groupby(on.app.live.log_numbers(0)):
            store.extend(alike)
            store.scan(1)
        assert len(store) == len(on.app.main.log_pane.store), "the log was read all at once"


async def test_a_journey_that_ended_in_a_drop_tells_of_the_drop_until_it_is_open(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        main = on.app.main
        await on.line("iptables -t raw -A PREROUTING -p icmp -j DROP")
        await on.press("escape", "3", "f")
        await on.line("ping host nginx-1 -c 1 -W 1")
        await on.quiet()
        await on.press("escape", "3")
        row = main.log_pane.store.shown(main.log_pane.position)
        assert (row.protocol, row.reason) == ("ICMP", "NETFILTER_DROP")
        assert main.why.why is not None
        assert "drops" in main.why.why.decision
        await on.press("enter")
        assert not main.log_pane.following, "what was opened is what one looks at"
        assert main.log_pane.current is not None
        assert (main.log_pane.current.seq, main.about) == (row.seq, row.seq)
        assert "sends" in main.why.why.decision
