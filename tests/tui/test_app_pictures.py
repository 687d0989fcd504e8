"""The whole app as text: three sizes, both languages, ASCII, and what comes and goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.scrollbar import ScrollBar

from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.painting.ascii_scrollbar import AsciiScrollBarRender
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text

SIZES = [(80, 24), (120, 40), (200, 50)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_in_the_middle_of_a_ping(tmp_path: Path, size: tuple[int, int], language: str,
                                       picture: SnapshotAssertion) -> None:
    set_language(language)
    async with stage(tmp_path, size=size) as on:
        await on.press("space", "p", "n", "n", "n")
        assert screen_text(on.app) == picture  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
async def test_what_a_command_printed(tmp_path: Path, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    async with stage(tmp_path, size=size) as on:
        await on.press("p")
        await on.quiet()
        await on.line("exec nginx-1 ip addr")
        for _ in range(3):
            await on.pilot.pause()
        assert screen_text(on.app) == picture  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["w", "enter", "question_mark", "4"])
async def test_one_key_away_at_80_columns(tmp_path: Path, key: str, picture: SnapshotAssertion) -> None:
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.press("p")
        await on.quiet()
        await on.press(key)
        assert screen_text(on.app) == picture  # type: ignore[arg-type]


async def test_a_scenario(tmp_path: Path, picture: SnapshotAssertion) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(
        "netsandbox: 1\ntitle: {en: A hub}\nabout: {en: A hub repeats.}\nsetup: [add-hub hub, add-host a, add-host b,"
        " connect a hub, connect b hub]\nsteps:\n  - {run: 'set-ip a 10.0.0.1/24', say: 'a gets an address.',"
        " expect: 'interface a:eth0 up'}\n"
    )
    async with stage(tmp_path / "state", Options(str(path), tour=False), size=(120, 40)) as on:
        await on.press("p")
        await on.quiet()
        assert screen_text(on.app) == picture  # type: ignore[arg-type]


async def test_ascii(tmp_path: Path, picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScrollBar, "renderer", AsciiScrollBarRender)
    async with stage(tmp_path, Options(ascii=True, tour=False)) as on:
        await on.press("space", "p", "n", "n")
        text = screen_text(on.app)  # type: ignore[arg-type]
        assert {character for character in text if not character.isascii()} == set()
        assert text == picture
