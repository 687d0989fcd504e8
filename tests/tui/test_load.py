"""Another lab is opened: the one that netsandbox begins with, a saved one, an empty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


@pytest.mark.parametrize("line", ["new", "load hub", "load docker0"])
async def test_in_another_lab_time_runs_and_the_footer_says_so(tmp_path: Path, line: str) -> None:
    """The header said that time is paused, and the footer that space pauses it."""
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.press("p")
        await on.quiet()
        await on.press("b")
        await on.line(line)
        await on.quiet()
        await on.press("escape")
        head, *_rows, foot = shown(on).splitlines()
        assert "‖" not in head
        assert "space pause" in foot
        assert "nginx-1 pings nginx-2" not in shown(on), "what was said of the lab before"


@pytest.mark.parametrize(("language", "words"), [("en", "an empty lab; `load docker0` brings back"),
                                                 ("zh", "空的实验网络；`load docker0` 回到有两个容器的那个")])
async def test_new_says_that_the_lab_is_empty_and_how_one_comes_back(
        tmp_path: Path, language: str, words: str) -> None:
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("new")
        assert words in shown(on)
        await on.line("load docker0")
        await on.quiet()
        assert on.app.live.title() == "docker0"
        assert {row.name for row in on.app.live.nodes()} >= {"nginx-1", "nginx-2"}


async def test_the_lab_that_is_there_at_first_is_opened_by_its_name_and_listed(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("docker0", tour=False), size=(120, 40)) as on:
        assert {row.name for row in on.app.live.nodes()} >= {"nginx-1", "nginx-2"}
        await on.line("add-host mine")
        await on.line("load docker0")
        await on.press("enter")
        await on.quiet()
        assert "mine" not in {row.name for row in on.app.live.nodes()}, "begun anew, though it was open"
        await on.press("ctrl+o")
        for _ in range(20):
            await on.pilot.pause()
        await on.press(*"docker0")
        assert "│ docker0                A host with Docker, two containers on docker0" in shown(on)
        await on.press("enter")
        assert on.app.live.title() == "docker0"


async def test_load_completes_what_was_saved_under_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mynotes").write_text("netsandbox is nice\n")
    async with stage(tmp_path / "state", size=(120, 40)) as on:
        await on.line("save mylab")
        await on.press("escape", "colon", *"load my", "tab")
        assert on.app.main.command.line.rstrip() == "load mylab"


async def test_another_lab_is_shown_row_by_row(tmp_path: Path) -> None:
    """Journeys stayed on, and nothing said why there are few rows."""
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.press("3", "f")
        assert on.app.main.log_pane.store.folded
        await on.line("load hub")
        await on.quiet()
        assert not on.app.main.log_pane.store.folded


async def test_nobody_is_asked_to_leave_a_lab_for_one_that_is_not_there(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("add-host mine")
        await on.press("escape")
        await on.line("load nosuch")
        assert "Not saved" not in shown(on)
        assert "nosuch: no such file" in shown(on)
        assert "mine" in {row.name for row in on.app.live.nodes()}
