"""The frame log as a list in Textual's Line API: rows come, a cursor moves, the newest is followed or one held."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable

from textual import events
from textual.message import Message
from textual.timer import Timer

from netsandbox.lab.tables import LogRow
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.log.rows import Told
from netsandbox.tui.panes.log_lines import LogLines

FLUSH_RATE = 15  # Repaints a second while frames arrive; measured as the best of latency and load

SLICE = 1500  # Rows that a filter or a search looks at between two repaints: some 8 ms

QUIETLY = 8  # While nothing else happens it is painted after so many of them: a picture takes as long as a slice


class LogView(LogLines):
    """The part of the frame log that takes rows: `extend` takes them, `flush` paints, the cursor holds or follows."""

    class Highlighted(Message):
        """The cursor is on another row, or while following a newer row has come, or a journey's row tells otherwise."""

        def __init__(self, row: LogRow, told: int) -> None:
            super().__init__()
            self.row = row
            self.told = told  # The record that says what the row shows

    class Chosen(Highlighted):
        """The row is to be looked into."""

    def __init__(
        self,
        told: Told,
        glyphs: GlyphSet = UNICODE,
        *,
        capacity: int = 100_000,
        self_timed: bool = True,
        id: str | None = None,
    ) -> None:
        """Make an empty log.

        Args:
            told: who makes the rows that are looked at.
            capacity: rows kept; some more until a chunk of the oldest is dropped.
            self_timed: flush by an own timer; False when the owner calls `flush`.
        """
        super().__init__(told, glyphs, capacity, id)
        self._pending = array("q")
        self._shown: tuple[tuple[int, str, str, str], int] | None = None
        """The key of the row that was told of last, and the record."""
        self._seeking: tuple[int, int] | None = None
        self._has_turned = False  # The search goes on from the other end
        """Position and direction at which a search goes on."""
        self._unpainted = 0  # Slices that the filter has looked at since rows came
        self._self_timed = self_timed
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Begin to follow."""
        self.anchor()
        self._resized()
        if self._self_timed:
            self._timer = self.set_interval(1 / FLUSH_RATE, self.flush)

    # --- rows ---

    def extend(self, seqs: Iterable[int]) -> None:
        """Take rows by their records' numbers; they are shown at the next flush."""
        self._pending.extend(seqs)

    def forget(self, seq: int) -> None:
        """The trace has forgotten the records before one."""
        if len(self.store.rows) and self.store.rows.seqs[0] < seq:
            self._went(self.store.forget(seq))

    def clear(self) -> None:
        """Forget all rows and marks: another lab or another past."""
        del self._pending[:]
        self.store.clear()
        self.marks.clear()
        self._narrow()
        self._forget()
        self.follow()

    def rewind(self, seq: int) -> None:
        """Forget the rows from record `seq` on: the lab went back."""
        del self._pending[bisect_left(self._pending, seq):]
        self.store.truncate(seq)
        self.store.scan(SLICE)
        self.marks = {mark for mark in self.marks if mark < seq}
        self._forget()
        self._resized()
        if not self.following:
            self._hold()
            self._show_cursor()
        self._tell()

    def flush(self) -> None:
        """Show what has come since the last flush, and let filter and search go on for a slice."""
        came = len(self._pending)
        if came:
            if not self.following and self.store.complete:
                self._hold()
            self._went(self.store.extend(self._pending))
            del self._pending[:]
        elif self.store.complete and self._seeking is None:
            return
        goes_on = self.store.scan(SLICE)
        self._widen()
        self._seek()
        self._unpainted = self._unpainted + 1 if goes_on and not came else 0
        if self._unpainted % QUIETLY:
            return
        self._resized()
        if self.following or goes_on or self._shown is None:
            self._tell()

    def _went(self, gone: int) -> None:
        """So many positions went at the beginning: what is held stays where it is."""
        if gone and not self.following:
            self.scroll_to(y=max(self.scroll_offset.y - gone, 0), animate=False, force=True)

    def _hold(self) -> None:
        """The row that is held is the one that is shown; where none is, the first that comes."""
        self._cursor = self.store.absolute(self.position) if len(self.store) else min(self._cursor, self.store.rows.end)

    def _forget(self) -> None:
        self._lines.clear()
        self._shown = None
        self._other_end = None
        self._seeking = None

    def _seek(self) -> None:
        """Let a search go on; a hook for the log that has one."""

    # --- cursor ---

    def go_to(self, position: int) -> None:
        """Hold the log and put the cursor on a row."""
        if not len(self.store):
            return
        self.release_anchor()
        self._cursor = self.store.absolute(min(max(position, 0), len(self.store) - 1))
        self._show_cursor()
        self._tell()

    def go_to_seq(self, seq: int, *, tell: bool = True) -> bool:
        """Put the cursor on the row of a record, or on the last before it; False when there is none.

        Args:
            tell: say that the cursor is there; not when the record itself is shown already, which may have no row.
        """
        position = self.store.position_of_seq(seq)
        if position is not None:
            if not tell:
                self._shown = self._about(self.store.row(position))
            self.go_to(position)
        return position is not None

    def follow(self) -> None:
        """Go to the newest row and stay there."""
        self.following = True
        self._other_end = None
        self._resized()
        self.anchor()
        self._tell()

    def release_anchor(self) -> None:
        """Hold the log where it is: called by every way of scrolling by hand."""
        super().release_anchor()
        if self.following and len(self.store):
            self._cursor = self.store.absolute(len(self.store) - 1)
            self.following = False
            self._retitle()
            self.refresh()

    def _show_cursor(self) -> None:
        """Scroll no further than needed to see the cursor's row below the header."""
        position, page = self.position, max(self.size.height - 1, 1)
        top = self.scroll_offset.y
        if position < top:
            self.scroll_to(y=position, animate=False, force=True)
        elif position >= top + page:
            self.scroll_to(y=position - page + 1, animate=False, force=True)
        self.refresh()

    def _tell(self) -> None:
        row = self.current
        if row is not None and self._about(row) != self._shown:
            self._shown = self._about(row)
            self.post_message(self.Highlighted(row, self._shown[1]))

    def _about(self, row: LogRow) -> tuple[tuple[int, str, str, str], int]:
        return row.key, self.store.telling(row)

    def action_move(self, step: int) -> None:
        """Move the cursor; below the last row the log follows again."""
        if step > 0 and self.position + step >= len(self.store):
            self.follow()
            return
        self._other_end = None
        self.go_to(self.position + step)

    def action_extend(self, step: int) -> None:
        """Move the cursor and select what lies between."""
        if len(self.store):
            begin = self.store.absolute(self.position) if self._other_end is None else self._other_end
            self.go_to(self.position + step)
            self._other_end = begin

    def action_page(self, step: int) -> None:
        """Move the cursor by a page."""
        self.action_move(step * max(self.size.height - 2, 1))

    def action_first(self) -> None:
        """Go to the oldest row."""
        self._other_end = None
        self.go_to(0)

    def action_follow(self) -> None:
        """Go to the newest row and follow."""
        self.follow()

    def action_choose(self) -> None:
        """Look into the row under the cursor."""
        row = self.current
        if row is not None:
            self.post_message(self.Chosen(row, self.store.telling(row)))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row clicked; a second click looks into it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0:
            return
        position = self.scroll_offset.y + offset.y - 1
        if position < len(self.store):
            self._other_end = None
            self.go_to(position)
            if event.chain > 1:
                self.action_choose()

    def on_resize(self) -> None:
        """Spread the columns anew."""
        self._lines.clear()
        self._resized()
        if not self.following:
            self._show_cursor()
