"""The rows of the frame log as they are painted: columns as wide as what they hold, a header, marks, a cursor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.cache import LRUCache
from textual.content import Content
from textual.strip import Strip

from netsandbox.lab.tables import LogRow
from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.log.columns import Columns, Needs, columns, header, needs_of, row_runs
from netsandbox.tui.log.rows import Told
from netsandbox.tui.log.store import LogStore
from netsandbox.tui.painting.styles import Painted
from netsandbox.tui.panes.growing import GrowingView
from netsandbox.tui.text import cell_len, fit, safe

_CACHED_LINES = 512

_KNOWN_PARTIES = 20_000  # Texts measured at most; by then the columns are as wide as they get

LEAST = Needs(14, 16, 8, 12)  # What the columns of an empty log take


class LogLines(GrowingView, Painted, can_focus=True):
    """The part of the frame log that paints: which rows there are, and where the cursor is, others tell."""

    STYLES = "log--"
    ALLOW_SELECT = False
    DEFAULT_CLASSES = "pane"

    COMPONENT_CLASSES: ClassVar[set[str]] = {"log--header", "log--cursor", "log--selected", "log--mark", "log--number",
                                             "log--time", "log--where", "log--who", "log--arp", "log--icmp", "log--tcp",
                                             "log--udp", "log--other", "log--info", "log--verdict", "log--dropped",
                                             "log--match", "log--empty"}

    DEFAULT_CSS = """
    LogLines {
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

    def __init__(self, told: Told, glyphs: GlyphSet, capacity: int, id: str | None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.store = LogStore(told, capacity)
        self.following = True
        self.marks: set[int] = set()  # Record numbers of marked rows
        self.filter_text = ""
        self.needle = ""
        self.hint = tr("log.empty")  # What an empty log says
        self.doubt = ""  # Why nothing can pass the filter
        self.noted = ""  # What the title says beside the log's own
        self._titled = ""
        self._cursor = 0  # Absolute number of the row under the cursor while not following
        self._other_end: int | None = None  # Absolute number of the row at which a selection began
        self._needs = LEAST
        self._seen: set[tuple[str | int, ...]] = set()  # Places, parties and verdicts whose widths are known
        self._lines: LRUCache[tuple[object, ...], Strip] = LRUCache(_CACHED_LINES)

    def _widen(self) -> None:
        """Let the columns grow to what the rows need that are shown, the newest first."""
        shown, height = len(self.store), self.size.height
        first = max(shown - height, 0) if self.following else self.scroll_offset.y
        self._fit(map(self.store.shown, range(first, min(first + height, shown))))

    def _narrow(self) -> None:
        """Other rows are shown: the columns are no wider than what those hold."""
        self._seen.clear()
        self._needs = LEAST

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Let the columns grow to what the rows need that come into view."""
        super().watch_scroll_y(old_value, new_value)
        first, needs = self.scroll_offset.y, self._needs
        self._fit(map(self.store.shown, range(first, min(first + self.size.height, len(self.store)))))
        if needs != self._needs:
            self.refresh()

    def _fit(self, rows: Iterable[LogRow]) -> None:
        for row in rows:
            key = (row.node, row.interface, row.master, row.source, row.destination, row.verdict, row.reason, row.hops)
            if key not in self._seen and len(self._seen) < _KNOWN_PARTIES:
                self._seen.add(key)
                self._needs = Needs(*map(max, self._needs, needs_of(row, self.glyphs)))

    def _resized(self) -> None:
        self.grow(self.scrollable_content_region.width, len(self.store) + 1)
        self._retitle()
        self.refresh()

    @property
    def nothing(self) -> str:
        """What an empty log says: nothing came, or the filter lets nothing through."""
        return tr("log.filtered", why=self.doubt or tr("log.no_match")) if self.store.total else self.hint

    @property
    def position(self) -> int:
        """The position of the cursor's row among those shown; the last while following."""
        return len(self.store) - 1 if self.following else self.store.position(self._cursor)

    @property
    def current(self) -> LogRow | None:
        """The row under the cursor."""
        return self.store.row(self.position) if len(self.store) else None

    def _selection(self) -> tuple[int, int]:
        """Positions of the first and the last selected row."""
        here = self.position
        other = here if self._other_end is None else self.store.position(self._other_end)
        return min(here, other), max(here, other)

    def notify_style_update(self) -> None:
        """Forget what was painted in the old theme."""
        self._lines.clear()
        super().notify_style_update()

    def note(self, text: str) -> None:
        """Let the title say something more."""
        if text != self.noted:
            self.noted = text
            self._retitle()

    def _retitle(self) -> None:
        parts = [tr("log.title")]
        if self.filter_text:
            parts.append(tr("log.filter", text=safe(self.filter_text)))
        if self.store.filtered:
            if not self.store.folded:  # journeys are not counted against frames
                parts.append(tr("log.matched", shown=len(self.store), total=self.store.total))
            if not self.store.complete:
                parts.append(tr("log.filtering"))
        if self.store.folded:
            parts.append(tr("log.journeys"))
        parts.append(tr("log.following") if self.following else tr("log.held"))
        parts += [self.noted] if self.noted else []
        title = (" -- " if self.glyphs.ascii else " ── ").join(parts)
        if title != self._titled:  # setting it paints the whole pane
            self._titled = title
            self.border_title = Content(title)

    def _columns(self, width: int) -> Columns:
        last = self.store.row(len(self.store) - 1) if len(self.store) else None
        return columns(width, last.seq if last else 0, self._needs, last.at if last else None)

    def render_line(self, y: int) -> Strip:
        """The header, or one row."""
        width = self.scrollable_content_region.width
        widths = self._columns(width)
        if y == 0:
            return self.book.strip([Run(fit(header(widths, self.glyphs), width), "header")])
        position = self.scroll_offset.y + y - 1
        if position >= len(self.store):
            text = self.nothing if y == 1 and not len(self.store) else ""
            return self.book.strip([Run(fit("  " + text if text else "", width), "empty")])
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

    def _paint(self, row: LogRow, widths: Columns, width: int, cursor: bool, selected: bool, marked: bool) -> Strip:
        runs = row_runs(row, widths, self.glyphs, self.needle)
        runs[0] = Run(self.glyphs.mark, "mark") if marked else runs[0]
        runs.insert(0, Run(self.glyphs.selected if cursor else " ", "mark"))
        runs.append(Run(" " * max(width - sum(cell_len(run.text) for run in runs), 0), ""))
        return self.book.strip(runs, "cursor" if cursor else "selected" if selected else "")
