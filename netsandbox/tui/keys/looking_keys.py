"""The keys that look: filter, search, why, output, panes, marks, export, zoom."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on

from netsandbox.tui.i18n import tr
from netsandbox.tui.lab_app import LabApp
from netsandbox.tui.pane import Copied
from netsandbox.tui.panes.device import DevicePane
from netsandbox.tui.panes.prompt_line import PromptLine

if TYPE_CHECKING:

    from netsandbox.lab.flows import Flow
    from netsandbox.tui.streams import Stream

MOST_ROWS = 1000  # Of the log in a diagram


def load_line(name: str) -> str:
    """What is typed to open it."""
    return f"load {shlex.quote(name)}"


class LookingKeys(LabApp):
    """The actions of those keys."""

    def action_filter(self) -> None:
        """To the filter."""
        self._unless_typing()
        self.main.set_view("log")
        self.main.filter.open()

    def action_search(self) -> None:
        """To the search, of the output where that has the keys, else of the log."""
        main = self.main
        main.searched = main.output if main.output.has_focus else main.log_pane
        if main.searched is main.log_pane:
            main.set_view("log")
        main.search.open("")

    def action_why(self) -> None:
        """Explain the selected frame; a second time, or right behind a line of which why says more, the last drop."""
        main = self.main
        if main.why.has_focus or main.log_pane.current is None or main.owes_reason:
            main.explain_last_drop()
        main.to_why()

    def action_stream(self) -> None:
        """Follow the selected frame's connection; of several frames, or of others, show who sends what to whom."""
        from netsandbox.tui import streams

        main = self.main
        rows = main.log_pane.chosen_rows()
        if not rows:
            main.status.say(main.log_pane.nothing, trouble=True)
            return
        found = streams.at_record(self.live.session.trace, rows[0].seq) if len(rows) == 1 else None
        if found is not None:
            self.follow(found)
        elif len(rows) > 1:
            self.show_stream(lambda: streams.of_selection(self.live.whole_ways(rows)))
        else:
            self.show_stream(lambda: streams.of_exchange(
                self.live, rows[0], main.log_pane.shown_rows(MOST_ROWS) or rows))

    def follow(self, found: Flow) -> None:
        """Show a connection, and what it carries from now on."""
        from netsandbox.tui import streams

        self.show_stream(lambda: streams.of_connection(streams.by_now(self.live.session.trace, found), self.live.named))

    def action_tunnel(self) -> None:
        """The packet outside and the frame inside, side by side, of the frame that is looked at."""
        from netsandbox.tui.screens.tunnel import TunnelScreen, carrier_of
        from netsandbox.wire.dissect import dissect

        frame = self.main.detail.frame
        inner = carrier_of(dissect(frame.data).layers) if frame is not None else None
        if frame is None or inner is None:
            self.main.status.say(tr("tunnel.none"), trouble=True)
        else:
            self.main.status.say("")
            self.push_screen(TunnelScreen(frame, inner, self.glyphs))

    def show_stream(self, stream: Callable[[], Stream]) -> None:
        """Show it over the panes, as it is whenever it is asked for."""
        from netsandbox.tui.screens.stream import StreamScreen

        self.main.status.say("")
        self.push_screen(StreamScreen(stream, self.live, self.glyphs, self._write_text))

    def _write_text(self, path: str, text: str) -> str:
        """Make a text a file, and say how that went."""
        return self.live.keep(path, text) or tr("stream.written", file=path)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Ask where a picture of the screen is to be written."""
        from netsandbox.tui.screenshot import seen

        self.main.picture.ask(seen(self))

    @on(DevicePane.StreamWanted)
    def _stream_wanted(self, event: DevicePane.StreamWanted) -> None:
        from netsandbox.tui import streams

        found = streams.of_row(self.live.session.trace, event.row)
        if found is None:
            self.main.status.say(tr("stream.none"), trouble=True)
        else:
            self.follow(found)

    @on(DevicePane.FilterWanted)
    def _filter_wanted(self, event: DevicePane.FilterWanted) -> None:
        from netsandbox.tui.streams import filter_for

        wanted = filter_for(event.row)
        self.main.filter.put("" if self.main.filter.line == wanted else wanted)
        self.main.set_view("log" if self.main.has_class("-narrow") else self.main.view)

    def action_output(self) -> None:
        """To what the commands printed, and back."""
        if self.main.hides_output:
            self.main.show_output()
            self.main.focus_view()
            return
        self.main.action_view(self.main.below if self.main.view == "output" else "output")

    def action_scroll_output(self, pages: int) -> None:
        """Look through what the commands printed, from the prompt."""
        main = self.main
        if not main.output.display or main.hides_output:
            main.show_output()
        elif pages < 0:
            main.output.scroll_page_up(animate=False)
        else:
            main.output.scroll_page_down(animate=False)

    def action_leave_view(self) -> None:
        """Back to what the view hides."""
        self.main.action_leave_view()

    def action_leave_prompt(self) -> None:
        """Leave the line that is typed."""
        focused = self.main.focused
        prompt = next((one for one in focused.ancestors if isinstance(one, PromptLine)), None) if focused else None
        if prompt is not None:
            prompt.action_leave()

    def action_pin(self) -> None:
        """Pin the selected device, or let it go."""
        place = self.main.topology.selected
        self.main.pin(None if place == self.main.topology.pinned else place)

    def action_pane(self, number: int) -> None:
        """To a pane."""
        self.main.focus_pane(number)

    def action_log_first(self) -> None:
        """To the oldest frame."""
        self.main.log_pane.action_first()

    def action_log_follow(self) -> None:
        """To the newest frame, and follow."""
        self.main.log_pane.action_follow()

    def action_log_mark(self) -> None:
        """Mark the frame."""
        self.main.log_pane.action_mark()

    def action_log_next_mark(self) -> None:
        """To the next mark."""
        self.main.log_pane.action_next_mark()

    def action_export(self) -> None:
        """Ask where the selected or marked frames are to be written."""
        rows = self.main.log_pane.chosen_rows()
        if rows:
            self.main.export.ask(rows)
        else:
            self.main.status.say(self.main.log_pane.nothing, trouble=True)

    def action_browse(self) -> None:
        """Choose among lessons, scenarios and files."""
        self.browse()

    def browse(self, first: str = "", *, begins_line: bool = False) -> None:
        """The browser, with the cursor on one that comes next, if it is known."""
        from netsandbox.session.shelf import short_name
        from netsandbox.tui.screens.browser import BrowserScreen

        if self.screen is self.main:
            scenario = self.live.session.scenario
            present = short_name(scenario.name) if scenario is not None and scenario.steps else ""
            screen = BrowserScreen(self.glyphs, self.files.history("recent").lines, self.progress.lessons,
                                   self.main.command.open, first, begins_line=begins_line, is_line=self.is_line,
                                   present=present, doubt=lambda name: self.main.command.doubt(load_line(name)))
            self.push_screen(screen, lambda name: self.open_work(name, is_asked=True))

    def is_line(self, text: str) -> bool:
        """Whether this is a command line: words to look for have no options, and name nothing of the lab."""
        first, *words = text.split() or ("",)
        names = self.live.session.lab.names()
        return any(word.startswith("-") or word in names for word in words) and self.live.is_command(first)

    def open_work(self, name: str | None, is_asked: bool = False) -> None:
        """Open a lesson, a scenario or a file; without a name nothing (is_asked: a person knows that the lab goes,
        though no file has it)."""
        if not name:
            return
        line = load_line(name)
        if not is_asked and self.main.command.doubt(line):  # it is asked about, and one enter away
            self.main.command.open(line)
            self.main.command.accepts(line)
            return
        outcome = self.live.execute(line)
        self._scenario = self.live.session.scenario
        self.main.status.say("")  # what was said was of the lab before
        self.sync()
        self.main.begin()
        self.opened()
        if outcome.error:
            self.main.status.say(outcome.error, trouble=True)

    def action_copy(self) -> None:
        """Copy what is selected or seen in the pane that has the keys, and say what that is."""
        focused = self.main.focused
        chain = (focused, *focused.ancestors) if focused is not None else ()
        lines = next((pane.to_copy() for pane in chain if isinstance(pane, Copied)), ())
        if not lines:
            self.main.status.say(tr("copied.none"), trouble=True)
            return
        self.copy_to_clipboard("\n".join(lines) + "\n")
        self.main.status.say(tr("copied.lines", count=len(lines)) if len(lines) > 1 else
                             tr("copied.text", text=lines[0]))

    def action_edge(self, direction: str, steps: int) -> None:
        """Move the border of the pane that has the keys."""
        self.main.action_edge(direction, steps)

    def action_zoom(self) -> None:
        """Give a pane the whole screen, or take it back."""
        main = self.main
        if main.maximized is not None:
            main.minimize()
            return
        pane = next((one for one in (main.focused, *(main.focused.ancestors if main.focused else ()))
                     if one is not None and one.has_class("pane")), None)
        if pane is not None:
            main.maximize(pane, container=False)
