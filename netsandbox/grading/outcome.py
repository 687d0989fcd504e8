"""What `netsandbox check` found: of each line, and of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from netsandbox.commands.expect import Verdict

HELD, FAILED, WRONG = "held", "failed", "wrong"


class Outcome(NamedTuple):
    """What came of one line.

    Attributes:
        number: its line in the file.  text: the condition, or a command line that failed.
        after: the command line before it.
        status: held; failed; wrong: it cannot be read.
        message: what a person is told, of several lines.
        step: the scenario's step that a hand-in was to meet, 0 for its set-up and where none was handed in.
    """

    number: int
    text: str
    after: str
    status: str
    message: str = ""
    verdict: Verdict | None = None
    is_expect: bool = True
    step: int = 0


class Report(NamedTuple):
    """What came of one file; plain values, as it may come from another process.

    Attributes:
        title: the scenario's, by language.
        error: why the file as a whole is wrong; empty if it is not.
        session: the file of the saved session that was judged, or empty.
        told: what is to be known beside what it expects, a sentence each.
        note: why that session is none of the scenario's, so that nothing of it counts; or empty.
    """

    file: str
    title: Mapping[str, str] = {}
    outcomes: tuple[Outcome, ...] = ()
    error: str = ""
    session: str = ""
    note: str = ""
    told: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        statuses = {outcome.status for outcome in self.outcomes}
        if self.error or WRONG in statuses:
            return WRONG
        return FAILED if FAILED in statuses else HELD
