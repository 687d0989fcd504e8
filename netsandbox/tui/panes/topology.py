"""The topology pane: who is connected to whom, chosen by keys and mouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from netsandbox.tui.panes.topology_picture import TopologyPicture
from netsandbox.tui.topology.internet import stands_for_internet
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.navigation import first, nearest
from netsandbox.tui.topology.parts import Detail

_DETAILS = (None, *sorted(Detail, reverse=True))


class TopologyPane(TopologyPicture):
    """Selects with arrows or mouse, `enter` inspects."""

    HELP_TOPIC = "topology"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "select('up')", "Select above", show=False, id="topology.up"),
        Binding("down", "select('down')", "Select below", show=False, id="topology.down"),
        Binding("left", "select('left')", "Select left", show=False, id="topology.left"),
        Binding("right", "select('right')", "Select right", show=False, id="topology.right"),
        Binding("enter", "inspect", "Inspect", tooltip="Open the selected device", id="topology.inspect"),
        Binding("greater_than_sign", "zoom(1)", "Zoom in", show=False, id="topology.zoom-in"),
        Binding("less_than_sign", "zoom(-1)", "Zoom out", show=False, id="topology.zoom-out"),
        Binding("shift+up", "pan(0, -3)", "Pan up", show=False, id="topology.pan-up"),
        Binding("shift+down", "pan(0, 3)", "Pan down", show=False, id="topology.pan-down"),
        Binding("shift+left", "pan(-12, 0)", "Pan left", show=False, id="topology.pan-left"),
        Binding("shift+right", "pan(12, 0)", "Pan right", show=False, id="topology.pan-right"),
        Binding("d", "detail", "Detail", tooltip="Show more or less of each device", id="topology.detail"),
    ]
    """
    | Key | Description |
    | :- | :- |
    | arrows | Select the nearest device in that direction. |
    | enter | Inspect the selected device; the folded internet is opened. |
    | d | Next level of detail: chosen by size, full, box, chip, folded. |
    | > < | Show more, or less, of each device than now. |
    | shift+arrows | Move over a picture that is larger than the pane. |
    """

    class Selected(Message):
        """Another place is selected."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class Inspect(Selected):
        """The selected place is to be looked into."""

    def select(self, place: Place | None) -> None:
        """Select a place and bring it into view; one that is folded away is unfolded."""
        if place == self.selected:
            return
        self.selected = place
        if self.placed is not None and place is not None and place in self.placed.groups:
            self._lay_out()
        self._restate()
        if place is not None:
            self._bring_into_view(place)
            self.post_message(self.Selected(place))

    def _bring_into_view(self, place: Place) -> None:
        region = self.placed.where(place) if self.placed is not None else None
        if region is not None:
            self.call_after_refresh(self.scroll_to_region, Region(*region), animate=False)

    def pin(self, place: Place | None) -> None:
        """Mark the place whose tables are pinned."""
        self.pinned = place
        self._restate()

    def action_select(self, direction: str) -> None:
        """Select the nearest place in a direction."""
        if self.placed is None:
            return
        shown = self.placed.shown(self.selected) if self.selected is not None else None
        self.select(first(self.placed) if shown is None else nearest(self.placed, shown, direction))

    def to_copy(self) -> Sequence[str]:
        """The name of what is selected."""
        place = self.selected
        return [f"{place.node}:{place.interface}" if place.interface else place.node] if place is not None else []

    def action_inspect(self) -> None:
        """Look into the selected place; a folded group, and the internet, is unfolded instead."""
        if self.selected is None:
            self.action_select("down")
        elif self.placed is not None and self.selected in self.placed.members:
            member = self.placed.members[self.selected][0]
            self.detail = Detail.CHIP
            self.selected = None
            self._lay_out()
            self.select(member)
        elif not self.is_internet_open and stands_for_internet(self._rows[0], self.selected.node):
            self.is_internet_open = True
            self._lay_out()
        else:
            self.post_message(self.Inspect(self.selected))

    def action_detail(self) -> None:
        """Go to the next level of detail; folded, the internet is one node again."""
        self.detail = _DETAILS[(_DETAILS.index(self.detail) + 1) % len(_DETAILS)]
        self.is_internet_open = self.is_internet_open and self.detail is not Detail.COLLAPSED
        self._lay_out()

    def action_zoom(self, by: int) -> None:
        """Show so much more, or less, of each device than is shown now; the picture may outgrow the pane."""
        now = self.detail if self.detail is not None else self.placed.detail if self.placed is not None else Detail.FULL
        self.detail = Detail(min(max(now + by, Detail.COLLAPSED), Detail.FULL))
        self._lay_out()
        if self.selected is not None:
            self._bring_into_view(self.selected)

    def action_pan(self, across: int, down: int) -> None:
        """Move the pane over the picture, by cells."""
        self.scroll_relative(across, down, animate=False)

    def on_click(self, event: events.Click) -> None:
        """Select what is under the mouse; a second click inspects it."""
        offset = event.get_content_offset(self)
        if offset is None or self.placed is None:
            return
        at = offset + self.scroll_offset
        place = self.placed.at(at.x, at.y)
        if place is None:
            return
        if place == self.selected or event.chain > 1:
            self.select(place)
            self.action_inspect()
        else:
            self.select(place)
