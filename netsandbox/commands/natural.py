"""The order of names with numbers in them: eth2 before eth10."""

from __future__ import annotations

import re

PARTS = re.compile(r"\d+|\D", re.ASCII)


def natural(name: str) -> list[tuple[str, int]]:
    """What to sort by: digits count as the number that they make, and stand among the other characters as 0 does."""
    return [("0", int(part)) if part.isdecimal() and part.isascii() else (part, 0) for part in PARTS.findall(name)]
