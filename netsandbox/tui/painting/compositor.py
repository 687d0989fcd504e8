"""Painting only what has changed: of each pane the lines that have, and nothing of the panes between two that have.

Textual's own compositor takes one rectangle around all that has changed.  With the status line at the top and the
timeline at the bottom that is the whole screen, at every picture of a frame on its way.

It also cuts each line wherever a widget begins or ends, also one that another lies over: what lies on top would lose
each Chinese character that stands across such a border.  Here only borders that are seen cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip


class SparseCompositor(Compositor):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: tuple[Region, ...] = ()  # What is painted just now; empty while all of the screen is

    def render_partial_update(self) -> ChopsUpdate | None:
        """Paint what has changed."""
        self._changed = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = ()

    @property
    def cuts(self) -> list[list[int]]:
        """Of each line the columns where what is seen of a widget may begin or end."""
        if self._cuts is None:
            width, height = self.size
            rows = [{0, width} for _ in range(height)]
            before: list[Region] = []
            for region, clip in self.visible_widgets.values():  # from the front to the back
                here = region.intersection(clip)
                for x in (here.x, here.right):
                    over = [one for one in before if one.x < x < one.right and one.overlaps(here)]
                    for y in here.line_range:
                        if not any(one.y <= y < one.bottom for one in over):
                            rows[y].add(x)
                before.append(here)
            self._cuts = [sorted(row) for row in rows]
        return self._cuts

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """The pieces of each line between its cuts, each of the foremost widget that is there."""
        lines: list[dict[int, Strip | None]] = [dict.fromkeys(row[:-1]) for row in self.cuts]
        for region, clip, strips in self._get_renders(crop):
            here = region.intersection(clip)
            for y, strip in zip(here.line_range, strips, strict=False):
                if not is_rendered_line(y):
                    continue
                at = [cut for cut in self.cuts[y] if here.x <= cut <= here.right]
                if len(at) > 1:
                    seen = strip.crop(at[0] - here.x) if at[0] > here.x else strip
                    for cut, piece in zip(at, seen.divide([cut - at[0] for cut in at[1:]]), strict=False):
                        lines[y][cut] = lines[y][cut] or piece
        return cast("Sequence[Mapping[int, Strip]]", lines)  # what is None is not painted

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
