"""The first run's tour: a few pages, left with escape at any time."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.painting.settling import Settling
from netsandbox.tui.session.source import TOUR
from netsandbox.tui.text import wrap

PAGES = 4
NARROW = 40  # Cells of a line before it is known how many there are: a longer one might be broken twice


class TourScreen(Settling, ModalScreen[bool]):
    """Its pages, a card below the picture: what `p` does is seen above it.  It ends with whether a line is begun."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,right,n", "turn(1)", "Next page", show=False, id="tour.next"),
        Binding("left,b", "turn(-1)", "Page before", show=False, id="tour.before"),
        Binding("escape,q", "leave", "Leave", show=False, id="tour.leave"),
        Binding("p", "begin", "Begin", show=False, id="tour.begin"),
        Binding("colon", "command", "Command", show=False, priority=True, id="tour.command"),
        Binding("question_mark,f1", "app.help", "Help", show=False, id="tour.help"),
    ]

    def __init__(self, glyphs: GlyphSet, begin: Callable[[], None], command: Callable[[], None],
                 lab_moved: Callable[[], None]) -> None:
        """Make the card.

        Args:
            begin: does what `p` does.
            command: goes to the command line.
            lab_moved: is called when the lab below has gone on.
        """
        super().__init__(name=TOUR)
        self._glyphs = glyphs
        self._begin = begin
        self._command = command
        self.lab_moved = lab_moved  # type: ignore[method-assign]
        self.number = 0
        self._text = Static("", markup=False)
        self._dialog = VerticalScroll(self._text, classes="dialog")

    def compose(self) -> ComposeResult:
        """One page."""
        yield self._dialog

    def on_mount(self) -> None:
        """Show the first page."""
        self.set_class(self._glyphs.ascii, "ascii")
        self._show()
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        dialog, is_last = self._dialog, self.number == PAGES - 1
        dialog.border_title = Content(tr("tour.title", page=self.number + 1, pages=PAGES))
        dialog.border_subtitle = Content(self._glyphs.plain(tr("tour.keys.last" if is_last else "tour.keys")))
        text = tr("tour." + str(self.number + 1))
        width = dialog.scrollable_content_region.width or NARROW
        lines = [row for line in self._glyphs.plain(text).split("\n") for row in wrap(line, width)]
        self._text.update(Content("\n".join(lines)))

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self._show)

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

    def action_command(self) -> None:
        """To the command line, at once: the keys that follow in the same burst belong into the line."""
        self.dismiss(True)
        self._command()

    def action_begin(self) -> None:
        """Do what the key does without the card, and go on."""
        self._begin()
        if self.number < PAGES - 1:
            self.action_turn(1)
        else:
            self.dismiss(True)  # what was begun is to be seen: lessons would lie over it
