"""A session handed in, done again line after line: the steps of a scenario that were met on the way to its end.

What an early step shows is often over at the end of a lesson, as a fault that the last one mends. So a step that has
others behind it counts as met where it was, one after the other, as the app takes them; of the last one, that
something happened, while what is to be so has to be so at the end.
"""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.commands.expect import Verdict
from netsandbox.commands.expect.condition import is_of_event
from netsandbox.commands.line import in_background
from netsandbox.session.goals import EXPECT, conditions
from netsandbox.session.journal import Entry
from netsandbox.session.keeping import KeptSession
from netsandbox.session.own_files import NoFiles
from netsandbox.session.steps import Scenario, Step

SETTINGS = ("seed", "profile", "uplink")  # What a session has of its scenario, beside the set-up


class Met(NamedTuple):
    """What was found of a condition, behind which line of the session."""

    verdict: Verdict
    after: str


def counted(scenario: Scenario) -> list[tuple[int, Step]]:
    """The steps by which a hand-in is judged, with their numbers, 0 in the set-up: the tasks; without any, all."""
    steps = [(max(number, 0), step) for number, step in enumerate((*scenario.setup, *scenario.steps),
                                                                  1 - len(scenario.setup)) if conditions(step)]
    return [one for one in steps if one[1].task] or steps


class ForeignError(Exception):
    """A session is none of the scenario's (key: what differs; fields: how)."""

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.key, self.fields = key, fields


class Way:
    """What was met of a scenario's steps behind each line of a session."""

    def __init__(self, live: KeptSession, scenario: Scenario) -> None:
        self.met: dict[tuple[str, int], Met] = {}  # what was found, by the condition and its line of the file
        # the tasks that were done before anything was, and at no time otherwise
        self.always = [step for step in scenario.steps if step.task]
        self._live = live
        self._counted = [step for _number, step in counted(scenario)]
        self._left = [step for step in (*scenario.setup, *scenario.steps) if conditions(step)]
        self._last = self._left[-1:]
        self._counts_from = 0

    def look(self, after: str) -> None:
        """See what holds behind a line."""
        self.always = [step for step in self.always if self._found(step) is not None]
        while self._take(after):  # what only looks is not kept in a file: the line before has its step, too
            pass

    def _take(self, after: str) -> bool:
        """Whether the next step is met now, or the next one that counts, as nobody has to see what a lesson shows."""
        counts = next((number for number, step in enumerate(self._left) if step in self._counted), None)
        for number in [] if counts is None else sorted({0, counts}):
            step = self._left[number]
            found = self._found(step) if step not in self.always else None
            if found is not None:
                self.met |= {key: Met(verdict, after) for key, verdict in found.items()
                             if step not in self._last or is_of_event(key[0])}
                del self._left[:number + 1]
                self._counts_from = self._live.trace.end if self._left and self._left[0].task else 0
                return True
        return False

    def _found(self, step: Step) -> dict[tuple[str, int], Verdict] | None:
        """What a step's conditions find, where all of them hold now."""
        found, shell = {}, self._live.shell
        shell.counts_from = self._counts_from
        for text, number in conditions(step):
            verdict = shell.execute(EXPECT + text).result
            if not isinstance(verdict, Verdict) or not verdict.holds:
                break
            found[text, number] = verdict
        shell.counts_from = 0
        return found if len(found) == len(conditions(step)) else None


def _is_same(entry: Entry, line: str) -> bool:
    """Whether a session's line is the set-up's; of who typed the next one at a moment before its end it has an `&`."""
    return line in (entry.line, in_background(entry.line))


def do_again(live: KeptSession, session: Scenario, scenario: Scenario, language: str) -> Way:
    """Do in a scenario's lab what a saved session did (ForeignError: it began elsewhere, or has left that lab for
    another)."""
    live.open(scenario)
    live.use_files(NoFiles())
    set_up, lines = live.set_up, [line for step in session.setup for line in step.run]
    begin, way = len(set_up), Way(live, scenario)
    if not begin <= len(lines) or not all(map(_is_same, set_up, lines)):
        raise ForeignError("set-up")
    for key in SETTINGS:
        found, wanted = ("false" if value == "" else value for value in (getattr(session, key), getattr(scenario, key)))
        if found != wanted:
            raise ForeignError("setting", name=key, found=found, wanted=wanted)
    for line in ["", *lines[begin:]]:
        if line:
            live.do_step(Step((line,)))
        if live.done < begin or live.journal[:begin] != set_up:
            raise ForeignError("left", line=line)
        live.shell.language = language
        way.look(line or (set_up[-1].line if set_up else ""))
    return way
