"""All panes together in one app, as the real one will have them: for pictures of whole screens, and to play with.

    python -m tests.tui.demo [--ascii] [--zh]
"""

from __future__ import annotations

import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from netsandbox.lab.log_match import names_of
from netsandbox.tui.glyphs import ASCII, UNICODE, GlyphSet
from netsandbox.tui.i18n import set_language
from netsandbox.tui.panes.command_line import CommandLine
from netsandbox.tui.panes.detail import DetailPane
from netsandbox.tui.panes.device import DevicePane
from netsandbox.tui.panes.filter_line import FilterLine
from netsandbox.tui.panes.frame_log import FrameLog
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.panes.status import StatusLine
from netsandbox.tui.panes.timeline import Timeline
from netsandbox.tui.panes.topology import TopologyPane
from netsandbox.tui.panes.why import WhyPane
from netsandbox.tui.source import Flight
from netsandbox.tui.topology_model import Place
from tests.tui.fake_source import FakeSource, pinged

STYLE = """
.pane { border: round $border-blurred; border-title-color: $text-muted; border-subtitle-color: $text-muted; }
.pane:focus-within, .pane:focus { border: round $border; border-title-color: $text; }
Screen.ascii .pane { border: ascii $border-blurred; }
#upper { height: 2fr; }
#devices { width: 1fr; }
TopologyPane { width: 1fr; }
FrameLog { height: 1fr; }
#lower { height: 9; }
#lower DetailPane { width: 5fr; }
#lower WhyPane { width: 3fr; }
FilterLine { display: none; }
FilterLine:focus-within { display: block; }
Screen.-narrow #devices, Screen.-narrow #lower { display: none; }
Screen.-narrow #upper { height: 12; }
Screen.-short #lower { display: none; }
"""


class Demo(App[None]):
    """Status, topology, devices, log, detail, why, timeline and the command line."""

    CSS = STYLE
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]]] = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]]] = [(0, "-short"), (36, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon", "command", "Command"),
        Binding("slash", "filter", "Filter"),
        Binding("p", "ping", "Ping"),
    ]

    def __init__(self, source: FakeSource, glyphs: GlyphSet = UNICODE) -> None:
        super().__init__()
        self.source = source
        self.topology = TopologyPane(glyphs, self_timed=False)
        self.device = DevicePane(source, glyphs)
        self.pinned = DevicePane(source, glyphs, pinned=True)
        self.log_pane = FrameLog(glyphs, self_timed=False)
        self.detail = DetailPane(glyphs)
        self.why = WhyPane(glyphs)
        self.timeline = Timeline(glyphs)
        self.status = StatusLine(glyphs)
        self.command = CommandLine(source, glyphs)
        self.filter = FilterLine(lambda: names_of(source.interfaces()), glyphs)
        self.ascii = glyphs.ascii

    def compose(self) -> ComposeResult:
        panes: tuple[Widget, ...] = (self.topology, self.device, self.pinned, self.log_pane, self.detail, self.why)
        for pane in panes:
            pane.add_class("pane")
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
        yield self.timeline
        yield self.filter
        yield self.command

    def on_mount(self) -> None:
        self.screen.set_class(self.ascii, "ascii")
        self.call_after_refresh(self.load)

    def load(self) -> None:
        source = self.source
        self.topology.show(source.nodes(), source.interfaces(), source.links())
        self.log_pane.set_masters(names_of(source.interfaces()).masters)
        self.log_pane.extend(source.log(0, 10_000))
        self.log_pane.flush()
        self.status.show(source.status())
        self.timeline.show(source.marks(), source.status().step, source.status().last_step)
        self.device.show(Place("nginx-1"))
        self.pinned.show(Place("host", "docker0"))
        self.topology.pin(Place("host", "docker0"))
        self.topology.select(Place("nginx-1"))
        self.topology.focus()

    def on_topology_pane_selected(self, event: TopologyPane.Selected) -> None:
        self.device.show(event.place)

    def on_log_view_highlighted(self, event: FrameLog.Highlighted) -> None:
        self.detail.show(self.source.frame(event.row.seq))
        self.why.show(self.source.why(event.row.seq))

    def on_filter_line_changed(self, event: FilterLine.Changed) -> None:
        self.log_pane.set_filter(event.line, event.test)

    def on_prompt_line_left(self, _event: PromptLine.Left) -> None:
        self.log_pane.focus()

    def on_device_pane_frame_wanted(self, event: DevicePane.FrameWanted) -> None:
        self.log_pane.go_to_seq(event.seq)

    def action_command(self) -> None:
        self.command.open()

    def action_filter(self) -> None:
        self.filter.open()

    def action_ping(self) -> None:
        self.topology.fly([Flight(0, *link.b, "ARP", False, "") for link in self.source.links()[1:]])


if __name__ == "__main__":
    if "--zh" in sys.argv:
        set_language("zh")
    Demo(pinged(), ASCII if "--ascii" in sys.argv else UNICODE).run()
