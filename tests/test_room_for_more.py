"""What CONTRIBUTING promises of additions: each is made in the files that it names and in no others.

A copy of the package gets the addition, and a process of its own looks at what it has become there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


class Copy:
    """A copy of the package that may be changed."""

    def __init__(self, at: Path) -> None:
        self.at = at
        shutil.copytree(ROOT / "netsandbox", at / "netsandbox", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "scenarios", at / "scenarios")

    def add(self, file: str, text: str) -> None:
        (self.at / file).write_text(text, encoding="utf-8")

    def put_before(self, file: str, mark: str, text: str) -> None:
        """Write a line into the one place of a table."""
        path = self.at / file
        old = path.read_text(encoding="utf-8")
        assert old.count(mark) == 1, f"{mark!r} stands {old.count(mark)} times in {file}"
        path.write_text(old.replace(mark, text + mark), encoding="utf-8")

    def python(self, program: str) -> str:
        """What a program prints there."""
        done = subprocess.run([sys.executable, "-c", program], cwd=self.at, capture_output=True, text=True, check=False,
                              env={**os.environ, "PYTHONPATH": str(self.at), "XDG_STATE_HOME": str(self.at / "state")})
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


PANE = '''
from textual.widgets import Static
from netsandbox.tui.i18n import tr
from netsandbox.tui.pane import Pane

class Toy(Static, can_focus=True):
    DEFAULT_CLASSES = "pane"
    HELP_TOPIC = "toy"
    BINDINGS = []

def shows(widget, live):
    widget.update(tr("toy.count", count=len(live.nodes())))

PANE = Pane("toy", lambda live, glyphs, still: Toy(id="toy"), alone=True, shows=shows, texts={
    "topic.toy": ("Toy", "玩具"), "help.toy": ("Counts nodes.", "数节点。"),
    "toy.count": ("{count} nodes", "{count} 个节点")})
'''
SEE_PANE = '''
import asyncio
from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options

async def main():
    for language in ("en", "zh"):
        set_language(language)
        app = NetsandboxApp(Options(tour=False))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press("escape", str(len(app.main.panes)))
            await pilot.pause()
            toy = app.main.panes["toy"]
            right = str(toy.render()).startswith(f"{len(app.live.nodes())} ")
            print(toy.display, toy.has_focus, right, str(toy.render()).strip("0123456789 "))

asyncio.run(main())
'''


def test_a_pane_is_one_file_and_one_line_of_the_table(copy: Copy) -> None:
    copy.add("netsandbox/tui/panes/toy.py", PANE)
    copy.put_before("netsandbox/tui/screens/pane_table.py", "\n)  # fmt: skip", "\n    TOY,")
    copy.put_before("netsandbox/tui/screens/pane_table.py", "from netsandbox.tui.panes.why",
                    "from netsandbox.tui.panes.toy import PANE as TOY\n")
    assert copy.python(SEE_PANE).splitlines() == ["True True True nodes", "True True True 个节点"]
