"""The timeline: one line with a mark for every command, drop and flood; click or drag to go there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.painting.styles import Painted
from netsandbox.tui.session.source import Mark
from netsandbox.tui.text import cell_len
from netsandbox.tui.timeline_bar import bar_runs, legend, step_at


class Timeline(Painted, can_focus=True):
    """A bar of the known history; `show` tells it where the lab is."""

    STYLES = "timeline--"
    ALLOW_SELECT = False
    HELP_TOPIC = "timeline"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1)", "Step back", show=False, id="timeline.left"),
        Binding("right", "go(1)", "Step", show=False, id="timeline.right"),
        Binding("pageup", "leap(-1)", "Far back", show=False, id="timeline.leap-back"),
        Binding("pagedown", "leap(1)", "Far on", show=False, id="timeline.leap"),
        Binding("home", "end(0)", "Beginning", show=False, id="timeline.first"),
        Binding("end", "end(1)", "End", show=False, id="timeline.last"),
    ]
    """
    | Key | Description |
    | :- | :- |
    | left / right | One step back / on. |
    | pageup / pagedown | A tenth of the history back / on. |
    | home / end | The beginning / the end. |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"timeline--past", "timeline--future", "timeline--here",
                                             "timeline--command", "timeline--drop", "timeline--flood",
                                             "timeline--legend"}

    DEFAULT_CSS = """
    Timeline {
        height: 1;
        & .timeline--past { color: $foreground; }
        & .timeline--future { text-style: dim; }
        & .timeline--here { color: $text-accent; text-style: bold; }
        & .timeline--command { color: $text-primary; text-style: bold; }
        & .timeline--drop { color: $text-error; text-style: bold; }
        & .timeline--flood { color: $text-secondary; }
        & .timeline--legend { text-style: dim; }
        &:focus .timeline--here { text-style: bold reverse; }
    }
    """

    class Seek(Message):
        """The lab is to go to a step."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.marks: Sequence[Mark] = ()
        self.step = 0
        self.last_step = 0
        self._dragging = False
        self._asked: int | None = None  # The step last asked for, so that a drag asks once a step

    def show(self, marks: Sequence[Mark], step: int, last_step: int) -> None:
        """Show where the lab is."""
        if (marks, step, last_step) != (self.marks, self.step, self.last_step):
            self.marks, self.step, self.last_step = marks, step, last_step
            self._asked = None
            self.refresh()

    def seek(self, step: int) -> None:
        """Ask to go to a step."""
        step = min(max(step, 0), self.last_step)
        if step not in (self.step, self._asked):
            self._asked = step
            self.post_message(self.Seek(step))

    def action_go(self, steps: int) -> None:
        """Go some steps on or back."""
        self.seek(self.step + steps)

    def action_leap(self, direction: int) -> None:
        """Go a tenth of the history on or back."""
        self.seek(self.step + direction * max(self.last_step // 10, 1))

    def action_end(self, end: int) -> None:
        """Go to the beginning or the end."""
        self.seek(self.last_step * end)

    @property
    def _bar_width(self) -> int:
        width = self.size.width
        return max(width - 2 - cell_len(legend(self.glyphs, width)), 0)

    def _seek_cell(self, x: int) -> None:
        self.seek(step_at(x - 1, self.last_step, self._bar_width))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to where the mouse is, and follow it while the button is held."""
        if 1 <= event.x <= self._bar_width:
            self._dragging = True
            self.capture_mouse()
            self._seek_cell(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        if self._dragging:
            self._seek_cell(event.x)

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Stop following."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def render_line(self, y: int) -> Strip:
        """The bar, and what its marks mean."""
        width, bar = self.size.width, self._bar_width
        if y:
            return Strip.blank(width, self.rich_style)
        runs = [Run(" ", ""), *bar_runs(self.marks, self.step, self.last_step, bar, self.glyphs), Run(" ", "")]
        runs.append(Run(legend(self.glyphs, width), "legend"))
        return self.book.strip(runs).adjust_cell_length(width, self.rich_style)
