"""The first picture: what it shows, and what it does not wait for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.app import App
from textual.screen import Screen

from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.options import Options
from netsandbox.tui.state_files import StateFiles

LATER = ("yaml", "netsandbox.explain.story", "netsandbox.explain.voice", "netsandbox.wire.dissect",
         "netsandbox.lab.export", "netsandbox.commands.complete", "netsandbox.tui.screens.help",
         "netsandbox.tui.screens.tour", "netsandbox.tui.palette", "netsandbox.tui.screenshot",
         "netsandbox.commands.expect", "html")


def test_what_the_first_picture_does_not_need_is_imported_later() -> None:
    program = (
        "import sys\nfrom netsandbox.cli import main\nimport netsandbox.tui.start, netsandbox.tui.launch\n"
        f"print(*[name for name in {LATER!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(("size", "classes"), [((80, 24), {"-narrow", "-short"}), ((200, 50), {"-wide", "-tall"})])
async def test_the_first_picture_has_the_lab_in_the_layout_of_the_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], classes: set[str]
) -> None:
    pictures: list[tuple[set[str], str]] = []
    display = App._display

    def look(app: App[int], screen: Screen[object], renderable: object) -> None:
        lines = screen._compositor.render_strips()
        pictures.append((set(screen.classes), "\n".join(strip.text for strip in lines)))
        display(app, screen, renderable)

    monkeypatch.setattr(App, "_display", look)
    app = NetsandboxApp(Options(tour=False), StateFiles(tmp_path), lambda: 0.0)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
    seen, text = pictures[0]
    assert classes <= seen
    assert "▶nginx-1" in text
    assert "uplink" in text
    assert all(classes <= later for later, _text in pictures)
