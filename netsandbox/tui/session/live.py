"""A session as the panes drive it: command lines, the scenario's steps, and the pace at which the lab runs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from netsandbox.commands.job import Job
from netsandbox.commands.prompt.near_names import near_note
from netsandbox.commands.prompt.pasted import whole_lines
from netsandbox.engine.budget import ReplayStoppedError
from netsandbox.engine.player import Player
from netsandbox.explain.refusals import translated
from netsandbox.lab.names import DEFAULT_HOST
from netsandbox.session.branches import Branch
from netsandbox.session.keeping import KeptSession
from netsandbox.session.texts import text_in
from netsandbox.session.timeline import INTERRUPT, ReplayError
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.kept.state_files import StateFiles
from netsandbox.tui.session import peek
from netsandbox.tui.session.lab_view import LabView
from netsandbox.tui.session.lesson import EXPECT, Lesson, said, way_to
from netsandbox.tui.session.live_jobs import Jobs, Waiting
from netsandbox.tui.session.source import GOES_ON, QUIT, TOUR, Completion, Outcome, Status

VI = re.compile(r"^\s*:(?=\w)")  # The colon that some put before a line by habit


def _blank(line: str) -> str:
    """The line with a space in place of that colon, so that all else stands where it stood."""
    return VI.sub(lambda found: " " * len(found[0]), line, count=1)


class LiveLab(LabView):
    """`LabSource` over a session and its player, and the pace of it."""

    def __init__(self, session: KeptSession, files: StateFiles, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(session)
        self.files = files
        self.clock = clock
        self.player = Player(session, clock)
        self.player.is_due = self._is_due
        self.jobs = Jobs(self._begin)
        self.jobs.meant = lambda job: near_note(self.session.lab, job)
        self.lesson = Lesson()
        self.jobs.on_judged = lambda job: self.lesson.judged(job, self.session)
        self._looked: tuple[int, int, bool] | None = None
        """Lines and steps that were done when the goals were looked at last, and whether all was at rest."""
        self.held = False  # a person has stopped time; a command does not let it run again
        self.failed = ""  # what went wrong in the program itself, for the screen; empty when nothing did
        self._coming = ""  # What was to come next when somebody looked last
        self._begun = ""  # Lines that make none yet: `for i in 1 2; do`
        self.wants_quit = False  # somebody typed `quit`
        self.wants_tour = False  # somebody typed `tour`
        self.branched = ""  # a line in the past began a branch, or made the host: what to say of it, for the screen
        self.busy: Callable[[], AbstractContextManager[None]] = nullcontext
        """What a line or a step is carried out in, for whoever looks on."""
        self.player.play()

    def adopt(self, session: KeptSession) -> None:
        """Go on with another session."""
        self.session = session
        self.player = Player(session, self.clock)
        self.player.is_due = self._is_due
        self.jobs.waiting.clear()
        self._other_lab()
        self.player.play()

    def status(self, looks_ahead: bool = True) -> Status:
        session, player = self.session, self.player
        self._read()
        position, quiet = session.position, session.is_quiet
        is_turn = quiet and self.lesson.is_task_open
        waits = player.is_playing and (self.waits_for_reader or is_turn)
        if waits:
            coming = tr("next.task" if self.lesson.is_task_open else "next.lesson")
        else:
            coming = "" if quiet and player.is_playing else peek.next_step(session, self.named) if looks_ahead else (
                self._coming)
        self._coming = coming
        return Status(self.title(), position.at, position.step, max(session.end.step, position.step), player.is_playing,
                      quiet, player.speed, player.is_lagging, coming, self._watch.dropped(session.trace.end),
                      sum(one.is_labelled for one in self.jobs.alive), waits,
                      bool(session.scenario and session.scenario.steps))

    def title(self) -> str:
        """The scenario's title in the language in use."""
        scenario = self.session.scenario
        if scenario is None:
            return "netsandbox"
        return text_in(scenario.title, language()) or scenario.name

    # -- the command line

    def prompt(self) -> str:
        if self._begun:
            return GOES_ON
        where = self.session.shell.where
        return f"{where} #" if where is not None else DEFAULT_HOST

    def complete(self, line: str, cursor: int) -> Sequence[Completion]:
        from netsandbox.commands.complete import complete

        return [Completion(*found) for found in complete(self.session.shell, _blank(line), cursor)]

    def is_command(self, word: str) -> bool:
        """Whether a line may begin with it."""
        from netsandbox.commands.catalogue import VERBS
        from netsandbox.commands.prompt.prompt import Prompt

        return word in VERBS or Prompt(self.session.shell, self.session.shell.place).has(word)

    def has_reason(self) -> bool:
        """Whether `why` says of the last line what was dropped or refused."""
        from netsandbox.explain.history import drop_of_line

        return drop_of_line(self.session.trace, self.session.shell.last_seq) is not None

    def hint(self, line: str) -> str:
        from netsandbox.commands.complete import hint

        return hint(self.session.shell, _blank(line))

    def execute(self, line: str) -> Outcome:
        """Begin a line, others after it; what takes time is played, unless a person holds the lab."""
        typed = line.splitlines() or [""]
        if not self._begun:
            typed = [VI.sub("", one, count=1) for one in typed]
        whole, self._begun = whole_lines(typed, self._begun)
        if self._begun and not whole:
            return Outcome((), "")
        line, *others = whole or [""]
        if line in QUIT or (line == TOUR and not others):
            self.wants_quit, self.wants_tour = line in QUIT, line == TOUR
            return Outcome((), "")
        if line == "next" and not others:
            return Outcome((), "" if self.next_step() else tr("scenario.done"))
        return Outcome((), "", True) if self.jobs.wait_too([line, *others]) else self._carry_out(line, others)

    def _carry_out(self, line: str, others: list[str]) -> Outcome:
        self.jobs.make_room()
        before = self.jobs.said
        job = self._begin(line)
        self.jobs.waiting.extend(Waiting(other, False) for other in others)
        if job is not None:
            self.jobs.watch(job, self.session.clock)
        self._go_on()
        if job is None:
            return Outcome((), self.failed)
        if line.strip() == "jobs":
            self.jobs.tell_beside(self.session.shell.state.jobs)
        explained = self.session.shell.last is job and self.has_reason()
        return self.jobs.outcome(job, before, explained)

    def _begin(self, line: str, of_scenario: bool = False, shown: str = "") -> Job | None:
        """Execute a line; an exception in it is kept from the person's lab, which is as it was before."""
        session = self.session
        session.shell.show_in_pane(language(), self.width())
        session.shell.counts_from = self.lesson.counts_from if of_scenario and line.startswith(EXPECT) else 0
        if line in QUIT:  # the last of several
            self.wants_quit = True
            return None
        if not line.startswith(EXPECT):
            self.jobs.say("line", f"{self.prompt()} ❯ ".replace("# ❯", "#") + (shown or line))
        lab, done, branch = session.lab, session.done, session.branches.present
        is_midway, is_hostless = self.lesson.is_midway(session), bool(lab.nodes) and DEFAULT_HOST not in lab.nodes
        try:
            with self.busy(), session.files.of_scenario() if of_scenario else nullcontext():
                job = session.execute(line)
            crash = job.crash
        except Exception as error:  # noqa: BLE001 - whatever a command raises must not end the app
            crash = error
        if crash is not None:
            self._recover(line, crash, done)
            return None
        if session.branches.present.parent is branch and line.split(maxsplit=1)[:1] not in (["redo"], ["branch"]):
            self._left(branch, is_midway)
        if is_hostless and DEFAULT_HOST in session.lab.nodes and not (of_scenario or line.startswith("docker")):
            self.branched = tr("host.made", name=DEFAULT_HOST)
        if session.lab is not lab:
            self._other_lab()
            if session.has_future:
                self.player.pause()  # to go on would be to do again what was just taken back
        return job

    def _left(self, branch: Branch, is_midway: bool) -> None:
        """A line has begun another branch; midway in a step of the lesson, whose goals are about its own lines."""
        is_other = self.session.lines_of_set_up < len(self.session.set_up)
        self.branched = tr("branched.other" if is_other else "branched", left=branch.name,
                           name=self.session.branches.present.name)
        if is_midway:
            self.session.give_back_step()

    def _recover(self, line: str, error: BaseException, done: int) -> None:
        """Take a failed line out of the journal, and the lab back to where it was before."""
        where = self.files.log_failure(line, error)
        self.failed = tr("failed.command", what=f"{type(error).__name__}: {error}", where=where)
        self.jobs.say("err", self.failed)
        session = self.session
        try:
            if session.done > done:
                session.strike()
        except Exception as second:  # noqa: BLE001 - the lab stays as it is
            self.files.log_failure(f"undo {line}", second)
        self._other_lab()

    def _other_lab(self) -> None:
        """The lab was made anew by a replay: follow what runs in that one."""
        self.jobs.forget()
        self.jobs.watch_again(self.session)

    def next_step(self) -> bool:
        """Begin the scenario's next step; False when none is left."""
        session = self.session
        step = session.take_step()
        if step is None:
            return False
        lines = way_to(session, step) if step.begins else []
        self.say_step({language(): self.lesson.judge()})
        self.say_step(step.task or step.say)
        self.lesson.begin(session)
        if not step.begins:
            session.on_execute(session.journal)  # with a line it is told by itself that there is one step less to go
        self._looked = None
        goals = () if self.lesson.is_task_open and self._are_beside else self.lesson.to_look_at()
        self._begin_all((*lines, *(session.left_of(step) if step.begins else ()), *goals))
        return True

    def solve(self) -> bool:
        """Do the task of the present step as the scenario would; False when it has none, or that was done."""
        session = self.session
        step = self.lesson.solve(session)
        if step is None:
            return False
        self.say_step(step.say)
        self._begin_all((*way_to(session, step), *step.run, *self.lesson.to_look_at()))
        return True

    def _begin_all(self, lines: Iterable[str]) -> None:
        """Begin lines of the lesson, one after the other."""
        self.jobs.waiting.extend(Waiting(line, True) for line in lines)
        self._go_on()

    def look_at_goals(self) -> None:
        """Follow the lesson; when something was done and has come to rest, or time stands, look at its goals."""
        session, lesson = self.session, self.lesson
        lesson.follow(session)
        is_done = not self.jobs.running and not self.jobs.waiting
        rests = is_done and (session.lab.scheduler.is_quiet or self.waits_for_reader)
        moment = session.done, session.position.step, rests
        is_over = rests and not session.has_future
        stands = rests or self.held
        if moment == self._looked or not (is_over or (stands and not lesson.is_midway(session))):
            return
        self._looked = moment
        lesson.look(session, rests)

    def check_goals(self) -> None:
        """Look at the goals again because a person asks."""
        self._begin_all(self.lesson.to_look_at())

    def say_step(self, texts: Mapping[str, str]) -> None:
        """Tell what a step says."""
        if text := said(texts):
            self.jobs.say("say", text)

    def interrupt(self) -> bool:
        """Ctrl-C: forget what was begun, else end the program that runs; False when there is neither."""
        if self._begun:
            self._begun = ""
            return True
        front = self.jobs.front
        if front is None:
            return False
        self.end(front)
        return True

    def end(self, job: Job) -> None:
        """Press Ctrl-C for one of the lines that run."""
        alive = [one for one in self.session.lines if not one.is_done]
        if job not in alive:
            return
        self.jobs.drop_unattended()
        self._begin(INTERRUPT if job is alive[-1] else f"{INTERRUPT} {alive.index(job) + 1}",
                    shown=INTERRUPT if len(alive) == 1 else f"{INTERRUPT} [{job.label}] {job.text}")
        self._collect()

    def _go_on(self) -> None:
        self._collect()
        if not self.held and not self.session.has_future:
            self.player.play()

    def _collect(self) -> None:
        lab = self.session.lab
        try:
            self.jobs.collect(self.session)
        except Exception as error:  # noqa: BLE001 - as in _begin
            self._halt(error)
        if self.session.lab is not lab:
            self._other_lab()

    # -- time

    def pump(self) -> bool:
        """Let the lab go on with the wall clock; whether anything moved."""
        if self.waits_for_reader:
            self.player.stand()
            return False
        try:
            with self.busy():
                moved = self.player.pump()
        except Exception as error:  # noqa: BLE001 - as in _begin
            self._halt(error)
            return True
        if moved:
            self._collect()
        return moved

    def _is_due(self) -> bool:
        """A line waits for its turn and has it, or a reader has the turn: a step more, and it would begin late."""
        jobs = self.jobs
        is_free = jobs.holder is None and self.session.lab.scheduler.is_idle
        return is_free and (bool(jobs.waiting) or self.waits_for_reader)

    @property
    def waits_for_reader(self) -> bool:
        """A lesson has a further step, and its lines are through: time stands, so that nothing ages while somebody
        reads, and what the lesson has begun in the background is not over when the next step speaks of it."""
        rests = self.session.lab.scheduler.is_idle if self.jobs.alive else self.session.is_quiet
        return bool(self.session.pending) and not self.jobs.waiting and self._are_beside and rests

    @property
    def _are_beside(self) -> bool:
        """All that runs was begun by a lesson, in the background."""
        return all(one.unattended and one.background for one in self.jobs.alive)

    @property
    def is_at_step(self) -> bool:
        """The lines of a lesson's step are not through yet."""
        jobs = self.jobs
        runs = any(one.unattended and not one.background for one in jobs.alive)
        return runs or any(one.unattended for one in jobs.waiting)

    @property
    def is_amid_step(self) -> bool:
        """Time stands before a step's lines are through: a person has stopped it, or has gone back into them."""
        return self.held if self.is_at_step else self.session.has_future and self.lesson.is_midway(self.session)

    def _halt(self, error: BaseException) -> None:
        """Something in the lab itself failed: stop, and tell."""
        self.player.pause()
        self.held = True
        self.jobs.waiting.clear()
        where = self.files.log_failure("a step", error)
        self.failed = tr("failed.step", what=f"{type(error).__name__}: {error}", where=where)
        self.jobs.say("err", self.failed)

    def move(self, move: Callable[[], object]) -> None:
        """Move in time; a replay that fails leaves a message."""
        lab = self.session.lab
        self.pause()
        try:
            move()
        except ReplayStoppedError:
            self.failed = tr("stopped.move")
        except ReplayError as error:
            self.failed = translated(str(error), language())
        except Exception as error:  # noqa: BLE001 - as in _begin
            self._halt(error)
        if self.session.lab is not lab:
            self.jobs.waiting.clear()
            self._other_lab()
        self._collect()

    def seek(self, step: int) -> None:
        self.move(lambda: self.session.go_to(step))

    def play(self) -> None:
        self.held = False
        self.player.play()

    def pause(self) -> None:
        self.held = True
        self.player.pause()

    @property
    def is_busy(self) -> bool:
        """Something is under way, and time runs."""
        return self.player.is_playing and not self.session.is_quiet and not self.waits_for_reader
