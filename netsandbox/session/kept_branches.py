"""The branches of a session as a journal's head tells of them, so that recovery brings all of them back."""

from __future__ import annotations

from typing import Any

from netsandbox.session.branches import Begun, Branch, Branches
from netsandbox.session.journal import Entry, Position


def told(branches: Branches) -> list[dict[str, Any]]:
    """Each with what it has beyond its parent; the present one's lines are the journal's own."""
    return [{"name": one.name, "parent": one.parent.name if one.parent is not None else None, "shared": one.shared,
             "end": list(one.end), "begun": one.begun,
             "lines": None if one is branches.present else one.journal[one.shared if one.parent is not None else 0 :]}
            for one in branches.all]


def _pair(told: Any) -> tuple[Any, Any]:
    """Where a step began; an older journal tells only of lines."""
    return (told, 0) if isinstance(told, int) else tuple(told)


def restore(branches: Branches, rows: list[dict[str, Any]]) -> None:
    """Put the others beside the present branch, which has its lines already.

    Raises:
        ValueError, KeyError, TypeError: the rows tell nonsense; nothing was changed.
    """
    made: dict[str, Branch] = {}
    present: list[Branch] = []
    for row in rows:
        parent = made[row["parent"]] if row["parent"] is not None else None
        branch = Branch(str(row["name"]), parent, int(row["shared"]))
        branch.begun = [Begun(int(done), int(step)) for done, step in map(_pair, row["begun"])]
        if row["lines"] is None:
            branch.journal, branch.end = branches.present.journal, branches.present.end
            # recovered up to its last line: what came behind that is to come again
            branch.begun = [one._replace(step=min(one.step, branch.end.step)) for one in branch.begun]
            present.append(branch)
        else:
            step, at = row["end"]
            branch.journal += [Entry(int(step), int(at), str(line)) for step, at, line in row["lines"]]
            branch.end = Position(int(step), int(at))
        made[branch.name] = branch
    if len(present) != 1 or len(made) != len(rows):
        raise ValueError
    branches.all, branches.present = list(made.values()), present[0]
