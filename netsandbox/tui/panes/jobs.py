"""The jobs pane: the lines that run and those that wait; one is brought forward, or ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList

from netsandbox.tui.i18n import tr
from netsandbox.tui.pane import Pane
from netsandbox.tui.panes.list_pane import ListPane
from netsandbox.tui.status_text import clock

if TYPE_CHECKING:
    from netsandbox.tui.session.live import LiveLab
    from netsandbox.tui.session.live_jobs import Watched


class JobsPane(ListPane):
    """What runs; `show` gives it the lab's jobs."""

    HELP_TOPIC = "jobs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k,delete", "end", "End", tooltip="End the line, as ctrl+c does", id="jobs.end"),
    ]

    class Forward(Message):
        """A line is to be brought forward: its output alone is shown, and ctrl+c ends it; again, all are shown."""

        def __init__(self, label: int) -> None:
            super().__init__()
            self.label = label

    class EndWanted(Message):
        """A line is to be ended."""

        def __init__(self, label: int) -> None:
            super().__init__()
            self.label = label

    _labels: Sequence[int] = ()  # Of the lines that run, as they are listed

    def show(self, live: LiveLab) -> None:
        """Show what runs and what waits."""
        alive = live.jobs.alive
        self._labels = [one.job.label for one in alive]
        waiting = [("", tr("jobs.waits"), one.line, "") for one in live.jobs.waiting]
        self.show_rows([*(self._row(live, one) for one in alive), *waiting])

    def _row(self, live: LiveLab, one: Watched) -> tuple[str, ...]:
        mark = self.glyphs.selected if one.job is live.jobs.front else " "
        state = tr("jobs.background" if one.background else "jobs.runs")
        return f"{mark} [{one.job.label}]", state, one.job.text, tr("jobs.since", time=clock(one.begun))

    @property
    def _label(self) -> int:
        at = self.chosen
        return self._labels[at] if at is not None and at < len(self._labels) else 0

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._label:
            self.post_message(self.Forward(self._label))

    def action_end(self) -> None:
        """Ask for the line to be ended."""
        if self._label:
            self.post_message(self.EndWanted(self._label))


def _shows(pane: Widget, live: LiveLab) -> None:
    assert isinstance(pane, JobsPane)
    pane.show(live)


PANE = Pane("jobs", lambda _lab, glyphs, _still: JobsPane(glyphs, id="jobs"), alone=True, shows=_shows, texts={
    "topic.jobs": ("Jobs", "作业"),
    "help.jobs": ("What runs and waits. `enter` shows what one prints alone, and ctrl+c ends it; `k` ends it at once.",
                  "正在运行和等待的命令。`enter` 把一条调到前台：只显示它的输出，ctrl+c 结束它；`k` 直接结束一条。"),
    "list.keys.jobs": ("enter brings forward, k ends", "enter 调到前台，k 结束"),
    "list.none.jobs": ("Nothing runs. A line with & behind it runs on while others are typed",
                       "没有作业在运行。命令末尾加 & 就在后台运行"),
    "jobs.runs": ("runs", "运行"), "jobs.background": ("background", "后台"),
    "jobs.waits": ("waits", "等待"),
    "jobs.since": ("since {time}", "始于 {time}"),
    "jobs.forward": ("[{number}] alone in the output; ctrl+c ends it", "输出中只显示 [{number}]；ctrl+c 结束它"),
    "jobs.all": ("All output is shown", "显示全部输出"),
    "key.jobs.end": ("End", "结束"), "tip.jobs.end": ("End the line, as ctrl+c does", "结束这条命令，和 ctrl+c 一样"),
    "job.done": ("[{number}]+  Done  {line}", "[{number}]+  完成  {line}"),
    "job.ended": ("[{number}]+  Exit {code}  {line}", "[{number}]+  退出码 {code}  {line}"),
    "job.holds": ("{program} holds the terminal (^C ends it): what you type now runs beside it",
                  "{program} 占着终端（^C 结束它）：接下来输入的命令与它同时运行"),
})
