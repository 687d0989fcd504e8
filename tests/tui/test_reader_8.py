"""What a reader met on the seventh walk."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList

from netsandbox.session.keeping import KeptSession
from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.panes.lesson import LessonPane
from netsandbox.tui.session.lesson import Goal, Stand
from netsandbox.tui.text import cell_len
from tests.tui.app_harness import stage
from tests.tui.harness import Harness, screen_text

THEMES = {"en": "Search for themes", "zh": "搜索配色"}
MADE = {"en": "A line without a node is host's", "zh": "不写节点的命令属于 host"}
UNSAVED = {"en": "Not saved: branch main; enter again leaves", "zh": "分支 main 还没有保存：再按 enter 就丢下"}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_branches_stay_while_a_line_prints_and_what_is_compared_is_no_message(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """The output took their place, c did nothing there, and the rest of the last cell stood at the prompt; and the
    lab was not saved where one branch of it was."""
    monkeypatch.chdir(tmp_path)
    set_language(language)
    async with stage(tmp_path / "state", size=(120, 40)) as on:
        for line in ("ip route add 10.9.0.0/16 via 192.168.1.1", "undo", "ip route add 10.8.0.0/16 via 192.168.1.1"):
            await on.line(line)
            await on.quiet()
        await on.line("ping -c 2 192.168.1.1")
        await on.press("escape", "9")
        await on.quiet()
        assert on.app.main.view == "branches"
        await on.press("up", "c")
        await on.quiet()
        assert on.app.main.view == "output"
        assert "·" not in screen_text(on.app).splitlines()[-2]
        await on.line("save one.yaml")
        await on.line("load one.yaml")
        assert UNSAVED[language] in screen_text(on.app)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_all_lines_of_how_a_task_is_done_are_there_before_what_is_still_wrong(language: str) -> None:
    """One of five was, and below it three goals that asked for what was just typed for the person."""
    set_language(language)
    lines = tuple(f"docker network create net{number}" for number in range(5))
    goals = tuple(Goal(f"exit {number}", False, f"Goal {number} is met", "Type it.") for number in range(3))
    stand = Stand("t", 1, 2, "So it is done.", lines, "", goals, (), 0, False, "", "", task="Do.", is_open=False)
    pane = LessonPane()
    async with Harness(pane).run_test(size=(80, 12)) as pilot:
        pane.show(stand)
        await pilot.pause()
        shown = "\n".join(pane.to_copy())
        assert all(line in shown for line in lines)
        assert "Goal 1" not in shown
        assert "0 of 3" in shown or "0/3" in shown


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_pane_that_has_all_of_the_screen_says_which_record_it_is_about(tmp_path: Path, language: str) -> None:
    """Layers in large did not say of which frame; and a journey was counted against frames."""
    set_language(language)
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await on.press("escape", "3", "up", "4", "z")
        current = on.app.main.log_pane.current
        assert current is not None
        assert f"#{current.seq} ─" in screen_text(on.app)
        await on.press("z")
        assert f"#{current.seq} ─" not in screen_text(on.app)
        await on.press("slash", *"icmp", "enter")
        assert {"en": "8 of", "zh": "显示 8"}[language] in screen_text(on.app)
        await on.press("f")
        assert {"en": "── journeys ──", "zh": "── 旅程 ──"}[language] in screen_text(on.app)
        assert {"en": " of ", "zh": "显示 "}[language] not in on.app.main.log_pane._titled


@pytest.mark.parametrize(("language", "told"), [("en", "ICMP echo reply 1"), ("zh", "ICMP 回显应答 1")])
def test_what_became_of_frames_that_are_listed_is_seen_in_a_small_pane(language: str, told: str) -> None:
    """The column was off the right edge, and what was sent was cut before it."""
    session = KeptSession(1)
    for line in ("add-host pc1", "add-host pc2", "connect pc1 pc2", "exec pc1 ip addr add 10.0.0.1/24 dev eth0",
                 "exec pc2 ip addr add 10.0.0.2/24 dev eth0", "ping pc1 10.0.0.2 -c 1"):
        session.run(line)
    session.shell.show_in_pane(language, 78)
    rows = session.run("show frames --last 2").out.splitlines()
    assert max(map(cell_len, rows)) <= 78
    assert all(told in row for row in rows[1:])
    session.shell.show_in_pane(language, 54)
    (row,) = session.run("show frames --last 1").out.splitlines()[1:]
    assert cell_len(row) <= 54, "it goes without the time"
    assert row.endswith({"en": "accepted", "zh": "接收"}[language])
    session.shell.show_in_pane(language, 0)
    assert "64" in session.run("show frames --last 1").out, "where there is no edge it is told whole"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_host_that_a_line_makes_in_a_lesson_s_lab_is_told_of(tmp_path: Path, language: str) -> None:
    """A whole host with docker0 jumped into the picture of two switches, and nothing said why."""
    set_language(language)
    async with stage(tmp_path, Options("native-vlan", tour=False)) as on:
        await on.line("exec pc1 ip neigh")
        assert MADE[language] not in screen_text(on.app)
        await on.line("ip neigh")
        assert MADE[language] in screen_text(on.app)
        await on.line("ip neigh")
        assert MADE[language] not in screen_text(on.app)


async def test_s_follows_a_marked_frame_behind_those_that_are_shown(tmp_path: Path) -> None:
    """No row up to the cursor's was between its two: the app said that min() has nothing."""
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await on.press("escape", "3", "m", "g", "s")
        assert "172.17.0.2" in screen_text(on.app)
        assert "echo reply" in screen_text(on.app)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_themes_are_chosen_in_a_palette_like_all_others(tmp_path: Path, language: str) -> None:
    """Its search was in English, and a page key for a list that is not painted yet ended in an error."""
    set_language(language)
    async with stage(tmp_path) as on:
        (theme,) = on.app.get_system_commands(on.app.screen)
        theme.callback()
        await on.pilot.pause()
        assert THEMES[language] in screen_text(on.app)
        on.app.screen.query_one(CommandList).styles.height = 0
        await on.press("pagedown", "pageup")
        assert on.app._exception is None
