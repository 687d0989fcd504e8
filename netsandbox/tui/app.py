"""The app: what opens it, its keys, and its commands."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.actions import SkipAction
from textual.app import App, InvalidThemeError, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from netsandbox.engine.budget import ReplayStoppedError
from netsandbox.engine.collector import settle
from netsandbox.session.texts import text_in
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.keys.leaving import Leaving
from netsandbox.tui.keys.line_keys import LineKeys
from netsandbox.tui.keys.looking_keys import LookingKeys
from netsandbox.tui.keys.step_keys import StepKeys
from netsandbox.tui.keys.time_keys import TimeKeys
from netsandbox.tui.panes.command_line import CommandLine
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.screens.pane_table import PANES
from netsandbox.tui.session.source import Outcome
from netsandbox.tui.warm import Warming

if TYPE_CHECKING:
    from netsandbox.commands.verb import Verb
    from netsandbox.session.keeping import KeptSession
    from netsandbox.session.steps import Scenario

TOUR = "tour-seen"


def _lab_commands() -> type[Provider]:
    """The palette's entries, imported when it is first opened."""
    from netsandbox.tui.keys.palette import LabCommands

    return LabCommands


class NetsandboxApp(TimeKeys, LookingKeys, StepKeys, LineKeys, Leaving):
    """`netsandbox [SCENARIO]`."""

    TITLE = "netsandbox"
    CSS_PATH = "netsandbox.tcss"
    COMMANDS = App.COMMANDS | {_lab_commands}
    HORIZONTAL_BREAKPOINTS =  [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,f5", "play_pause", "Play", show=False, id="app.play"),
        Binding("n,right,f7", "step", "Step", show=False, id="app.step"),
        Binding("b,left,f6", "step_back", "Back", show=False, id="app.back"),
        Binding("plus,equals_sign", "speed(1)", "Faster", show=False, id="app.faster"),
        Binding("minus", "speed(-1)", "Slower", show=False, id="app.slower"),
        Binding("right_square_bracket", "command_beside(1)", "Next command", show=False, id="app.next-command"),
        Binding("left_square_bracket", "command_beside(-1)", "Command before", show=False, id="app.command-before"),
        Binding("full_stop", "drop_beside(1)", "Next drop", show=False, id="app.next-drop"),
        Binding("comma", "drop_beside(-1)", "Drop before", show=False, id="app.drop-before"),
        Binding("t", "travel", "Go to the frame's time", show=False, id="app.travel"),
        Binding("p", "next_or_ping", "Next", show=False, id="app.next"),
        Binding("colon", "command", "Command", show=False, priority=True, id="app.command"),
        Binding("slash", "filter", "Filter", show=False, priority=True, id="app.filter"),
        Binding("ctrl+f", "unless_typing('search')", "Search", show=False, priority=True, id="app.search"),
        Binding("w", "why", "Why", show=False, id="app.why"),
        Binding("v", "tunnel", "Tunnel", show=False, id="app.tunnel"),
        Binding("s", "stream", "Stream", show=False, id="app.stream"),
        Binding("o", "output", "Output", show=False, id="app.output"),
        Binding("e", "unless_typing('enter_shell')", "Shell", show=False, priority=True, id="app.shell"),
        Binding("i", "pin", "Pin", show=False, id="app.pin"),
        Binding("g", "log_first", "First frame", show=False, id="app.first"),
        Binding("G", "log_follow", "Newest frame", show=False, id="app.follow"),
        Binding("m", "log_mark", "Mark", show=False, id="app.mark"),
        Binding("apostrophe", "log_next_mark", "Next mark", show=False, id="app.next-mark"),
        Binding("x", "unless_typing('export')", "Export", show=False, priority=True, id="app.export"),
        Binding("S", "unless_typing('screenshot')", "Picture", show=False, priority=True, id="app.screenshot"),
        Binding("u", "undo", "Undo", show=False, id="app.undo"),
        Binding("ctrl+r", "redo", "Redo", show=False, id="app.redo"),
        Binding("y", "copy", "Copy", show=False, id="app.copy"),
        Binding("z", "zoom", "Maximise", show=False, id="app.zoom"),
        Binding("ctrl+left", "edge('column', -2)", "Border left", show=False, id="app.edge-left"),
        Binding("ctrl+right", "edge('column', 2)", "Border right", show=False, id="app.edge-right"),
        Binding("ctrl+up", "edge('row', -1)", "Border up", show=False, id="app.edge-up"),
        Binding("ctrl+down", "edge('row', 1)", "Border down", show=False, id="app.edge-down"),
        *(Binding(str(number), f"pane({number})", pane.name, show=False, id=f"app.pane.{pane.name}")
          for number, pane in enumerate(PANES, 1)),
        Binding("ctrl+o", "browse", "Open", show=False, priority=True, id="app.browse"),
        Binding("question_mark,f1", "help", "Help", show=False, id="app.help"),
        Binding("ctrl+c", "interrupt", "Interrupt", show=False, priority=True, id="app.interrupt"),
        Binding("ctrl+d", "end_of_input", "Leave the shell", show=False, priority=True, id="app.end-of-input"),
        Binding("ctrl+l", "repaint", "Paint anew", show=False, priority=True, id="app.repaint"),
        Binding("ctrl+z", "suspend", "Suspend", show=False, priority=True, id="app.suspend"),
        Binding("q", "tell_quit", "How to quit", show=False, id="app.tell-quit"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit"),
    ]

    def action_command_palette(self) -> None:
        """All commands."""
        from netsandbox.tui.keys.palette import LabPalette

        if not isinstance(self.screen, LabPalette):
            # without an id: one that closes may still be there
            self.push_screen(LabPalette(placeholder=tr("palette.search")))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Of Textual's own the choice of a theme; all else this app does in its own way."""
        from netsandbox.tui.keys.palette import choose_theme

        return (SystemCommand(tr("palette.theme"), tr("palette.theme.tip"), partial(choose_theme, self))
                for one in super().get_system_commands(screen) if one.title == "Theme")

    # -- beginning

    def begin(self) -> None:
        """The panes are there: after their first picture the lab is made, which takes longer than that."""
        if self.options.theme:
            try:
                self.theme = self.options.theme
            except InvalidThemeError:
                text = tr("theme.unknown", name=self.options.theme, near=self._theme_near())
                self.main.status.say(text, trouble=True)
        if not self.main.status.trouble:
            self.main.status.say(tr("opening"))
        self.main.wait_for_lab()
        self.app_resume_signal.subscribe(self, lambda _app: self.action_repaint())
        self.call_after_refresh(self.open)

    def action_repaint(self) -> None:
        """Paint all again: a shell, or another program on the terminal, has written over it."""
        self.screen.refresh()

    def _theme_near(self) -> str:
        """The theme that was meant: one with the word in its name, Textual's own first, or one written alike."""
        wanted, names = self.options.theme.lower(), sorted(self.available_themes, key=lambda one: "textual" not in one)
        held = [one for one in names if wanted in one]
        return next(iter(held or get_close_matches(wanted, names, 1)), names[0])

    def open(self) -> None:
        """Open the scenario, the session to recover, or the ready lab; an error leaves an empty lab and a message."""
        self.main.command.doubt = self.lost_by
        if not self.main.status.trouble:
            self.main.status.say("")
        try:
            self._open_wanted()
        except Exception as error:  # noqa: BLE001 - the app opens whatever a file holds
            self._trouble(self._told(error))
        self._scenario = self.live.session.scenario
        self.live.play()
        self.sync()
        self.main.begin()
        self.sync()
        self._tell_what_is_left()
        if self.options.tour and self._is_ready and not self.files.has(TOUR):
            self.call_after_refresh(self._tour)  # a lesson has its own words, and the card would lie over them
        self._schedule()
        self.release_keys()
        self.call_after_refresh(settle)
        if self._self_timed:
            Warming(self, lambda: self.live.is_busy).begin()

    def _open_wanted(self) -> None:
        from netsandbox.session.ready import READY, scenario_named

        if self.options.recover:
            self._recover()
        else:
            self._open(scenario_named(self.options.scenario or READY.name))
        opened = self.live.session.scenario
        if opened is not None and opened.steps and not self.main.has_class("-short"):
            self.main.set_view("lesson")

    def _told(self, error: Exception) -> str:
        """What is said of it; what no user can have done goes to the log."""
        from netsandbox.explain.refusals import translated
        from netsandbox.lab.errors import LabError

        if isinstance(error, ReplayStoppedError):
            return tr("recover.stopped")
        if isinstance(error, LabError):
            return translated(str(error), language())
        return f"{type(error).__name__}: {error}: {self.files.log_failure('open', error)}"

    def _open(self, scenario: Scenario) -> None:
        """Build a scenario's lab, and say what it is about."""
        from netsandbox.explain.refusals import translated

        options, live = self.options, self.live
        live.session.shell.language = language()
        with self.autosave.held():
            told = live.session.open(scenario, options.seed, options.uplink)
        about = text_in(scenario.about, language()).rstrip()
        hint = tr("ready.hint") if self._is_ready else ""
        self.main.say.say(hint or about)
        if live.session.half_built:
            self._trouble(translated(live.session.half_built, language()))
        else:
            live.jobs.say("say", f"{live.title()}\n{about}" if about and not hint else translated(told, language()))

    @property
    def _is_ready(self) -> bool:
        """It is the lab that is there when none is named."""
        from netsandbox.session.ready import READY

        scenario = self.live.session.scenario
        return scenario is not None and scenario.name == READY.name

    def _recover(self) -> None:
        from netsandbox.session.autosave import marked, recover
        from netsandbox.session.owner import left_behind

        found = left_behind(self.files.directory)
        if not found:
            self._trouble(tr("recover.none", where=str(self.files.directory)))
            return
        path, *older = found
        unended = marked(path)
        with self.at_work.busy():
            session = self._with_files(recover(path, partial(self._recovers, path)))
        self._recovering = None
        self.live.adopt(session)
        self.is_unsaved = True
        self._unsaved.update(session.branches.all)
        self.autosave.follow(session)
        self.autosave.write(session.journal)
        if not self.autosave.problem:
            path.unlink(missing_ok=True)
        self._tell_recovered(session, unended, len(older))

    def _tell_recovered(self, session: KeptSession, unended: str, older: int) -> None:
        left = tr("recover.pending", count=len(session.pending)) if session.pending else ""
        if unended:
            left = tr("recover.unended", line=unended) + (f"; {left}" if left else "")
            self.live.jobs.say("err", tr("recover.unended", line=unended))
        others = tr("recover.older", count=older) if older else ""
        done = tr("recover.done", count=len(session.journal) - session.lines_of_set_up)
        self.main.status.say("; ".join(filter(None, (done, left, others))))

    def _tell_what_is_left(self) -> None:
        """Of a session that was not ended, as its terminal went, nobody knows by which word it comes back."""
        from netsandbox.session.autosave import lines_of
        from netsandbox.session.owner import latest

        path = None if self.options.recover or self.main.status.message else latest(self.files.directory)
        if path is not None and (count := lines_of(path)) > 0:
            self.main.status.say(tr("recover.there", count=count))

    def _recovers(self, path: Path, number: int) -> None:
        self._recovering = path, number

    def _trouble(self, text: str) -> None:
        self.main.status.say(text, trouble=True)
        self.live.jobs.say("err", text)
        self._said = self.live.jobs.said
        self.main.set_view("output")

    def _tour(self) -> None:
        from netsandbox.tui.screens.tour import TourScreen

        self.push_screen(TourScreen(self.glyphs, self.action_next_or_ping, self.open_line, self._tour_moved),
                         self._toured)

    def _tour_moved(self) -> None:
        """Once the ping is through, the log is where it begins: at the ARP frames that the tour speaks of."""
        log, session = self.main.log_pane, self.live.session
        before = log.store.position_of_seq(session.shell.last_seq)
        has_pinged = session.done > session.lines_of_set_up
        if has_pinged and session.is_quiet and before is not None and log.following:
            log.go_to(before + 1)

    def _toured(self, begins_line: bool | None) -> None:
        """Show what there is to open; who wants none of it types lines, and knows no key yet."""
        self.files.touch(TOUR)
        self.main.log_pane.action_follow()
        self.main.say.say(tr("ready.typed"))
        if not begins_line:
            self.browse(begins_line=True)

    # -- what the panes ask for

    @on(CommandLine.Executed)
    def _executed(self, event: CommandLine.Executed) -> None:
        self.files.keep_history("commands", self.main.command.history)
        if self._told_after != self.live.session.done:
            self.main.status.say("")
        if self._is_ready or self.main.is_finished:
            self.main.say.say("")  # the reader goes on alone
        if self.live.wants_quit:
            self.action_quit_now()
            return
        if self.live.wants_tour:
            self.live.wants_tour = False
            self._tour()
            return
        self.note_typed(event.line, event.outcome)
        scenario = self.live.session.scenario
        if scenario is not self._scenario:
            self._scenario = scenario
            self.main.begin()
            self.opened()
        self._show_outcome(event.outcome)
        if self._told_after != self.live.session.done:
            self._tell_held(tr("held.typed"))
        self.main.command.relabel()
        self.sync()
        self._told_after = -1  # another line comes, be it none that is kept

    def _show_outcome(self, outcome: Outcome) -> None:
        """What a line has printed, where there is more of it than the prompt tells."""
        jobs, lines = self.live.jobs, outcome.lines
        self._told_running = ""
        if jobs.running is not None and (outcome.goes_on or not lines):
            self._typed_at = jobs.said - len(lines)
            if not lines:
                self._told_running = tr("line.waits" if self.live.held else "line.runs", line=jobs.running.text)
                self.main.command.follow(self._told_running, error=False)
        else:
            self._typed_at, self._said = None, jobs.said  # the prompt has told it
            if len(lines) > 1 and self.main.hides_output:
                self.main.command.follow(tr("output.more", last=lines[-1], count=len(lines)), error=False)
            elif len(lines) > 1:
                self.main.bring_output(lines)

    @on(PromptLine.Submitted, "#filter")
    def _filtered(self, event: PromptLine.Submitted) -> None:
        doubt = self.main.filter.doubt(event.line)
        self.main.status.say(doubt, trouble=bool(doubt))
        self.files.keep_history("filters", self.main.filter.history)

    # -- commands

    async def action_unless_typing(self, action: str) -> None:
        """What leads to a line goes before all other bindings, so that what follows in one burst is typed already."""
        self._unless_typing()
        await self.run_action(action)

    def action_command(self) -> None:
        """To the command line."""
        self._unless_typing()
        self.open_line()

    def open_line(self) -> None:
        """To the command line, whatever is shown above the panes."""
        self.main.command.open()

    def open_command(self, verb: Verb) -> None:
        """To the command line, with a verb typed."""
        self.main.command.open(f"{verb.name} " if verb.parameters else verb.name)

    def action_enter_shell(self) -> None:
        """A shell in the selected node's namespace."""
        place = self.main.topology.selected
        if place is not None:
            outcome = self.live.execute(f"enter {place.node}")
            self.main.command.relabel()
            self.sync()
            if outcome.error:
                self.main.status.say(outcome.error, trouble=True)
            else:
                self.main.command.open("")

    def action_interrupt(self) -> None:
        """End the program that runs; else give the line up that is typed, as a shell does."""
        command = self.main.command
        if self.live.interrupt():
            self.main.status.say("")
            self.sync()
        elif isinstance(self.main.focused, Input) and not self.main.focused.selection.is_empty:
            raise SkipAction  # it copies what is selected
        elif command.input.has_focus and command.line:
            command.open("")
        else:
            self.action_tell_quit()

    def action_end_of_input(self) -> None:
        """Leave the shell that was entered; in a line that is typed, the key deletes a character."""
        if isinstance(self.main.focused, Input) and self.main.focused.value:
            raise SkipAction
        if self.live.session.shell.where is None:
            self.action_tell_quit()
            return
        self.live.execute("exit")
        self.main.command.relabel()
        self.sync()

    def action_help(self) -> None:
        """Help for where the focus is."""
        from netsandbox.tui.screens.help import HelpScreen

        focused, is_over = self.main.focused, self.screen is not self.main
        chain = [self.screen] if is_over else [focused, *focused.ancestors] if focused is not None else []
        panes = [one for one in chain if isinstance(one, Widget) and (is_over or hasattr(one, "HELP_TOPIC"))]
        self.push_screen(HelpScreen(panes, () if is_over else self.BINDINGS, self.glyphs))
