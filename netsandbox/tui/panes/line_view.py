"""Many lines to scroll through, painted only where they are seen; each is coloured by how it begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.painting.styles import Painted
from netsandbox.tui.text import cell_len, safe

BEGINNINGS = {">": "client", "<": "server", "+": "arrow"}


class LineView(ScrollView, Painted, can_focus=True):
    """Lines; `show` gives it others."""

    STYLES = "line--"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--client", "line--server", "line--arrow", "line--dropped",
                                             "line--other"}
    DEFAULT_CSS = """
    LineView {
        height: 1fr; scrollbar-size: 1 1; background: $surface;
        & .line--client { color: $text-primary; }
        & .line--server { color: $text-success; }
        & .line--arrow { color: $foreground; }
        & .line--dropped { color: $text-error; }
        & .line--other { text-style: bold; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self, glyphs: GlyphSet = UNICODE) -> None:
        super().__init__()
        self.glyphs = glyphs
        self.lines: Sequence[str] = ()

    def show(self, lines: Sequence[str]) -> None:
        """Show other lines, from the top."""
        self._take(lines)
        self.scroll_to(0, 0, animate=False)

    def grow(self, lines: Sequence[str]) -> None:
        """Show what the lines are by now: whoever sees the last one goes on seeing it, others stay where they are."""
        sees_end = self.scroll_offset.y >= self.max_scroll_y
        self._take(lines)
        if sees_end:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True, force=True)  # also the first time

    def _take(self, lines: Sequence[str]) -> None:
        self.lines = [self.glyphs.plain(safe(line.expandtabs())) for line in lines]
        self.virtual_size = Size(max(map(cell_len, self.lines), default=0), len(self.lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line, from where it is scrolled to."""
        width, at = self.scrollable_content_region.width, y + self.scroll_offset.y
        line = self.lines[at] if at < len(self.lines) else ""
        style = "dropped" if self.glyphs.dropped in line else BEGINNINGS.get(line[:1], "other")
        start = self.scroll_offset.x
        return self.book.strip([Run(line, style)]).crop_extend(start, start + width, self.rich_style)
