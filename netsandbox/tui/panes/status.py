"""The status line: title, paused or playing, step, time, what comes next, drops; and messages instead of toasts."""

from __future__ import annotations

from typing import ClassVar

from textual.strip import Strip

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.painting.styles import Painted
from netsandbox.tui.session.source import Status
from netsandbox.tui.status_text import status_runs

_EMPTY = Status("", 0, 0, 0, True, True, 1.0, False, "", 0)


class StatusLine(Painted):
    """One line at the top; a message stays until the next is said or it is cleared."""

    STYLES = "status--"
    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"status--title", "status--state", "status--time", "status--message",
                                             "status--trouble", "status--dropped"}

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        background: $panel;
        & .status--title { text-style: bold; }
        & .status--state { color: $text-primary; text-style: bold; }
        & .status--time { text-style: dim; }
        & .status--message { color: $text-success; }
        & .status--trouble { color: $text-error; text-style: bold; }
        & .status--dropped { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.status = _EMPTY
        self.message = ""
        self.trouble = False

    def show(self, status: Status) -> None:
        """Show where the lab is; painted only when it is elsewhere."""
        if status != self.status:
            self.status = status
            self.refresh()

    def say(self, message: str, *, trouble: bool = False) -> None:
        """Show a message, or with an empty one what comes next again."""
        if (message, trouble) != (self.message, self.trouble):
            self.message, self.trouble = message, trouble
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        if y:
            return Strip.blank(width, self.rich_style)
        runs = status_runs(self.status, width, self.glyphs, self.message, self.trouble)
        return self.book.strip(runs).adjust_cell_length(width, self.rich_style)
