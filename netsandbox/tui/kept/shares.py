"""Where a person has put the borders between panes, kept between runs."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from netsandbox.session.files import FileError, write_atomically
from netsandbox.tui.kept.state_files import set_aside

FORMAT = 1
MOST = 10_000  # Rows or columns of a pane that anybody can have
Shares = dict[tuple[str, ...], tuple[int, ...]]  # Names of panes that stand together -> how much each has


class SharesFile:
    """A file of JSON; one that is of another version or damaged is set aside, not lost."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shares: Shares = {}
        try:
            self.shares = _read(json.loads(path.read_text(encoding="utf-8")))
        except OSError:
            return
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
            set_aside(path)

    def keep(self, shares: Shares) -> None:
        """Write them, if they are others."""
        if shares == self.shares:
            return
        self.shares = dict(shares)
        rows = [[list(names), list(sizes)] for names, sizes in shares.items()]
        with suppress(OSError, FileError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, json.dumps({"format": FORMAT, "shares": rows}))


def _read(told: dict[str, Any]) -> Shares:
    """What a file tells (ValueError, KeyError, TypeError, AttributeError, ArithmeticError: it tells something else)."""
    if told["format"] != FORMAT:
        raise ValueError("another version")
    found = {tuple(map(str, names)): tuple(map(int, sizes)) for names, sizes in told["shares"]}
    if any(len(names) != len(sizes) or not all(0 < size <= MOST for size in sizes) for names, sizes in found.items()):
        raise ValueError("no sizes")
    return found
