"""The main screen: what the panes show of the lab, and what one tells another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on

from netsandbox.explain.questions import verdict
from netsandbox.lab.tables import LogRow
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.kept.state_files import StateFiles
from netsandbox.tui.painting.memory import Tidying
from netsandbox.tui.panes.device import DevicePane
from netsandbox.tui.panes.export_line import ExportLine
from netsandbox.tui.panes.filter_line import FilterLine
from netsandbox.tui.panes.frame_log import FrameLog
from netsandbox.tui.panes.jobs import JobsPane
from netsandbox.tui.panes.lesson import LessonPane
from netsandbox.tui.panes.picture_line import PictureLine
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.panes.sought import Sought
from netsandbox.tui.panes.topology import TopologyPane
from netsandbox.tui.screens.record import RecordScreen
from netsandbox.tui.session.lesson import Stand, goals_summary, wanted
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.navigation import bridge_in_use

if TYPE_CHECKING:
    from netsandbox.tui.session.live import LiveLab


class MainScreen(RecordScreen):
    """Everything at a glance; `sync` brings the panes up to date with the lab."""

    def __init__(
        self, lab: Callable[[], LiveLab], files: StateFiles, glyphs: GlyphSet, ready: Callable[[], None], classes: str,
        *, reduced_motion: bool = False
    ) -> None:
        super().__init__(lab, files, glyphs, ready, classes, reduced_motion=reduced_motion)
        self._cursor = 0  # The first record whose rows the log does not have yet
        self._epoch = -1
        self._tidying = Tidying(self, lambda: self.live.session.checkpoints.catch_up(self.live.session))
        self._structure: tuple[int, int] | None = None
        self._version = -1
        self._moment = (-1, -1)
        self._pins = False  # The pinned device was no person's choice
        self._lesson: tuple[str, int, str] | None = None  # The step of the lesson that is shown
        self._lesson_said = False
        self.is_finished = False  # All goals of the lesson were met at the last look
        self._follows = True  # The device pane goes with the frames; a device that a person selected stays
        self._put: Place | None = None  # The device that was selected for the person
        self._runs = False  # Something runs that a person has to end
        self._told_search = ""  # What the last search has said, as long as nothing else is found

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
            if self._epoch >= 0:  # before the first lab there was none to take away
                self._tidying.soon()
            self._epoch = epoch
            self._rewind(live.resync())
        if live.session.checkpoints.is_owed:
            self._tidying.in_time()
        if version != self._version:
            self._version = version
            self._show_change(ticks)
        self._take_rows()
        live.look_at_goals()
        self._follow_lesson()
        if (runs := live.jobs.is_to_be_ended) != self._runs:
            self._runs = runs
            self.show_keys()  # ^C has something to end, or no more
        status = live.status(looks_ahead=thorough)
        self.status.show(status)
        self.timeline.show(live.marks(), status.step, status.last_step)
        if thorough or not self.log_pane.store.complete:
            self.log_pane.flush()
        if thorough:
            self._show_tables()

    def _show_change(self, ticks: int) -> None:
        self._show_structure()
        moment = (self._epoch, self.live.session.trace.step_count)
        if moment != self._moment:
            self._moment = moment
            self.topology.fly(self.live.flights(), ticks)

    def _show_tables(self) -> None:
        self.output.show(self.live.jobs)
        self.show_own()
        self._show_pending()
        self.device.refresh_rows()
        if not self.device.tabs and self.device.place != self.topology.selected:
            self.device.show(self.topology.selected)  # it is gone, as a container with --rm is
        self.pinned.refresh_rows()

    def _rewind(self, seq: int) -> None:
        if seq:
            self.log_pane.rewind(seq)
        else:
            self.log_pane.clear()
            self._structure = None
        self._cursor = min(self._cursor, seq)
        if self._about is None or self._about < seq:
            if seq < self._told_until:  # a row's counts, and packets that were not, as of the time that was left
                self._about = None
                self.why.show(None)
            return
        if self.log_pane.current is None:
            self._show_record(None)
        else:  # the log tells of another one presently
            self._about = self._stays = None

    def _show_structure(self) -> None:
        live = self.live
        structure = live.structure()
        if structure == self._structure:
            return
        self._structure = structure
        nodes, interfaces, links = live.drawn()
        self.topology.show(nodes, interfaces, links)
        if self.device.place is None:
            self._show_first()
        if self._pins:
            self._pin_used()

    def _follow_lesson(self) -> None:
        """Another step of the lesson, or none after a step back: its words, and the table that it is about."""
        stand = self.live.lesson.stand()
        step = (stand.title, stand.number, stand.text) if stand is not None else None
        has_room = stand is None or not stand.number or not self.has_class("-short")
        self.log_pane.note("" if stand is None or has_room else goals_summary(stand, self.live.lesson.subject()))
        self._tell_goals()
        is_finished = stand is not None and stand.is_finished and not self.live.is_busy and not self.live.is_at_step
        if is_finished and not self.is_finished and self.has_class("-short"):
            self.set_view("lesson")  # elsewhere it stands beside the log
        if is_finished != self.is_finished:
            self.is_finished = is_finished
            self.show_keys()  # p leads to the lessons now
        if step != self._lesson:
            self._lesson = step
            self._show_step(stand)

    def _show_step(self, stand: Stand | None) -> None:
        self._hint()
        if stand is not None:
            judged = f"{verdict(*stand.guess[:2], language())}\n" if stand.guess is not None else ""
            self.say.say(judged + (stand.text or stand.task))
            subject, pinned = self.live.lesson.subject(), self.topology.pinned
            if pinned is not None and subject == (pinned.node, "mac") and not self.has_class("-narrow"):
                self.pinned.show(pinned, "mac")  # once is enough
            elif subject is not None:
                self._show_device(Place(subject[0]), subject[1])
        elif self._lesson_said:
            self.say.say("")
        self._lesson_said = stand is not None

    def _tell_goals(self) -> None:
        """Say on the output's edge how the step stands, where the lesson is not seen."""
        stand = self.live.lesson.stand()
        is_seen = stand is None or self.panes["lesson"].display or not self.output.display
        self.output.tell("" if stand is None or is_seen else wanted(stand, self.glyphs))

    def show_keys(self) -> None:
        """Another view may hide the lesson."""
        super().show_keys()
        self._tell_goals()

    def _hint(self) -> None:
        """What an empty log and an empty picture say of the key that begins."""
        in_lesson = bool(self.live.session.pending)
        is_over = self.live.lesson.stand() is not None
        self.log_pane.hint = tr("log.lesson" if in_lesson else "log.over" if is_over else "log.empty")
        self.topology.hint = tr("topology.lesson" if in_lesson else "topology.empty")
        self.log_pane.refresh()
        self.topology.refresh()

    def wait_for_lab(self) -> None:
        """The lab is made just now, which may take long: nothing is empty yet."""
        self.log_pane.hint = self.topology.hint = tr("opening")

    def _show_device(self, place: Place, tab: str = "") -> None:
        """Show a device that no person chose; a pinned one stays."""
        self._put = place
        self.topology.select(place)
        self.device.show(place, tab)

    def _take_rows(self) -> None:
        trace, log = self.live.session.trace, self.log_pane
        log.forget(trace.first)
        log.extend(self.live.log_numbers(max(self._cursor, trace.end - log.store.rows.capacity)))
        self._cursor = trace.end

    def begin(self) -> None:
        """Another lab was opened: select and pin what a person will look at first, and hide nothing of it."""
        self._hint()
        self.filter.put("")
        self.log_pane.show_whole()
        self.device.tab = ""
        self._follows = True
        self._pin_used()
        self._show_first()

    def _show_first(self) -> None:
        """The first container, else the first node, once there is one."""
        nodes = self.live.nodes()
        pinned = self.topology.pinned  # which stands beside it already
        others = [row for row in nodes if pinned is None or row.name != pinned.node] or nodes
        first = next((row for kind in ("container", "host") for row in others if row.kind == kind),
                     next(iter(others), None))
        if first is not None:
            self._show_device(Place(first.name))

    def _pin_used(self) -> None:
        """Until a person pins something, pin a bridge in use: docker0 may have no ports where a network has."""
        place = bridge_in_use(self.live.drawn()[1], self.topology.pinned)
        if place != self.topology.pinned:
            self.pin(place)
        self._pins = True

    def pin(self, place: Place | None) -> None:
        """Pin a device beside the selected one, or none."""
        self._pins = False
        self.topology.pin(place)
        self.pinned.show(place)
        self.pinned.set_class(place is None, "-none")

    # -- what a pane says

    @on(TopologyPane.Selected)
    def _selected(self, event: TopologyPane.Selected) -> None:
        self._follows = self._follows and event.place == self._put
        self.device.show(event.place)

    @on(TopologyPane.Inspect)
    def _inspect(self, event: TopologyPane.Inspect) -> None:
        self.device.show(event.place)
        self.set_view("device")
        self._focus("device")

    @on(DevicePane.PinWanted)
    def _pin_wanted(self, event: DevicePane.PinWanted) -> None:
        self.pin(None if event.place == self.topology.pinned else event.place)

    @on(DevicePane.WhyWanted)
    def _why_wanted(self, event: DevicePane.WhyWanted) -> None:
        self._explain(*self.live.why_row(event.row))
        self.to_why()

    @on(DevicePane.FrameWanted)
    def _frame_wanted(self, event: DevicePane.FrameWanted) -> None:
        self.minimize()
        self.go_to_record(event.seq)
        self.set_view("log" if self.view == "device" else self.view)

    @on(LessonPane.CheckWanted)
    def _check_wanted(self) -> None:
        """Look at them now, and say that it was done, or why it cannot be."""
        live = self.live
        live.check_goals()
        stand = live.lesson.stand()
        if stand is None or not stand.goals:
            return
        if live.held and not live.session.is_quiet:
            self.status.say(tr("held.goals"))
        elif live.jobs.running is None:
            self.status.say(tr("lesson.checked", met=len(stand.goals) - stand.unmet, count=len(stand.goals)))
        self.show_own()

    @on(LessonPane.HintWanted)
    def _hint_wanted(self) -> None:
        lesson = self.live.lesson
        stand = lesson.stand()
        is_done = stand is not None and bool(stand.goals) and not stand.unmet
        told = tr("lesson.hint-done") if is_done else "" if lesson.hint(self.live.session) else tr("lesson.no-hint")
        self.status.say(told)
        self.show_own()

    @on(JobsPane.Forward)
    def _forward(self, event: JobsPane.Forward) -> None:
        jobs = self.live.jobs
        jobs.forward = 0 if jobs.forward == event.label else event.label
        self.set_view("output")
        self.output.show(jobs)
        self.status.say(tr("jobs.forward", number=jobs.forward) if jobs.forward else tr("jobs.all"))

    @on(JobsPane.EndWanted)
    def _end_wanted(self, event: JobsPane.EndWanted) -> None:
        job = next((one.job for one in self.live.jobs.alive if one.job.label == event.label), None)
        if job is not None:
            self.live.end(job)
            self.status.say("")
            self.show_own()

    @on(FrameLog.Highlighted)
    def _highlighted(self, event: FrameLog.Highlighted) -> None:
        current = self.log_pane.current
        if event.row.key == self._stays or current is None or event.row.key != current.key:
            return  # news of before what was looked for was found
        self._stays = None
        if not self.log_pane.following:
            self._note_choice()
        if self._told_search == self.status.message and not self.log_pane.following:
            self.status.say("")
        self._show_later(event.told)
        self._follow_frame(event.row)
        if not self.log_pane.following and self.view == "output" and not self.output.has_focus:
            self.set_view("log")

    def _follow_frame(self, row: LogRow) -> None:
        """Show the device that a chosen frame is at, else one of those who speak, of which one that is shown already
        stays; unless a person or a lesson chose."""
        shown = self.device.place.node if self.device.place is not None else ""
        if not self._follows or shown == row.node or self.live.lesson.subject() is not None:
            return
        ends, is_chosen = (row.source, row.destination), not (self.log_pane.following or row.master)
        if shown in ends and not is_chosen:
            return
        able = {node.name for node in self.live.nodes()
                if node.kind == "container" or (node.kind == "host" and node.host is None)}  # no host of the internet
        here = row.node if is_chosen and row.node in able else shown if shown in ends else ""
        name = here or next((name for name in ends if name in able), None)
        if name is not None:
            self.device.show(Place(name), follows=Place(name) != self.topology.selected)

    @on(FrameLog.Copied)
    def _copied(self, event: FrameLog.Copied) -> None:
        first, count = event.rows[0], len(event.rows)
        self.status.say(tr("copied.row", number=first.seq) if count == 1 else
                        tr("copied.rows", count=count, first=first.seq, last=event.rows[-1].seq))

    @on(Sought)
    def _sought(self, event: Sought) -> None:
        from_the_other_end = tr("search.round", text=event.needle) if event.is_round else ""
        is_said = event.pane is self.output
        nowhere = tr("search.unsaid" if is_said else "search.nowhere", text=event.needle)
        self._told_search = nowhere if event.is_nowhere else from_the_other_end
        self.status.say(self._told_search)
        self.command.follow(self._told_search, error=event.is_nowhere)  # where every other answer comes

    @on(FilterLine.Changed)
    def _filter_changed(self, event: FilterLine.Changed) -> None:
        self.log_pane.set_filter(event.line, event.test, event.doubt)

    @on(PromptLine.Submitted, "#search")
    def _search(self, event: PromptLine.Submitted) -> None:
        self.searched.search(event.line)

    @on(ExportLine.Done)
    def _exported(self, event: ExportLine.Done) -> None:
        self.status.say(event.line)

    @on(PictureLine.Done)
    def _pictured(self, event: PictureLine.Done) -> None:
        self.status.say(event.line)

    @on(PromptLine.Left)
    def _left(self, event: PromptLine.Left) -> None:
        self.set_focus(self.command.came_from or self.topology if event.prompt is self.command else
                       self.searched if event.prompt is self.search else self.log_pane)
