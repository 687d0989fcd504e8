"""What two readers, one in each language, met on the sixth walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.keeping import KeptSession
from netsandbox.tui.device.tables import table_of
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.session.lab_view import LabView
from netsandbox.tui.topology.model import Place
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text

FILTER = {"en": "unknown command 'filter'; the app's key / filters the frame log (`help filter`)",
          "zh": "没有命令“filter”；在界面中按 / 过滤帧列表（`help filter`）"}
NOT_SAID = {"en": "Nothing that the lines printed has 'Nobody'", "zh": "输出中没有“Nobody”"}
CAUSED = {"en": "caused by #", "zh": "起因 #"}
TURN = "下一步：轮到你，按 :   "
MORE = {"en": "▼ more ─", "zh": "▼ 更多 ─"}
SAYS_MORE = {"en": "(why says more)", "zh": "（输入 why 查看原因）"}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_line_in_the_past_that_is_no_command_begins_no_branch(tmp_path: Path, language: str) -> None:
    """A filter that was typed at the prompt left the branch that one looked back in."""
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("ping nginx-1 nginx-2 -c 1")
        await on.quiet()
        await on.press("escape", "b", "b")
        live = on.app.live
        step = live.status().step
        await on.line("filter arp and host nginx-1")
        await on.quiet()
        assert FILTER[language] in screen_text(on.app)
        assert (live.session.branches.present.name, live.session.has_future, live.status().step) == ("main", True, step)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_search_in_the_output_looks_through_the_output(tmp_path: Path, language: str) -> None:
    """The pane went away, the log was searched, and the word came back in small letters."""
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        output = on.app.main.output
        await on.line("curl -s 172.17.0.2")
        await on.line("help curl")
        await on.quiet()
        await on.press("escape", "7", "end", "ctrl+f", *"Thank", "enter")
        assert output.has_focus
        assert "<em>Thank you" in screen_text(on.app)
        runs = [run for y in range(output.size.height) for run in output.render_line(y)]
        assert any(run.text == "Thank" and run.style and run.style.reverse for run in runs), "what was found is marked"
        hit = output.scroll_offset.y
        await on.press("f3")
        assert output.scroll_offset.y == hit, "there is one alone"
        await on.press("ctrl+f", *"Nobody", "enter")
        assert NOT_SAID[language] in screen_text(on.app)
        await on.press("3", "ctrl+f", *"who-has", "enter")
        assert on.app.main.log_pane.has_focus, "elsewhere it is the log that is searched"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_output_s_title_is_cut_before_its_mark_and_the_head_says_whose_turn_it_is(
    tmp_path: Path, language: str
) -> None:
    """Both were cut where they told what to press."""
    set_language(language)
    async with stage(tmp_path, Options(scenario="hub", tour=False), (80, 24)) as on:
        while not on.app.live.lesson.is_task_open:
            await on.press("p")
            await on.quiet()
        if language == "zh":
            assert TURN in screen_text(on.app).splitlines()[0]
        await on.line("ip help")
        await on.quiet()
        output = on.app.main.output
        output.tell("✗ " + "1234 " * 20)
        on.app.main.set_view("output")
        output.scroll_to(y=0, animate=False, immediate=True, force=True)
        await on.pilot.pause()
        title = next(line for line in screen_text(on.app).splitlines() if "✗ 1234" in line)
        assert MORE[language] in title
        assert "…" in title.split(MORE[language])[0]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_line_of_an_entered_shell_has_one_prompt_and_is_named_as_a_cause_as_elsewhere(
    tmp_path: Path, language: str
) -> None:
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("enter nginx-1")
        await on.line("ping -c 1 172.17.0.99")
        await on.quiet()
        assert "nginx-1 # ping -c 1 172.17.0.99" in screen_text(on.app)
        await on.press("escape", "w", "w")
        caused = next(line for line in screen_text(on.app).splitlines() if CAUSED[language] in line)
        assert "← ❯ " in caused


def test_a_connection_that_has_no_process_any_more_names_none() -> None:
    session = KeptSession(seed=1)
    session.run("docker run -d --name web nginx")
    session.run("curl -s 172.17.0.2")
    rows = table_of(LabView(session), Place("host"), "sockets", UNICODE).rows
    assert [row.cells[-1] for row in rows if row.cells[1] == "TIME-WAIT"] == [""]
    server, *_ = table_of(LabView(session), Place("web"), "sockets", UNICODE).rows
    assert server.cells[-1].startswith("nginx (")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_why_behind_a_line_of_which_it_says_more_tells_that_line_s_drop(tmp_path: Path, language: str) -> None:
    """It explained the frame that the log happened to be at, an answer of ARP."""
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("docker run -d --name web -p 8080:80 nginx")
        await on.line("iptables -I DOCKER-USER -p tcp --dport 80 -j DROP")
        await on.line("exec uplink curl -sS -m 2 192.168.1.10:8080")
        await on.quiet()
        main = on.app.main
        assert SAYS_MORE[language] in screen_text(on.app)
        await on.press("escape", "w")
        assert main.why.why is not None
        assert "DOCKER-USER" in " ".join((main.why.why.decision, *main.why.why.operands))
        drop = main.about
        await on.press("3", "up", "up", "w")
        assert main.about != drop, "a frame that is chosen is explained"
