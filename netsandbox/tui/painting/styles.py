"""How panes turn names of styles into Rich styles, once a theme."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from netsandbox.tui.canvas import Run
from netsandbox.tui.text import cell_len


class StyleBook:
    """The component styles of one widget, looked up once and forgotten when its theme changes."""

    def __init__(self, widget: Widget, prefix: str) -> None:
        self._widget = widget
        self._prefix = prefix
        self._styles: dict[str, Style] = {}

    def forget(self) -> None:
        """Look all styles up again: the theme has changed."""
        self._styles.clear()

    def __getitem__(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            base = self._widget.rich_style
            if name:
                base += self._widget.get_component_rich_style(self._prefix + name, partial=True)
            style = self._styles[name] = base
        return style

    def strip(self, runs: Iterable[Run], over: str = "") -> Strip:
        """A strip of runs of safe text, all of it in the style `over` on top of its own."""
        segments: list[Segment] = []
        width = 0
        top = self._widget.get_component_rich_style(self._prefix + over, partial=True) if over else Style()
        for text, style in runs:
            segments.append(Segment(text, self[style] + top))
            width += cell_len(text)
        return Strip(segments, width)


class Painted(Widget):
    """A widget that paints runs in the styles of its component classes."""

    STYLES: ClassVar[str]  # What the names of those classes begin with

    @cached_property
    def book(self) -> StyleBook:
        return StyleBook(self, self.STYLES)

    def notify_style_update(self) -> None:
        """Forget the styles of the old theme."""
        self.book.forget()
        super().notify_style_update()
