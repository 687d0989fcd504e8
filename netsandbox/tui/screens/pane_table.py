"""The panes of the main screen, in the order of their keys: 1 for the first."""

from __future__ import annotations

from netsandbox.tui.i18n import add_texts
from netsandbox.tui.pane import Pane
from netsandbox.tui.panes.branches import PANE as BRANCHES
from netsandbox.tui.panes.detail import DetailPane
from netsandbox.tui.panes.device import DevicePane
from netsandbox.tui.panes.frame_log import FrameLog
from netsandbox.tui.panes.jobs import PANE as JOBS
from netsandbox.tui.panes.lesson import PANE as LESSON
from netsandbox.tui.panes.output import OutputPane
from netsandbox.tui.panes.topology import TopologyPane
from netsandbox.tui.panes.why import WhyPane

PANES: tuple[Pane, ...] = (
    Pane("topology", lambda _lab, glyphs, still: TopologyPane(glyphs, reduced_motion=still, self_timed=False,
                                                               id="topology"), room="upper", has_view=False),
    Pane("device", lambda lab, glyphs, _still: DevicePane(lab, glyphs, id="device"), room="devices",
         focus="DataTable"),
    Pane("log", lambda lab, glyphs, _still: FrameLog(lab, glyphs, self_timed=False, id="log"), room="log"),
    Pane("detail", lambda _lab, glyphs, _still: DetailPane(glyphs, id="detail"), focus="Tree"),
    Pane("why", lambda _lab, glyphs, _still: WhyPane(glyphs, id="why")),
    LESSON,
    Pane("output", lambda _lab, glyphs, _still: OutputPane(glyphs, id="output"), alone=True),
    JOBS,
    BRANCHES,
)

for _pane in PANES:
    add_texts(_pane.texts)
