"""Names side by side, as `ls` prints them at a terminal; one of 80 columns, whatever the window has."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, LEAST, GAP = 80, 3, 2  # Of a terminal; of a column with its gap, as coreutils takes it; between two columns


def side_by_side(names: Sequence[str], is_busybox: bool, is_across: bool = False) -> str:
    """The lines; down the columns unless is_across."""
    if not names:
        return ""
    widths = _equal(names) if is_busybox else _fitting(names, is_across)
    depth = -(-len(names) // len(widths))
    rows = [names[at * len(widths):(at + 1) * len(widths)] if is_across else names[at::depth] for at in range(depth)]
    return "".join("".join(f"{name:<{width}}" for name, width in zip(row, widths, strict=False)).rstrip() + "\n"
                   for row in rows)


def _equal(names: Sequence[str]) -> list[int]:
    """BusyBox: each column is as wide as the longest name needs."""
    width = max(map(len, names)) + GAP
    return [width] * max((WIDTH - 1) // width, 1)


def _fitting(names: Sequence[str], is_across: bool) -> list[int]:
    """coreutils: as many columns as fit, each as wide as its own names need."""
    for count in range(min(len(names), -(-WIDTH // LEAST)), 1, -1):
        depth, widths = -(-len(names) // count), [LEAST] * count
        for at, name in enumerate(names):
            column = at % count if is_across else at // depth
            widths[column] = max(widths[column], len(name) + (GAP if column < count - 1 else 0))
        if sum(widths) < WIDTH:
            return widths
    return [WIDTH]
