"""A picture after another layout waits for what the panes make of their new sizes: else all is painted several times.

Panes that have got another size change what they show, whether they scroll, and with that the layout once more.
Textual paints after each of these; for a pane that comes or goes that was five times the whole screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Size
from textual.renderables.background_screen import BackgroundScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object  # the style sheet takes the first class that is a widget for what a screen is


@lru_cache(4096)
def _tinted(style: Style | None, color: Color) -> Style | None:
    """A style below a page, as Textual makes it anew for each piece of the screen."""
    [segment] = BackgroundScreen.process_segments([Segment("", style)], color)
    return segment.style


class Below(BackgroundScreen):
    """What is seen of a screen below a page: a screen has hundreds of pieces, and dozens of styles."""

    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterable[Segment]:
        """The segments in their tints."""
        return [segment if segment.control else Segment(segment.text, _tinted(segment.style, color))
                for segment in segments]


class Settling(Base):
    """A screen that is painted once it has settled: at the picture after a layout, a sixtieth of a second later."""

    _lays_out = False
    _is_held = False  # Something is laid out and not painted yet

    def lab_moved(self) -> None:
        """The lab has gone on: a hook for a page that shows what grows meanwhile."""

    def render(self) -> RenderableType:
        """What is behind all panes."""
        behind = super().render()
        return Below(behind.screen, behind.color) if isinstance(behind, BackgroundScreen) else behind

    def _screen_resized(self, size: Size) -> None:
        """The screens below a page hear that it comes: where they keep their size they keep their layout."""
        if size != self._compositor.size:
            super()._screen_resized(size)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self._lays_out = not scroll
        try:
            super()._refresh_layout(size, scroll)
        finally:
            self._lays_out = False

    def _compositor_refresh(self) -> None:
        if self._lays_out and not self._is_held:
            self._is_held = True
            self._update_timer.resume()
            return
        self._is_held = False
        super()._compositor_refresh()

    def _on_timer_update(self) -> None:
        was_held = self._is_held
        super()._on_timer_update()
        if was_held and self._is_held:
            self._compositor_refresh()
