"""Typing as a person is used to from a shell: while time stands still, ctrl+r, several lines at once, leaving."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


async def test_a_line_typed_while_time_stands_still_says_how_it_goes_on(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("space")
        await on.line("ping nginx-1 nginx-2")
        assert "Paused: F5 plays" in shown(on)
        await on.press("f5")
        assert "Paused" not in shown(on)
        await on.quiet()
        assert "1 received" in shown(on)
        await on.press("escape", "space", "p")
        assert "Paused: space plays" in shown(on)
        await on.press("n")
        assert "Paused" not in shown(on)


async def test_a_line_that_needs_no_time_says_nothing_of_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("space")
        await on.line("hostname")
        assert "Paused:" not in shown(on)


async def test_ctrl_r_at_the_prompt_looks_for_an_older_line_and_does_nothing_to_the_lab(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("show nodes")
        await on.line("hostname")
        done = [entry.line for entry in on.app.live.session.journal]
        await on.press(*"odes", "ctrl+r")
        assert on.app.main.command.line == "show nodes"
        await on.press("ctrl+r")
        assert on.app.main.command.line == "show nodes", "no older one"
        assert [entry.line for entry in on.app.live.session.journal] == done
        assert on.app.live.player.is_playing


async def paste(on: Stage, text: str) -> None:
    on.app.post_message(events.Paste(text))
    for _ in range(3):
        await on.pilot.pause()


def entered(on: Stage) -> list[str]:
    return [entry.line for entry in on.app.live.session.journal]


async def test_pasted_lines_run_one_after_another_and_the_last_without_an_end_is_typed_on(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("colon", *"add-")
        await paste(on, "host a\r\nping nginx-1 nginx-2 -c 2\r\n\nadd-host b\nadd-ho")
        assert entered(on)[-2:] == ["add-host a", "ping nginx-1 nginx-2 -c 2"]
        assert "lines waiting: 1" in shown(on)
        await on.quiet()
        assert entered(on)[-1] == "add-host b"
        assert on.app.main.command.line == "add-ho"
        await on.press("up", "up")
        assert on.app.main.command.line == "add-host a"


async def test_a_line_typed_while_pasted_ones_wait_comes_after_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("colon")
        await paste(on, "exec nginx-1 ping 172.17.0.3\nadd-host a\n")
        await on.pass_time(2)
        await on.line("add-host b")
        assert "add-host a" not in entered(on)
        await on.press("ctrl+c")
        await on.quiet()
        assert entered(on)[-3:] == ["^C", "add-host a", "add-host b"]


async def test_going_back_drops_what_waits(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("colon")
        await paste(on, "exec nginx-1 ping 172.17.0.3\nadd-host a\n")
        await on.pass_time(2)
        await on.press("escape", "u")
        assert on.app.live.jobs.running is None, "it was taken back at once, not behind the line that waits"
        assert not on.app.live.jobs.waiting
        await on.press("space")
        await on.quiet()
        assert "a" not in [row.name for row in on.app.live.nodes()]


async def test_several_lines_pasted_into_the_filter_are_one(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("slash")
        await paste(on, "arp or\nicmp\n")
        assert on.app.main.filter.line == "arp or icmp"


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+d"])
async def test_keys_that_quit_elsewhere_say_how_to_quit(tmp_path: Path, key: str) -> None:
    async with stage(tmp_path) as on:
        await on.press(key)
        assert on.app.is_running
        assert "ctrl+q quits" in shown(on)
        assert "^Q quit" in shown(on).splitlines()[-1]
        await on.press("question_mark")
        assert on.app.screen.page().plain.startswith("ctrl+q quits")  # type: ignore[attr-defined]


async def test_ctrl_c_and_ctrl_d_at_the_prompt_are_a_shell_s(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("e", *"hostname", "home", "ctrl+d")
        assert on.app.main.command.line == "ostname"
        await on.press("ctrl+c")
        assert on.app.main.command.line == ""
        assert "ctrl+q" not in shown(on)
        assert on.app.live.prompt() == "nginx-1 #"
        await on.press("ctrl+d")
        assert on.app.live.prompt() == "host"
        assert "host ❯" in shown(on)
        await on.press("ctrl+d")
        assert "ctrl+q quits" in shown(on)


async def test_what_is_selected_at_the_prompt_is_copied_by_ctrl_c(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("colon", *"hostname", "shift+home", "ctrl+c")
        assert on.app.main.command.line == "hostname"
        assert on.app.clipboard == "hostname"
