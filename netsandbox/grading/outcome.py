"""What `netsandbox check` found: of each line, and of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from netsandbox.commands.expect import Verdict

HELD, FAILED, WRONG = "held", "failed", "wrong"


class Outcome(NamedTuple):
    """What came of one line."""

    number: int  # its line in the file
    text: str  # the condition, or a command line that failed
    after: str  # the command line before it
    status: str  # held; failed; wrong: it cannot be read
    message: str = ""  # what a person is told, of several lines
    verdict: Verdict | None = None
    is_expect: bool = True
    step: int = 0  # the scenario's step that a hand-in was to meet, 0 for its set-up and where none was handed in


class Report(NamedTuple):
    """What came of one file; plain values, as it may come from another process."""

    file: str
    title: Mapping[str, str] = {}  # the scenario's, by language
    outcomes: tuple[Outcome, ...] = ()
    error: str = ""  # why the file as a whole is wrong; empty if it is not
    session: str = ""  # the file of the saved session that was judged, or empty
    note: str = ""  # why that session is none of the scenario's, so that nothing of it counts; or empty
    told: tuple[str, ...] = ()  # what is to be known beside what it expects, a sentence each

    @property
    def status(self) -> str:
        statuses = {outcome.status for outcome in self.outcomes}
        if self.error or WRONG in statuses:
            return WRONG
        return FAILED if FAILED in statuses else HELD
