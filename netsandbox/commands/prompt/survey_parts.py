"""What a script holds, as lines tell it."""

from __future__ import annotations

import re
from typing import NamedTuple

SUDO = "sudo"
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")


class Survey(NamedTuple):
    """What a script holds."""

    # the first words of its commands, `sudo` left out, but for filters behind a pipe that only look; empty for what
    # sets a variable or a function or writes a file, and where a word is known only when it is read
    heads: tuple[str, ...]
    filters: tuple[str, ...]  # those behind a pipe
    functions: tuple[str, ...]  # that it defines
    substitutes: bool  # whether `$(…)` stands in it
    words: tuple[str, ...] | None  # of the only command, if it has only one and all is literal; else None
    looks: bool = False  # whether each of its commands changes nothing (commands/looking.py)
