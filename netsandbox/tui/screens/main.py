"""The main screen: all panes, which of them are shown, and what one tells another."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from netsandbox.lab.log_match import names_of
from netsandbox.lab.tables import LogRow
from netsandbox.linux.drop import DropReason
from netsandbox.tui.footer_keys import pane_keys, typing_keys
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.live import LiveLab
from netsandbox.tui.panes.command_line import CommandLine
from netsandbox.tui.panes.detail import DetailPane
from netsandbox.tui.panes.device import DevicePane
from netsandbox.tui.panes.export_line import ExportLine
from netsandbox.tui.panes.filter_line import FilterLine, SearchLine
from netsandbox.tui.panes.frame_log import FrameLog
from netsandbox.tui.panes.key_bar import KeyBar
from netsandbox.tui.panes.output import OutputPane
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.panes.say import SayLine
from netsandbox.tui.panes.status import StatusLine
from netsandbox.tui.panes.timeline import Timeline
from netsandbox.tui.panes.topology import TopologyPane
from netsandbox.tui.panes.why import WhyPane
from netsandbox.tui.source import Why
from netsandbox.tui.topology_model import Place
from netsandbox.tui.topology_navigation import bridge_in_use

LEAST = (60, 18)
"""Columns and rows below which nothing useful can be shown."""
ROWS_AT_ONCE = 250
ROWS_BUDGET = 0.008
"""Seconds in which the log takes rows between two repaints; the others wait, or keys would."""
UNHURRIED = 2.0
"""The pace up to which every frame's detail and reasons are shown as it comes."""
LOOKS = 4
"""At a higher pace they are shown at every fourth look at the tables: a person sees no more."""
REASONS = tuple(reason.name for reason in DropReason)
VIEWS = ("log", "device", "detail", "why", "output")


class MainScreen(Screen[None]):
    """Everything at a glance; `sync` brings the panes up to date with the lab."""

    ALLOW_IN_MAXIMIZED_VIEW = "StatusLine, PromptLine, Timeline, KeyBar"
    ESCAPE_TO_MINIMIZE = False  # the prompt's escape goes first; `action_view` does it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "view('log')", "Back to the log", show=False, id="main.log"),
    ]

    AUTO_FOCUS = ""

    def __init__(
        self, live: LiveLab, glyphs: GlyphSet, ready: Callable[[], None], classes: str, *, reduced_motion: bool = False
    ) -> None:
        """Make the screen.

        Args:
            ready: called when the panes are there and before they are painted for the first time.
            classes: those of the terminal's size.  Each that comes later styles all panes anew.
        """
        super().__init__(classes=f"view-log {'ascii ' if glyphs.ascii else ''}{classes}")
        self.live = live
        self.glyphs = glyphs
        self._ready = ready
        self._is_resumed = False
        files = live.files
        self.status = StatusLine(glyphs, id="status")
        self.topology = TopologyPane(glyphs, reduced_motion=reduced_motion, self_timed=False, id="topology")
        self.device = DevicePane(live, glyphs, id="device")
        self.pinned = DevicePane(live, glyphs, pinned=True, id="pinned", classes="pane -empty -none")
        self.log_pane = FrameLog(glyphs, self_timed=False, id="log")
        self.detail = DetailPane(glyphs, id="detail")
        self.why = WhyPane(glyphs, id="why")
        self.output = OutputPane(glyphs, id="output")
        self.say = SayLine(glyphs, id="say")
        self.timeline = Timeline(glyphs, id="timeline")
        self.filter = FilterLine(self._names, glyphs, history=files.history("filters"), id="filter")
        self.search = SearchLine(glyphs, id="search")
        self.export = ExportLine(live, glyphs, id="export")
        self.command = CommandLine(live, glyphs, history=files.history("commands"), id="command")
        self.keys = KeyBar(glyphs, id="keys")
        self.view = "log"
        self._cursor = 0
        """The first record whose rows the log does not have yet."""
        self._epoch = -1
        self._structure = -1
        self._version = -1
        self._moment = (-1, -1)
        self._about: int | None = None
        """The record that detail and why are about."""
        self._pending: int | None = None
        self._stays: LogRow | None = None
        """The row that the cursor was put on for a record which is not the row's own."""
        self._looks = 0
        self._pins = False
        """The pinned device was no person's choice."""

    @property
    def panes(self) -> tuple[Widget, ...]:
        """In the order of the keys 1 to 6."""
        return self.topology, self.device, self.log_pane, self.detail, self.why, self.output

    def compose(self) -> ComposeResult:
        """All panes; the style sheet shows and hides them."""
        yield self.status
        with Horizontal(id="upper"):
            yield self.topology
            with Vertical(id="devices"):
                yield self.device
                yield self.pinned
        yield self.log_pane
        with Horizontal(id="lower"):
            yield self.detail
            yield self.why
            yield self.output
        yield self.say
        yield self.timeline
        yield self.filter
        yield self.search
        yield self.export
        yield self.command
        yield self.keys
        yield Static("", markup=False, id="small")

    def on_mount(self) -> None:
        """Begin with the topology."""
        self.set_focus(self.topology)
        self._ready()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """What has just been mounted has its styles."""
        event.refresh_styles = event.refresh_styles and self._is_resumed
        self._is_resumed = True

    def on_resize(self, event: events.Resize) -> None:
        """Say what is needed when there is no room."""
        width, height = event.size
        small = width < LEAST[0] or height < LEAST[1]
        self.set_class(small, "-small")
        if small:
            text = tr("small", width=LEAST[0], height=LEAST[1], has_width=width, has_height=height)
            self.query_one("#small", Static).update(Content(text))
        self.call_after_refresh(self.show_keys)

    # -- bringing up to date

    def sync(self, ticks: int, thorough: bool = True) -> None:
        """Show what has happened since the last time.

        Args:
            ticks: pictures that the frames of the latest step take on their way.
            thorough: bring the tables up to date as well; they may lag a little while frames fly.
        """
        live = self.live
        version, epoch = live.version(), live.epoch()
        if epoch != self._epoch:
            self._epoch = epoch
            self._rewind(live.resync())
        if version != self._version:
            self._version = version
            self._show_structure()
            moment = (epoch, live.session.trace.step_count)
            if moment != self._moment:
                self._moment = moment
                self.topology.fly(live.flights(), ticks)
        self._take_rows()
        status = live.status()
        self.status.show(status)
        self.timeline.show(live.marks(), status.step, status.last_step)
        if thorough:
            self.output.show(live.jobs)
            self._show_pending()
            self.log_pane.flush()
            self.device.refresh_rows()
            self.pinned.refresh_rows()

    def _rewind(self, seq: int) -> None:
        if seq:
            self.log_pane.rewind(seq)
        else:
            self.log_pane.clear()
            self._structure = -1
        self._cursor = min(self._cursor, seq)
        if self._about is not None and self._about >= seq:
            self._show_record(None)

    def _show_structure(self) -> None:
        live = self.live
        structure = live.structure()
        if structure == self._structure:
            return
        self._structure = structure
        interfaces = live.interfaces()
        self.topology.show(live.nodes(), interfaces, live.links())
        self.log_pane.set_masters(names_of(interfaces).masters)
        if self._pins:
            self._pin_used()

    def _take_rows(self) -> None:
        live = self.live
        begun = live.clock()
        self._cursor = max(self._cursor, live.session.trace.end - self.log_pane.store.capacity)
        while self._cursor < live.session.trace.end:
            rows = live.log(self._cursor, ROWS_AT_ONCE)
            self._cursor = rows[-1].seq + 1 if len(rows) >= ROWS_AT_ONCE else live.session.trace.end
            self.log_pane.extend(rows)
            if live.clock() - begun > ROWS_BUDGET:
                break

    @property
    def is_behind(self) -> bool:
        """The log has not taken all rows yet."""
        return self._cursor < self.live.session.trace.end

    def begin(self) -> None:
        """Another lab was opened: select and pin what a person will look at first."""
        nodes = self.live.nodes()
        container = next((row for row in nodes if row.kind == "container"), nodes[0] if nodes else None)
        self._pin_used()
        if container is not None:
            self.topology.select(Place(container.name))
            self.device.show(Place(container.name))

    def _pin_used(self) -> None:
        """Until a person pins something, pin a bridge in use: docker0 may have no ports where a network has."""
        place = bridge_in_use(self.live.interfaces(), self.topology.pinned)
        if place != self.topology.pinned:
            self.pin(place)
        self._pins = True

    def _names(self):  # type: ignore[no-untyped-def]
        return names_of(self.live.interfaces(), REASONS)

    # -- which panes are shown

    def action_view(self, view: str) -> None:
        """Give the log's place, or the detail's, to another pane; a maximised one is put back first."""
        if self.maximized is not None:
            self.minimize()
            return
        self.set_view(view)
        self.focus_view()

    def set_view(self, view: str) -> None:
        """Show a pane; nothing changes where it has a place of its own."""
        if view != self.view:
            self.remove_class(f"view-{self.view}")
            self.view = view
            self.add_class(f"view-{view}")
            self.call_after_refresh(self.show_keys)

    def focus_view(self) -> None:
        """Focus the pane that the view is about."""
        pane = {"device": self.device, "detail": self.detail.tree_view, "why": self.why, "output": self.output}
        self.call_after_refresh(pane.get(self.view, self.log_pane).focus)

    def focus_pane(self, number: int) -> None:
        """Focus pane 1 to 6, and show it if it is hidden."""
        views = ("", "device", "log", "detail", "why", "output")
        pane = self.panes[number - 1]
        if views[number - 1]:
            self.set_view(views[number - 1])
        target = self.detail.tree_view if pane is self.detail else pane
        if pane is self.device:
            self.call_after_refresh(self.device.query("DataTable").first().focus)
            return
        self.call_after_refresh(target.focus)

    def pin(self, place: Place | None) -> None:
        """Pin a device beside the selected one, or none."""
        self._pins = False
        self.topology.pin(place)
        self.pinned.show(place)
        self.pinned.set_class(place is None, "-none")

    # -- what a pane says

    @on(TopologyPane.Selected)
    def _selected(self, event: TopologyPane.Selected) -> None:
        self.device.show(event.place)

    @on(TopologyPane.Inspect)
    def _inspect(self, event: TopologyPane.Inspect) -> None:
        self.device.show(event.place)
        self.set_view("device")
        self.call_after_refresh(self.device.query("DataTable").first().focus)

    @on(DevicePane.PinWanted)
    def _pin_wanted(self, event: DevicePane.PinWanted) -> None:
        self.pin(None if event.place == self.topology.pinned else event.place)

    @on(DevicePane.WhyWanted)
    def _why_wanted(self, event: DevicePane.WhyWanted) -> None:
        self._explain(*self.live.why_row(event.node, event.row))
        self.action_view("why")

    @on(DevicePane.FrameWanted)
    def _frame_wanted(self, event: DevicePane.FrameWanted) -> None:
        self.go_to_record(event.seq)
        self.set_view("log" if self.view == "device" else self.view)

    @on(FrameLog.Highlighted)
    def _highlighted(self, event: FrameLog.Highlighted) -> None:
        if event.row is self._stays or event.row is not self.log_pane.current:
            return  # news of before what was looked for was found
        self._stays = None
        self._show_later(event.row.seq)
        if not self.log_pane.following and self.view == "output":
            self.set_view("log")

    @on(FrameLog.Chosen)
    def _chosen(self, event: FrameLog.Chosen) -> None:
        self._show_record(event.row.seq)
        self.action_view("detail")

    def go_to_record(self, seq: int) -> None:
        """Select the row of a record, or the last before it, and show the record: it may have no row of its own."""
        self._place_cursor(seq)
        self._show_record(seq)

    def _place_cursor(self, seq: int) -> None:
        self.log_pane.go_to_seq(seq, tell=False)
        self._stays = self.log_pane.current

    def _show_later(self, seq: int) -> None:
        """Show a record at once, or while frames fly by, now and then; not while the log has others to take still."""
        live = self.live
        hurried = self.is_behind or (live.is_busy and not 0 < live.player.speed <= UNHURRIED)
        if self.log_pane.following and hurried:
            self._pending = seq
        else:
            self._show_record(seq)

    def _show_pending(self) -> None:
        self._looks += 1
        if self._pending is not None and (self._looks % LOOKS == 0 or not (self.live.is_busy or self.is_behind)):
            self._show_record(self._pending)

    def _show_record(self, seq: int | None) -> None:
        self._pending = None
        self._about = seq
        self.detail.show(self.live.frame(seq) if seq is not None else None)
        self.why.show(self.live.why(seq) if seq is not None else None)

    def explain_last_drop(self) -> None:
        """Show why the last drop came about."""
        self._explain(*self.live.why_last_drop())

    def _explain(self, seq: int | None, why: Why) -> None:
        """Show an explanation, and the frame of the record that it is about."""
        self._pending = None
        self._about = seq
        if seq is not None:
            self._place_cursor(seq)
            self.detail.show(self.live.frame(seq))
        self.why.show(why)

    @property
    def about(self) -> int | None:
        """The record that is explained."""
        return self._about

    @on(WhyPane.CauseChosen)
    def _cause_chosen(self, event: WhyPane.CauseChosen) -> None:
        seq = event.cause.seq
        if seq is not None:
            self.go_to_record(seq)

    @on(FilterLine.Changed)
    def _filter_changed(self, event: FilterLine.Changed) -> None:
        self.log_pane.set_filter(event.line, event.test)

    @on(PromptLine.Submitted, "#search")
    def _search(self, event: PromptLine.Submitted) -> None:
        self.log_pane.search(event.line)

    @on(ExportLine.Done)
    def _exported(self, event: ExportLine.Done) -> None:
        self.status.say(event.line)

    @on(PromptLine.Left)
    def _left(self, event: PromptLine.Left) -> None:
        self.set_focus(self.topology if event.prompt is self.command else self.log_pane)

    # -- the footer

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Other keys matter now."""
        self.call_after_refresh(self.show_keys)

    def show_keys(self) -> None:
        """Show the keys that matter where the focus is."""
        live = self.live
        if self.focused is not None and any(isinstance(one, PromptLine) for one in self.focused.ancestors):
            self.keys.show(typing_keys(self.glyphs, command=self.command.input.has_focus, held=live.held))
            return
        has_next, in_log = bool(live.session.pending), self.view == "log"
        self.keys.show(pane_keys(self.glyphs, playing=live.player.is_playing, has_next=has_next, in_log=in_log))
