"""What a third Chinese reader met in the app."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.session.source import Flight
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.overlay import travels
from tests.tui import labs
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text

NOT_SAVED = {"en": "Not saved: enter again leaves this lab", "zh": "还没有保存：再按 enter 就丢下这个实验网络"}
NOTHING = {"en": "Nothing has these words", "zh": "没有相符的课程或文件"}
NO_IPV6 = {"en": "IPv6 is not modelled, so no lesson is about it", "zh": "沙盒没有模拟 IPv6，所以没有讲它的课程"}


VLANS = {"en": "VLAN: [1] PVID, [1t] tagged, [1u] untagged", "zh": "VLAN：[1] PVID，[1t] 带标签，[1u] 去标签"}
OTHERHOST = {"en": "ICMP not for it", "zh": "ICMP 给别人的"}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_in_a_wide_terminal_what_a_line_prints_has_the_room_of_the_frames_detail(
    tmp_path: Path, language: str
) -> None:
    """Tables were cut in 65 columns of 200, and a manual page broken twice in a narrow pane."""
    set_language(language)
    async with stage(tmp_path, size=(200, 50)) as on:
        main = on.app.main
        await on.line("docker ps")
        assert main.output.size.width > 110
        assert not main.detail.display
        await on.press("escape", "escape")
        assert main.detail.display
        await on.line("help flow")
        assert max(cell_len(one.text) for one in on.app.live.jobs.transcript) > 300, "the pane alone breaks a paragraph"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_lesson_that_is_read_stays_in_a_small_terminal_and_marks_of_vlans_are_told(
    tmp_path: Path, language: str
) -> None:
    set_language(language)
    async with stage(tmp_path, Options(scenario="vlan-trunk", tour=False), (80, 24)) as on:
        assert VLANS[language] in screen_text(on.app)
        await on.press("6", "p")
        await on.quiet()
        assert on.app.main.view == "lesson"
        await on.press("1", "p")
        await on.quiet()
        assert on.app.main.view != "lesson", "who does not read it sees the frames"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_a_frame_ends_is_told_beside_it_in_the_reader_s_words(language: str) -> None:
    set_language(language)
    rows = labs.hub()
    placed = layout(scope_of(rows.nodes, rows.interfaces, rows.links), 58, 15)
    (travel,) = travels(placed, [Flight(1, *rows.links[0][0], "ICMP", True, "OTHERHOST")])
    assert travel.label == OTHERHOST[language]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_browser_asks_itself_about_an_unsaved_lab_and_says_at_its_top_that_nothing_is_found(
    tmp_path: Path, language: str
) -> None:
    """It closed over a line at the prompt, into which the next p went; and an empty list had its words far below."""
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("add-host mine")
        await on.press("escape", "ctrl+o", *"qqq")
        assert NOTHING[language] in "".join(screen_text(on.app).splitlines()[:8])
        await on.press("enter", "ctrl+u", *"ipv6")
        assert NO_IPV6[language] in "".join(screen_text(on.app).splitlines()[:8])
        await on.press("ctrl+u", *"hub", "enter")
        assert NOT_SAVED[language] in screen_text(on.app)
        assert on.app.screen is not on.app.main, "it stays, and the keys with it"
        await on.press("down", "enter")
        assert NOT_SAVED[language] in screen_text(on.app), "another one is asked about as well"
        await on.press("up", "enter", "enter")
        assert on.app.screen is on.app.main
        assert "hub1" in {row.name for row in on.app.live.nodes()}
        assert on.app.main.command.line == ""


async def test_the_footer_names_the_key_that_ends_a_line_only_while_one_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was still named when telnet had been refused, until the next key."""
    async with stage(tmp_path) as on:
        live, main = on.app.live, on.app.main
        await on.line("telnet 172.17.0.2 81")
        told: list[bool] = []
        monkeypatch.setattr(main, "show_keys", lambda: told.append(live.jobs.is_to_be_ended))
        main.sync(1)
        while live.jobs.is_to_be_ended:
            on.clock.now += 0.1
            live.pump()
        main.sync(1)
        assert told[-1:] == [False]
