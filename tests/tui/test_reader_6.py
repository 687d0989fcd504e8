"""What two readers, one in each language, met on the sixth walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.tui.i18n import set_language
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text

FILTER = {"en": "unknown command 'filter'; the app's key / filters the frame log (`help filter`)",
          "zh": "没有命令“filter”；在界面中按 / 过滤帧列表（`help filter`）"}


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
