"""A list of log rows in Textual's Line API: a header, a cursor, follow mode, and no more painting than needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from netsandbox.lab.tables import LogRow
from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.log_columns import Columns, Masters, Needs, columns, header, needs_of, row_runs
from netsandbox.tui.log_store import LogStore
from netsandbox.tui.styles import StyleBook
from netsandbox.tui.text import cell_len, fit, safe

FLUSH_RATE = 15
"""Repaints a second while frames arrive; measured as the best of latency and load."""

SLICE = 4000
"""Rows that a filter or a search looks at between two repaints: some 8 ms."""

_CACHED_LINES = 512

_KNOWN_PARTIES = 20_000
"""Texts measured at most; by then the columns are as wide as they get."""


class LogView(ScrollView, can_focus=True):
    """The part of the frame log that shows rows: `extend` takes them, `flush` paints, the cursor holds or follows."""

    ALLOW_SELECT = False
    DEFAULT_CLASSES = "pane"

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--header",
        "log--cursor",
        "log--selected",
        "log--mark",
        "log--number",
        "log--time",
        "log--where",
        "log--who",
        "log--arp",
        "log--icmp",
        "log--tcp",
        "log--udp",
        "log--other",
        "log--info",
        "log--verdict",
        "log--dropped",
        "log--match",
        "log--empty",
    }

    DEFAULT_CSS = """
    LogView {
        overflow-x: hidden;
        scrollbar-size: 1 1;
        & .log--header { text-style: bold dim; }
        & .log--cursor { background: $primary-muted; text-style: bold; }
        & .log--selected { background: $panel; }
        & .log--mark { color: $text-success; text-style: bold; }
        & .log--number { text-style: dim; }
        & .log--time { text-style: dim; }
        & .log--where { text-style: dim; }
        & .log--who { color: $foreground; }
        & .log--arp { color: $text-secondary; }
        & .log--icmp { color: $text-success; }
        & .log--tcp { color: $text-primary; }
        & .log--udp { color: $text-primary; }
        & .log--other { text-style: dim; }
        & .log--info { color: $foreground; }
        & .log--verdict { text-style: dim; }
        & .log--dropped { color: $text-error; text-style: bold; }
        & .log--match { text-style: reverse; }
        & .log--empty { text-style: dim; }
    }
    """

    class Highlighted(Message):
        """The cursor is on another row, or while following a newer row has come."""

        def __init__(self, log: LogView, row: LogRow) -> None:
            super().__init__()
            self.frame_log = log
            self.row = row

        @property
        def control(self) -> LogView:
            """The log."""
            return self.frame_log

    class Chosen(Highlighted):
        """The row is to be looked into."""

    def __init__(
        self,
        glyphs: GlyphSet = UNICODE,
        *,
        capacity: int = 100_000,
        self_timed: bool = True,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        """Make an empty log.

        Args:
            capacity: rows kept; some more until a chunk of the oldest is dropped.
            self_timed: flush by an own timer; False when the owner calls `flush`.
        """
        super().__init__(id=id)
        self.glyphs = glyphs
        self.store = LogStore(capacity)
        self.following = True
        self.marks: set[int] = set()
        """Record numbers of marked rows."""
        self.masters: Masters = {}
        self.filter_text = ""
        self.needle = ""
        self._cursor = 0
        """Absolute number of the row under the cursor while not following."""
        self._other_end: int | None = None
        """Absolute number of the row at which a selection began."""
        self._pending: list[LogRow] = []
        self._needs = Needs(14, 16, 8)
        self._seen: set[tuple[str, ...]] = set()
        """Places, parties and verdicts whose widths are known."""
        self._shown: LogRow | None = None
        self._seeking: tuple[int, int] | None = None
        """Position and direction at which a search goes on."""
        self._lines: LRUCache[tuple[object, ...], Strip] = LRUCache(_CACHED_LINES)
        self._book = StyleBook(self, "log--")
        self._self_timed = self_timed
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Begin to follow."""
        self.anchor()
        self._resized()
        if self._self_timed:
            self._timer = self.set_interval(1 / FLUSH_RATE, self.flush)

    # --- rows ---

    def extend(self, rows: Iterable[LogRow]) -> None:
        """Take rows; they are shown at the next flush."""
        self._pending.extend(rows)

    def clear(self) -> None:
        """Forget all rows and marks: another lab or another past."""
        self._pending.clear()
        self.store.clear()
        self.marks.clear()
        self._forget()
        self.follow()

    def rewind(self, seq: int) -> None:
        """Forget the rows from record `seq` on: the lab went back."""
        self._pending = [row for row in self._pending if row.seq < seq]
        self.store.truncate(seq)
        self.marks = {mark for mark in self.marks if mark < seq}
        self._forget()
        self._resized()
        self._tell()

    def flush(self) -> None:
        """Show what has come since the last flush, and let filter and search go on for a slice."""
        if self._pending:
            pending, self._pending = self._pending, []
            self._widen(pending)
            gone = self.store.extend(pending)
            if gone and not self.following:
                self.scroll_to(y=max(self.scroll_offset.y - gone, 0), animate=False, force=True)
        elif self.store.complete and self._seeking is None:
            return
        self.store.scan(SLICE)
        self._seek()
        self._resized()
        if self.following:
            self._tell()

    def _widen(self, rows: Iterable[LogRow]) -> None:
        """Let the columns grow to what the rows need."""
        for row in rows:
            key = (row.node, row.interface, row.source, row.destination, row.verdict, row.reason)
            if key not in self._seen and len(self._seen) < _KNOWN_PARTIES:
                self._seen.add(key)
                self._needs = Needs(*map(max, self._needs, needs_of(row, self.masters, self.glyphs)))

    def _forget(self) -> None:
        self._lines.clear()
        self._shown = None
        self._other_end = None
        self._seeking = None

    def _resized(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.store) + 1)
        self._retitle()
        self.refresh()

    def set_masters(self, masters: Masters) -> None:
        """Tell which interface is a port of which bridge, so that rows can name the bridge."""
        if masters != self.masters:
            self.masters = masters
            self._seen.clear()
            self._lines.clear()
            self.refresh()

    def _seek(self) -> None:
        """Let a search go on; a hook for the log that has one."""

    # --- cursor ---

    @property
    def position(self) -> int:
        """The position of the cursor's row among those shown; the last while following."""
        return len(self.store) - 1 if self.following else self.store.position(self._cursor)

    @property
    def current(self) -> LogRow | None:
        """The row under the cursor."""
        return self.store.row(self.position) if len(self.store) else None

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
                self._shown = self.store.row(position)
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
        if row is not None and row is not self._shown:
            self._shown = row
            self.post_message(self.Highlighted(self, row))

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
            self.post_message(self.Chosen(self, row))

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

    def _selection(self) -> tuple[int, int]:
        """Positions of the first and the last selected row."""
        here = self.position
        other = here if self._other_end is None else self.store.position(self._other_end)
        return min(here, other), max(here, other)

    # --- painting ---

    def on_resize(self) -> None:
        """Spread the columns anew."""
        self._lines.clear()
        self._resized()
        if not self.following:
            self._show_cursor()

    def notify_style_update(self) -> None:
        """Forget what was painted in the old theme."""
        self._book.forget()
        self._lines.clear()
        super().notify_style_update()

    def _retitle(self) -> None:
        parts = [tr("log.title")]
        if self.filter_text:
            parts.append(tr("log.filter", text=safe(self.filter_text)))
        if self.store.filtered:
            parts.append(tr("log.matched", shown=len(self.store), total=self.store.total))
            if not self.store.complete:
                parts.append(tr("log.filtering"))
        if self.store.folded:
            parts.append(tr("log.journeys"))
        parts.append(tr("log.following") if self.following else tr("log.held"))
        self.border_title = Content(" ── ".join(parts) if not self.glyphs.ascii else " -- ".join(parts))

    def _columns(self, width: int) -> Columns:
        last = self.store.row(len(self.store) - 1) if len(self.store) else None
        return columns(width, last.seq if last else 0, self._needs, last.at if last else None)

    def render_line(self, y: int) -> Strip:
        """The header, or one row."""
        width = self.scrollable_content_region.width
        widths = self._columns(width)
        if y == 0:
            return self._book.strip([Run(fit(header(widths, self.glyphs), width), "header")])
        position = self.scroll_offset.y + y - 1
        if position >= len(self.store):
            text = tr("log.no_match" if self.store.total else "log.empty") if y == 1 and not len(self.store) else ""
            return self._book.strip([Run(fit("  " + text if text else "", width), "empty")])
        first, last = self._selection()
        cursor = position == self.position
        selected = first <= position <= last and first != last
        row = self.store.shown(position)
        marked = row.seq in self.marks
        key = (self.store.absolute(position), cursor, selected, marked, widths, width, row.hops, row.verdict)
        strip = self._lines.get(key)
        if strip is None:
            strip = self._lines[key] = self._paint(row, widths, width, cursor, selected, marked)
        return strip

    def _paint(
        self, row: LogRow, widths: Columns, width: int, cursor: bool, selected: bool, marked: bool
    ) -> Strip:
        runs = row_runs(row, widths, self.masters, self.glyphs, self.needle)
        runs[0] = Run(self.glyphs.mark, "mark") if marked else runs[0]
        runs.insert(0, Run(self.glyphs.selected if cursor else " ", "mark"))
        runs.append(Run(" " * max(width - sum(cell_len(run.text) for run in runs), 0), ""))
        return self._book.strip(runs, "cursor" if cursor else "selected" if selected else "")
