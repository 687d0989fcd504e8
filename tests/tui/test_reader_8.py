"""What a reader met on the seventh walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.tui.i18n import set_language
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text

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
