"""What Textual throws away in circles, cut apart: else nothing but the collector of garbage would find it.

That one counts what a person's keys leave behind until it has to look, with a key that waits for it; and what is there
while a lab is copied (engine.collector) it never looks at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.cache import LRUCache
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.style import Style
    from textual.widgets.tree import TreeNode

_clear, _adjusted, _cropped, _divided = LRUCache.clear, Strip.adjust_cell_length, Strip.crop_extend, Strip.divide


def _clear_apart(cache: LRUCache[Any, Any]) -> None:
    """Empty a cache, whose entries refer to the ones before and after them."""
    for link in cache._cache.values():
        link.clear()
    _clear(cache)


def _adjusted_unless_whole(strip: Strip, cell_length: int, style: Style | None = None) -> Strip:
    """Textual's own remembers of a line that had the length already that it is the line itself."""
    return strip if strip.cell_length == cell_length else _adjusted(strip, cell_length, style)


def _cropped_unless_whole(strip: Strip, start: int, end: int, style: Style | None) -> Strip:
    return strip if start == 0 and end == strip.cell_length else _cropped(strip, start, end, style)


def _divided_unless_whole(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    cuts = list(cuts)
    return [strip] if cuts == [strip.cell_length] else _divided(strip, cuts)


LRUCache.clear = _clear_apart  # type: ignore[method-assign,assignment]
Strip.adjust_cell_length = _adjusted_unless_whole  # type: ignore[method-assign,assignment]
Strip.crop_extend = _cropped_unless_whole  # type: ignore[method-assign,assignment]
Strip.divide = _divided_unless_whole  # type: ignore[method-assign,assignment]


def cut(node: TreeNode[Any]) -> None:
    """A tree without this node lets it go, and those below it, which refer to it."""
    for below in node._children:
        cut(below)
    node._children.clear()
    node._parent = None
