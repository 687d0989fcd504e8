"""A pane that is a list of lines to choose from; what is brought up to date keeps its cursor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.text import safe


class ListPane(OptionList):
    """Subclasses name their topic, and bind keys to what is chosen."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CLASSES = "pane"
    HELP_TOPIC = ""

    DEFAULT_CSS = """
    ListPane { width: 5fr; height: 1fr; padding: 0 1; scrollbar-size: 1 1; background: transparent; }
    """

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.glyphs = glyphs
        self._rows: Sequence[str] | None = None

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = Content(tr("topic." + self.HELP_TOPIC))
        self.border_subtitle = Content(tr("list.keys." + self.HELP_TOPIC))

    def show_rows(self, rows: Sequence[str]) -> None:
        """Show other lines; painted only when they differ."""
        if rows == self._rows:
            return
        at = self.highlighted or 0
        self._rows = rows
        self.clear_options()
        if rows:
            self.add_options(Option(Text(self.glyphs.plain(safe(row)), no_wrap=True)) for row in rows)
            self.highlighted = min(at, len(rows) - 1)
        else:
            self.add_option(Option(Text(tr("list.none." + self.HELP_TOPIC), "dim"), disabled=True))

    @property
    def chosen(self) -> int | None:
        """Which line the cursor is on; None where there is none."""
        return self.highlighted if self._rows and self.highlighted is not None else None
