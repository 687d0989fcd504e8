"""A pane that is a list of lines to choose from; what is brought up to date keeps its cursor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.text import cell_len, fit, safe


class ListPane(OptionList):
    """Subclasses name their topic, and bind keys to what is chosen."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CLASSES = "pane"
    HELP_TOPIC = ""

    DEFAULT_CSS = """
    ListPane {
        width: 5fr; height: 1fr; padding: 0 1; scrollbar-size: 1 1; background: transparent;
        text-wrap: nowrap; text-overflow: ellipsis;
        & > .option-list--option-highlighted { background: $panel; color: $foreground; }
        &:focus > .option-list--option-highlighted { background: $primary-muted; text-style: bold; }
    }
    """

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.glyphs = glyphs
        self._rows: Sequence[Sequence[str]] | None = None

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = Content(tr("topic." + self.HELP_TOPIC))
        self.border_subtitle = Content(tr("list.keys." + self.HELP_TOPIC))

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other lines, each in cells that stand below each other; painted only when they differ."""
        if rows == self._rows:
            return
        at = self.highlighted or 0
        self._rows = rows
        self.clear_options()
        if rows:
            widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
            self.add_options(Option(Text(self._line(row, widths), no_wrap=True)) for row in rows)
            self.highlighted = min(at, len(rows) - 1)
        else:
            self.add_option(Option(Text(tr("list.none." + self.HELP_TOPIC), "dim"), disabled=True))

    def action_page_up(self) -> None:
        """A page up; nothing while the lines of a list that is just shown have no place yet, as below."""
        if self._lines:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """A page down; Textual would look for the place of a line that it has not laid out."""
        if self._lines:
            super().action_page_down()  # type: ignore[no-untyped-call]

    def _line(self, row: Sequence[str], widths: Sequence[int]) -> str:
        """A row's cells; a column that is empty in all rows takes no room."""
        cells = [fit(safe(cell), width) for cell, width in zip(row, widths, strict=True) if width]
        return self.glyphs.plain("  ".join(cells).rstrip())

    def to_copy(self) -> Sequence[str]:
        """The line under the cursor."""
        at = self.chosen
        return ["  ".join(filter(None, self._rows[at])).strip()] if at is not None and self._rows else []

    @property
    def chosen(self) -> int | None:
        """Which line the cursor is on; None where there is none."""
        return self.highlighted if self._rows and self.highlighted is not None else None
