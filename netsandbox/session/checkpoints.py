"""Where a session can begin again without doing everything again: copies of its lab, taken now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.engine.snapshot import CopyError, Snapshot
from netsandbox.lab.copying import RULES
from netsandbox.session.journal import Entry

if TYPE_CHECKING:
    from netsandbox.session.timeline import Timeline

LINE = 50  # Steps that a line is worth: to parse it and carry it out takes as long
FEWEST = 1_000  # Steps that are done again in next to no time
PART = 32  # A checkpoint comes after this part of all that was done, however long that is
DEAR = 200_000
"""And the later, the larger the lab is: to copy 500 containers, 20,000 objects, is worth 2,000 steps, and nobody wants
to wait for a copy of 5,000 now and then.  By this its number of objects, squared, is divided."""
MOST = 24  # Checkpoints that are kept; then every other one of the older ones goes
PATIENCE = 500  # Steps after which it is tried again where something could not be copied


class Checkpoint(NamedTuple):
    """A session as it was."""

    # step, end: how many steps and records there were
    step: int
    end: int
    lines: tuple[Entry, ...]  # of the journal, those that were done
    effort: int  # what it had taken so far, in steps
    snapshot: Snapshot  # of lab, shell and the lines that ran


class Checkpoints:
    """Those of one session, the oldest first.

    Attributes:
        is_on: whether any are taken; who only goes forward needs none.
        may_wait: whoever drives the session takes one that is owed when a person pauses (`catch_up`).
        is_owed: one is.
    """

    def __init__(self) -> None:
        self.is_on = True
        self.may_wait = self.is_owed = False
        self._kept: list[Checkpoint] = []
        self._due = FEWEST

    def clear(self) -> None:
        self.is_owed = False
        self._kept.clear()
        self._due = FEWEST

    def note(self, session: Timeline) -> None:
        """The session has moved: take a checkpoint if one is due."""
        effort = session.lab.trace.step_count + LINE * session.done
        if effort >= self._due and self.is_on:
            self.is_owed = self.may_wait and effort < self._due + FEWEST
            if not self.is_owed:
                self._take(session, effort)

    def catch_up(self, session: Timeline) -> None:
        """Take one that is owed, unless the session has gone back before that."""
        if self.is_owed:
            self.may_wait = self.is_owed = False
            self.note(session)
            self.may_wait = True

    def forget_others(self, session: Timeline) -> None:
        """What came after the session's present position is not to be: it goes another way."""
        step = session.trace.step_count
        self.is_owed = False
        self._kept = [kept for kept in self._kept if kept.step <= step and _is_on_the_way(kept, session)]
        self._due = FEWEST if not self._kept else self._kept[-1].effort + _pause(self._kept[-1])

    def _take(self, session: Timeline, effort: int) -> None:
        trace = session.trace
        try:
            snapshot = Snapshot((session.lab, session.shell, session.lines), RULES, session.outside())
        except CopyError:
            self._due = effort + PATIENCE
            return
        lines = tuple(session.journal[:session.done])
        self._kept.append(Checkpoint(trace.step_count, trace.end, lines, effort, snapshot))
        self._due = effort + _pause(self._kept[-1])
        if len(self._kept) > MOST:
            del self._kept[:MOST // 2:2]
        trace.ledger.mark({kept.end for kept in self._kept})

    def before(self, session: Timeline, step: int) -> Checkpoint | None:
        """The latest one of the session's present journal before a step; None when there is none.

        One at the very step will not do: the clock may have gone on there.
        """
        return next((kept for kept in reversed(self._kept) if kept.step < step and _is_on_the_way(kept, session)), None)


def _pause(kept: Checkpoint) -> int:
    """The effort until the next one."""
    return max(FEWEST, kept.effort // PART, kept.snapshot.size ** 2 // DEAR)


def _is_on_the_way(kept: Checkpoint, session: Timeline) -> bool:
    """Whether all lines that the session's journal has up to there were done, and no others."""
    journal, done = session.journal, len(kept.lines)
    return tuple(journal[:done]) == kept.lines and (len(journal) == done or journal[done].step >= kept.step)
