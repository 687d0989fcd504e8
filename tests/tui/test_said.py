"""What a person is told, and is asked: of sessions that did not end, of lines taken back, of branches, of jobs."""

from __future__ import annotations

import re
from pathlib import Path

from netsandbox.tui.options import Options
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


async def left_behind(tmp_path: Path, name: str) -> None:
    async with stage(tmp_path) as on:
        await on.line(f"add-host {name}")
        on.app.autosave.leave()


async def test_a_session_that_did_not_end_is_told_of_and_older_ones_too(tmp_path: Path) -> None:
    """Nobody knew that there was something to recover, and the newest was taken without a word of the others."""
    async with stage(tmp_path) as on:
        assert "--recover" not in shown(on)
        on.app.action_quit_now()
    await left_behind(tmp_path, "one")
    await left_behind(tmp_path, "two")
    async with stage(tmp_path) as on:
        assert "netsandbox --recover brings its lines back" in on.app.main.status.message
        on.app.action_quit_now()
    async with stage(tmp_path, Options(recover=True, tour=False)) as on:
        assert on.app.main.status.message.endswith("older ones left: 1")
        on.app.action_quit_now()


async def test_u_says_that_the_line_it_took_back_had_changed_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("add-host mine")
        await on.line("nonsense")
        await on.press("escape", "u")
        assert on.app.main.status.message == "taken back: nonsense; it was refused and had changed nothing"
        await on.press("u")
        assert on.app.main.status.message == "taken back: add-host mine"


async def test_the_cursor_among_the_branches_begins_at_the_present_one_which_has_another_mark(tmp_path: Path) -> None:
    """▶ stood before the present one while the cursor was elsewhere, and r renamed the wrong branch."""
    async with stage(tmp_path) as on:
        for line in ("add-host a", "undo", "add-host b"):
            await on.line(line)
            await on.quiet()
        await on.press("escape", "9")
        assert "* b2" in shown(on)
        await on.press("r")
        assert on.app.main.command.line.strip() == "branch b2 --rename"
        await on.press("ctrl+u", "escape", "9", "up", "r")
        assert on.app.main.command.line.strip() == "branch main --rename"


async def test_of_a_job_brought_forward_no_line_of_an_older_one_of_its_number_is_shown(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for _round in range(2):
            await on.line("exec nginx-1 ping -c 2 172.17.0.3 &")
            await on.pass_time(1)
            if not _round:
                await on.quiet()
                await on.pass_time(3)
                assert not on.app.live.jobs.alive
        await on.press("escape", "8", "enter")
        rows = [said.text for said in on.app.main.output._said]
        assert rows
        assert not any("2 packets transmitted" in row for row in rows)


async def test_ctrl_q_asks_after_a_line_that_failed_and_left_something(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("docker rm nobody")
        assert not on.app.is_unsaved, "it did nothing"
        await on.line("docker run -d --name w1 -p 80:99999 nginx")
        assert not on.app.is_unsaved
        await on.line("docker run --name q1 alpine nonsense")
        await on.quiet()
        assert "q1" in {row.name for row in on.app.live.nodes()}
        assert on.app.is_unsaved


async def test_what_is_asked_about_has_nothing_behind_it_that_it_could_become(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("add-host mine")
        await on.press("escape", "colon", *"load publish", "enter")
        assert "Not saved: enter again leaves this lab" in shown(on)
        assert "publish-localhost" not in shown(on)


async def test_undo_leaves_the_output_that_somebody_reads(tmp_path: Path) -> None:
    """The log's held row came in its place."""
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.press("p")
        await on.quiet()
        await on.press("escape", "3", "up", "up")
        await on.line("help ping")
        await on.press("escape", "7", "u")
        await on.quiet()
        assert on.app.main.view == "output"


async def test_what_a_table_has_no_room_for_ends_with_a_mark(tmp_path: Path) -> None:
    """What was cut at a blank looked whole."""
    async with stage(tmp_path, size=(100, 40)) as on:
        on.app.main.device.show(on.app.main.topology.selected, "links")
        await on.pilot.pause()
        assert re.search(r" addresses [^│]*(?:more *|…)│", shown(on)), "the head says that there are more columns"
        assert re.search(r"127.0.0.1/8 [^│]*[^│\d]│", shown(on)), "and no number is cut"


async def test_what_comes_of_a_trace_and_that_why_knows_more_stand_at_the_prompt(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        for line in ("exec nginx-1 ip route del default", "exec nginx-1 ping 8.8.8.8", "trace nginx-1 8.8.8.8"):
            await on.line(line)
            await on.quiet()
            if "ping" in line:
                assert "✗ ping: connect: Network is unreachable (why says more)" in shown(on)
        assert "✗ ⇒ no answer comes: nginx-1 has no route" in shown(on)
        await on.line("ls /nosuch")
        assert "ls: cannot access '/nosuch': No such file or directory\n" in shown(on), "which has no frame to tell of"
