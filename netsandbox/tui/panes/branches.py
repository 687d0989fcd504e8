"""The branches pane: the ways that things went; one is gone to, compared with the present one, or renamed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList

from netsandbox.tui.i18n import tr
from netsandbox.tui.pane import Pane
from netsandbox.tui.panes.list_pane import ListPane
from netsandbox.tui.status_text import clock

if TYPE_CHECKING:
    from netsandbox.commands.verbs.session_protocol import BranchRow
    from netsandbox.tui.session.live import LiveLab


class BranchesPane(ListPane):
    """The session's branches; `show` gives it them."""

    HELP_TOPIC = "branches"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "Compare", tooltip="Its tables beside those of now", id="branches.compare"),
        Binding("r", "rename", "Rename", tooltip="Give it another name", id="branches.rename"),
    ]

    class Wanted(Message):
        """A line about a branch is to be carried out, or with `is_begun` typed on."""

        def __init__(self, line: str, *, is_begun: bool = False) -> None:
            super().__init__()
            self.line = line
            self.is_begun = is_begun

    branches: Sequence[BranchRow] = ()  # What is listed
    _here: int | None = None  # Which of them is the present one

    def show(self, rows: Sequence[BranchRow]) -> None:
        """Show the branches; a lone one needs no list."""
        self.branches = rows if len(rows) > 1 else ()
        self.show_rows([self._row(row) for row in self.branches])
        here = next((at for at, row in enumerate(self.branches) if row.is_present), None)
        if here != self._here:  # the cursor goes along, and stays where a person puts it
            self._here = self.highlighted = here

    def _row(self, row: BranchRow) -> tuple[str, ...]:
        mark = "*" if row.is_present else " "  # the cursor's is another
        left = tr("branches.left", name=row.parent, line=row.shared) if row.parent else ""
        count = tr("branches.count", lines=row.lines, steps=row.step)
        return f"{mark} {row.name}", count, clock(row.at), row.last, left  # where it began is empty in the first row

    @property
    def _branch(self) -> str:
        at = self.chosen
        return self.branches[at].name if at is not None else ""

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._branch:
            self.post_message(self.Wanted(f"branch {self._branch}"))

    def action_compare(self) -> None:
        """Ask for its tables beside those of now; where one is already there is nothing to see, so for another's."""
        others = [row.name for row in self.branches if not row.is_present]
        if others:
            which = self._branch if self._branch in others else others[0]
            self.post_message(self.Wanted(f"branch {which} --compare"))

    def action_rename(self) -> None:
        """Ask for another name."""
        if self._branch:
            self.post_message(self.Wanted(f"branch {self._branch} --rename ", is_begun=True))


def _shows(pane: Widget, live: LiveLab) -> None:
    assert isinstance(pane, BranchesPane)
    pane.show(live.session.branch_rows())


PANE = Pane("branches", lambda _lab, glyphs, _still: BranchesPane(glyphs, id="branches"), alone=True, shows=_shows,
            texts={
    "topic.branches": ("Branches", "分支"),
    "help.branches": ("A line typed in the past begins one. `enter` goes there, `c` compares its tables with these.",
                      "在过去输入命令会开始一个分支。`enter` 前往，`c` 把它的表和现在的并排比较，`r` 改名。"),
    "list.keys.branches": ("enter goes there, c compares, r renames", "enter 前往，c 比较，r 改名"),
    "list.none.branches": ("There is one branch. Go back (b) and type another line: a second begins",
                      "只有一个分支。退回去（b）再输入另一条命令，就开始第二个"),
    "branches.left": ("left {name} after line {line}", "从 {name} 第 {line} 条之后分出"),
    "branches.count": ("{lines} lines, {steps} steps", "{lines} 条命令，{steps} 步"),
    "key.branches.compare": ("Compare", "比较"),
    "tip.branches.compare": ("Its tables beside those of now", "把它的表和现在的并排比较"),
    "key.branches.rename": ("Rename", "改名"), "tip.branches.rename": ("Give it another name", "换一个名字"),
})
