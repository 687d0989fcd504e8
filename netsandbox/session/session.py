"""A session: lines are carried out in a lab, one after the other, and kept in its journal."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.line import changes_nothing, is_background, read_line
from netsandbox.commands.prompt.pasted import without_prompt
from netsandbox.commands.words import is_line
from netsandbox.docker.profiles import DEFAULT_PROFILE
from netsandbox.engine.budget import TURN, Use
from netsandbox.engine.units import MILLISECOND
from netsandbox.session.journal import Entry
from netsandbox.session.timeline import INTERRUPT, Timeline, is_interrupt

ENDLESS_LIMIT = 3500 * MILLISECOND  # How long a program that would never end runs when nobody is there to press Ctrl-C
ENDLESS_STEPS = 200_000
"""Steps after which such a program is stopped as well: a flood of pings has so many in a tenth of a second."""
SETTLE_STEPS = 20_000
FORWARD = frozenset({"fg", "wait"})  # What they wait for is in the background already: who types them wants its end
GOES_ON = "note: it goes on while the next lines run, as in a terminal of its own"
NOTHING_COMES = "stopped: it waits, and nothing is under way that could end that"


def _is_endless(job: Job) -> bool:
    return job.program is not None and job.program.is_endless


class Session(Timeline):
    """A timeline that goes on by lines, steps and time."""

    def __init__(self, seed: int = 0, profile: str = DEFAULT_PROFILE, uplink: str = "") -> None:
        super().__init__(seed, profile, uplink)
        self._before = self.branches.present, self.end, 0
        """Where the last line was typed: the branch, and its end; and the lab's time amid a step's instant."""

    # -- doing

    def execute(self, line: str) -> Job:
        """Begin a line now; the caller runs the scheduler until the job is done.

        In the past this begins a branch: what was taken back is kept in the one that is left. What is no command at
        all, or only looks, begins none.
        """
        line = without_prompt(line)
        if not self._is_journaled(line):
            return self.shell.execute(line)
        self._before = self.branches.present, self.end, self.lab.scheduler.now
        is_past, undone = self.has_future, self.branches.undone[:]
        self.branches.undone.clear()
        self._leave_future()
        position = self.position
        self.journal.append(Entry(position.step, position.at, line))
        self.done += 1
        self.on_execute(self.journal)
        self.lab.scheduler.stand_at(position.at)
        job = self._do(line)
        self.end = self.position
        self.checkpoints.note(self)
        job.number = self.done
        if is_past and (job.is_unknown or self._has_only_looked(job)):
            self._never_was(job)
            self.branches.undone[:] = undone
        else:
            self.take_back(job)
        return job

    def _has_only_looked(self, job: Job) -> bool:
        """Whether a line that changes nothing came to its end; steps that it takes are no part of what was."""
        scheduler, steps = self.lab.scheduler, 0
        while changes_nothing(job.line) and not job.is_done and not scheduler.is_idle and steps < SETTLE_STEPS:
            scheduler.step()
            steps += 1
        return job.is_done and changes_nothing(job.line)

    def _leave_future(self) -> None:
        """Something is done in the past: what comes after stays in the branch that is left."""
        if self.has_future:
            self.branches.begin(self.done, self.position)
            self.epoch += 1
            self.checkpoints.forget_others(self)

    def take_back(self, job: Job) -> bool:
        """If a line would have used more than it may: stand where it was typed, as if it never had been.

        False when it did not, or others were typed since then: a line in the background is only stopped.
        """
        if not job.budget.exceeded or not job.number or job.number != self.done or self.done != len(self.journal):
            return False
        self._never_was(job)
        return True

    def _never_was(self, job: Job) -> None:
        self.strike()
        job.number = 0
        job.finish(1)
        job.let_go()
        self.shell.remember(job, self.lab.trace.end, is_taken_back=True)

    def strike(self) -> None:
        """Stand where the last line was typed, as if it never had been."""
        before, end, now = self._before
        self._rewind(self.journal[self.done - 1].step, self.done - 1)
        if now > self.lab.scheduler.now:
            self.lab.scheduler.stand_at(now)
        self.journal = self.journal[:-1]  # another history for whoever has read this one
        self.branches.take_back(before)
        self.end = end
        self.checkpoints.forget_others(self)
        self.on_execute(self.journal)

    def _is_journaled(self, line: str) -> bool:
        """Whether it does something; one that cannot be read may, so that its refusal is kept as well."""
        if is_interrupt(line):
            return True
        if not is_line(line):
            return False
        try:
            return read_line(line).acts
        except CommandError:
            return True

    def run(self, line: str, is_followed: bool = False) -> Job:
        """Carry a line out to its end, and let what it set off come to rest. With `&` behind it the line is only begun
        (is_followed: other lines come, as in a second terminal: a server that waits for them goes on)."""
        line = without_prompt(line)
        self._end_the_same(line)
        job = self.execute(line)
        if is_background(line) or not job.number:
            return job
        last = self._effort + job.budget.left(Use.STEPS)

        def goes_on() -> bool:
            return not job.is_done and self._effort < last

        def comes_to_an_end() -> bool:
            return not job.is_done and not _is_endless(job) and self._effort < last

        self.run_while(comes_to_an_end)
        while goes_on() and _is_endless(job) and not self._stop_endless(job, is_followed):
            self.run_while(comes_to_an_end)
        if job.is_left:
            self.settle()
            return job
        self.run_while(goes_on)
        if not job.is_done:
            self._give_up(job, has_steps=self._effort < last)
        if not self.take_back(job):
            self.settle()
        return job

    @staticmethod
    def _give_up(job: Job, has_steps: bool) -> None:
        """It waits for what will not come, or has used all the steps that it may."""
        if has_steps:
            job.budget.exceeded = job.budget.exceeded or NOTHING_COMES
        job.complain(str(job.budget.error(Use.STEPS)))
        job.finish(1)

    @property
    def _effort(self) -> int:
        """Steps of the lab, by what they cost."""
        scheduler = self.lab.scheduler
        return scheduler.trace.step_count + (TURN - 1) * scheduler.turns

    def _end_the_same(self, line: str) -> None:
        """Who types a server's line once more has ended the first one; it may be the port's."""
        running = [one for one in self.lines if not one.is_done]
        for number, job in enumerate(running, 1):
            if job.is_left and job.text == line.rstrip(" &"):
                self.execute(f"{INTERRUPT} {number}")
                return

    def _stop_endless(self, job: Job, is_followed: bool) -> bool:
        """Run what would never end for some time, or for many steps, and press Ctrl-C.

        False if it did end, or if it was one `<(…)` of several.

        Where other lines follow, what listens is left.
        """
        scheduler, printed = self.lab.scheduler, job.size
        limit, last = scheduler.clock + ENDLESS_LIMIT, self.position.step + ENDLESS_STEPS
        self.run_while(lambda: not job.is_done and _is_endless(job) and (scheduler.next_time() or limit) <= limit
                       and self.position.step < last)
        if job.is_done or not _is_endless(job):
            return False
        scheduler.stand_at(min(limit, scheduler.next_time() or limit))
        if is_followed and self.leave(job, printed):
            return True
        program = job.program
        listens, drops = program is not None and program.listens, program is not None and program.drops
        self.execute(INTERRUPT)
        if drops:
            job.complain("note: stopped, as nobody is there to press Ctrl-C; the command ends with its $(…), and what "
                         "that printed is lost")
        elif listens:
            job.complain("note: stopped, as nobody is there to press Ctrl-C; with & behind it, it goes on while the "
                         "next lines run")
        return program is None or not program.reads_on

    def leave(self, job: Job, printed: int) -> bool:
        """Let a line go on beside those that follow, if it listens and has printed nothing new; whether it does."""
        listens = job.program is not None and job.program.listens
        if not listens or job.size != printed or job.line.split(maxsplit=1)[0] in FORWARD:
            return False
        job.is_left = True
        job.complain(GOES_ON)
        return True

    def run_while(self, condition: Callable[[], bool]) -> None:
        note = self.checkpoints.note

        def goes_on() -> bool:
            note(self)
            return condition()

        self.lab.scheduler.run_while(goes_on)
        self.end = max(self.end, self.position)

    def settle(self) -> None:
        """Let the present instant's frames and programs come to rest; a storm is left to itself."""
        scheduler, steps = self.lab.scheduler, 0
        while not scheduler.is_idle and steps < SETTLE_STEPS:
            scheduler.step()
            steps += 1
        self.end = max(self.end, self.position)

    def step(self) -> bool:
        """One step: of the lab, or, in the past, the line that came next; False when nothing is left."""
        if self.done < len(self.journal) and self.position.step >= self.journal[self.done].step:
            self._redo_entry()
            return True
        if self.position.step < self.end.step or not self.has_future:
            moved = self.lab.scheduler.step()
            if not self.has_future:
                self.end = max(self.end, self.position)
            self.checkpoints.note(self)
            return moved
        return False

    def run_to(self, step: int, at: int | None) -> None:
        """Let the lab go on to a step, and the clock to a time; nothing that was done is taken back."""
        if not self.has_future:
            self.lab.scheduler.run_steps(step - self.position.step)
            if at is not None:
                self.lab.scheduler.stand_at(at)
            self.end = self.position
            self.checkpoints.note(self)

    def advance(self, when: int) -> None:
        """Let virtual time pass up to a moment: timers that are due fire."""
        if not self.has_future:
            self.lab.scheduler.run_until(when)
            self.end = self.position
            self.checkpoints.note(self)
