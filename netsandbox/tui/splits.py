"""Where panes meet: a border between two is dragged by the mouse or moved by keys, and stays while they meet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textual import events
from textual.geometry import Offset
from textual.widget import Widget

from netsandbox.tui.kept.shares import Shares, SharesFile

if TYPE_CHECKING:
    from textual.geometry import Size
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object  # as in settling

ROOMS = (("#devices", True), ("#upper", False), ("#lower", False), ("", True))
"""What panes stand in, the screen itself the last, and whether they stand below each other there."""
LEAST = 4, 16  # Rows and columns that are left of a pane: a title and two lines; a name and an address


class Edge(NamedTuple):
    """A border: between which two of the panes that are shown in a room."""

    shown: tuple[Widget, ...]
    at: int
    is_row: bool  # They stand below each other

    def extent(self, pane: Widget) -> tuple[int, int]:
        """Where a pane begins and how long it is, across the border."""
        region = pane.region
        return (region.y, region.height) if self.is_row else (region.x, region.width)

    def is_at(self, point: Offset) -> bool:
        """Whether a point is on it: on the last line of the one pane, or the first of the other."""
        one, other = self.shown[self.at:self.at + 2]
        across, along = (point.y, point.x) if self.is_row else (point.x, point.y)
        region = one.region
        first, length = (region.x, region.width) if self.is_row else (region.y, region.height)
        return first <= along < first + length and self.extent(other)[0] - 1 <= across <= self.extent(other)[0]


class Splits(Base):
    """A screen whose panes share their room as a person says; what is smaller or has fewer panes has its own layout."""

    _edge: Edge | None = None  # What the mouse holds
    _kept: SharesFile | None = None
    _shares: Shares | None = None  # How much each has of those that stand together, for whom a person said it

    def keep_shares(self, path: Path) -> None:
        """Take what a person said when the app ran before, and keep in that file what is said now."""
        self._kept = SharesFile(path)
        self._shares = dict(self._kept.shares)

    def _edges(self) -> Iterator[Edge]:
        if self.maximized is None and not (self.has_class("-narrow") or self.has_class("-short")):
            for room, is_row in ROOMS:
                shown = self._shown(room)
                yield from (Edge(shown, at, is_row) for at, _pair in enumerate(pairwise(shown)))

    def _shown(self, room: str) -> tuple[Widget, ...]:
        """What stands in a room and can be larger or smaller."""
        of = self.query_one(room) if room else self
        return tuple(one for one in of.children if one.display and (
            one.has_class("pane") or one.id in ("upper", "devices", "lower", "detail")))

    def move_edge(self, edge: Edge, to: int) -> None:
        """Put a border where another pane is to begin."""
        least = LEAST[0] if edge.is_row else LEAST[1]
        sizes = [edge.extent(pane)[1] for pane in edge.shown]
        both = sizes[edge.at] + sizes[edge.at + 1]
        if both >= 2 * least:
            sizes[edge.at] = min(max(to - edge.extent(edge.shown[edge.at])[0], least), both - least)
            sizes[edge.at + 1] = both - sizes[edge.at]
            self._shares = (self._shares or {}) | {_names(edge.shown): tuple(sizes)}
            self.share_out()

    def share_out(self) -> None:
        """Give what is shown its shares."""
        shares = self._shares or {}
        is_free = next(self._edges(), None) is not None
        for room, is_row in ROOMS if shares else ():
            shown, rule = self._shown(room), "height" if is_row else "width"
            sizes = shares.get(_names(shown)) if is_free else None
            for number, pane in enumerate(shown):
                if sizes is not None:
                    setattr(pane.styles, rule, f"{sizes[number]}fr")
                elif pane.styles.inline.has_rule(rule):  # to take none away would be another layout, without an end
                    setattr(pane.styles, rule, None)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        if self._shares and not scroll:
            self.share_out()
        super()._refresh_layout(size, scroll)

    def action_edge(self, direction: str, steps: int) -> None:
        """Move the border of the pane that has the keys: the one behind it, or before it if it is the last one."""
        focused = self.focused
        if focused is None:
            return
        for is_last in (False, True):
            for edge in self._edges():
                pane = edge.shown[edge.at + is_last]
                if edge.is_row == (direction == "row") and pane in focused.ancestors_with_self:
                    self.move_edge(edge, edge.extent(edge.shown[edge.at + 1])[0] + steps)
                    self._keep()
                    return

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take a border."""
        self._edge = next((edge for edge in self._edges() if edge.is_at(event.screen_offset)), None)
        if self._edge is not None:
            self._select_state = None  # nothing is marked as text meanwhile

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pull it along."""
        if self._edge is not None:
            self.capture_mouse()  # not before: a click on a title is its pane's
            self.move_edge(self._edge, event.screen_y if self._edge.is_row else event.screen_x)

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Let it go."""
        if self._edge is not None:
            self._edge = None
            self.release_mouse()
            self._keep()

    def _keep(self) -> None:
        if self._kept is not None and self._shares:
            self._kept.keep(self._shares)


def _names(panes: tuple[Widget, ...]) -> tuple[str, ...]:
    return tuple(pane.id or "" for pane in panes)
