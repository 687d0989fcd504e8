"""The app: a session on the main screen, its clock, and what the keys do."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.actions import SkipAction
from textual.app import App, InvalidThemeError
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from netsandbox.commands.verb import Verb
from netsandbox.session.autosave import Autosave, latest, recover
from netsandbox.session.files import FileError
from netsandbox.session.keeping import KeptSession
from netsandbox.session.library import find_scenario
from netsandbox.session.scenario import ScenarioError, load_scenario
from netsandbox.tui.ascii_scrollbar import AsciiScrollBarRender
from netsandbox.tui.glyphs import ASCII, UNICODE
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.live import LiveLab
from netsandbox.tui.options import Options
from netsandbox.tui.palette import LabCommands
from netsandbox.tui.panes.command_line import CommandLine
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.panes.timeline import Timeline
from netsandbox.tui.ready import READY
from netsandbox.tui.screens.help import HelpScreen
from netsandbox.tui.screens.main import MainScreen
from netsandbox.tui.screens.tour import TourScreen
from netsandbox.tui.state_files import StateFiles

SPEEDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 0.0)
"""Paces from slow to as fast as it can."""
BUSY, IDLE = 1 / 30, 0.2
"""Seconds between two looks at the clock while frames move, and while time only passes."""
TRAVEL = 8
"""Pictures that a frame takes on its way when a person steps."""
THOROUGH = 3
"""While frames move, the tables are brought up to date at every third picture."""
TOUR = "tour-seen"


class NetsandboxApp(App[int]):
    """`netsandbox [SCENARIO]`."""

    TITLE = "netsandbox"
    CSS_PATH = "netsandbox.tcss"
    COMMANDS: ClassVar[set[type[LabCommands]]] = App.COMMANDS | {LabCommands}  # type: ignore[assignment]
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
        Binding("ctrl+f", "search", "Search", show=False, id="app.search"),
        Binding("w", "why", "Why", show=False, id="app.why"),
        Binding("o", "output", "Output", show=False, id="app.output"),
        Binding("e", "enter_shell", "Shell", show=False, id="app.shell"),
        Binding("i", "pin", "Pin", show=False, id="app.pin"),
        Binding("g", "log_first", "First frame", show=False, id="app.first"),
        Binding("G", "log_follow", "Newest frame", show=False, id="app.follow"),
        Binding("m", "log_mark", "Mark", show=False, id="app.mark"),
        Binding("apostrophe", "log_next_mark", "Next mark", show=False, id="app.next-mark"),
        Binding("u", "undo", "Undo", show=False, id="app.undo"),
        Binding("ctrl+r", "redo", "Redo", show=False, id="app.redo"),
        Binding("z", "zoom", "Maximise", show=False, id="app.zoom"),
        *(Binding(str(number), f"pane({number})", f"Pane {number}", show=False, id=f"app.pane-{number}")
          for number in range(1, 7)),
        Binding("question_mark,f1", "help", "Help", show=False, id="app.help"),
        Binding("ctrl+c", "interrupt", "Interrupt", show=False, priority=True, id="app.interrupt"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit"),
    ]  # fmt: skip

    def __init__(self, options: Options, files: StateFiles | None = None,
                 clock: Callable[[], float] | None = None) -> None:  # fmt: skip
        """Make the app.

        Args:
            files: where histories and the journal are kept.
            clock: instead of the wall's, for tests; then only `tick` lets time pass.
        """
        super().__init__()
        self.options = options
        self.files = files if files is not None else StateFiles()
        self.glyphs = ASCII if options.ascii else UNICODE
        if options.ascii:
            ScrollBar.renderer = AsciiScrollBarRender
        self.live = LiveLab(KeptSession(), self.files, clock or time.monotonic)
        self.autosave = Autosave(self.live.session, self.files.directory / f"journal-{os.getpid()}.jsonl")
        self._self_timed = clock is None
        self._timer: Timer | None = None
        self._ticks = 0
        self._said = 0
        """Lines of the transcript that were there at the last look."""
        self._main = MainScreen(self.live, self.glyphs, reduced_motion=options.still)

    def get_default_screen(self) -> Screen[object]:
        """The main screen."""
        return self._main  # type: ignore[return-value]

    @property
    def main(self) -> MainScreen:
        """The main screen, whatever lies over it."""
        return self._main

    # -- beginning

    def on_mount(self) -> None:
        """Paint the empty lab first; then open what was asked for."""
        if self.options.theme:
            try:
                self.theme = self.options.theme
            except InvalidThemeError:
                self.main.status.say(tr("theme.unknown", name=self.options.theme), trouble=True)
        self.call_after_refresh(self.open)

    def open(self) -> None:
        """Open the scenario, the session to recover, or the ready lab; an error leaves an empty lab and a message."""
        options, live = self.options, self.live
        try:
            if options.recover:
                self._recover()
            else:
                scenario = load_scenario(find_scenario(options.scenario)) if options.scenario else READY
                live.session.shell.language = language()
                told = live.session.open(scenario, options.seed)
                about = scenario.about.get(language()) or scenario.about.get("en", "")
                live.jobs.say("say", f"{live.title()}\n{about}" if about else told)
                self.main.say.say(about or (tr("ready.hint") if scenario is READY else ""))
        except (ScenarioError, FileError) as error:
            self._trouble(str(error))
        except Exception as error:  # noqa: BLE001 - the app opens whatever a file holds
            self._trouble(f"{type(error).__name__}: {error}: {self.files.log_failure('open', error)}")
        live.play()
        self.sync()
        self.main.begin()
        self.sync()
        if options.tour and not self.files.has(TOUR):
            self.push_screen(TourScreen(self.glyphs), self._toured)
        self._schedule()
        gc.freeze()  # what is there by now stays to the end: no collection needs to look at it again

    def _recover(self) -> None:
        path = latest(self.files.directory)
        if path is None:
            self._trouble(tr("recover.none", where=str(self.files.directory)))
            return
        session = recover(path)
        self.live.adopt(session)
        self.autosave = Autosave(session, self.autosave.path)
        self.autosave.write(session.journal)
        if path != self.autosave.path and not self.autosave.problem:
            path.unlink(missing_ok=True)
        self.main.status.say(tr("recover.done", count=len(session.journal)))

    def _trouble(self, text: str) -> None:
        self.main.status.say(text, trouble=True)
        self.live.jobs.say("err", text)
        self._said = self.live.jobs.said
        self.main.set_view("output")

    def _toured(self, wants_ping: bool | None) -> None:
        self.files.touch(TOUR)
        if wants_ping:
            self.action_next_or_ping()

    # -- time passes

    def tick(self) -> None:
        """Let the lab go on with the clock, and the frames on their way."""
        live, main = self.live, self.main
        moved = live.pump()
        if main.topology.moving:
            main.topology.tick()
        self._ticks += 1
        if moved or main.is_behind:
            speed = live.player.speed
            travel = max(1, round(3 / speed)) if speed else 1
            thorough = not live.is_busy or self._ticks % THOROUGH == 0
            main.sync(travel, thorough)
            if thorough:
                self._tell()
        elif not main.log_pane.store.complete:
            main.log_pane.flush()

    def _on_timer(self) -> None:
        self.tick()
        self._schedule()

    def _schedule(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self._self_timed:
            busy = self.live.is_busy or self.main.topology.moving or self.main.is_behind
            self._timer = self.set_timer(BUSY if busy else IDLE, self._on_timer)

    def sync(self) -> None:
        """Bring everything up to date after a person did something, and look at the clock soon."""
        self.main.sync(TRAVEL)
        self.main.show_keys()
        self._tell()
        if self.is_running:
            self._schedule()

    def _tell(self) -> None:
        """Show what failed, and the latest line of what runs."""
        live, main = self.live, self.main
        if live.failed:
            main.status.say(live.failed, trouble=True)
            live.failed = ""
        elif self.autosave.problem:
            main.status.say(tr("autosave.problem", why=self.autosave.problem), trouble=True)
            self.autosave.problem = ""
        said, self._said = self._said, live.jobs.said
        if live.jobs.said > said and not main.command.input.has_focus:
            last = live.jobs.transcript[-1]
            main.command.note(last.text if last.kind in ("out", "err") else "", error=last.kind == "err")

    def _moved(self) -> None:
        """In another time, what the commands said last is no longer so."""
        if not self.main.command.input.has_focus:
            self.main.command.note("")
        self.main.status.say("")
        self.sync()

    # -- what the panes ask for

    @on(Timeline.Seek)
    def _seek(self, event: Timeline.Seek) -> None:
        self.live.seek(event.step)
        self._moved()

    @on(CommandLine.Executed)
    def _executed(self, event: CommandLine.Executed) -> None:
        self.files.keep_history("commands", self.main.command.history)
        self.main.status.say("")
        if self.live.session.scenario is READY:
            self.main.say.say("")
        if self.live.wants_quit:
            self.action_quit_now()
            return
        if len(event.outcome.lines) > 1:
            self.main.set_view("output")
        self.main.command.relabel()
        self.sync()

    @on(PromptLine.Submitted, "#filter")
    def _filtered(self, _event: PromptLine.Submitted) -> None:
        self.files.keep_history("filters", self.main.filter.history)

    # -- time

    def action_play_pause(self) -> None:
        """Stop time, or let it go on."""
        if self.live.player.is_playing:
            self.live.pause()
        else:
            self.live.play()
        self.sync()

    def action_step(self) -> None:
        """One step on."""
        self.live.step()
        self.sync()

    def action_step_back(self) -> None:
        """One step back."""
        self.live.back()
        self._moved()

    def action_speed(self, change: int) -> None:
        """Another pace."""
        at = SPEEDS.index(self.live.player.speed) if self.live.player.speed in SPEEDS else SPEEDS.index(1.0)
        self.live.set_speed(SPEEDS[min(max(at + change, 0), len(SPEEDS) - 1)])
        self.sync()

    def action_command_beside(self, direction: int) -> None:
        """Go to the next command, or the one before."""
        status = self.live.status()
        steps = [mark.step for mark in self.live.marks() if mark.kind == "command"]
        if direction > 0:
            self.live.seek(min((step for step in steps if step > status.step), default=status.last_step))
        else:
            self.live.seek(max((step for step in steps if step < status.step), default=0))
        self._moved()

    def action_drop_beside(self, direction: int) -> None:
        """Go to the next drop, or the one before, and select it."""
        main = self.main
        status = self.live.status()
        steps = sorted({mark.step + 1 for mark in self.live.marks() if mark.kind == "drop"})
        if direction > 0:
            step = min((step for step in steps if step > status.step), default=None)
        else:
            step = max((step for step in steps if step < status.step), default=None)
        if step is None:
            main.status.say(tr("drop.none"))
            return
        self.live.seek(step)
        self._moved()
        seq = self.live.drop_beside(self.live.session.trace.end, -1)
        if seq is not None:
            main.log_pane.go_to_seq(seq)

    def action_travel(self) -> None:
        """Go to the time of the selected frame."""
        row = self.main.log_pane.current
        if row is not None:
            self.live.seek(row.step + 1)
            self._moved()

    def action_undo(self) -> None:
        """Take the last line back."""
        self._session_line("undo")

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self._session_line("redo")

    def _session_line(self, line: str) -> None:
        self.live.pause()
        outcome = self.live.execute(line)
        self.sync()
        self.main.status.say(outcome.error or (outcome.lines[0] if outcome.lines else ""), trouble=bool(outcome.error))

    # -- commands

    def action_next_or_ping(self) -> None:
        """The scenario's next step; without one, a ping between two."""
        self.main.status.say("")
        if self.live.session.pending:
            self._next_step()
        else:
            pair = self._pair()
            if pair is None:
                self.main.status.say(tr("ping.nobody"), trouble=True)
                return
            self.main.say.say("")
            outcome = self.live.execute(self._ping_line(*pair))
            if outcome.error:
                self.main.status.say(outcome.error, trouble=True)
        self.sync()

    def _next_step(self) -> None:
        """Begin the scenario's next step, and show what it is about: the frames, or what was printed."""
        live, main = self.live, self.main
        step = live.session.pending[0]
        said = live.jobs.said
        live.next_step()
        main.say.say(step.say.get(language()) or step.say.get("en", ""))
        printed = [one for one in list(live.jobs.transcript)[said - live.jobs.said :] if one.kind in ("out", "err")]
        main.set_view("output" if printed and live.jobs.running is None else "log")

    def _ping_line(self, one: str, other: str) -> str:
        """A line that pings from one to the other, also in a namespace's shell."""
        if self.live.session.shell.where is not None:
            address = self.live.address_of(other)
            return f"exec {one} ping -c 1 {address}"
        return f"ping {one} {other}"

    def _pair(self) -> tuple[str, str] | None:
        """Who pings whom: the selected and the pinned device, else the selected and the first other container."""
        main = self.main
        able = [row.name for row in self.live.nodes() if row.kind in ("container", "host") and row.state in
                ("running", "up")]  # fmt: skip
        containers = [row.name for row in self.live.nodes() if row.kind == "container" and row.state == "running"]
        chosen = [place.node for place in (main.topology.selected, main.topology.pinned)
                  if place is not None and not place.interface and place.node in able]  # fmt: skip
        ends = list(dict.fromkeys([*chosen, *containers, *able]))
        return (ends[0], ends[1]) if len(ends) > 1 else None

    def action_command(self) -> None:
        """To the command line."""
        self._unless_typing()
        self.main.command.open()

    def _unless_typing(self) -> None:
        """Leave a key to the line that is typed, or to the page that lies over the panes.

        `:` and `/` go before all other bindings, so that what follows them in one burst is typed already.
        """
        if self.screen is not self.main or isinstance(self.main.focused, Input):
            raise SkipAction

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
        """End the program that runs; else what ctrl+c does elsewhere."""
        if not self.live.interrupt():
            raise SkipAction
        self.sync()

    # -- looking

    def action_filter(self) -> None:
        """To the filter."""
        self._unless_typing()
        self.main.set_view("log")
        self.main.filter.open()

    def action_search(self) -> None:
        """To the search."""
        self.main.set_view("log")
        self.main.search.open("")

    def action_why(self) -> None:
        """Explain the selected frame; a second time, the last drop."""
        main = self.main
        row = main.log_pane.current
        if row is None or (main.view == "why" and main.why.has_focus):
            main.explain_last_drop()
        main.action_view("why")

    def action_output(self) -> None:
        """To what the commands printed, and back."""
        self.main.action_view("log" if self.main.view == "output" else "output")

    def action_show_log(self) -> None:
        """Back to the log."""
        self.main.action_view("log")

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

    def action_zoom(self) -> None:
        """Give a pane the whole screen, or take it back."""
        main = self.main
        if main.maximized is not None:
            main.minimize()
            return
        pane = next((one for one in (main.focused, *(main.focused.ancestors if main.focused else ()))
                     if one is not None and one.has_class("pane")), None)  # fmt: skip
        if pane is not None:
            main.maximize(pane, container=False)

    def action_help(self) -> None:
        """Help for where the focus is."""
        focused = self.main.focused
        chain = [focused, *focused.ancestors] if focused is not None else []
        panes = [one for one in chain if isinstance(one, Widget) and hasattr(one, "HELP_TOPIC")]
        self.push_screen(HelpScreen(panes, self.BINDINGS, self.glyphs))

    async def action_quit(self) -> None:
        """Leave: nothing is left to recover."""
        self.action_quit_now()

    def action_quit_now(self) -> None:
        """Leave at once."""
        self.autosave.forget()
        self.exit(0)
