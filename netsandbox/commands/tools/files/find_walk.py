"""The way of find through directories: what it comes to, and in which order (findutils' ftsfind.c)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netsandbox.commands.tools.context import ToolContext
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.process_namespaces import link_of
from netsandbox.engine.budget import Use, spend

MOST_DEPTH = 1_000_000
FILE_WORK = 100  # Pieces of work that a path is: whether it is a link, a directory or a file


class Place(NamedTuple):
    """One file that was come to."""

    path: str
    kind: str


class Walk:
    """One run of find.

    Attributes:
        out, errors: what it writes.
        least, most: how deep the places are that count (-mindepth, -maxdepth).
        depth_first: what is in a directory comes before it.
        acts: an action is asked for, so that nothing is printed unless asked for too.
        pruned: directories that are not looked into.
        follows: links are what they lead to, as far as that is there (-L).
    """

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self.out = self.errors = ""
        self.least, self.most = 0, MOST_DEPTH
        self.depth_first = self.acts = self.follows = False
        self.pruned = set[str]()


def is_link(context: ToolContext, path: str) -> bool:
    """Whether it is a symbolic link, or one of /proc/PID/ns."""
    files = files_of(context)
    return files.link(path) is not None or link_of(files, context.namespace, context.machine, path) is not None


def below(walk: Walk, start: str) -> Iterator[Place]:
    """What is there; a directory before what is in it, unless asked otherwise."""
    context, waiting = walk.context, [(start, dict[str, str](), False)]
    files = files_of(context)
    while waiting:
        path, above, is_done = waiting.pop()
        depth = len(above)
        spend(Use.WORK, FILE_WORK)
        is_left = is_link(context, path) and not (walk.follows and files.exists(path))
        kind = "l" if is_left else "d" if files.is_directory(path) else "f"
        where = files.canonical(path) if kind == "d" else ""
        if where in above:
            walk.errors += (f"find: File system loop detected; ‘{path}’ is part of the same file system loop as "
                            f"‘{above[where]}’.\n")
            continue
        is_shown = depth >= walk.least
        if walk.depth_first and kind == "d" and not is_done:
            waiting.append((path, above, True))
        elif is_shown:
            yield Place(path, kind)
        if kind == "d" and depth < walk.most and not is_done and path not in walk.pruned:
            inside = {**above, where: path}
            waiting += [(f"{path.rstrip('/')}/{name}", inside, False) for name in reversed(files.names(path))]
