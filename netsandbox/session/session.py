"""A session: a lab, and the journal of what was done to it.

Going back, undoing, branching and loading are one mechanism: the journal is
replayed in a fresh lab.
"""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.program import Program
from netsandbox.commands.job import Job
from netsandbox.commands.shell import Shell
from netsandbox.engine.units import MILLISECOND
from netsandbox.lab.lab import Lab

ENDLESS_LIMIT = 3500 * MILLISECOND
"""How long a program that would never end runs when nobody is there to press Ctrl-C."""
SETTLE_STEPS = 20_000


class Entry(NamedTuple):
    """One line of the journal: at which step and virtual time it was executed."""

    step: int
    at: int
    line: str


class Session:
    """A lab with its shell and journal.

    Attributes:
        journal: what was done, in order.
    """

    def __init__(self, seed: int = 0, profile: str = "docker-29") -> None:
        self.seed = seed
        self.profile = profile
        self.lab = Lab(seed, profile)
        self.shell = Shell(self.lab)
        self.journal: list[Entry] = []

    def execute(self, line: str) -> Job:
        """Begin a line now; the caller runs the scheduler until the job is done."""
        scheduler = self.lab.scheduler
        self.journal.append(Entry(self.lab.trace.step_count, scheduler.clock, line))
        return self.shell.execute(line)

    def run(self, line: str) -> Job:
        """Carry a line out to its end, and let what it set off come to rest."""
        job = self.execute(line)
        scheduler = self.lab.scheduler
        if job.program is not None and job.program.is_endless and not job.is_done:
            scheduler.after(ENDLESS_LIMIT, _interrupt, job.program, foreground=True)
        scheduler.run_while(lambda: not job.is_done)
        steps = 0
        while not scheduler.is_idle and steps < SETTLE_STEPS:
            scheduler.step()
            steps += 1
        return job


def _interrupt(program: Program) -> None:
    program.interrupt()
