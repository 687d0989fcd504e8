"""The first picture: what it shows, and what it does not wait for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.app import App
from textual.screen import Screen

from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.kept.state_files import StateFiles
from netsandbox.tui.options import Options

LATER = ("yaml", "netsandbox.explain.story", "netsandbox.explain.voice", "netsandbox.wire.dissect",
         "netsandbox.lab.export", "netsandbox.commands.complete", "netsandbox.tui.screens.help",
         "netsandbox.tui.screens.tour", "netsandbox.tui.keys.palette", "netsandbox.tui.screenshot",
         "netsandbox.commands.expect", "html", "netsandbox.tui.session.live", "netsandbox.session.session",
         "netsandbox.lab.lab", "netsandbox.commands.verb", "netsandbox.shell", "netsandbox.docker",
         "netsandbox.apps", "netsandbox.linux", "netsandbox.explain.refusals")


def test_what_the_first_picture_does_not_need_is_imported_later() -> None:
    program = (
        "import sys\nfrom netsandbox.cli import main\nimport netsandbox.tui.start, netsandbox.tui.launch\n"
        f"print(*[name for name in {LATER!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(("size", "classes"), [((80, 24), {"-narrow", "-short"}), ((200, 50), {"-wide", "-tall"})])
async def test_the_first_picture_has_the_panes_and_the_second_the_whole_lab_in_the_layout_of_the_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], classes: set[str]
) -> None:
    pictures: list[tuple[bool, set[str], str]] = []
    display = App._display

    def look(app: App[int], screen: Screen[object], renderable: object) -> None:
        lines = screen._compositor.render_strips()
        pictures.append(("live" in vars(app), set(screen.classes), "\n".join(strip.text for strip in lines)))
        display(app, screen, renderable)

    monkeypatch.setattr(App, "_display", look)
    app = NetsandboxApp(Options(tour=False), StateFiles(tmp_path), lambda: 0.0)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.pause()
    assert all(classes <= seen for _has_lab, seen, _text in pictures)
    has_lab, _seen, text = pictures[0]
    assert not has_lab, "it would wait for all that a lab imports"
    assert "Topology" in text
    assert "Opening" in text
    assert "host ❯" in text, "what stands already stays where it is"
    after = [text for has_lab, _seen, text in pictures if has_lab]
    assert after
    for text in after:
        assert "▶nginx-1" in text
        assert "uplink" in text
        assert "Opening" not in text
