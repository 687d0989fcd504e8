"""Which record the panes of the detail and of the reasons are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widget import Widget

from netsandbox.tui.i18n import tr
from netsandbox.tui.panes.frame_log import FrameLog
from netsandbox.tui.panes.why import WhyPane
from netsandbox.tui.screens.panes import PanesScreen
from netsandbox.tui.session.source import Why

if TYPE_CHECKING:
    from netsandbox.commands.job import Job

UNHURRIED = 2.0  # The pace up to which every frame's detail and reasons are shown as it comes
LOOKS = 4
"""At a higher pace the bytes are shown at every fourth look at the tables, and the reasons once all is at rest."""


class RecordScreen(PanesScreen):
    """A record is chosen in the log, is the cause of another one, or is the last that came."""

    _about: int | None = None
    _pending: int | None = None  # One that is shown once there is time for it
    _stays: tuple[int, str, str, str] | None = None
    """The key of the row that the cursor was put on for a record which is not the row's own."""
    _told_until = 0  # What is explained is so far from this record back; 0 where it is no more than the record itself
    _looks = 0
    _chosen_behind: Job | None = None  # The line behind which a frame was chosen last

    @on(FrameLog.Chosen)
    def _chosen(self, event: FrameLog.Chosen) -> None:
        self._show_record(event.told)
        self.action_view("detail")

    def go_to_record(self, seq: int) -> None:
        """Select the row of a record, or the last before it, and show the record: it may have no row of its own."""
        self._note_choice()
        self._place_cursor(seq)
        self._show_record(seq)

    def _note_choice(self) -> None:
        self._chosen_behind = self.live.session.shell.last

    @property
    def owes_reason(self) -> bool:
        """The last line has failed, of which why says more, and no frame was chosen since."""
        last = self.live.session.shell.last
        return last is not None and bool(last.code) and last is not self._chosen_behind and self.live.has_reason()

    def _place_cursor(self, seq: int) -> None:
        self.log_pane.go_to_seq(seq, tell=False)
        current = self.log_pane.current
        self._stays = current.key if current is not None else None

    def _show_later(self, seq: int) -> None:
        """Show a record at once, or while frames fly by, now and then."""
        live = self.live
        hurried = live.is_busy and not 0 < live.player.speed <= UNHURRIED
        if self.log_pane.following and hurried:
            self._pending = seq
        else:
            self._show_record(seq)

    def _show_pending(self) -> None:
        self._looks += 1
        flies = self.live.is_busy
        if self._pending is not None and not flies:
            self._show_record(self._pending)
        elif self._pending is not None and self._looks % LOOKS == 0:
            self._about = None
            self.detail.show(self.live.frame(self._pending))
            self.why.show(None, hurried=True)  # a long chain of causes takes long to follow

    def _show_record(self, seq: int | None) -> None:
        self._pending = None
        self._about, self._told_until = seq, 0
        self.detail.show(self.live.frame(seq) if seq is not None else None)
        self.why.show(self.live.why(seq) if seq is not None else None)
        self._number()

    def _number(self) -> None:
        """A pane that has all of the screen says which record it is about, as the log does not stand beside it."""
        for pane, title in ((self.detail.tree_view, tr("detail.layers")), (self.detail.hex_view, tr("detail.bytes")),
                            (self.why, tr("why.title"))):
            is_alone = pane is self.maximized and self._about is not None
            title = f"{title} #{self._about}" if is_alone else title
            if title != str(pane.border_title):  # setting it paints the whole pane
                pane.border_title = Content(title)

    def _watch_maximized(self, before: Widget | None, after: Widget | None) -> None:
        super()._watch_maximized(before, after)
        self._number()

    def explain_last_drop(self) -> None:
        """Show why the last drop came about."""
        self._explain(*self.live.why_last_drop())

    def _explain(self, seq: int | None, why: Why) -> None:
        """Show an explanation, and the frame of the record that it is about."""
        self._pending = None
        self._about, self._told_until = seq, self.live.session.trace.end
        if seq is not None:
            self._place_cursor(seq)
            self.detail.show(self.live.frame(seq))
        self.why.show(why)
        self._number()

    @property
    def about(self) -> int | None:
        """The record that is explained."""
        return self._about

    @on(WhyPane.CauseChosen)
    def _cause_chosen(self, event: WhyPane.CauseChosen) -> None:
        seq = event.cause.seq
        if seq is not None:
            self.go_to_record(seq)
