"""A picture after another layout waits for what the panes make of their new sizes: else all is painted several times.

Panes that have got another size change what they show, whether they scroll, and with that the layout once more.
Textual paints after each of these; for a pane that comes or goes that was five times the whole screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.geometry import Size

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object  # the style sheet takes the first class that is a widget for what a screen is


class Settling(Base):
    """A screen that is painted once it has settled: at the picture after a layout, a sixtieth of a second later."""

    _lays_out = False
    _is_held = False
    """Something is laid out and not painted yet."""

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
