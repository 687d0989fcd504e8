"""The device pane: what one device knows, a tab for each of its tables, updated in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable, Static

from netsandbox.lab.tables import ConnectionRow
from netsandbox.tui.device.narrow_table import fitted, titles, widths_of
from netsandbox.tui.device.rows import Table, decides, key_of, news
from netsandbox.tui.device.tables import table_of
from netsandbox.tui.device.tabs import tabs_of
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.panes.device_title import called, device_title
from netsandbox.tui.panes.late_table import LateTable
from netsandbox.tui.session.source import LabSource, TableRow
from netsandbox.tui.text import fit
from netsandbox.tui.topology.model import Place


class DevicePane(Vertical):
    """The tables of one device; `show` chooses it, `refresh_rows` brings the shown table up to date."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CLASSES = "pane -empty"
    HELP_TOPIC = "device"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "tab(-1)", "Tab left", show=False, priority=True, id="device.left"),
        Binding("right", "tab(1)", "Tab right", show=False, priority=True, id="device.right"),
        Binding("i", "pin", "Pin", tooltip="Keep this device beside the selected one", id="device.pin"),
        Binding("s", "stream", "Stream", tooltip="Follow the connection", show=False, id="device.stream"),
        Binding("f", "filter", "Filter", tooltip="Only its frames in the log, or all again", show=False,
                id="device.filter"),
        Binding("w", "why", "Why", tooltip="Explain the row", id="device.why"),
    ]
    """
    | Key | Description |
    | :- | :- |
    | left / right | Another tab. |
    | up / down | Another row. |
    | enter | Select the frame that made the row. |
    | w | Explain the row. |
    | i | Pin the device, or let it go. |
    | s | Follow the connection of the row. |
    | f | Show only the connection's frames in the log. |
    """

    DEFAULT_CSS = """
    DevicePane {
        height: 1fr;
        & DataTable { height: 1fr; scrollbar-size: 0 1; background: transparent; }
        & DataTable > .datatable--cursor { background: transparent; color: $foreground; text-style: none; }
        & DataTable:focus > .datatable--cursor { background: $primary-muted; text-style: bold; }
        & .device--empty { color: $text-muted; padding: 0 1; height: 1fr; display: none; }
        &.-empty DataTable { height: 0; }
        &.-empty .device--empty { display: block; }
    }
    """

    class FrameWanted(Message):
        """A row was chosen that a record made."""

        def __init__(self, seq: int) -> None:
            super().__init__()
            self.seq = seq

    class WhyWanted(Message):
        """A row is to be explained."""

        def __init__(self, row: TableRow) -> None:
            super().__init__()
            self.row = row

    class OfConnection(Message):
        """Something is to be done with a connection."""

        def __init__(self, row: ConnectionRow) -> None:
            super().__init__()
            self.row = row

    class StreamWanted(OfConnection):
        """It is to be followed."""

    class FilterWanted(OfConnection):
        """Only its frames are to be listed, or all again."""

    class PinWanted(Message):
        """The device is to be pinned, or no longer."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    def __init__(
        self,
        source: LabSource,
        glyphs: GlyphSet = UNICODE,
        *,
        pinned: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.source = source
        self.glyphs = glyphs
        self.pinned = pinned
        self.place: Place | None = None
        self.tabs: list[str] = []
        self.tab = ""
        self.table: Table | None = None
        self.changed: frozenset[str] = frozenset()  # Keys of the rows marked as changed by the latest news
        self._lit: frozenset[str] = frozenset()  # Keys of the rules that a packet passes
        self._passed_at = -1  # The step at which it did
        self._widths: list[int] = []  # Cells of each column
        self._follows = False
        self._composed = False
        self._said = ""  # What stands in place of an empty table
        self._titled: tuple[object, ...] = ()  # What the title says: setting it paints the whole pane

    def compose(self) -> ComposeResult:
        """The table, and what is said when it is empty."""
        yield LateTable(self._cells, self.glyphs.ellipsis)
        yield Static(Content(tr("device.none")), markup=False, classes="device--empty")

    def on_mount(self) -> None:
        """Show what was chosen before there was a table to show it in."""
        self._composed = True
        self.refresh_rows()

    @property
    def _data(self) -> LateTable:
        return self.query_one(LateTable)

    # --- what it shows ---

    def show(self, place: Place | None, tab: str = "", *, follows: bool = False) -> None:
        """Show another device, with the same tab as before if it has it (follows: it is one of those who speak, and not
        the one that the picture marks)."""
        self._follows = follows
        if place != self.place:
            self.place = place
            self.table = None
            self.changed = self._lit = frozenset()
        self.tabs = tabs_of(self.source, place) if place is not None else []
        wanted = tab or self.tab
        self.tab = wanted if wanted in self.tabs else (self.tabs[0] if self.tabs else "")
        self.refresh_rows()

    def show_tab(self, tab: str) -> None:
        """Show another tab of the same device."""
        if tab in self.tabs and tab != self.tab:
            self.tab = tab
            self.table = None
            self.changed = self._lit = frozenset()
            self.refresh_rows()

    def action_tab(self, step: int) -> None:
        """Go to the next tab or the one before, round and round."""
        if self.tabs:
            self.show_tab(self.tabs[(self.tabs.index(self.tab) + step) % len(self.tabs)])

    def action_show_tab(self, tab: str) -> None:
        """A tab's name in the title was clicked."""
        self.show_tab(tab)

    def action_pin(self) -> None:
        """Ask for this device to be pinned, or no longer."""
        if self.place is not None:
            self.post_message(self.PinWanted(self.place))

    def action_why(self) -> None:
        """Ask why the row under the cursor is there; where there is none, the key is for the frame."""
        origin = self._origin
        if origin is None:
            raise SkipAction
        self.post_message(self.WhyWanted(origin))

    @property
    def _origin(self) -> TableRow | None:
        """What the row under the cursor shows."""
        at = self._data.cursor_row
        return self.table.rows[at].origin if self.table is not None and 0 <= at < len(self.table.rows) else None

    def to_copy(self) -> Sequence[str]:
        """The row under the cursor."""
        at = self._data.cursor_row
        rows = self.table.rows if self.table is not None else ()
        cells = rows[at].cells if 0 <= at < len(rows) else ()
        told = (cell.strip(self.glyphs.bar + " ") for cell in cells)  # a bar is no text
        return ["  ".join(filter(None, told))] if cells else []

    def action_stream(self) -> None:
        """Ask for the row's connection to be followed; elsewhere the key is for the frame."""
        origin = self._origin
        if not isinstance(origin, ConnectionRow):
            raise SkipAction
        self.post_message(self.StreamWanted(origin))

    def action_filter(self) -> None:
        """Ask for only the connection's frames."""
        origin = self._origin
        if not isinstance(origin, ConnectionRow):
            raise SkipAction
        self.post_message(self.FilterWanted(origin))

    def on_resize(self) -> None:
        """Show as much as there is room for."""
        self.call_after_refresh(self.refresh_rows)

    def refresh_rows(self) -> None:
        """Bring the table up to date; only the cells that differ are painted again."""
        if not self._composed:
            return
        self._look_at_tabs()
        if self.place is None or not self.tab:
            self._say(tr("device.none"))
            self._retitle()
            return
        before, after = self.table, fitted(table_of(self.source, self.place, self.tab, self.glyphs), self.size.width)
        fresh, marked, lit = news(before, after), self.changed, self._lit
        if fresh is not None:
            self.changed = fresh
        self._lit = self._rules_at_work(fresh)
        self.table = after
        old = self._key_at_cursor(before)
        self._show_changes(before, after, (marked ^ self.changed) | (lit ^ self._lit))
        self._move_to(old, after)
        self._show_lit(after)
        self._say("" if after.rows else tr("device.empty." + self.tab))
        self._retitle()

    def _rules_at_work(self, fresh: frozenset[str] | None) -> frozenset[str]:
        """The rules whose counters the latest step moved: a packet passes them now."""
        if self.tab != "rules":
            return frozenset()
        step = self.source.position().step
        if fresh:
            self._passed_at = step
            return fresh
        return self._lit if step == self._passed_at else frozenset()

    def _show_lit(self, table: Table) -> None:
        """Bring the rule at work that decides into view, or the first one, unless a person reads the table."""
        lit = [number for number, row in enumerate(table.rows) if row.key in self._lit]
        if lit and not self._data.has_focus:
            self._data.move_cursor(row=max(lit, key=lambda at: (decides(table.rows[at]), -at)), animate=False)

    def _look_at_tabs(self) -> None:
        """Tabs come and go with what the device has; with its last one the device is gone."""
        self.tabs = tabs_of(self.source, self.place) if self.place is not None else []
        if not self.tabs:
            self.place = None
        if self.tab not in self.tabs:
            self.tab, self.table = self.tabs[0] if self.tabs else "", None

    def _key_at_cursor(self, table: Table | None) -> str | None:
        at = self._data.cursor_row
        return table.rows[at].key if table is not None and 0 <= at < len(table.rows) else None

    def _move_to(self, key: str | None, table: Table) -> None:
        """Let the cursor stay on its row, which may have another number now."""
        at = self._data.cursor_row
        if key is None or (at < len(table.rows) and table.rows[at].key == key):
            return
        number = next((number for number, row in enumerate(table.rows) if row.key == key), None)
        if number is not None:
            self._data.move_cursor(row=number, animate=False)

    def _say(self, text: str) -> None:
        self.set_class(bool(text), "-empty")
        if text and text != self._said:
            self._said = text
            self.query_one(".device--empty", Static).update(Content(text))

    def _retitle(self) -> None:
        titled = (self.place, self.tab, tuple(self.tabs), language(), self.size.width, self._follows)
        if titled == self._titled:
            return
        self._titled = titled
        if self.place is None:
            self.border_title, self.border_subtitle = Content(tr("device.title")), Content("")
            return
        self.border_title = device_title(called(self.source, self.place), self.tabs, self.tab, self.glyphs,
                                         pinned=self.pinned, width=self.size.width)
        what = tr("device.proxy") if self.tab == "proxy" else tr("device.follows") if self._follows else ""
        self.border_subtitle = Content(tr("device.pinned") if self.pinned else what)

    # --- the table ---

    def _cells(self, number: int) -> list[Text]:
        """The cells of a row, in the first one the mark of what has just changed."""
        if self.table is None or number >= len(self.table.rows):
            return []
        row = self.table.rows[number]
        key = key_of(row)
        style = "bold reverse" if key in self._lit else "bold" if key in self.changed else ""
        mark = self.glyphs.changed if row.key in self.changed else " "
        cells = [mark + row.cells[0], *row.cells[1:]]
        if key in self._lit:  # it is lit over its whole row
            cells = [fit(cell, width) for cell, width in zip(cells, self._widths, strict=True)]
        return [Text(cell, style, no_wrap=True) for cell in cells]

    def _show_changes(self, before: Table | None, after: Table, marks: frozenset[str]) -> None:
        """Paint the cells that differ, or all where a column has grown."""
        same = before is not None and before.columns == after.columns
        needed, grown = widths_of(after), widths_of(after, self._widths if same else ())
        if sum(needed) <= self.size.width < sum(grown):  # the last column would have no room
            grown = needed
        if before is None or grown != self._widths:
            self._widths = grown
            self._rebuild(after)
        else:
            self._update(before, after, marks)

    def _rebuild(self, table: Table) -> None:
        """Fill the table anew, with columns of its own."""
        data = self._data
        scroll = data.scroll_offset
        data.clear(columns=True)
        for place, (column, title) in enumerate(zip(table.columns, titles(table), strict=True)):
            data.add_column(Text(title if place else " " + title), key=column, width=self._widths[place])
        data.resize(len(table.rows))
        data.scroll_to(*scroll, animate=False)

    def _update(self, old: Table, table: Table, marks: frozenset[str]) -> None:
        """Show the rows that say something else, or whose mark comes or goes."""
        changed = [number for number, (before, row) in enumerate(zip(old.rows, table.rows, strict=False))
                   if row.cells != before.cells or key_of(row) in marks or key_of(before) in marks]
        self._data.resize(len(table.rows))
        if changed:
            self._data.renew(changed)

    @on(DataTable.RowSelected)
    def _row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if self.table is None or not 0 <= event.cursor_row < len(self.table.rows):
            return
        row = self.table.rows[event.cursor_row]
        seq = row.seq
        if seq is None and row.origin is not None:
            seq, _why = self.source.why_row(row.origin)
        if seq is not None:
            self.post_message(self.FrameWanted(seq))
