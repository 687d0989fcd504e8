"""The panes of the main screen: how they are laid out, which of them are shown and focused, and the footer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from netsandbox.lab.log_match import Names, names_of
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.kept.state_files import StateFiles
from netsandbox.tui.keys.footer_keys import page_keys, pane_keys, typing_keys
from netsandbox.tui.painting.compositor import SparseCompositor
from netsandbox.tui.painting.settling import Settling
from netsandbox.tui.panes.command_line import CommandLine
from netsandbox.tui.panes.detail import DetailPane
from netsandbox.tui.panes.device import DevicePane
from netsandbox.tui.panes.export_line import ExportLine
from netsandbox.tui.panes.filter_line import FilterLine, SearchLine
from netsandbox.tui.panes.frame_log import FrameLog
from netsandbox.tui.panes.key_bar import KeyBar
from netsandbox.tui.panes.output import OutputPane
from netsandbox.tui.panes.picture_line import PictureLine
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.panes.say import SayLine
from netsandbox.tui.panes.status import StatusLine
from netsandbox.tui.panes.timeline import Timeline
from netsandbox.tui.panes.topology import TopologyPane
from netsandbox.tui.panes.why import WhyPane
from netsandbox.tui.screens.pane_table import PANES
from netsandbox.tui.session.late_lab import LateLab
from netsandbox.tui.session.source import LabSource
from netsandbox.tui.splits import Splits
from netsandbox.tui.status_text import speed_text

if TYPE_CHECKING:
    from netsandbox.tui.session.live import LiveLab

LEAST = (60, 18)  # Columns and rows below which nothing useful can be shown
PANE_NAMED = {pane.name: pane for pane in PANES}
Made = TypeVar("Made", bound=Widget)


class PanesScreen(Splits, Settling, Screen[None]):
    """All panes and lines; what they show is the main screen's business."""

    ALLOW_IN_MAXIMIZED_VIEW = "StatusLine, PromptLine, Timeline, KeyBar"
    ESCAPE_TO_MINIMIZE = False  # the prompt's escape goes first; `action_view` does it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_view", "Back to the log", show=False, id="main.log"),
    ]

    AUTO_FOCUS = ""

    def __init__(
        self, lab: Callable[[], LiveLab], files: StateFiles, glyphs: GlyphSet, ready: Callable[[], None], classes: str,
        *, reduced_motion: bool = False
    ) -> None:
        """Make the screen.

        Args:
            lab: what the panes show; not asked for before they are painted for the first time.
            files: where the lines that were typed are kept.
            ready: called when the panes are there and before they are painted for the first time.
            classes: those of the terminal's size.  Each that comes later styles all panes anew.
        """
        super().__init__(classes=f"view-log {'ascii ' if glyphs.ascii else ''}{classes}")
        self._compositor = SparseCompositor()
        self._lab = lab
        self.glyphs = glyphs
        self._ready = ready
        self._is_resumed = False
        self.has_no_room = False  # The terminal is so small that nothing is shown
        self._focused_before: Widget | None = None  # What had the keys when there was room
        source = cast("LabSource", LateLab(lab))
        self.status = StatusLine(glyphs, id="status")
        self.panes: dict[str, Widget] = {pane.name: pane.make(source, glyphs, reduced_motion) for pane in PANES}
        """By name, in the order of their keys."""
        for declared in PANES:
            self.panes[declared.name].set_class(declared.alone, "-alone", update=False)  # it has no style yet
        self.topology = self._pane("topology", TopologyPane)
        self.device = self._pane("device", DevicePane)
        self.pinned = DevicePane(source, glyphs, pinned=True, id="pinned", classes="pane -empty -none")
        self.log_pane = self._pane("log", FrameLog)
        self.detail = self._pane("detail", DetailPane)
        self.why = self._pane("why", WhyPane)
        self.output = self._pane("output", OutputPane)
        self.say = SayLine(glyphs, id="say")
        self.timeline = Timeline(glyphs, id="timeline")
        self.filter = FilterLine(self._names, glyphs, history=files.history("filters"), id="filter")
        self.search = SearchLine(glyphs, id="search")
        self.searched: FrameLog | OutputPane = self.log_pane  # Where the search looks
        self.picture = PictureLine(source, glyphs, id="picture")
        self.export = ExportLine(source, glyphs, id="export")
        self.command = CommandLine(source, glyphs, history=files.history("commands"), id="command")
        self.keys = KeyBar(glyphs, id="keys")
        self.view = "log"
        self.keep_shares(files.directory / "borders.json")

    @property
    def live(self) -> LiveLab:
        """The lab that is shown."""
        return self._lab()

    def _pane(self, name: str, kind: type[Made]) -> Made:
        """A pane of the table that this screen itself speaks to."""
        pane = self.panes[name]
        assert isinstance(pane, kind)
        return pane

    def _in_room(self, room: str) -> Iterator[Widget]:
        return (self.panes[pane.name] for pane in PANES if pane.room == room)

    def compose(self) -> ComposeResult:
        """All panes; the style sheet shows and hides them."""
        yield self.status
        with Horizontal(id="upper"):
            yield from self._in_room("upper")
            with Vertical(id="devices"):
                yield from self._in_room("devices")
                yield self.pinned
        yield from self._in_room("log")
        with Horizontal(id="lower"):
            yield from self._in_room("lower")
        yield self.say
        yield self.timeline
        yield self.command
        yield self.filter  # behind the command line, over which it and the next ones lie
        yield self.search
        yield self.export
        yield self.picture
        yield self.keys
        yield Static("", markup=False, id="small")

    def on_mount(self) -> None:
        """Begin with the topology."""
        self.set_focus(self.topology)
        self._ready()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """What has just been mounted has its styles; the page that lay over the panes is gone."""
        event.refresh_styles = event.refresh_styles and self._is_resumed
        if self._is_resumed:
            self.show_keys()
        self._is_resumed = True

    def on_resize(self, event: events.Resize) -> None:
        """Say what is needed when there is no room."""
        width, height = event.size
        small = width < LEAST[0] or height < LEAST[1]
        if small and not self.has_no_room:
            self._focused_before = self.focused
        elif self.has_no_room and not small:
            self.call_after_refresh(self.set_focus, self._focused_before)
        self.has_no_room = small
        self.set_class(small, "-small")
        if small:
            text = tr("small", width=LEAST[0], height=LEAST[1], has_width=width, has_height=height)
            self.query_one("#small", Static).update(Content(text))
        self.call_after_refresh(self.show_keys)

    def _names(self) -> Names:
        from netsandbox.linux.drop import DropReason

        return names_of(self.live.drawn()[1], tuple(reason.name for reason in DropReason))

    def show_own(self) -> None:
        """Bring the panes up to date that say themselves what they show of the lab."""
        for pane in PANES:
            if pane.shows is not None:
                pane.shows(self.panes[pane.name], self.live)

    def _watch_maximized(self, before: Widget | None, after: Widget | None) -> None:
        """A pane has all of the screen, or no more; what is in the others looks as it did."""
        self.set_class(after is not None, "-maximized-view", update=False)
        changed = [pane for pane in (before, after) if pane is not None]
        for pane in changed:
            pane.set_class(pane is after, "-maximized", update=False)
        self.app.stylesheet.update_nodes((*self._placed_by_view(), self.status, *changed), animate=True)
        self.call_after_refresh(self.show_keys)

    # -- which panes are shown

    @property
    def hides_output(self) -> bool:
        """Another pane has all of the screen: what is printed now is not seen, whatever the view."""
        return self.maximized is not None and self.maximized is not self.output

    @property
    def shows_output(self) -> bool:
        """What is printed now is seen."""
        return self.output.display and not self.hides_output

    def show_output(self) -> None:
        """Show what the commands printed, in place of a pane that has all of the screen."""
        if self.hides_output:
            self.minimize()
        self.set_view("output")

    def bring_output(self, lines: Iterable[str]) -> None:
        """Show what a line has printed: beside a lesson, unless that has no room for a table and another pane has."""
        is_read = self.view == "lesson" and self.output.display
        if not is_read or (self.output.cuts(lines) and not self.has_class("-wide")):
            self.set_view("output")

    @property
    def below(self) -> str:
        """What a view hides that escape brings back: the lesson, where it stands beside the log; empty below none."""
        if self.view == "log":
            return ""
        is_over = PANE_NAMED[self.view].alone and self.view != "lesson" and not self.has_class("-short")
        return "lesson" if is_over and self.live.lesson.stand() is not None else "log"

    def action_leave_view(self) -> None:
        """Back to what the view hides."""
        self.action_view(self.below or "log")

    def action_view(self, view: str) -> None:
        """Give the log's place, or the detail's, to another pane; a maximised one is put back first."""
        if self.maximized is not None:
            self.minimize()
            return
        self.set_view(view)
        self.focus_view()

    def to_why(self) -> None:
        """To the reasons, beside a lesson where they stand there."""
        if self.view == "lesson" and self.why.display and self.maximized is None:
            self._focus("why")
        else:
            self.action_view("why")

    def set_view(self, view: str) -> None:
        """Show a pane; nothing changes where it has a place of its own."""
        if view != self.view:
            self.remove_class(f"view-{self.view}", update=False)
            self.panes[self.view].remove_class("-viewed", update=False)
            self.view = view
            self.add_class(f"view-{view}", update=False)
            self._mark_view()
            self.app.stylesheet.update_nodes(self._placed_by_view(), animate=True)
            if self.maximized is not None and not self.maximized.display:
                self.minimize()  # its place is another's now, and nothing would be seen at all
            self.call_after_refresh(self.show_keys)

    def _placed_by_view(self) -> Iterator[DOMNode]:
        """What the style sheet arranges by the view; what is in a pane looks the same in each."""
        yield self
        yield from self.query("#upper, #devices, #lower, #say, #pinned, #detail HexView")
        yield from self.panes.values()

    def _mark_view(self) -> None:
        """What the style sheet looks at: which pane has the view, and whether it takes the room of others."""
        pane = PANE_NAMED[self.view]
        self.panes[self.view].add_class("-viewed", update=False)
        self.set_class(pane.room == "lower", "-view-lower", update=False)
        self.set_class(pane.alone, "-view-alone", update=False)

    def focus_view(self) -> None:
        """Focus the pane that the view is about."""
        self._focus(self.view)

    def focus_pane(self, number: int) -> None:
        """Focus a pane by its key, and show it if it is hidden; nothing where no pane has the key."""
        if number > len(PANES):
            return
        pane = PANES[number - 1]
        if pane.has_view:
            self.set_view(pane.name)
        self._focus(pane.name)

    def _focus(self, name: str) -> None:
        pane, selector = self.panes[name], PANE_NAMED[name].focus
        self.set_focus(pane.query(selector).first() if selector else pane)

    # -- the footer

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Other keys matter now; a device's tables that somebody reads have more room, also while a line is typed."""
        reads = self.device.has_focus_within
        if reads != self.device.has_class("-read") and not self._is_typed:
            self.device.set_class(reads, "-read", update=False)
            self.app.stylesheet.update_nodes((self.device,), animate=True)
        self.call_after_refresh(self.show_keys)

    def on_screen_suspend(self) -> None:
        """A page opens over the panes."""
        self.show_keys()

    @property
    def _is_typed(self) -> bool:
        return self.focused is not None and any(isinstance(one, PromptLine) for one in self.focused.ancestors)

    def show_keys(self) -> None:
        """Show the keys that matter where the focus is; those of a page that lies over the panes it tells itself."""
        live = self.live
        if not self.is_active:
            self.keys.show(page_keys(self.glyphs))
            return
        if self._is_typed:
            self.keys.show(typing_keys(self.glyphs, command=self.command.input.has_focus, held=live.held,
                                       runs=live.jobs.is_to_be_ended))
            return
        stand = live.lesson.stand()
        pending = live.session.pending
        checks = stand is not None and stand.number and stand.unmet and (stand.is_open or not pending)
        ends = "lessons" if stand is not None and stand.is_finished else "ping"
        checked = "how" if stand is not None and stand.is_open and live.lesson.insists else "check"
        what_next = "go-on" if live.is_amid_step else checked if checks else "next" if pending else ends
        self.keys.show(pane_keys(self.glyphs, playing=live.player.is_playing, what_next=what_next,
                                 below=self.below, speed=speed_text(live.player.speed, self.glyphs),
                                 runs=live.jobs.is_to_be_ended, own=[*self._own_keys()]))

    def _own_keys(self) -> Iterator[str]:
        """What keys do only where the focus is."""
        if self.maximized is not None:
            yield "whole"
        if self.view == "lesson" and not self.output.display:
            yield "output"
        if (stand := self.live.lesson.stand()) is not None and stand.answers:
            yield f"asked-{len(stand.answers)}"
        if self.focused is not None and any(isinstance(one, DevicePane) for one in self.focused.ancestors):
            yield "tabs"
        elif self.output.has_focus and self.output.is_wide:
            yield "wide"
        if any(pane.has_focus and pane.needle for pane in (self.log_pane, self.output)):
            yield "sought"
