"""The frame log: every frame at every interface it passed, one line each, following the newest or held at a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from netsandbox.lab.tables import LogRow
from netsandbox.tui.log.columns import contains, plain
from netsandbox.tui.panes.log_view import SLICE, LogView
from netsandbox.tui.panes.sought import Sought


class FrameLog(LogView):
    """The frame log with its keys: filter, search, marks, selection of several rows."""

    HELP_TOPIC = "log"

    class Copied(Message):
        """Rows went to the clipboard."""

        def __init__(self, rows: Sequence[LogRow]) -> None:
            super().__init__()
            self.rows = rows

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="log.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="log.down"),
        Binding("shift+up", "extend(-1)", "Select up", show=False, id="log.select-up"),
        Binding("shift+down", "extend(1)", "Select down", show=False, id="log.select-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="log.page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="log.page-down"),
        Binding("home,g", "first", "First", show=False, id="log.first"),
        Binding("end,G", "follow", "Follow", tooltip="Go to the newest frame and follow", id="log.follow"),
        Binding("enter", "choose", "Open", tooltip="Look into the frame", show=False, id="log.choose"),
        Binding("f", "fold", "Journeys", tooltip="One row for a frame's whole way, or all", show=False, id="log.fold"),
        Binding("m", "mark", "Mark", tooltip="Mark the frame", show=False, id="log.mark"),
        Binding("apostrophe", "next_mark", "Next mark", show=False, id="log.next-mark"),
        Binding("f3", "find_next(1)", "Find next", show=False, id="log.find-next"),
        Binding("shift+f3,f15", "find_next(-1)", "Find previous", show=False, id="log.find-previous"),
        Binding("y", "copy", "Copy", tooltip="Copy the selected frames as text", show=False, id="log.copy"),
    ]
    """
    | Key | Description |
    | :- | :- |
    | up, k / down, j | Hold the log and move the cursor. |
    | shift+up / shift+down | Select several frames. |
    | home, g / end, G | First frame / newest frame, and follow. |
    | enter | Open the frame, or the journey that a row stands for. |
    | f | One row for each journey, or all rows. |
    | m / ' | Mark the frame / next marked frame. |
    | f3 / shift+f3, f15 | Next / previous match of the search. |
    | y | Copy the selected frames. |
    """

    # --- filter and search ---

    def set_filter(self, text: str, test: Callable[[LogRow], bool] | None, doubt: str = "") -> None:
        """Show only the rows that pass; the first slice at once, the others at the next flushes. A doubt is said where
        none does."""
        self.filter_text, self.doubt = text, doubt
        self.store.set_filter(test)
        self.store.scan(SLICE)
        self._narrow()
        self._widen()
        self._resized()
        if not self.following:
            self._show_cursor()
        self._tell()

    def show_whole(self) -> None:
        """All rows of another lab, each for itself."""
        self.store.fold(False)

    def action_fold(self) -> None:
        """One row for each journey, or all."""
        row = self.current
        self.store.fold(not self.store.folded)
        self._scanned_anew(row)

    def action_choose(self) -> None:
        """Open the journey that the row stands for, or close it; look into a row that stands for itself."""
        row = self.current
        if row is not None and row.journey == row.seq and self.store.unfold(row):
            self._scanned_anew(row, held=True)
        else:
            super().action_choose()

    def _scanned_anew(self, row: LogRow | None, *, held: bool = False) -> None:
        """Other rows are shown; the cursor stays where it was, or goes to the row that stands for its journey."""
        self.store.scan(SLICE)
        self._lines.clear()
        self._widen()
        self._resized()
        if self.following and not held:
            self._tell()
        elif row is not None:
            self.go_to_seq(row.seq if row.journey in (-1, row.seq) or not self.store.folded else row.journey)

    def search(self, needle: str) -> None:
        """Mark what contains a text, and go to the next row that does."""
        self.needle = needle
        self._lines.clear()
        self.refresh()
        if needle:
            self._begin_seek(self.position, 1)

    def action_find_next(self, step: int) -> None:
        """Go to the next or the previous match."""
        if self.needle:
            self._begin_seek(self.position + step, step)

    def _begin_seek(self, start: int, step: int) -> None:
        self._seeking, self._has_turned = (start, step), False
        self._seek()

    def _seek(self) -> None:
        if self._seeking is None:
            return
        start, step = self._seeking
        found, further = self.store.find(contains(self.needle, self.glyphs), start, step, SLICE)
        if found is None and further < 0 and not self._has_turned:
            self._has_turned = True
            self._seeking = (0 if step > 0 else len(self.store) - 1, step)
            self._seek()
            return
        if found is None and further >= 0:
            self._seeking = (further, step)
            return
        self._seeking = None
        if found is not None:
            self.go_to(found)
        self.post_message(Sought(self, self.needle, is_round=self._has_turned, is_nowhere=found is None))

    # --- marks and selection ---

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        row = self.current
        if row is not None:
            self.marks ^= {row.seq}
            self.refresh()

    def action_next_mark(self) -> None:
        """Go to the next marked row, after the last to the first."""
        row = self.current
        if row is not None and self.marks:
            later = [mark for mark in self.marks if mark > row.seq]
            self.go_to_seq(min(later or self.marks))

    def selected_rows(self) -> list[LogRow]:
        """The selected rows, or the one under the cursor."""
        first, last = self._selection()
        return [self.store.row(position) for position in range(first, last + 1)] if len(self.store) else []

    def shown_rows(self, most: int) -> list[LogRow]:
        """The newest rows that are shown, up to the cursor."""
        end = min(self.position + 1, len(self.store))
        return [self.store.row(position) for position in range(max(end - most, 0), end)]

    def chosen_rows(self) -> list[LogRow]:
        """For export: the selected rows; where only one is, all that are marked, if any."""
        selected = self.selected_rows()
        return (self.store.rows_of(self.marks) if len(selected) <= 1 else []) or selected

    def action_copy(self) -> None:
        """Copy the selected rows as text."""
        rows = self.selected_rows()
        if rows:
            self.app.copy_to_clipboard("\n".join(plain(row, self.glyphs) for row in rows) + "\n")
            self.post_message(self.Copied(rows))

