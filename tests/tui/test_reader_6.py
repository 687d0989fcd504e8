"""What two readers, one in each language, met on the sixth walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.tui.i18n import set_language
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text

FILTER = {"en": "unknown command 'filter'; the app's key / filters the frame log (`help filter`)",
          "zh": "没有命令“filter”；在界面中按 / 过滤帧列表（`help filter`）"}
NOT_SAID = {"en": "Nothing that the lines printed has 'Nobody'", "zh": "输出中没有“Nobody”"}


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
