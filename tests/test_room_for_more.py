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
    copy.put_before("netsandbox/tui/screens/pane_table.py", "\n)\n", "\n    TOY,")
    copy.put_before("netsandbox/tui/screens/pane_table.py", "from netsandbox.tui.panes.why",
                    "from netsandbox.tui.panes.toy import PANE as TOY\n")
    assert copy.python(SEE_PANE).splitlines() == ["True True True nodes", "True True True 个节点"]


VERB = '''
from netsandbox.commands import kinds
from netsandbox.commands.verb import Effect, Parameter, verb

@verb("count-nodes", ("Count the nodes of a kind", "数某一种节点"), Parameter("kind", kinds.choice("host", "hub")),
      details=("Nothing else happens.", "别的什么也不做。"),
      examples=(("count-nodes hub", "how many hubs", "有几个集线器"),), group="look", effect=Effect.LOOK)
def count_nodes(shell, job, values):
    job.print(str(sum(node.kind == values["kind"] for node in shell.lab.nodes.values())))
    job.finish()
'''
SEE_VERB = '''
from netsandbox.commands.complete import complete
from netsandbox.session.session import Session

session = Session()
session.run("add-hub a")
for language in ("en", "zh"):
    session.shell.language = language
    for line in ("count-nodes hub", "count-nodes cat", "help count-nodes"):
        print("".join(text for _stream, text in session.run(line).output).strip())
    page = "".join(text for _stream, text in session.run("help").output)
    print([" ".join(line.split()) for line in page.splitlines() if "count-n" in line])
print([candidate.text for candidate in complete(session.shell, "count-nodes ", 12)])
'''
SEEN = """\
1
'cat' is not one of: host, hub
count-nodes host|hub
    Count the nodes of a kind.

    Nothing else happens.

Examples
    count-nodes hub   how many hubs
['count-nodes host|hub Count the nodes of a kind']
1
这里不能写“cat”；可以写 host、hub
count-nodes host|hub
    数某一种节点。

    别的什么也不做。

例子
    count-nodes hub   有几个集线器
['count-nodes host|hub 数某一种节点']
['host', 'hub']
"""


def test_a_verb_in_two_languages_is_one_declaration_and_one_line_of_the_catalogue(copy: Copy) -> None:
    copy.add("netsandbox/commands/verbs/toy_verbs.py", VERB)
    copy.put_before("netsandbox/commands/catalogue.py", '"verbs.lab_verbs": ',
                    '"verbs.toy_verbs": "count-nodes",\n    ')
    assert copy.python(SEE_VERB) == SEEN
