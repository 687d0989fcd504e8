"""The lesson's pane as it is painted: its step, its texts, and its goals with their marks."""

from __future__ import annotations

from typing import NamedTuple, Self

from netsandbox.tui.i18n import tr
from tests.campaigns.reader import squeezed
from tests.campaigns.screen import Screen

BELOW = 3
"""Rows under the panes: the timeline, the prompt, the keys."""
MARKS = ("✓ ", "✗ ", "· ")


class Goal(NamedTuple):
    """A goal as it is shown.

    Attributes:
        mark: ✓, ✗ or · for one that nobody has looked at.  wrong: what is said below it of what is wrong.
    """

    mark: str
    text: str
    wrong: str


class Page(NamedTuple):
    """What is seen of the lesson.

    Attributes:
        rows: its text, as far as the pane has room.
    """

    title: str
    rows: tuple[str, ...]

    @classmethod
    def of(cls, screen: Screen) -> Self | None:
        """The page on a screen; None where it is not shown."""
        lead = "╭─ " + tr("lesson.named", title="\0", step="").partition("\0")[0]
        top = next((y for y, line in enumerate(screen.lines()) if lead in line), None)
        if top is None:
            return None
        edge = screen.cells(top)
        left = next(x for x, cell in enumerate(edge) if cell == "╭" and "".join(edge[x:]).startswith(lead))
        right = edge.index("╮", left) if "╮" in edge[left:] else screen.columns
        rows = []
        for y in range(top + 1, screen.rows - BELOW):
            cells = screen.cells(y)
            if cells[left] in "╰╭":
                break
            rows.append("".join(cells[left + 2 : right - 2]).rstrip())
        return cls("".join(edge[left:right]), tuple(rows))

    def is_of(self, number: int, count: int) -> bool:
        """Whether it is a step's."""
        step = tr("lesson.step", number=number, count=count) if number else tr("lesson.steps", count=count)
        return step in self.title

    @property
    def has_more(self) -> bool:
        """There is more to read below."""
        return "▼" in self.title

    @property
    def was_more(self) -> bool:
        """There is more to read above."""
        return "▲" in self.title

    def says(self, text: str) -> bool:
        """Whether a text is in it, however it is broken."""
        return squeezed(text) in squeezed("".join(self.rows))

    def met(self, count: int) -> int | None:
        """How many of so many goals are met; None where it does not say so."""
        for met in range(count, -1, -1):
            title = tr("lesson.goals", met=met, count=count)
            if title in self.rows or f"✓ {title}" in self.rows:
                return met
        return None

    def goals(self) -> list[Goal]:
        """The goals that are told of, of the last one with what follows it."""
        found: list[Goal] = []
        lead = tr("lesson.goals", met="\0", count="").partition("\0")[0]
        begin = next((at for at, row in enumerate(self.rows, 1) if row.removeprefix("✓ ").startswith(lead)), None)
        for row in self.rows[begin:] if begin else ():
            if row.startswith(MARKS):
                found.append(Goal(row[0], row[2:], ""))
            elif found and row.startswith("  "):
                found[-1] = found[-1]._replace(wrong=found[-1].wrong + row[2:])
            elif found and not found[-1].wrong:
                found[-1] = found[-1]._replace(text=found[-1].text + row)
        return found

    def mark_of(self, condition: str) -> str:
        """The mark of a goal that is shown as it is written; empty where it is not seen."""
        wanted = squeezed(condition)
        return next((goal.mark for goal in self.goals() if squeezed(goal.text).startswith(wanted)), "")
