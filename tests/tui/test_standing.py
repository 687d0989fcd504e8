"""The frame stands still: what is asked for lies over what is there, and no pane changes its size while one types."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region
from textual.widget import Widget

from netsandbox.tui.panes.prompt_line import PromptLine
from tests.tui.app_harness import Stage, stage

SIZES = ((80, 24), (120, 40), (200, 50))
LINES = {"slash": "filter", "ctrl+f": "search", "x": "export", "S": "picture", "colon": "command"}
"""Each key with the line that it opens."""


def regions(on: Stage) -> dict[Widget, Region]:
    """Where everything is that asks nothing."""
    main = on.app.main
    return {one: one.region for one in (*main.panes.values(), main.pinned, main.say, main.timeline, main.keys,
                                        main.status, main.command) if one.display}


@pytest.mark.parametrize(("size", "before"), [
    (size, before) for size in SIZES for before in "123" if (size, before) != ((80, 24), "2")])  # in the log's place
async def test_a_line_that_asks_moves_nothing(tmp_path: Path, size: tuple[int, int], before: str) -> None:
    async with stage(tmp_path, size=size) as on:
        main = on.app.main
        await on.press("p")
        await on.quiet()
        await on.press("3", before)
        there = regions(on)
        for key, name in LINES.items():
            await on.press(key)
            line = getattr(main, name)
            assert isinstance(line, PromptLine)
            assert line.input.has_focus
            assert line.region == main.command.region, "it lies over the command line"
            assert main.get_widget_at(size[0] - 1, line.region.y)[0] is line.input
            assert regions(on) == there
            await on.press("a")
            assert regions(on) == there
            await on.press("escape")
            await on.press(before)
            assert regions(on) == there


async def test_what_a_line_that_asks_says_lies_over_what_the_command_said(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        main = on.app.main
        await on.line("ip link add")
        await on.pilot.click("#topology")
        await on.press("slash", *"ip and (")
        note = main.filter.query_one(".prompt--note")
        assert main.command.has_class("-error")
        assert note.region.bottom == main.filter.region.y
        assert main.get_widget_at(0, note.region.y)[0] is note
