"""The app beneath the keys: a session on the main screen, and the clock that lets it go on."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from textual.actions import SkipAction
from textual.driver import Driver
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.timer import Timer
from textual.widgets import Input

from netsandbox.tui.at_work import AtWork
from netsandbox.tui.glyphs import ASCII, UNICODE
from netsandbox.tui.i18n import tr
from netsandbox.tui.kept.progress import ProgressFile
from netsandbox.tui.kept.state_files import StateFiles
from netsandbox.tui.options import Options
from netsandbox.tui.painting.ascii_scrollbar import AsciiScrollBarRender
from netsandbox.tui.painting.interruptible import listening
from netsandbox.tui.painting.settling import Settling
from netsandbox.tui.painting.static_lines import break_as_elsewhere
from netsandbox.tui.painting.stylesheet import KnownStyles
from netsandbox.tui.painting.unbroken import UnbrokenApp
from netsandbox.tui.screens.main import MainScreen
from netsandbox.tui.session.lesson import said
from netsandbox.tui.session.source import Said

if TYPE_CHECKING:
    from netsandbox.session.autosave import Autosave
    from netsandbox.session.branches import Branch
    from netsandbox.session.keeping import KeptSession
    from netsandbox.session.own_files import OwnFiles
    from netsandbox.session.steps import Scenario
    from netsandbox.tui.session.live import LiveLab

NAMED = re.compile(r"[\w.-]+: \S")  # How a program begins a line about an error
NOTE = re.compile(r"(?:\[\d+\] )?(?:[\w.-]+: )?(?:note: |注意：|提示：)")  # How the sandbox begins what it adds
BUSY, IDLE = 1 / 30, 0.2  # Seconds between two looks at the clock while frames move, and while time only passes
CATCH_UP = 0.002  # Seconds left for keys between two looks while only the log's filter has something to look at still
TRAVEL = 8  # Pictures that a frame takes on its way when a person steps
WITHOUT_ROOM = frozenset({"ctrl+c", "ctrl+q", "ctrl+z"})  # Keys that act where nothing can be shown
RESTING = 5  # While time only passes, the clock and the countdowns are painted at every fifth look: once a second
THOROUGH = 3  # While frames move, the tables are brought up to date at every third picture


EDGES = 4  # Cells of a pane's width that its border, a blank and the scroll bar take


class LabApp(UnbrokenApp):
    """An app whose one lab runs with the clock."""

    def __init__(self, options: Options, files: StateFiles | None = None,
                 clock: Callable[[], float] | None = None) -> None:
        """Make the app.

        Args:
            files: where histories and the journal are kept.
            clock: instead of the wall's, for tests; then only `tick` lets time pass.
        """
        super().__init__()
        break_as_elsewhere()
        self.stylesheet = KnownStyles(variables=self.get_css_variables())
        self.options = options
        self.files = files if files is not None else StateFiles()
        self.glyphs = ASCII if options.ascii else UNICODE
        if options.ascii:
            ScrollBar.renderer = AsciiScrollBarRender
        self._clock = clock or time.monotonic
        self.at_work = AtWork(self._mark, self._unmark)
        self._recovering: tuple[Path, int] | None = None  # The journal that is done again, and at which of its lines
        self._self_timed = clock is None
        self._timer: Timer | None = None
        self._ticks = 0
        self._step = -1  # The step at the last look
        self._said = 0  # Lines of the transcript that were there at the last look
        self._typed_at: int | None = None
        """Lines that were there when the line was typed that runs now; None when none runs."""
        self.progress = ProgressFile(self.files.directory / "progress.json")
        self._scenario: Scenario | None = None  # The one that was opened last
        self.is_unsaved = False
        """Somebody typed what changed the lab since it was opened or saved; a lesson's own steps can be had again."""
        self._unsaved: set[Branch] = set()  # The branches in which that was; those of another lab are no longer there
        self._noted: tuple[Scenario, int] | None = None  # The progress that was noted last
        self._told_of_step = False  # A person was told that a step is under way, which is to be so no longer than it is
        self._told_waiting = ""
        self._told_running = ""  # That a line runs, which has printed nothing yet, stands at the prompt
        """What was said of lines that wait: to stand no longer than they do."""
        self._told_after = -1
        """Lines that were done when what the last of them did was told: a tick may come before the line's own news."""
        self._main: MainScreen | None = None
        self.hold_keys()  # until there is a lab

    # -- made when they are first asked for, after the first picture: what they need takes as long to import as all else

    @cached_property
    def autosave(self) -> Autosave:
        """Keeps the journal, from the first session's beginning."""
        from netsandbox.session.autosave import Autosave
        from netsandbox.session.keeping import KeptSession

        return Autosave(self._with_files(KeptSession()), self.files.directory)

    @cached_property
    def live(self) -> LiveLab:
        """The session as the panes drive it."""
        from netsandbox.tui.session.live import LiveLab

        live = LiveLab(self.autosave.session, self.files, self._clock)
        live.busy = self.at_work.busy
        live.width = lambda: self.size.width - EDGES
        return live

    @cached_property
    def own_files(self) -> OwnFiles:
        """The files that sessions read and write."""
        from netsandbox.session.own_files import OwnFiles

        return OwnFiles(self.options.allow_writes, self.options.root)

    def _with_files(self, session: KeptSession) -> KeptSession:
        """A session that reads and writes what this app may, and copies its lab when nobody waits."""
        session.use_files(self.own_files)
        session.checkpoints.may_wait = True
        return session

    def _mark(self) -> None:
        if self._recovering is None:
            self.autosave.mark()
        else:
            from netsandbox.session.autosave import mark

            mark(*self._recovering)

    def _unmark(self) -> None:
        self.autosave.unmark()

    async def on_event(self, event: Event) -> None:
        """Where nothing can be shown no key acts unseen, but for those that end something or go to the shell."""
        if isinstance(event, Key | Paste) and self._main is not None and self._main.has_no_room and not (
                isinstance(event, Key) and event.key in WITHOUT_ROOM):
            return
        await super().on_event(event)

    def get_driver_class(self) -> type[Driver]:
        """One that hears ctrl+c and esc while a line is at work, when the app itself hears nothing."""
        return listening(super().get_driver_class(), lambda: self.at_work.is_long and not self.holds_keys)

    def tell_failure(self, error: Exception) -> None:
        """An exception in a handler: the log has the rest."""
        where = self.files.log_failure("a key", error)
        self.main.status.say(tr("failed.key", what=f"{type(error).__name__}: {error}", where=where), trouble=True)

    def begin(self) -> None:
        """The panes are there: a hook for the app that has something to open."""

    def get_default_screen(self) -> Screen[object]:
        """The main screen."""
        return self.main

    @property
    def main(self) -> MainScreen:
        """The main screen, whatever lies over it; made when the terminal's size is known."""
        if self._main is None:
            width, height = self.size
            classes = f"{_class_of(width, self.HORIZONTAL_BREAKPOINTS)} {_class_of(height, self.VERTICAL_BREAKPOINTS)}"
            self._main = MainScreen(lambda: self.live, self.files, self.glyphs, self.begin, classes,
                                    reduced_motion=self.options.still)
        return self._main

    # -- time passes

    def tick(self) -> None:
        """Let the lab go on with the clock, and the frames on their way."""
        main = self.main
        moved = self.live.pump()
        self._ticks += 1
        before = main.topology.flights
        if not self._rests():
            self._look(moved)
        if main.topology.moving and main.topology.flights is before:  # others are at their beginning
            main.topology.tick()

    def _look(self, moved: bool) -> None:
        """Show what has happened."""
        live, main = self.live, self.main
        if moved:
            speed = live.player.speed
            travel = max(1, round(3 / speed)) if speed else 1
            thorough = not live.is_busy or self._ticks % THOROUGH == 0
            main.sync(travel, thorough)
            if thorough:
                self._note_progress()
                self._tell()
        elif not main.log_pane.store.complete:
            main.log_pane.flush()
        self._tell_page()

    def _tell_page(self) -> None:
        """What lies over the panes may show what grows."""
        if self.screen is not self.main and isinstance(self.screen, Settling) and self.screen.is_mounted:
            self.screen.lab_moved()

    def _rests(self) -> bool:
        """Nothing happens but that time passes: four looks of five need no picture."""
        position = self.live.session.position.step
        rests = self.live.session.is_quiet and position == self._step
        self._step = position
        return rests and self._ticks % RESTING != 0 and self.main.log_pane.store.complete

    def _on_timer(self) -> None:
        if not self.is_running:  # the panes are being taken down
            return
        try:
            self.tick()
        finally:
            self._schedule()

    def _schedule(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self._self_timed:
            busy = self.live.is_busy or self.main.topology.moving
            pause = BUSY if busy else IDLE if self.main.log_pane.store.complete else CATCH_UP
            self._timer = self.set_timer(pause, self._on_timer)

    def sync(self) -> None:
        """Bring everything up to date after a person did something, and look at the clock soon."""
        self.main.sync(TRAVEL)
        self._tell_page()
        self._note_progress()
        self.main.show_keys()
        self._tell()
        if self.is_running:
            self._schedule()

    def _tell(self) -> None:
        """Show what failed, and the latest line of what runs."""
        live, main = self.live, self.main
        self._take_back_what_is_over()
        if live.failed or live.branched:
            self._told_after = live.session.done
        if live.failed:
            main.status.say(live.failed, trouble=True)
            live.failed = ""
        elif live.branched:
            waits = live.held and not live.session.is_quiet
            main.status.say(tr("held.branched", branched=live.branched) if waits else live.branched)
            live.branched = ""
        elif self.autosave.problem:
            main.status.say(tr("autosave.problem", why=self.autosave.problem), trouble=True)
            self.autosave.problem = ""
        if self._told_running and live.jobs.running is None:
            self._told_running = ""
            main.command.follow("", error=False)
        self._tell_fresh()
        if words := live.jobs.complaint or (live.jobs.last_words if main.shows_output else ""):
            self._complain(words)
        live.jobs.complaint = live.jobs.last_words = ""

    def _take_back_what_is_over(self) -> None:
        """What was told of a step that stood, and of lines that waited."""
        live, status = self.live, self.main.status
        if self._told_of_step and not live.is_at_step:
            self._told_of_step = False
            status.say("")
        if self._told_waiting and not any(not one.unattended for one in live.jobs.waiting):
            if status.message == self._told_waiting:
                status.say("")
            self._told_waiting = ""

    def _tell_fresh(self) -> None:
        """What was said since the last look."""
        jobs = self.live.jobs
        fresh = [said for said in jobs.since(self._said) if said.text.strip()]
        self._said = jobs.said
        end = next((said.text for said in reversed(fresh) if said.kind == "end"), "")
        fresh = [said for said in fresh if said.kind not in ("job", "end")] or fresh
        if fresh:  # of an error the first line says what is wrong, the last one what to try
            errors = [one for one in fresh if one.kind == "err"]
            errors = [one for one in errors if not NOTE.match(one.text)] or errors  # a note may come before what failed
            named = (one for one in errors if NAMED.match(one.text))  # behind curl's progress
            self._tell_output(next(named, errors[0]) if errors and fresh[-1].kind == "err" else fresh[-1], end)

    def _tell_output(self, last: Said, end: str) -> None:
        """Follow what runs by its last line, or tell of its end; what a typed line prints gets a pane, and no log."""
        jobs, main = self.live.jobs, self.main
        if last.kind in ("out", "err"):
            self._told_running = ""
        text = last.text if last.kind in ("out", "err") else self._told_running
        if self._typed_at is not None:
            count = sum(said.kind in ("out", "err") for said in jobs.since(self._typed_at))
            if count > 1 and main.hides_output:
                text = tr("output.more", last=text, count=count)
            elif count > 1 and not main.has_class("-short") and main.view not in ("jobs", "branches"):
                main.bring_output(said.text for said in jobs.since(self._typed_at) if said.kind == "out")
                self._typed_at = None  # once: who looks at something else meanwhile is not called back
            elif count > 1 and text and jobs.running is None and main.view != "output":
                text = tr("output.more", last=text, count=count)
            if jobs.running is None:
                self._typed_at = None
        if last.kind == "out" and main.shows_output:
            text = ""  # it stands there
        if last.kind == "err" and not NOTE.match(text):
            self._complain(text)
        else:
            main.command.follow(end or text, error=False)

    def _complain(self, text: str) -> None:
        """Say what went wrong, and whether `why` knows more of it."""
        self.main.command.follow(tr("output.why", last=text) if self.live.has_reason() else text, error=True)

    def opened(self) -> None:
        """Another scenario was opened: remember it, go to its lesson, and let the keys do what the pane says."""
        self.is_unsaved = False
        from netsandbox.session.shelf import short_name

        scenario = self.live.session.scenario
        if self.main.view == "lesson" and (scenario is None or not scenario.steps):
            self.main.set_view("log")  # an empty pane would stay
        self.live.play()  # what was paused is another lab
        self.main.say.say("")
        self.main.show_keys()
        if scenario is None or not scenario.name:
            return
        recent = self.files.history("recent")
        recent.add(short_name(scenario.name))
        self.files.keep_history("recent", recent)
        self.main.say.say(said(scenario.about))
        if scenario.steps and (self.main.view == "lesson" or not self.main.has_class("-short")):
            self.main.set_view("lesson")
        elif scenario.steps:
            self.main.set_view("log")  # what tells of another lab's frame would hide what the lesson says
        self.main.command.input.call_later(self._to_the_keys)  # behind what was typed ahead into it
        self.main.show_keys()

    def _to_the_keys(self) -> None:
        """Leave the prompt, unless the next line is begun: a key that was typed ahead into it is the panes'."""
        if not self.main.command.is_begun:
            ahead = self.main.command.handed_over()
            self.main.set_focus(self.main.topology)
            self.main.show_keys()
            for letter in ahead:
                self.call_next(self.on_event, Key(letter, letter))

    def _note_progress(self) -> None:
        stand, scenario = self.live.lesson.stand(), self.live.session.scenario
        if stand is None or not stand.number or scenario is None:
            return
        done = stand.number if not stand.unmet else stand.number - 1
        if (scenario, done) != self._noted:
            from netsandbox.session.shelf import short_name

            self._noted = scenario, done
            self.progress.note(short_name(scenario.name), done, stand.total)

    def _moved(self) -> None:
        """In another time, what the commands said last is no longer so."""
        if not self.main.command.input.has_focus:
            self.main.command.note("")
        self.main.status.say("")
        self.sync()

    def _unless_typing(self) -> None:
        """Leave a key to the line that is typed, or to the page that lies over the panes.

        `:` and `/` go before all other bindings, so that what follows them in one burst is typed already.
        """
        if self.screen is not self.main or isinstance(self.main.focused, Input):
            raise SkipAction


def _class_of(size: int, breakpoints: list[tuple[int, str]] | None) -> str:
    """The class that Textual gives a screen of this size."""
    return next((name for least, name in sorted(breakpoints or (), reverse=True) if size >= least), "")
