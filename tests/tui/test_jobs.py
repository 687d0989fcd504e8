"""Jobs: what runs is listed, labelled in the output, brought forward and ended; branches: listed, gone to, compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.tui.i18n import set_language
from netsandbox.tui.panes.branches import BranchesPane
from netsandbox.tui.panes.jobs import JobsPane
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


def transcript(on: Stage) -> list[str]:
    return [said.text for said in on.app.live.jobs.transcript]


def jobs_pane(on: Stage) -> JobsPane:
    pane = on.app.main.panes["jobs"]
    assert isinstance(pane, JobsPane)
    return pane


async def two_pings(on: Stage) -> None:
    await on.line("exec nginx-1 ping -i 0.5 172.17.0.3")
    await on.pass_time(3)
    await on.line("exec nginx-2 ping -i 0.5 172.17.0.2")
    await on.pass_time(6)
    await on.press("escape")


async def test_what_fails_beside_another_line_points_to_why_as_well(tmp_path: Path) -> None:
    """Behind a tcpdump a name that nothing has was told in the output alone."""
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("tcpdump -i docker0 -n &")
        await on.line("ping wbe")
        await on.pass_time(5)
        assert "✗ [2] ping: wbe: Name or service not known (why says more)" in shown(on)


async def test_two_pings_never_interleave_unlabelled(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await two_pings(on)
        lines = transcript(on)
        begun = lines.index("host ❯ exec nginx-2 ping -i 0.5 172.17.0.2")
        assert any(line.startswith("64 bytes") for line in lines[:begun]), "one alone needs no label"
        later = [line for line in lines[begun:] if "64 bytes" in line]
        assert {line.partition(":")[0] for line in later} == {"[1] ping", "[2] ping"}
        assert "[1] exec nginx-1 ping -i 0.5 172.17.0.3" in lines
        assert "jobs: 2" in shown(on)
        assert "^C end" in shown(on)


async def test_what_a_line_prints_below_another_one_that_was_through_at_once_has_its_label(tmp_path: Path) -> None:
    """PONG stood below `ip route`; and nothing told that the line was still at work."""
    async with stage(tmp_path) as on:
        slow = "docker exec nginx-1 sh -c 'sleep 3; echo PONG'"
        await on.line(slow)
        assert "runs (^C ends it): docker exec nginx-1 sh -c" in shown(on)
        await on.line("ip -4 route show dev docker0")
        await on.quiet()
        assert [line.rstrip() for line in transcript(on)[-6:]] == [
            f"host ❯ {slow}", f"[1] {slow}", "host ❯ ip -4 route show dev docker0",
            "172.17.0.0/16 proto kernel scope link src 172.17.0.1", "[1] docker: PONG", f"[1]+  Done  {slow}"]
        assert f"[1]+  Done  {slow}" in on.app.main.command.input.placeholder, "as a shell tells it"
        await on.line("sleep 1")
        assert "runs (^C ends it): sleep 1" in shown(on)
        await on.quiet()
        assert "runs (^C" not in shown(on)


async def test_jobs_are_listed_brought_forward_and_ended(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await two_pings(on)
        await on.press("8")
        assert "[1]  runs  exec nginx-1 ping" in shown(on)
        assert "▶ [2]  runs  exec nginx-2 ping" in shown(on), "it is what ctrl+c ends"
        await on.press("enter")
        assert on.app.main.view == "output"
        assert "Output [1]" in shown(on)
        rows = on.app.main.output._said
        assert rows
        assert {said.job for said in rows} == {1}
        await on.press("ctrl+c")
        await on.pass_time(1)
        assert [one.job.label for one in on.app.live.jobs.alive] == [2]
        assert "Output [1]" not in shown(on)
        assert "host ❯ ^C [1] exec nginx-1 ping -i 0.5 172.17.0.3" in transcript(on)
        await on.press("8", "k")
        await on.pass_time(1)
        assert not on.app.live.jobs.alive
        assert "Nothing runs." in shown(on)
        assert any(line.startswith("[2]+  Done") for line in transcript(on))


async def test_over_the_list_of_jobs_what_a_line_prints_at_once_is_shown(tmp_path: Path) -> None:
    """With a ping at work `branch` printed into the hidden output, and one saw its last line."""
    async with stage(tmp_path) as on:
        await on.line("exec nginx-1 ping -i 0.5 172.17.0.3")
        await on.pass_time(1)
        await on.press("escape", "8")
        await on.line("ip addr show docker0")
        assert on.app.main.view == "output"


async def test_the_same_line_again_brings_all_output_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await two_pings(on)
        await on.press("8", "down", "enter")
        assert {said.job for said in on.app.main.output._said} == {2}
        await on.press("8", "enter")
        assert "All output is shown" in shown(on)
        assert {said.job for said in on.app.main.output._said} >= {0, 1, 2}


async def test_a_line_in_the_background_has_the_number_that_the_shell_gives_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("exec nginx-1 ping -c 50 172.17.0.3 &")
        await on.line("jobs")
        await on.line("exec nginx-2 ping -c 50 172.17.0.2 &")
        await on.line("kill %2")
        await on.pass_time(1)
        assert any(line.startswith("[1]+") for line in transcript(on))
        assert [one.job.label for one in on.app.live.jobs.alive] == [1]


async def test_what_runs_goes_on_after_a_step_back_and_can_be_ended(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await two_pings(on)
        await on.press("space", "b", "b", "b", "8", "k")
        assert [one.job.text for one in on.app.live.jobs.alive] == ["exec nginx-2 ping -i 0.5 172.17.0.2"]


async def test_a_step_back_announces_no_line_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await two_pings(on)
        await on.press("space", "b", "b", "n", "b")
        assert transcript(on).count("[2] exec nginx-2 ping -i 0.5 172.17.0.2") == 1


async def test_branches_are_listed_compared_renamed_and_gone_to(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        pane = on.app.main.panes["branches"]
        assert isinstance(pane, BranchesPane)
        await on.press("9")
        assert "There is one branch." in shown(on)
        await on.press("p")
        await on.quiet()
        await on.press("u")
        await on.line("add-host h9")
        await on.press("escape", "9")
        assert "* b2" in shown(on)
        assert "left main after line" in shown(on)
        pane.highlighted = 0
        await on.press("c")
        assert on.app.main.view == "output"
        assert "main (its end)" in shown(on)
        assert on.app.main.status.message == "", "the table's head is none"
        assert any(line.startswith("h9") for line in transcript(on))
        await on.press("9", "r")
        assert on.app.main.command.line == "branch main --rename "
        await on.press(*"ping", "enter", "escape", "9")
        assert "ping  " in shown(on)
        pane.highlighted = 0
        await on.press("enter")
        assert on.app.live.session.branches.present.name == "ping"
        assert "on ping: step" in shown(on)
        assert "h9" not in [row.name for row in on.app.live.nodes()]


async def test_redo_leads_back_to_where_undo_began(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        live = on.app.live
        await on.press("p")
        await on.quiet()
        await on.press("b", "b", "b")
        await on.line("ip neigh flush all")
        await on.press("escape")
        here, branch = live.session.trace.digest(), live.session.branches.present
        await on.press("u", "u", "ctrl+r", "ctrl+r")
        assert (live.session.trace.digest(), live.session.branches.present) == (here, branch)
        await on.press("ctrl+r")
        assert live.session.trace.digest() == here
        assert "nothing to do again" in shown(on)


@pytest.mark.parametrize("speed", [1, 100, 0])
async def test_a_line_behind_a_wait_begins_in_time_at_any_speed(tmp_path: Path, speed: float) -> None:
    lines = "exec nginx-1 ping -c 4 172.17.0.3 &", "wait 1500ms", "docker network disconnect bridge nginx-2", "wait"
    async with stage(tmp_path) as on:
        on.app.live.player.set_speed(speed)
        on.app.live.execute("\n".join(lines))
        await on.quiet()
        assert "4 packets transmitted, 2 received" in "\n".join(said.text for said in on.app.live.jobs.transcript)


async def test_a_page_key_finds_a_list_whose_lines_are_not_laid_out_yet() -> None:
    pane = BranchesPane()
    pane.show_rows([("main", "3 lines"), ("other", "5 lines"), ("third", "1 line")])
    pane.highlighted = 2
    pane.action_page_down()
    pane.action_page_up()
    assert pane.chosen == 2


@pytest.mark.parametrize(("language", "runs"), [("en", "runs"), ("zh", "运行")])
async def test_jobs_lists_all_that_the_header_counts(tmp_path: Path, language: str, runs: str) -> None:
    """Two lines ran beside each other without an &, and it printed nothing."""
    set_language(language)
    async with stage(tmp_path) as on:
        for line in ("ping nginx-1 nginx-2", "ping nginx-2 nginx-1", "sleep 100 &", "jobs"):
            await on.line(line)
        assert on.app.live.status().jobs == 3
        told = [one.text for one in on.app.live.jobs.transcript][-3:]
        assert told[0].startswith("[3]+"), told
        assert told[1:] == [f"[1]  {runs}  ping nginx-1 nginx-2", f"[2]  {runs}  ping nginx-2 nginx-1"]


async def test_what_failed_is_told_and_not_the_note_before_it(tmp_path: Path) -> None:
    """A sandbox's note that ping is lent stood in red where the failure belongs."""
    async with stage(tmp_path, size=(120, 40)) as on:
        for line in ("docker network create --internal back", "docker run -d --name db --network back redis",
                     "docker exec db ping -c1 -W1 8.8.8.8"):
            await on.line(line)
            await on.quiet()
        assert "✗ ping: connect: Network is unreachable" in shown(on)
        assert "✗ note" not in shown(on)
