"""How wide a device's table is, and what becomes of it where its pane is narrower than its columns.  No Textual."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netsandbox.tui.device.rows import Row, Table
from netsandbox.tui.i18n import tr
from netsandbox.tui.text import cell_len

_FOLDS = {"rule": re.compile(r"(?<=[^\s!]) (?=(?:! )?-)"),
          "route": re.compile(r" (?=(?:via|dev|proto|scope|src|metric|mtu|advmss|onlink|nexthop|linkdown) ?)")}
"""Columns that go on below, and where their words may part: before an option."""
_BAR = re.compile(r"^.{5} (?=\d+ s$)")  # What `countdown` puts before the seconds
_SHORTER = {"age": "timer", "interface": "dev", "dropped": "drop"}  # Titles for narrow columns
_FIRST_TO_GO = ("mac", "mtu", "dropped", "tx", "rx")
"""Columns of numbers that only wide panes have room for, the first that goes first: half of one looks whole."""
MORE = "more"  # The column that stands for those that went


def titles(table: Table) -> list[str]:
    """Of its columns, in the person's language."""
    return [tr("column." + column) for column in table.columns]


def widths_of(table: Table, least: Sequence[int] = ()) -> list[int]:
    """Cells that each column needs, and no fewer than before: a countdown must not push its neighbours about.

    A widget's own measuring comes later than its painting, and misses rows after a quick second change.
    """
    widths = [1 + cell_len(title) for title in titles(table)]
    for row in table.rows:
        widths = [max(width, 1 + cell_len(cell)) for width, cell in zip(widths, row.cells, strict=True)]
    widths[0] += 1  # for the mark
    widths[-1] -= 1  # nothing comes behind it
    return [max(width, old) for width, old in zip(widths, least or widths, strict=True)]


def fitted(table: Table, width: int) -> Table:
    """The table in `width` cells, of which a scroll bar takes one; 0 where nobody knows yet."""
    *others, last = widths_of(table)
    if not 0 < width < sum(others) + last:
        return table
    narrow = narrower(table, width - sum(others) - 1)
    told = _told_columns(narrow) if width < sum(widths_of(narrow)) else narrow
    for name in _FIRST_TO_GO:
        if width > sum(widths_of(told)):
            break
        told = _without(told, name)
    return told


def _without(table: Table, name: str) -> Table:
    """The table without a column, which the end of its head tells."""
    name = name if name in table.columns else _SHORTER.get(name, "")
    if name not in table.columns[1:]:
        return table
    kept = [at for at, column in enumerate(table.columns) if column not in (name, MORE)]
    rows = tuple(row._replace(cells=(*(row.cells[at] for at in kept), "")) for row in table.rows)
    columns = (*(table.columns[at] for at in kept), MORE)
    clock = kept.index(table.clock) if table.clock in kept else -1
    return table._replace(columns=columns, rows=rows, whole=table.whole or table.rows, clock=clock)


def _told_columns(table: Table) -> Table:
    """Without columns in which no row says anything, which take the room of those that do, and with short titles."""
    told = [at for at in range(len(table.columns)) if at == 0 or any(row.cells[at] for row in table.rows)]
    rows = tuple(row._replace(cells=tuple(row.cells[at] for at in told)) for row in table.rows)
    columns = tuple(_SHORTER.get(table.columns[at], table.columns[at]) for at in told)
    return table._replace(columns=columns, rows=rows, whole=table.whole or table.rows)


def narrower(table: Table, room: int) -> Table:
    """A table for a pane that is narrower: countdowns are seconds alone, rules and routes go on below in `room` cells.

    Both ways of a connection stand below it: the second one says where NAT has led it.
    """
    if table.columns[-1] in _FOLDS:
        parts = _FOLDS[table.columns[-1]]
        rows = tuple(line for row in table.rows for line in _wrapped(row, room, parts))
        return table._replace(rows=rows, whole=table.rows)
    if "reply" in table.columns:
        rows = tuple(line for row in table.rows for line in _below_each_other(row))
        return Table(("connection",), rows, whole=table.rows, clock=table.clock)
    at = table.clock
    if at < 0:
        return table
    rows = tuple(row._replace(cells=(*row.cells[:at], _BAR.sub("", row.cells[at]), *row.cells[at + 1 :]))
                 for row in table.rows)
    return table._replace(columns=tuple(_SHORTER.get(column, column) for column in table.columns), rows=rows)


def _wrapped(row: Row, room: int, parts: re.Pattern[str]) -> list[Row]:
    """A rule or route as lines of at most `room` cells where its words allow it, each begun by an option."""
    lines = [""]
    for part in parts.split(row.cells[-1]):
        if lines[-1] and cell_len(f"{lines[-1]} {part}") > room:
            lines.append(f"    {part}")
        else:
            lines[-1] += f" {part}" if lines[-1] else part
    empty = ("",) * (len(row.cells) - 1)
    return [row._replace(cells=(*row.cells[:-1], lines[0])),
            *(row._replace(key=f"{row.key}\n{at}", cells=(*empty, line)) for at, line in enumerate(lines[1:], 1))]


def _below_each_other(row: Row) -> list[Row]:
    """A connection in three lines; what says that there are more is one."""
    *about, original, reply, made = row.cells
    if row.origin is None:
        return [row._replace(cells=row.cells[:1])]
    return [row._replace(cells=(" ".join(filter(None, (*(_BAR.sub("", cell) for cell in about), made))),)),
            row._replace(key=f"{row.key}\n1", cells=(f"  {original}",)),
            row._replace(key=f"{row.key}\n2", cells=(f"  {reply}",))]
