"""Each screen at three sizes in English and a dark theme, and once in Chinese and a light one."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text

SCREENS = {
    "lesson": ("hub", ("p", "quiet", "p", "quiet")),
    "line": ("two-port-bridge", ("p", "quiet", "p", "quiet")),
    "browser": ("", ("ctrl+o", *"two-port")),
    "help": ("", ("question_mark",)),
    "stream": ("", ("p", "quiet", "s")),
    "tunnel": ("vxlan-by-hand", (*("p", "quiet") * 5, "b", "b", "v")),
}
"""What is opened, and what is pressed; `quiet` waits until nothing is under way."""
LOOKS = [("en", "textual-dark", (80, 24)), ("en", "textual-dark", (120, 40)), ("en", "textual-dark", (200, 50)),
         ("zh", "textual-light", (120, 40))]


@pytest.mark.parametrize(("language", "theme", "size"), LOOKS, ids=["80x24", "120x40", "200x50", "zh-light"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_screen(screen: str, language: str, theme: str, size: tuple[int, int], tmp_path: Path,
                      picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    set_language(language)
    scenario, keys = SCREENS[screen]
    async with stage(tmp_path / "state", Options(scenario, theme=theme, tour=False), size=size) as on:
        for key in keys:
            if key == "quiet":
                await on.quiet()
            else:
                await on.press(key)
        for _ in range(4):
            await on.pilot.pause()
        assert screen_text(on.app) == picture  # type: ignore[arg-type]
