"""What a scenario holds: plain values.  Reading and writing them is `session.scenario`'s, which needs YAML."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from netsandbox.docker.profiles import DEFAULT_PROFILE


def judges_exit(condition: str) -> bool:
    """Whether a condition is about an exit status."""
    return "exit" in condition.split()[:2]


class Step(NamedTuple):
    """One item of `setup` or `steps`: command lines, what to tell the person about them, what must then be true.

    say maps a language (en, zh) to a text, ask too: a question to be thought about before the lines are run; answers
    are those to choose among, and right the number of the right one, from 1, 0 where there is no choice. With a
    task, a text as well, the reader is to make it true: run is then one way to do so, which an app keeps back until it
    is asked for. hints are texts for who does not meet what must be true, the gentlest first. line is where the item
    starts in its file, run_lines and expect_lines where each of its lines stands; all count from 1.
    """

    run: tuple[str, ...] = ()
    say: Mapping[str, str] = MappingProxyType({})
    expect: tuple[str, ...] = ()
    line: int = 0
    run_lines: tuple[int, ...] = ()
    expect_lines: tuple[int, ...] = ()
    ask: Mapping[str, str] = MappingProxyType({})
    hints: tuple[Mapping[str, str], ...] = ()
    task: Mapping[str, str] = MappingProxyType({})
    answers: tuple[Mapping[str, str], ...] = ()
    right: int = 0

    @property
    def begins(self) -> bool:
        """It begins with lines of its own."""
        return bool(self.run) and not self.task


class Note(NamedTuple):
    """What a reader of a lesson did beside the lines."""

    kind: str  # hint, solution (it was shown) or answer
    number: int  # of the hint or the answer, from 1
    # how many steps come after the one that it is about, which stays so when a session is saved amid a lesson
    left: int


class Scenario(NamedTuple):
    """A scenario file's content."""

    # title, about, learned: map a language (en, zh) to a text; learned is what is to be kept of it in the end
    title: Mapping[str, str] = MappingProxyType({})
    about: Mapping[str, str] = MappingProxyType({})
    seed: int = 0
    profile: str = DEFAULT_PROFILE
    setup: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    name: str = ""  # where it was read from
    uplink: str = ""  # the LAN between the default host and its way out, or empty for a host on its own
    learned: Mapping[str, str] = MappingProxyType({})
    after: str = ""  # the scenario that comes next
    topics: tuple[str, ...] = ()  # words by which it is found
    notes: tuple[Note, ...] = ()  # of a saved session, what its reader asked for and answered

    def shell_before(self, number: int) -> str | None:
        """The node in whose shell the lines before a step, counted from 0, leave the person; None outside of all."""
        where = None
        for line in (line for step in (*self.setup, *self.steps[:number]) for line in step.run):
            verb, *nodes = line.split()
            if verb in ("enter", "exit"):
                where = nodes[0] if verb == "enter" and nodes else None
        return where
