"""Borders between panes: dragged by the mouse, moved by keys, kept where they were put, where there is room."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.widget import Widget

from netsandbox.tui.kept.shares import SharesFile
from netsandbox.tui.splits import LEAST
from tests.tui.app_harness import Stage, stage


async def drag(on: Stage, start: tuple[int, int], *way: tuple[int, int]) -> None:
    await on.pilot.mouse_down(offset=start)
    for point in way:
        await on.pilot.hover(offset=point)
    await on.pilot.mouse_up(offset=way[-1])
    await on.pilot.pause()


def is_tight(*panes: Widget) -> bool:
    """No column or row between the panes, and none too many."""
    regions = sorted((pane.region for pane in panes), key=lambda one: (one.y, one.x))
    return all((one.right, one.y) == (two.x, two.y) or (one.x, one.bottom) == (two.x, two.y)
               for one, two in pairwise(regions))


async def test_a_border_is_dragged_and_stays(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        main, before = on.app.main, on.app.main.topology.region
        edge = before.right
        await drag(on, (edge, 5), (edge + 5, 6), (edge + 11, 5))
        assert main.topology.region.right == edge + 11
        assert is_tight(main.topology, main.device)
        assert main.device.region.right == 120
        assert not main.screen.get_selected_text(), "nothing is marked meanwhile"
        await on.pilot.hover(offset=(edge - 20, 5))
        assert main.topology.region.right == edge + 11, "it was let go"
        bottom = main.topology.region.bottom
        await drag(on, (5, bottom - 1), (5, bottom - 4))
        assert main.topology.region.bottom == bottom - 4
        assert main.log_pane.region.y == bottom - 4
        await on.press("o", "o", "6", "3")
        assert main.topology.region.size == (edge + 11, bottom - 4 - before.y)
        await drag(on, (edge + 11, 3), (0, 3))
        assert main.topology.region.width == LEAST[1], "no pane is dragged away"
        await drag(on, (5, main.log_pane.region.y), (5, 39))
        assert main.log_pane.region.height == LEAST[0]


async def test_keys_move_the_border_of_the_pane_that_has_them(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        main = on.app.main
        topology, log = main.topology.region, main.log_pane.region
        await on.press("1", "ctrl+right", "ctrl+right", "ctrl+left", "ctrl+down")
        assert main.topology.region.bottom_right - topology.bottom_right == Offset(2, 1)
        await on.press("3", "ctrl+up")
        assert main.log_pane.region.bottom == log.bottom - 1, "below it first"
        await on.press("2", "ctrl+left")
        assert main.device.region.x == topology.right, "it is the last, so it is the border before it"
        await on.press("colon", *"echo a", "ctrl+left", "X")
        assert main.command.line.endswith("Xa"), "a line that is typed has the keys"


async def test_where_panes_stand_otherwise_they_have_their_own_sizes(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        main, before = on.app.main, {name: pane.region for name, pane in on.app.main.panes.items()}
        await on.press("1", *["ctrl+right"] * 4, *["ctrl+down"] * 2, "4", *["ctrl+left"] * 4)
        moved = {name: pane.region for name, pane in main.panes.items()}
        assert moved != before
        await on.pilot.resize_terminal(80, 24)
        await on.press("3")
        small = {name: pane.region for name, pane in main.panes.items()}
        await on.press("1", "ctrl+down", "3")
        await drag(on, (5, main.log_pane.region.y), (5, 5))
        assert {name: pane.region for name, pane in main.panes.items()} == small
        await on.pilot.resize_terminal(120, 40)
        await on.press("4")
        assert {name: pane.region for name, pane in main.panes.items()} == moved
    async with stage(tmp_path / "other", size=(80, 24)) as on:
        await on.press("1", "3")
        assert {name: pane.region for name, pane in on.app.main.panes.items()} == small


async def test_a_border_that_was_moved_is_laid_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.press("1", "ctrl+right")
        main, shared = on.app.main, list[object]()
        share_out = main.share_out
        monkeypatch.setattr(main, "share_out", lambda: shared.append(1) or share_out())
        for _ in range(20):
            await on.pilot.pause(0.02)
        assert not shared
        await on.press("ctrl+right")
        for _ in range(20):
            await on.pilot.pause(0.02)
        assert len(shared) < 6


async def test_borders_are_where_they_were_put_when_the_app_runs_again(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        before = on.app.main.topology.region
        await on.press("1", "ctrl+right")
        await drag(on, (5, before.bottom - 1), (5, before.bottom - 4))
        put = on.app.main.topology.region
        assert put != before
    async with stage(tmp_path, size=(120, 40)) as on:
        assert on.app.main.topology.region == put
        await on.press("z", "z", "1")
        assert on.app.main.topology.region == put
    async with stage(tmp_path, size=(200, 50)) as on:
        assert on.app.main.topology.region.width > put.width, "its share of what there is"


@pytest.mark.parametrize("text", [
    "", "{", "[]", "7", '{"format": 2, "shares": []}', '{"format": 1}', '{"format": 1, "shares": [[["a"], [1, 2]]]}',
    '{"format": 1, "shares": [[["topology", "devices"], [0, -4]]]}', '{"format": 1, "shares": [[["a"], ["x"]]]}',
    '{"format": 1, "shares": [["topology"]]}', "[" * 100_000, "\udcff",
    '{"format": 1, "shares": [[["a"], [Infinity]]]}'])
def test_a_file_of_borders_that_is_none_is_set_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "borders.json"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    one = SharesFile(path)
    assert one.shares == {}
    assert not path.exists()
    assert path.with_suffix(".set-aside").exists()
    one.keep({("topology", "devices"): (60, 60)})
    assert SharesFile(path).shares == {("topology", "devices"): (60, 60)}
