"""What one line may use before it is stopped: counted and never timed, so that it ends alike on every machine.

Whoever does work that a line can make as long as it likes says so, with `spend` for what adds up and `hold` for what
is there at one time.  The line whose work is done now is the present one; outside of any line nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from sys import set_int_max_str_digits

TURN = 10
"""What a program's turn costs, in frames that arrive: it may begin other programs, print, or open a connection."""


class Use(Enum):
    """What is counted: how an error names it, how much of it a line may use, and whether that is at one time."""

    STEPS = "{limit} steps of the lab", 2_000_000
    """Entries of the scheduler's queue that the line waits for; a program's turn counts as TURN of them."""
    COMMANDS = "{limit} commands", 10_000
    """Commands of a script, those of its loops and `$(…)` included; scenario lines that a `load` carries out."""
    WORK = "{limit} pieces of work", 1_000_000
    """Rounds of loops, words that are expanded, nodes of a template, lines that a filter reads: some microseconds."""
    PATTERN = "{limit} steps of regular expressions", 500_000_000
    """Characters searched, times the instructions of the pattern: some nanoseconds each, at worst."""
    OUTPUT = "{limit} characters of output", 16_000_000
    """What a line prints before it gives the turn to the lab, pipes and `$(…)` included."""
    MEMORY = "{limit} characters in variables and arguments", 200_000  # At one time
    DEPTH = "{limit} levels within each other", 16
    """Scripts in scripts, loads in loads, templates in templates; at one time."""

    def __init__(self, words: str, limit: int) -> None:
        self.words = words
        self.limit = limit


set_int_max_str_digits(Use.MEMORY.limit)
"""A number that a line holds can be read, however long it is; Python refuses those of more than 4,300 digits."""
INTERRUPTED = "interrupted"


class OverBudgetError(Exception):
    """A line that would use more than it may, or that a person has stopped; the text is one line of reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        # the line's exit status; as after Ctrl-C when a person has stopped it
        self.code = 130 if reason == INTERRUPTED else 1


class ReplayStoppedError(OverBudgetError):
    """A replay that a person has stopped; whoever replays leaves all as it was."""


class Budget:
    """What one line has used.

    Attributes:
        exceeded: why it was stopped; empty as long as it was not.
        is_stopped: a person does not want it any more; may be set from another thread.
    """

    __slots__ = ("_is_told", "exceeded", "is_stopped", "used")

    def __init__(self) -> None:
        self.used: dict[Use, int] = dict.fromkeys(Use, 0)
        self.exceeded = ""
        self.is_stopped = self._is_told = False

    def spend(self, use: Use, amount: int = 1) -> None:
        """Count what adds up (OverBudgetError: it is more than a line may use, or the line was stopped)."""
        self.used[use] += amount
        if self.is_stopped or self.exceeded or self.used[use] > use.limit:
            raise self.error(use)

    def hold(self, use: Use, amount: int) -> None:
        """Count what is there at one time (OverBudgetError: as spend)."""
        self.used[use] = max(self.used[use], amount)
        if self.is_stopped or self.exceeded or amount > use.limit:
            raise self.error(use)

    def left(self, use: Use) -> int:
        """How much of it the line may still use."""
        return max(0, use.limit - self.used[use])

    def is_to_be_told(self) -> bool:
        """Whether the reason is still to be printed: once, as of several programs in a line each is stopped for it."""
        is_told, self._is_told = self._is_told, True
        return not is_told

    def error(self, use: Use) -> OverBudgetError:
        """Why the line is stopped: for too much of this, if there was no reason before."""
        limit = use.words.format(limit=f"{use.limit:,}")
        self.exceeded = self.exceeded or (INTERRUPTED if self.is_stopped else f"stopped: more than {limit} in one line")
        return OverBudgetError(self.exceeded)


_LINES: list[Budget] = []
"""Of the lines whose work is done now: the present one is the last, those that carry it out (`load`) before it."""
_replays = 0  # Replays within each other that are at work
_is_stopped = False  # A person does not want the replay any more; set from another thread


@contextmanager
def on(budget: Budget) -> Iterator[None]:
    """What is done within counts on this budget: when a line begins, and when a script of its goes on."""
    _LINES.append(budget)
    try:
        yield
    finally:
        _LINES.pop()


def present() -> Budget:
    """The present line's budget; outside of any line a fresh one."""
    return _LINES[-1] if _LINES else Budget()


def spend(use: Use, amount: int = 1) -> None:
    """As Budget.spend, of the present line."""
    if _LINES:
        _LINES[-1].spend(use, amount)


def hold(use: Use, amount: int) -> None:
    """As Budget.hold, of the present line."""
    if _LINES:
        _LINES[-1].hold(use, amount)


@contextmanager
def undisturbed() -> Iterator[None]:
    """What is done within is a replay: it has to go as it went before, and nobody can stop its lines.

    The replay as a whole can be stopped, where whoever replays calls `look`.
    """
    global _is_stopped, _replays  # noqa: PLW0603
    _replays += 1
    try:
        yield
    finally:
        _replays -= 1
        _is_stopped = _is_stopped and _replays > 0


def look() -> None:
    """Between two lines or so many steps of a replay (ReplayStoppedError: a person does not want it any more)."""
    if _is_stopped:
        raise ReplayStoppedError(INTERRUPTED)


def interrupt() -> bool:
    """Stop the lines at work as soon as they count anything; False when none is.  Any thread may call this.

    A replay is stopped as a whole.
    """
    global _is_stopped  # noqa: PLW0603
    if _replays:
        _is_stopped = True
        return True
    lines = list(_LINES)
    for budget in lines:
        budget.is_stopped = True
    return bool(lines)
