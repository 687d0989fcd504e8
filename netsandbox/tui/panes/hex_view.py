"""The bytes of a frame: a cursor to walk them, and the bytes of the chosen layer or field marked."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from netsandbox.tui.canvas import Run
from netsandbox.tui.hex_lines import HexLayout, hex_layout, hex_runs
from netsandbox.tui.i18n import tr
from netsandbox.tui.painting.styles import Painted
from netsandbox.tui.text import cell_len, fit


class HexView(ScrollView, Painted, can_focus=True):
    """A hex dump as wide as the pane allows."""

    STYLES = "hex--"
    ALLOW_SELECT = False
    DEFAULT_CLASSES = "pane"
    HELP_TOPIC = "bytes"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "walk(-1)", "Byte left", show=False, id="hex.left"),
        Binding("right", "walk(1)", "Byte right", show=False, id="hex.right"),
        Binding("up", "walk_line(-1)", "Line up", show=False, id="hex.up"),
        Binding("down", "walk_line(1)", "Line down", show=False, id="hex.down"),
        Binding("home", "jump(0)", "First byte", show=False, id="hex.first"),
        Binding("end", "jump(-1)", "Last byte", show=False, id="hex.last"),
    ]
    """
    | Key | Description |
    | :- | :- |
    | arrows | Walk the bytes. |
    | home / end | First / last byte. |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hex--address", "hex--byte", "hex--marked", "hex--cursor", "hex--empty"}

    DEFAULT_CSS = """
    HexView {
        scrollbar-size: 1 1;
        overflow-x: hidden;
        & .hex--address { text-style: dim; }
        & .hex--byte { color: $foreground; }
        & .hex--marked { color: $foreground; background: $primary-muted; text-style: bold; }
        & .hex--cursor { text-style: reverse bold; }
        & .hex--empty { text-style: dim; }
    }
    """

    class Walked(Message):
        """The cursor is on another byte, moved by the person."""

        def __init__(self, offset: int) -> None:
            super().__init__()
            self.byte = offset

    def __init__(self) -> None:
        super().__init__()
        self.data = b""
        self.cursor: int | None = None
        self.marked = range(0)

    @property
    def _layout(self) -> HexLayout:
        return hex_layout(self.scrollable_content_region.width)

    def show(self, data: bytes) -> None:
        """Show other bytes, nothing marked."""
        self.data = data
        self.cursor = None
        self.marked = range(0)
        self._resized()
        self.scroll_to(0, 0, animate=False, force=True)

    def mark(self, start: int, end: int) -> None:
        """Mark the bytes from `start` to `end`, and bring the first of them into view."""
        self.marked = range(start, end)
        if self.cursor is not None and self.cursor not in self.marked:
            self.cursor = None
        if self.cursor is None and start < end:
            self._into_view(start)
        self.refresh()

    def _resized(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self._layout.lines(len(self.data)))
        self.refresh()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._resized()

    def _into_view(self, offset: int) -> None:
        line, top, height = offset // self._layout.columns, self.scroll_offset.y, max(self.size.height, 1)
        if line < top or line >= top + height:
            self.scroll_to(y=line if line < top else line - height + 1, animate=False, force=True)

    def _go(self, offset: int) -> None:
        if not self.data:
            return
        self.cursor = min(max(offset, 0), len(self.data) - 1)
        self._into_view(self.cursor)
        self.refresh()
        self.post_message(self.Walked(self.cursor))

    def action_walk(self, step: int) -> None:
        """Go some bytes further; the first key press goes to the marked ones."""
        self._go(self.marked.start if self.cursor is None else self.cursor + step)

    def action_walk_line(self, step: int) -> None:
        """Go some lines further."""
        self.action_walk(step * self._layout.columns)

    def action_jump(self, offset: int) -> None:
        """Go to a byte, counted from the end when negative."""
        self._go(offset if offset >= 0 else len(self.data) + offset)

    def on_click(self, event: events.Click) -> None:
        """Go to the byte under the mouse."""
        offset = event.get_content_offset(self)
        if offset is not None:
            byte = self._layout.byte_at(offset.x, offset.y + self.scroll_offset.y, len(self.data))
            if byte is not None:
                self._go(byte)

    def render_line(self, y: int) -> Strip:
        """One line of bytes."""
        width, line = self.scrollable_content_region.width, y + self.scroll_offset.y
        if not self.data:
            return self.book.strip([Run(fit(tr("hex.empty") if y == 0 else "", width), "empty")])
        if line >= self._layout.lines(len(self.data)):
            return Strip.blank(width, self.rich_style)
        runs = hex_runs(self.data, line, self._layout, self.marked, self.cursor)
        runs.append(Run(" " * max(width - sum(cell_len(run.text) for run in runs), 0), ""))
        return self.book.strip(runs).crop(0, width)
