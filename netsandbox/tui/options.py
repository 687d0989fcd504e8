"""What the app is started with.  No Textual: the command line reads this before it knows whether there is a screen."""

from __future__ import annotations

from typing import NamedTuple


class Options(NamedTuple):
    """How to open the app."""

    scenario: str = ""  # a bundled name or a path; empty for the ready lab
    recover: bool = False  # go on with the session that was left last
    ascii: bool = False  # no glyphs beyond ASCII
    theme: str = ""  # one of Textual's themes; empty for the usual one
    still: bool = False  # reduced motion
    tour: bool = True  # show the tour on the first run
    seed: int | None = None  # instead of the scenario's
    uplink: str | None = None  # the same of the default host's LAN; empty for a host on its own
    allow_writes: str = ""  # the directory below which lines of scenarios may write; empty for nowhere
    root: str = ""  # the directory outside of which nothing is read or written; empty for no such bound
