"""What Textual throws away in circles, cut apart: else nothing but the collector of garbage would find it.

That one counts what a person's keys leave behind until it has to look, with a key that waits for it; and what is there
while a lab is copied (engine.collector) it never looks at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.cache import FIFOCache, LRUCache
from textual.strip import Strip
from textual.widgets.tree import TreeNode

_clear, _adjusted, _cropped, _divided = LRUCache.clear, Strip.adjust_cell_length, Strip.crop_extend, Strip.divide
MOST = 16  # Entries of a line's cache: of Textual's some have as many, the others four
CACHES = frozenset(name for name in Strip.__slots__ if name.endswith("_cache") and name != "_render_cache")


def _clear_apart(cache: LRUCache[Any, Any]) -> None:
    """Empty a cache, whose entries refer to the ones before and after them."""
    for link in cache._cache.values():
        link.clear()
    _clear(cache)


def _begin(strip: Strip, segments: Iterable[Segment], cell_length: int | None = None) -> None:
    """Textual's own makes all seven caches of a line, most of which is cut once and painted."""
    strip._segments, strip._cell_length = list(segments), cell_length
    strip._render_cache = strip._link_ids = strip._cell_count = None


def _cache_of(strip: Strip, name: str) -> FIFOCache[Any, Any]:
    if name not in CACHES:
        raise AttributeError(name)
    cache: FIFOCache[Any, Any] = FIFOCache(MOST)
    setattr(strip, name, cache)
    return cache


def _adjusted_unless_whole(strip: Strip, cell_length: int, style: Style | None = None) -> Strip:
    """Textual's own remembers of a line that had the length already that it is the line itself."""
    return strip if strip.cell_length == cell_length else _adjusted(strip, cell_length, style)


def _cropped_unless_whole(strip: Strip, start: int, end: int, style: Style | None) -> Strip:
    return strip if start == 0 and end == strip.cell_length else _cropped(strip, start, end, style)


def _divided_unless_whole(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    cuts = list(cuts)
    return [strip] if cuts == [strip.cell_length] else _divided(strip, cuts)


Strip.__init__ = _begin  # type: ignore[method-assign,assignment]
Strip.__getattr__ = _cache_of  # type: ignore[attr-defined]
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
