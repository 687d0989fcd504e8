"""What changes its size all the time without a place of its own: rows that come, letters that are typed.

Textual lays the whole screen out anew when a view's content has another size, to see whether it scrolls now.  Where a
row is added to a hundred others that is known beforehand.
"""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView


class GrowingView(ScrollView):
    """A view of rows; `grow` tells it how many there are."""

    virtual_size = Reactive(Size(0, 0), layout=False)

    def grow(self, width: int, rows: int) -> None:
        """Have so many rows of that width; the screen is laid out only where the scrollbar comes or goes."""
        if (width, rows) == self.virtual_size:
            return
        self.virtual_size = Size(width, rows)
        if (rows > self.container_size.height) != self.show_vertical_scrollbar or not self.container_size:
            self.refresh(layout=True)
            return
        self.vertical_scrollbar.window_virtual_size = rows
        if self._anchored and not self._anchor_released:
            self.scroll_y = self.scroll_target_y = self.max_scroll_y
