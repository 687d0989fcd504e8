"""The picture of the topology: laid out for its pane, with the frames on their way over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from netsandbox.lab.tables import InterfaceRow, LinkRow, NodeRow
from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.painting.styles import Painted
from netsandbox.tui.session.source import Flight
from netsandbox.tui.text import fit, safe
from netsandbox.tui.topology.draw import Placed
from netsandbox.tui.topology.internet import fold_internet
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import Place, Scope
from netsandbox.tui.topology.overlay import (
    Overlay,
    Patch,
    Travel,
    changed,
    flight_overlay,
    overlaid,
    selection_overlay,
    travels,
)
from netsandbox.tui.topology.parts import Detail
from netsandbox.tui.topology.tunnels import with_tunnels

FRAME_RATE = 15  # Pictures a second while frames move; more costs output and shows no more

TRAVEL_TICKS = 6  # Pictures that a frame takes from end to end when nothing hurries it

COMPACT_ROWS = 9
"""Rows of a picture that takes no more than it needs (`height: auto`): a host's frame with full boxes in it."""

LEAST_ROWS = 6
"""The same on the smallest screen: names and addresses in a host's frame, and as many rows below for the log."""

COMPACT_SCREEN = 24  # Rows of a screen on which it may take them all

EMPTY_ROWS = 3  # Rows of such a pane while there is nothing to show


def _structure(row: InterfaceRow) -> tuple[object, ...]:
    """What the picture shows of an interface."""
    return (row.node, row.name, row.ifindex, row.kind, row.up, row.carrier, row.master, row.port_state, row.addresses,
            row.lower, row.vlan, row.vni, row.vlans)


class TopologyPicture(ScrollView, Painted, can_focus=True):
    """Hosts, containers, bridges and cables, what is selected of them, and frames between them."""

    STYLES = "topology--"
    ALLOW_SELECT = False
    DEFAULT_CLASSES = "pane"

    COMPONENT_CLASSES: ClassVar[set[str]] = {"topology--frame", "topology--frame-title", "topology--box",
                                             "topology--name", "topology--address", "topology--end", "topology--group",
                                             "topology--bus", "topology--bus-name", "topology--bus-note",
                                             "topology--link", "topology--link-down", "topology--link-no-carrier",
                                             "topology--selected", "topology--selected-name", "topology--pinned",
                                             "topology--pinned-name", "topology--frame-mark", "topology--frame-label",
                                             "topology--dropped", "topology--empty"}

    DEFAULT_CSS = """
    TopologyPicture {
        scrollbar-size: 1 1;
        & .topology--frame { text-style: dim; }
        & .topology--frame-title { color: $foreground; text-style: bold; }
        & .topology--box { text-style: dim; }
        & .topology--name { color: $foreground; text-style: bold; }
        & .topology--address { text-style: dim; }
        & .topology--end { text-style: dim; }
        & .topology--group { text-style: italic dim; }
        & .topology--bus { color: $text-secondary; }
        & .topology--bus-name { color: $foreground; text-style: bold; }
        & .topology--bus-note { color: $text-error; }
        & .topology--link { text-style: dim; }
        & .topology--link-down { color: $text-error; }
        & .topology--link-no-carrier { color: $text-error; }
        & .topology--selected { color: $text-primary; text-style: bold; }
        & .topology--selected-name { text-style: bold reverse; }
        & .topology--pinned { color: $text-success; text-style: bold; }
        & .topology--pinned-name { text-style: bold underline; }
        & .topology--frame-mark { color: $text-accent; text-style: bold; }
        & .topology--frame-label { color: $text-accent; }
        & .topology--dropped { color: $text-error; text-style: bold; }
        & .topology--empty { text-style: dim; }
    }
    """

    def __init__(
        self,
        glyphs: GlyphSet = UNICODE,
        *,
        reduced_motion: bool = False,
        self_timed: bool = True,
        id: str | None = None,
    ) -> None:
        """Make an empty pane.

        Args:
            reduced_motion: show frames where they arrive, without travelling.
            self_timed: move the frames by an own timer; False when the owner calls `tick`.
        """
        super().__init__(id=id)
        self.glyphs = glyphs
        self.reduced_motion = reduced_motion
        self._self_timed = self_timed
        self.detail: Detail | None = None
        self.is_internet_open = False
        self.selected: Place | None = None
        self.pinned: Place | None = None
        self.placed: Placed | None = None
        self._rows: tuple[Sequence[NodeRow], Sequence[InterfaceRow], Sequence[LinkRow]] = ((), (), ())
        self._structure: tuple[object, ...] = ()
        self._scopes: dict[bool, Scope] = {}  # What those rows make, with the internet folded and open
        self._strips: dict[int, Strip] = {}
        self._overlay: Overlay = {}
        self._marked: tuple[Placed | None, Place | None, Place | None, Overlay] = None, None, None, {}
        """The marks of what was selected and pinned in a picture."""
        self._by_row: dict[int, dict[int, Patch]] = {}
        self._fitted = Size(0, 0)  # The size for which it is laid out
        self._travels: list[Travel] = []
        self.flights: Sequence[Flight] = ()  # Those of the latest step
        self._elapsed = 0
        self._ticks = TRAVEL_TICKS
        self._timer: Timer | None = None
        self._titled = ""
        self.hint = tr("topology.empty")  # What an empty picture says

    def on_mount(self) -> None:
        """Make the animation's timer, at rest until a frame moves."""
        self.border_title = Content(tr("topology.title"))
        if self._self_timed:
            self._timer = self.set_interval(1 / FRAME_RATE, self.tick, pause=True)

    # --- what it shows ---

    def show(self, nodes: Sequence[NodeRow], interfaces: Sequence[InterfaceRow], links: Sequence[LinkRow]) -> None:
        """Show a lab; laid out anew only when something that the picture shows is different, not for a counter."""
        rows = (nodes, interfaces, links)
        structure = (nodes, [_structure(row) for row in interfaces], links)
        if structure != self._structure or self.placed is None:
            self._rows, self._structure = rows, structure
            self._scopes.clear()
            self._lay_out()
            vlans = tr("topology.vlans") if any(row.vlans for row in interfaces) else ""
            self.border_title = Content(" ── ".join(filter(None, (tr("topology.title"), vlans))))

    def _lay_out(self) -> None:
        width, height = self.size
        if width <= 0 or height <= 0:
            return
        self._fitted = self.size
        if self._is_compact:
            height = self._compact_rows
        placed = self._place(width, height)
        if placed.height > height:  # a column goes to the scrollbar
            placed = self._place(width - 1, height)
        elif placed.width > width:
            placed = self._place(width, height - 1)
        self.placed = placed
        self._strips.clear()
        rows = max(placed.used, 1) if self._is_compact else placed.height
        self.virtual_size = Size(placed.width, rows)
        if self.selected is not None and self.placed.shown(self.selected) is None:
            self.selected = None
        self._travels = travels(self.placed, self.flights)
        self._restate(everything=True)
        if self._is_compact and self.size.height != self._compact_height(placed):
            self.refresh(layout=True)

    @property
    def _is_compact(self) -> bool:
        """The pane takes the rows that its picture needs, not the other way round."""
        height = self.styles.height
        return height is not None and height.is_auto

    @property
    def _compact_rows(self) -> int:
        """Rows that the picture takes there at most."""
        return max(LEAST_ROWS, COMPACT_ROWS - max(0, COMPACT_SCREEN - self.app.size.height) // 2)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Rows of the picture, for a pane whose height is `auto`."""
        return self._compact_height(self._place(width, self._compact_rows))

    def _compact_height(self, placed: Placed) -> int:
        return min(placed.used, self._compact_rows) if self._rows[0] else EMPTY_ROWS

    def _place(self, width: int, height: int) -> Placed:
        keep = [place for place in (self.selected, self.pinned) if place is not None]
        return layout(self._scope(), width, height, detail=self.detail, keep=keep, glyphs=self.glyphs,
                            at_top=self._is_compact)

    def _scope(self) -> Scope:
        """What is there to be laid out: the same at every size."""
        scope = self._scopes.get(self.is_internet_open)
        if scope is None:
            rows = with_tunnels(self._rows if self.is_internet_open else fold_internet(*self._rows))
            scope = self._scopes[self.is_internet_open] = scope_of(*rows)
        return scope

    def on_resize(self) -> None:
        """Lay out anew for the new size."""
        if self.size != self._fitted:
            self._lay_out()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines; the first picture is wanted before the news of the size has come."""
        if self.placed is None:
            self._lay_out()
        return super().render_lines(crop)

    def notify_style_update(self) -> None:
        """Forget what was painted in the old theme."""
        self._strips.clear()
        super().notify_style_update()

    # --- frames on their way ---

    def fly(self, flights: Sequence[Flight], ticks: int = TRAVEL_TICKS) -> None:
        """Let the frames of a step travel; those of the step before disappear.

        Args:
            ticks: pictures until they arrive; fewer when steps follow each other fast.
        """
        self.flights = flights
        if self.placed is None:
            return
        self._travels = travels(self.placed, flights)
        still = self.reduced_motion or self.app.animation_level == "none"
        self._elapsed, self._ticks = (max(ticks, 1), max(ticks, 1)) if still else (0, max(ticks, 1))
        self._restate()
        if self._timer is not None and self._travels and not still:
            self._timer.resume()

    def tick(self) -> None:
        """Move the frames one picture further; at their ends they stay until the next step."""
        self._elapsed += 1
        if self._elapsed >= self._ticks and self._timer is not None:
            self._timer.pause()
        self._restate()

    @property
    def moving(self) -> bool:
        """True while frames are between their ends."""
        return bool(self._travels) and self._elapsed < self._ticks

    # --- painting ---

    def _restate(self, everything: bool = False) -> None:
        """Make the overlay anew and paint the cells in which it differs."""
        if self.placed is None:
            return
        progress = self._elapsed / self._ticks
        overlay = self._chosen()
        overlay |= flight_overlay(self.placed, self._travels, progress, self.glyphs)
        before, self._overlay = self._overlay, overlay
        self._by_row = {}
        for (x, y), patch in overlay.items():
            self._by_row.setdefault(y, {})[x] = patch
        self._retitle()
        if everything:
            self.refresh()
            return
        scroll = self.scroll_offset
        regions = [Region(*region).translate(-scroll) for region in changed(before, overlay)]
        visible = [region for region in regions if region.overlaps(self.size.region)]
        if visible:
            self.refresh(*visible)

    def _chosen(self) -> Overlay:
        """The marks of what is selected and pinned: the same while frames fly by."""
        placed = self.placed
        assert placed is not None
        if self._marked[0] is not placed or self._marked[1:3] != (self.selected, self.pinned):
            marks = selection_overlay(placed, self.selected, self.pinned, self.glyphs)
            self._marked = placed, self.selected, self.pinned, marks
        return dict(self._marked[3])

    def _retitle(self) -> None:
        """Say in words what is selected: the mark alone may be out of view."""
        parts: list[str] = []
        if self.selected is not None and self.placed is not None:
            name = self.selected.interface or self.selected.node
            parts = [f"{self.glyphs.selected} {safe(name)}"]
            members = self.placed.members.get(self.selected)
            if members:
                parts = [f"{self.glyphs.selected} {tr('topology.folded', count=len(members))}"]
        if self.detail is not None:
            parts.append(tr(f"detail.{self.detail.name.lower()}"))
        title = " · ".join(parts)
        if title != self._titled:  # setting it paints the whole pane
            self._titled = title
            self.border_subtitle = Content(title)

    def render_line(self, y: int) -> Strip:
        """One line of the visible part."""
        scroll_x, scroll_y = self.scroll_offset
        width = self.size.width
        if self.placed is None or not self._rows[0]:
            text = self.hint if y == self.size.height // 2 else ""
            return self.book.strip([Run(fit(text, width, "center"), "empty")])
        y += scroll_y
        if y >= self.placed.height:
            return Strip.blank(width, self.rich_style)
        over = self._by_row.get(y)
        if over is not None:
            strip = self.book.strip(overlaid(self.placed.rows[y], over).runs())
        else:
            cached = self._strips.get(y)
            if cached is None:
                cached = self._strips[y] = self.book.strip(self.placed.rows[y].runs())
            strip = cached
        return strip.crop_extend(scroll_x, scroll_x + width, self.rich_style)
