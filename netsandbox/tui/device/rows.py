"""A device's table as texts: its rows and columns, timers as bars, and what of it is news.  No Textual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netsandbox.engine.units import seconds_left
from netsandbox.lab.tables import RuleRow
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.session.source import TableRow

FORBIDS, LETS = ("DROP", "REJECT"), ("ACCEPT", "DNAT", "SNAT", "MASQUERADE", "REDIRECT")
"""Targets with which a packet's walk through a chain ends."""
BAR_CELLS = 5  # Length of a countdown's bar


class Row(NamedTuple):
    """One line of a table."""

    key: str  # The same as long as it is the same thing: an address, a port
    cells: tuple[str, ...]  # Safe texts, one for each column
    seq: int | None = None  # The record that made it
    origin: TableRow | None = None  # What it shows, for who asks why it is there; None for a line of output


class Table(NamedTuple):
    """What a tab shows."""

    columns: tuple[str, ...]  # Keys of the titles; `tr("column." + key)`
    rows: tuple[Row, ...]
    clock: int = -1  # The column that changes as time goes by, which is no news; -1 for none
    whole: tuple[Row, ...] = ()  # The rows before they were made narrower


def made_by(seq: int | None, glyphs: GlyphSet) -> str:
    """The record that made a row: `⟵14`."""
    return "" if seq is None else f"{glyphs.caused}{seq}"


def countdown(since: int, deadline: int | None, now: int, glyphs: GlyphSet) -> str:
    """What is left of a timer, as a bar and in seconds rounded up: `▇▇▇▇▃ 27 s`; nothing when none runs."""
    if deadline is None:
        return ""
    left = max(deadline - now, 0)
    whole = max(deadline - since, 1)
    eighths = min(-(-left * BAR_CELLS * 8 // whole), BAR_CELLS * 8)
    full, part = divmod(eighths, 8)
    bar = glyphs.bar[-1] * full + (glyphs.bar[part - 1] if part else "")
    return f"{bar:<{BAR_CELLS}} {seconds_left(left)} s"


def decides(row: Row) -> int:
    """How much a rule that a packet passes says of its end: it is forbidden, let through or translated, or led on."""
    rule = row.origin
    if not isinstance(rule, RuleRow):
        return 0
    target = rule.text.rpartition(" -j ")[2] if rule.number else rule.text.rpartition(" ")[2]
    word = target.removeprefix("-j ").partition(" ")[0]
    return 2 if word in FORBIDS else 1 if rule.number and word in LETS else 0


def key_of(row: Row) -> str:
    """The key of what a row shows, or goes on with."""
    return row.key.partition("\n")[0]


def news(before: Table | None, after: Table) -> frozenset[str] | None:
    """The keys of the rows that are new or say something else; None when nothing but clocks has moved."""
    if before is None:
        return frozenset()
    rows = after.whole or after.rows
    old = {row.key: _told(row, before.clock) for row in before.whole or before.rows}
    fresh = {row.key for row in rows if old.get(row.key) != _told(row, after.clock)}
    gone = old.keys() - {row.key for row in rows}
    return frozenset(fresh) if fresh or gone else None


def _told(row: Row, clock: int) -> Sequence[object]:
    """What a row says, its clock apart."""
    return (*row.cells[:clock], *row.cells[clock + 1 :]) if clock >= 0 else row.cells
