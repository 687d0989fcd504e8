"""Styles that are known are Textual's own, and found without a look at any rule."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.cache import FIFOCache, LRUCache
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.strip import Strip
from textual.widget import Widget

from netsandbox.tui.panes.detail import LayerTree
from tests.tui.app_harness import Stage, stage

LOOKS = ("z", "z", "7", "slash", "escape", "9", "2", "question_mark", "escape", "6", "3")


def said(on: Stage) -> dict[tuple[object, str], dict[str, object]]:
    """What the rules say of each node, and of its parts."""
    nodes = list(on.app.main.walk_children(Widget, with_self=True))
    return {(node, part): dict(styles.base._rules) for node in nodes
            for part, styles in (("", node.styles), *node._component_styles.items())}


@pytest.mark.parametrize("last", ["3", "z"])
async def test_what_is_known_is_what_textual_finds(tmp_path: Path, last: str) -> None:
    async with stage(tmp_path) as on:
        for _turn in range(2):
            await on.press(*LOOKS, last)
            on.app.theme = "textual-light"
            await on.pilot.pause()
        known = said(on)
        sheet = on.app.stylesheet
        for node in on.app.main.walk_children(with_self=True):
            Stylesheet.apply(sheet, node)
            for part in node._component_styles.values():
                assert part.base.node is not None
                Stylesheet.apply(sheet, part.base.node)
        assert known == said(on)
        assert len(known) > 100


async def test_who_comes_back_to_a_look_is_not_matched_against_rules_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as on:
        await on.press("3", "z", "z", "z", "z")
        applied, made = list[object](), list[object]()
        plain, make = Stylesheet.apply, DOMNode.__init__
        monkeypatch.setattr(Stylesheet, "apply", lambda self, node, **how: applied.append(node) or plain(
            self, node, **how))
        monkeypatch.setattr(DOMNode, "__init__", lambda self, **how: made.append(self) or make(self, **how))
        await on.press("z", "z")
        panes = [node for node in applied if isinstance(node, Widget) and not node._has_focus_within]
        assert not made
        assert len(panes) < 40, "those alone of whose rules one asks for what no way tells"


class Thing:
    """Something that is known to be gone."""


class Line(Strip):
    """The same of a line."""

    __slots__ = ("__weakref__",)


def test_what_is_thrown_away_is_in_no_circle() -> None:
    cache, things = LRUCache[int, Thing](5), [Thing() for _ in range(9)]
    strips = [Line([Segment("abc")])]
    for number, thing in enumerate(things):
        cache[number] = thing
    assert cache[7] is things[7]
    assert list(strips[0].divide([3])) == [strips[0].adjust_cell_length(3)] == [strips[0].crop_extend(0, 3, None)]
    assert [part.text for part in strips[0].divide([1, 3])] == ["a", "bc"]
    assert strips[0].crop_extend(0, 4, None).text == "abc "
    gone = [weakref.ref(thing) for thing in things] + [weakref.ref(strips[0])]
    gc.disable()
    try:
        things.clear()
        strips.clear()
        del thing
        cache.clear()
        assert [one() for one in gone] == [None] * 10
    finally:
        gc.enable()
    cache[1] = Thing()
    assert len(cache) == 1


async def test_the_layers_of_a_frame_that_is_left_go_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        tree = on.app.main.detail.query_one(LayerTree)
        layer = weakref.ref(tree.root.children[0])
        gc.collect(1)  # Textual's function that makes a tree's lines is a circle with them
        gc.disable()
        try:
            tree.clear()
            on.app.main.detail._spans.clear()
            tree._tree_lines_cached = None
            tree._tree_nodes.clear()
            assert not tree.root.children
            assert layer() is None
        finally:
            gc.enable()


def test_a_line_has_a_cache_once_it_is_cut() -> None:
    def caches(line: Strip) -> int:
        return sum(isinstance(thing, FIFOCache) for thing in gc.get_referents(line))

    line = Strip([Segment("three words here")])
    assert not caches(line)
    assert line.crop(2, 5) is line.crop(2, 5)
    assert caches(line) == 1
    with pytest.raises(AttributeError, match="colour"):
        line.colour  # type: ignore[attr-defined]  # noqa: B018
