"""Tables as Unix tools print them: columns as wide as what stands in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def columns(rows: Sequence[Sequence[str]], gap: str = " ", right: Collection[int] = ()) -> list[str]:
    """The rows' lines; a row's last cell has nothing behind it (right: the columns that stand to the right)."""
    widths = [max(len(row[at]) for row in rows if at < len(row)) for at in range(max(map(len, rows), default=0))]
    return [gap.join(
        cell.rjust(width) if at in right else cell.ljust(width) if at < len(row) - 1 else cell
        for at, (cell, width) in enumerate(zip(row, widths, strict=False))) for row in rows]
