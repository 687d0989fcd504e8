"""What the app is started with.  No Textual: the command line reads this before it knows whether there is a screen."""

from __future__ import annotations

from typing import NamedTuple


class Options(NamedTuple):
    """How to open the app.

    Attributes:
        scenario: a bundled name or a path; empty for the ready lab.
        recover: go on with the session that was left last.
        ascii: no glyphs beyond ASCII.
        theme: one of Textual's themes; empty for the usual one.
        still: reduced motion.
        tour: show the tour on the first run.
        seed: instead of the scenario's.
        allow_writes: the directory below which lines of scenarios may write; empty for nowhere.
        root: the directory outside of which nothing is read or written; empty for no such bound.
        uplink: the same of the default host's LAN; empty for a host on its own.
    """

    scenario: str = ""
    recover: bool = False
    ascii: bool = False
    theme: str = ""
    still: bool = False
    tour: bool = True
    seed: int | None = None
    uplink: str | None = None
    allow_writes: str = ""
    root: str = ""
