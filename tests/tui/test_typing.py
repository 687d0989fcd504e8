"""Typing as a person is used to from a shell: while time stands still, ctrl+r, several lines at once, leaving."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from netsandbox.tui.i18n import set_language
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


async def test_a_line_typed_after_a_step_back_says_that_it_waits_and_that_a_branch_begins(tmp_path: Path) -> None:
    """Only the branch was told of, and a ping printed its first line and no more."""
    async with stage(tmp_path) as on:
        await on.line("add-host h1")
        await on.press("escape", "b")
        await on.line("ping nginx-1 nginx-2 -c 1")
        assert "Paused: F5 plays. Branch b2 begins; main stays as it was" in shown(on)
        await on.press("f5")
        assert "Paused" not in shown(on)
        await on.quiet()
        assert "1 received" in shown(on)


async def test_a_line_that_needs_no_time_says_nothing_of_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("space")
        await on.line("hostname")
        assert "Paused:" not in shown(on)


async def older_lines(on: Stage) -> list[str]:
    await on.line("show nodes")
    await on.line("ip route")
    await on.line("ip neigh")
    return entered(on)


async def test_ctrl_r_searches_older_lines_for_what_is_typed_after_it_and_enter_runs_the_one_shown(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as on:
        await older_lines(on)
        await on.press("ctrl+r", *"route")
        assert "older line with route" in shown(on)
        assert "ip route" in shown(on)
        await on.press("enter")
        assert [said.text for said in on.app.live.jobs.transcript if said.kind == "line"][-1] == "host ❯ ip route"
        assert on.app.main.command.line == ""


async def test_a_search_takes_what_was_typed_and_ctrl_r_goes_to_older_ones(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        done = await older_lines(on)
        await on.press(*"ip", "ctrl+r", "ctrl+r", "tab")
        assert on.app.main.command.line == "ip route"
        assert entered(on) == done, "nothing was run"
        assert on.app.live.player.is_playing


async def test_escape_leaves_a_search_with_the_line_as_it_was(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await older_lines(on)
        await on.press(*"pin", "ctrl+r", *"zzz")
        assert "no older line holds this" in shown(on)
        await on.press("escape")
        assert on.app.main.command.line == "pin"
        assert on.app.main.command.input.has_focus


async def test_letters_after_ctrl_u_in_one_burst_are_kept(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("slash", *"arp", "enter")
        driver = on.app._driver
        assert driver is not None
        for key, letter in [("slash", "/"), ("ctrl+u", None), *((one, one) for one in "icmp")]:
            driver.process_message(events.Key(key, letter))
        for _ in range(30):
            await on.pilot.pause()
        assert on.app.main.filter.line == "icmp"


async def test_a_line_typed_behind_enter_in_one_burst_is_a_line_of_its_own(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("colon")
        driver = on.app._driver
        assert driver is not None
        for line in ("hostname", "uname"):
            for letter in line:
                driver.process_message(events.Key(letter, letter))
            driver.process_message(events.Key("enter", "\r"))
        for _ in range(30):
            await on.pilot.pause()
        assert entered(on)[-2:] == ["hostname", "uname"]
        assert on.app.main.command.line == ""


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


@pytest.mark.parametrize("ticks", [False, True])
async def test_a_line_typed_in_the_past_says_that_it_begins_a_branch_and_undo_leads_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ticks: bool
) -> None:
    """Also where the app looks at the lab between the line and the news of it."""
    async with stage(tmp_path) as on:
        await on.line("add-host h1")
        await on.line("add-host h2")
        await on.press("escape", "u", "b")
        if ticks:
            execute = on.app.live.execute
            monkeypatch.setattr(on.app.live, "execute", lambda line: (execute(line), on.app.sync())[0])
        await on.line("ping nginx-1 nginx-2 -c 1")  # which waits, as time is stopped
        assert "Branch b2 begins; main stays as it was: u leads back, 9 lists" in shown(on)
        await on.press("escape", "u")
        assert on.app.live.session.branches.present.name == "main"
        assert entered(on)[-1] == "add-host h2"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_line_from_a_web_page_is_explained_in_the_readers_language(tmp_path: Path, language: str) -> None:
    """The seed tutorial's own line, dashes and all: Docker's words, a note, and what to type."""
    set_language(language)
    async with stage(tmp_path) as on:
        await on.line("docker run \N{EN DASH}d \N{EN DASH}net=host --name nginx-host nginx")
        await on.quiet()
        printed = [one.text for one in on.app.live.jobs.transcript if one.kind == "err"]
        assert printed[0] == "docker: invalid reference format"
        assert any(text.startswith({"en": "note: the line has a dash", "zh": "注意：这一行里有破折号"}[language])
                   for text in printed)
        assert printed[-1].endswith("docker run -d --net=host --name nginx-host nginx")
        assert "✗ docker: invalid reference format" in shown(on)
        assert "✗ Try" not in shown(on)


async def test_a_here_document_typed_by_hand_keeps_its_blanks_and_empty_lines(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for line in ("  cat > t.yaml <<'EOF'", "web:", "  b: 1", "", "    :c", "load it", "EOF"):
            await on.line(line)
        await on.line("cat t.yaml")
        assert [said.text for said in on.app.live.jobs.transcript if said.kind == "out"][-5:] == [
            "web:", "  b: 1", "", "    :c", "load it"]
        assert "  b: 1" in shown(on)


async def test_a_line_before_is_meant_as_in_bash_and_tour_shows_the_welcome_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for line in ("echo one", "hostname", "!!", "!echo two", "!nosuch"):
            await on.line(line)
        typed = [said.text.partition("❯ ")[2] for said in on.app.live.jobs.transcript if said.kind == "line"]
        assert typed[-5:] == ["echo one", "hostname", "hostname", "echo one two", "!nosuch"]
        assert on.app.main.command.history.lines[-2] == "echo one two"
        await on.line("tour")
        assert on.app.screen.name == "tour"
        await on.press("escape", "escape", "escape", "3", "ctrl+f", *"arp", "enter")
        await on.pilot.pause()
        assert "F3 next hit" in shown(on)
