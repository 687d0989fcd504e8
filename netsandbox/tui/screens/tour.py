"""The first run's tour: a few pages, left with escape at any time."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr

PAGES = 4


class TourScreen(ModalScreen[bool]):
    """Its pages; the result says whether the person wants to begin with a ping."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,right,n", "turn(1)", "Next page", show=False, id="tour.next"),
        Binding("left,b", "turn(-1)", "Page before", show=False, id="tour.before"),
        Binding("escape,q", "leave", "Leave", show=False, id="tour.leave"),
        Binding("p", "ping", "Ping", show=False, id="tour.ping"),
    ]

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__()
        self._glyphs = glyphs
        self.number = 0

    def compose(self) -> ComposeResult:
        """One page."""
        with VerticalScroll(classes="dialog"):
            yield Static("", markup=False)

    def on_mount(self) -> None:
        """Show the first page."""
        self.set_class(self._glyphs.ascii, "ascii")
        self.query_one(".dialog").border_subtitle = Content(self._glyphs.plain(tr("tour.keys")))
        self._show()

    def _show(self) -> None:
        self.query_one(".dialog").border_title = Content(tr("tour.title", page=self.number + 1, pages=PAGES))
        self.query_one(Static).update(Content(self._glyphs.plain(tr("tour." + str(self.number + 1)))))

    def action_turn(self, step: int) -> None:
        """Another page; behind the last the tour is over."""
        self.number = max(self.number + step, 0)
        if self.number >= PAGES:
            self.dismiss(False)
        else:
            self._show()

    def action_leave(self) -> None:
        """Enough of it."""
        self.dismiss(False)

    def action_ping(self) -> None:
        """Begin at once."""
        self.dismiss(True)
