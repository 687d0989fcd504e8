"""What commands print: seen while they run, opened when it is long, read from its top."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.tui.options import Options
from netsandbox.tui.panes.output import hanging
from netsandbox.tui.text import cell_len
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


async def test_a_running_command_opens_the_output_and_its_result_is_seen(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("ping nginx-1 nginx-2 -c 2")
        await on.quiet()
        assert on.app.main.view == "output"
        assert "2 packets transmitted, 2 received" in shown(on)
        assert on.app.main.output.is_vertical_scroll_end


async def test_where_the_output_would_hide_the_log_the_line_above_the_prompt_follows(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line("exec nginx-1 ping -c 2 -W 1 172.17.0.99")
        assert "PING 172.17.0.99" in shown(on)
        await on.quiet()
        assert on.app.main.view == "log"
        assert "2 packets transmitted, 0 received" in shown(on)
        assert "(pgup: " in shown(on)
        await on.press("pageup")
        assert "ping statistics" in shown(on)


async def test_what_is_being_typed_is_not_disturbed_by_what_runs(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line("exec nginx-1 ping -c 2 172.17.0.3")
        await on.press(*"ping ")
        await on.quiet()
        assert "packets transmitted" not in shown(on)


async def test_an_error_of_several_lines_opens_the_output(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("docker run \u2013d nginx")
        assert "Try:" in shown(on)
        assert "\u2717 docker: invalid reference format" in shown(on)


async def test_long_output_begins_at_its_top_and_the_page_keys_go_through_it_at_the_prompt(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line("add-host h1")
        await on.line("help")
        for _ in range(3):
            await on.pilot.pause()
        rows = on.app.main.output._rows
        at = next(number for number, row in enumerate(rows) if row.text.endswith("help"))
        assert on.app.main.output.scroll_offset.y == at
        await on.press("pagedown")
        below = on.app.main.output.scroll_offset.y
        assert below > at
        await on.press("pageup")
        assert on.app.main.output.scroll_offset.y < below
        assert on.app.main.command.input.has_focus
        await on.line("echo done")
        await on.pilot.pause()
        assert on.app.main.output.is_vertical_scroll_end, "what is short is seen with what was before"


async def test_of_a_log_that_has_no_room_the_newest_is_shown(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        on.app.main.command.pasted("\n".join(f"echo {number}" for number in range(30)) + "\n")
        await on.quiet()
        await on.line("history")
        for _ in range(3):
            await on.pilot.pause()
        assert "echo 29" in pane(on)
        assert "echo 0" not in pane(on)


@pytest.mark.parametrize(("step", "key", "words", "line"), [
    (3, "o", "Four frames make one ping", "❯ exec nginx-1 ping -c 1 172.17.0.3"),
    (6, "escape", "docker0 read the source address", "❯ bridge fdb show br docker0"),
])
async def test_a_step_of_which_more_is_printed_than_the_pane_holds_begins_with_its_text(
        tmp_path: Path, step: int, key: str, words: str, line: str) -> None:
    """Also when the output comes a moment after its line, or while the pane is not shown: only its end was seen."""
    async with stage(tmp_path, Options("docker0-ping", tour=False), size=(80, 24)) as on:
        await on.to_step(step - 1)
        await on.press(key)
        await on.to_step(step)
        on.app.main.set_view("output")
        for _ in range(3):
            await on.pilot.pause()
        assert words in shown(on)
        assert line in shown(on)


async def test_what_does_well_is_no_error_whatever_it_writes_to(tmp_path: Path) -> None:
    """A log is printed where its program wrote it; ✗ stood before its first line."""
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line("docker logs nginx-1")
        assert "\n \u2717 " not in shown(on)
        await on.line("docker logs nobody")
        assert "\n \u2717 Error response from daemon: No such container: nobody" in shown(on)
        await on.line("exec nginx-1 curl -o /dev/null http://172.17.0.3/")
        await on.quiet()
        assert "\u2717 %" not in shown(on), "its progress is no error"
        await on.line("exec nginx-1 curl -m 1 -o /dev/null http://172.17.0.99/")
        await on.quiet()
        assert "\u2717 curl: (28) " in shown(on), shown(on)


async def test_a_table_wider_than_its_pane_is_cut_with_a_mark_and_read_by_going_along_it(tmp_path: Path) -> None:
    """Wrapped, nobody could tell which word belonged to which column."""
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("docker run -d -p 8080:80 nginx")
        await on.quiet()
        await on.line("docker ps")
        assert "7 ←→ goes along" in pane(on), "the keys are told where a line is typed"
        await on.press("escape", "7")
        on.app.main.output.scroll_end(animate=False)
        await on.pilot.pause()
        rows = [row.text for row in on.app.main.output._rows[-4:]]
        assert [row.split()[-1] for row in rows[0::2]] == ["NAMES", "nginx-2"], "one line each"
        assert " nginx-1" not in pane(on), pane(on)
        assert "…" in pane(on)
        assert "←→ along" in shown(on).splitlines()[-1]
        step = on.app.live.position().step
        await on.press("right", "right")
        assert " nginx-1" in pane(on)
        assert "…" in pane(on)
        await on.press("left", "left")
        assert "CONTAINER ID" in pane(on)
        assert on.app.live.position().step == step, "the keys are the pane's here"
        await on.line("echo a line of words that is as long as all of them together, and some more that go on below")
        assert "go on" in pane(on), "words are wrapped"
        await on.line("help lan")
        await on.pilot.pause()
        assert "goes along" not in pane(on)


async def test_at_80_columns_what_has_no_room_beside_says_by_which_keys_it_is_seen(tmp_path: Path) -> None:
    """What has no room is out of the pane, which has no line below it for the keys; what is compared keeps to it."""
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line("add-container c2")
        await on.quiet()
        await on.press("escape", "u")
        for line in ("add-container c3", "branch main --compare"):
            await on.line(line)
        assert "main (its end)" in shown(on)
        await on.line("show interfaces host")
        assert "OVERHEARD" not in shown(on)
        assert "─ Output ── 7 ←→ goes along ─" in shown(on)
        await on.press("escape", "7", *["right"] * 4)
        assert "OVERHEARD" in shown(on)


async def test_a_head_that_has_room_goes_along_with_its_columns(tmp_path: Path) -> None:
    """The rows of docker ps moved left, and the head, which was short enough, did not."""
    async with stage(tmp_path, size=(120, 24)) as on:
        await on.line("docker run -d --name a-container-with-a-very-long-name-that-takes-some-room nginx")
        await on.quiet()
        await on.line("docker ps")
        await on.press("escape", "7")
        on.app.main.output.scroll_end(animate=False)
        await on.press("right")
        head, row = (next(line for line in pane(on).splitlines() if word in line) for word in ("NAMES", " ago "))
        assert head.index("STATUS") == row.index("Up "), pane(on)
        assert "CONTAINER ID" not in pane(on)
        await on.press("left")
        assert "CONTAINER ID" in pane(on)


async def test_the_head_of_a_table_is_cut_as_its_rows_are(tmp_path: Path) -> None:
    """That of ss has two wide gaps: it was wrapped, and stood above columns that were not its own."""
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line("docker run -d -p 8080:80 nginx")
        await on.quiet()
        await on.line("ss -tlnp")
        rows = [row.text for row in on.app.main.output._rows]
        assert [row.split()[0] for row in rows[-3:]] == ["State", "LISTEN", "LISTEN"]
        assert rows[-3].rstrip().endswith("Process")
        await on.line("echo 'a  sentence that has a gap, and is as long as it can be: longer than the pane itself is'")
        assert on.app.main.output._rows[-1].text.endswith(" itself is"), "which is no table's"


async def test_a_cell_of_several_lines_goes_along_with_its_column(tmp_path: Path) -> None:
    """Its further lines were wrapped, with a blank row each, and stood below no column: `branch main --compare`."""
    async with stage(tmp_path, size=(80, 24)) as on:
        on.app.live.width = lambda: 0  # as for who does not tell how wide the pane is
        await on.line("iptables -A FORWARD -s 10.11.12.0/24 -p tcp -m conntrack --ctstate NEW -j DROP")
        await on.line("undo")
        await on.line("iptables -A FORWARD -s 10.11.13.0/24 -p tcp -m conntrack --ctstate NEW -j DROP")
        await on.line("branch main --compare")
        await on.press("escape", "7")
        head, *rows = [row.text for row in on.app.main.output._rows[-5:]]
        assert rows[1].index("conntrack") == rows[0].index("-s 10.11.13.0") == head.index("b2 (here)")
        assert rows[3].index("conntrack") == rows[2].index("-s 10.11.12.0") == head.index("main (its end)")
        await on.press("right")
        seen = [line[1:].rstrip() for line in pane(on).splitlines()][-5:]
        assert [line.index(what) for line, what in zip(seen, (
            "b2 (here)", "-s 10.11.13.0", "conntrack"), strict=False)] == [15, 15, 15], seen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_is_printed_behind_a_pane_that_has_all_of_the_screen_is_told_and_led_to(
        tmp_path: Path, size: tuple[int, int]) -> None:
    async with stage(tmp_path, size=size) as on:
        main = on.app.main
        await on.press("escape", "3", "z")
        assert main.maximized is main.log_pane
        await on.line("docker ps")
        assert "(pgup: 3 lines)" in shown(on).splitlines()[-2]
        await on.line("ping nginx-1 nginx-2 -c 1")
        await on.quiet()
        assert re.search(r"\(pgup: \d lines\)  rtt min", shown(on).splitlines()[-2])
        assert main.maximized is main.log_pane
        await on.press("pageup")
        assert "1 packets transmitted" in shown(on)
        await on.press("escape", "3", "z", "o")
        assert "1 packets transmitted" in shown(on)
        assert main.output.has_focus
        await on.press("escape", "escape", "3", "z")
        main.set_view("lesson")
        await on.pilot.pause()
        assert "╱╱╱" not in shown(on), "what a view hides has not all of the screen any more"


def pane(on: Stage) -> str:
    output = on.app.main.output.region
    return "\n".join(line[output.x : output.right] for line in shown(on).splitlines()[output.y : output.bottom])


def test_what_has_no_room_goes_on_below_its_own_column() -> None:
    assert hanging("short", 20) == ["short"]
    line = "  add-hub NAME    Add a hub: every frame goes out of every other port"
    assert hanging(line, 40) == ["  add-hub NAME    Add a hub: every frame", "                  goes out of every",
                                 "                  other port"]
    assert hanging("    link/ether 1e:84 brd", 16) == ["    link/ether", "    1e:84 brd"]
    assert hanging("one two three", 8) == ["one two", "three"]
    assert hanging(" " * 30 + "far right", 20)[-1].strip() == "far right"
    assert all(cell_len(row) <= 12 for row in hanging("\u7f51\u6865  \u5bb9\u5668\u7f51\u7edc\u539f\u7406", 12))


async def test_what_a_line_printed_stands_once_though_time_goes_back_and_comes_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:

        def ends() -> int:
            return sum("1 packets transmitted" in said.text for said in on.app.live.jobs.transcript)

        await on.line("ping nginx-1 nginx-2 -c 1")
        await on.quiet()
        assert ends() == 1
        for _ in range(2):
            await on.press("escape", "b", "b", "b", "n", "n", "n")
            await on.quiet()
            assert on.app.live.session.is_quiet
            assert ends() == 1
        await on.press("b", "b", "b")
        await on.line("ping nginx-2 nginx-1 -c 1")
        on.app.live.play()
        await on.quiet()
        assert ends() == 3, "on the new branch both come to an end"


def test_a_column_that_has_hardly_room_is_a_line_of_its_own() -> None:
    """The help's second column began with one letter behind the first, and went on below that."""
    line = "  add-host NAME [--docker]                  加一台有自己网络命名空间的主机"
    assert hanging(line, 46) == ["  add-host NAME [--docker]", "    加一台有自己网络命名空间的主机"]
    assert hanging(line, 80) == [line]
