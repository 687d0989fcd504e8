"""Painting only what has changed: of each pane the lines that have, and nothing of the panes between two that have.

Textual's own compositor takes one rectangle around all that has changed.  With the status line at the top and the
timeline at the bottom that is the whole screen, at every picture of a frame on its way.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip


class SparseCompositor(Compositor):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: tuple[Region, ...] = ()
        """What is painted just now; empty while all of the screen is."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """Paint what has changed."""
        self._changed = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """The lines of each widget between its first and its last one that has changed."""
        if not self._changed:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            touched = [changed for changed in self._changed if changed.overlaps(seen)]
            if touched:
                top = min(changed.y for changed in touched)
                bottom = max(changed.bottom for changed in touched)
                band = seen.intersection(Region(seen.x, top, seen.width, bottom - top))
                yield band, band, widget.render_lines(band.translate((-region.x, -region.y)))
