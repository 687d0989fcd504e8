"""Styles that were found once: a node is not matched against each rule again when what it can match has not changed.

Textual looks through all rules for each node of a part of the screen whose class or focus has changed, and for each of
their component classes, for which it makes a node of its own that only the collector of garbage can find again.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.app import App
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

MOST = 4_000  # Ways to a node that are known at most; the app has some hundreds
Way = tuple[object, ...]  # What a rule can ask of a node and of each that it is in


class Found(NamedTuple):
    """What the rules say of a node, and which of them look at more than a `Way` tells."""

    rules: RulesMap
    flags: tuple[bool, bool, bool, bool]


def _way_to(node: DOMNode) -> Way:
    steps: list[object] = []
    at: object = node
    while isinstance(at, DOMNode):
        if isinstance(at, Widget):
            steps += (at.mouse_hover, at.has_focus, at.disabled, at.allow_focus())
        elif isinstance(at, App):
            steps.append(at.app_focus)
        steps += (type(at), at._id, at.classes)
        at = at._parent
    return tuple(steps)


class KnownStyles(Stylesheet):
    """See the module."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._known = dict[Way, Found]()
        self._known_of: object = None  # The rules that were looked through; another theme has others

    def _nothing_known(self) -> dict[Way, Found]:
        """What is known before a node has been looked at."""
        return {}

    def apply(self, node: DOMNode, *, animate: bool = False, cache: dict[Way, RulesMap] | None = None) -> None:
        """Style a node (cache: Textual's own, of one change; not needed)."""
        if self._known_of is not self.rules_map or len(self._known) > MOST:
            self._known, self._known_of = self._nothing_known(), self.rules_map
        way = _way_to(node)
        found = self._known.get(way)
        if found is None:
            fresh: dict[Way, RulesMap] = {}
            super().apply(node, animate=animate, cache=fresh)
            for rules in fresh.values():
                self._known[way] = Found(rules, (node._has_hover_style, node._has_focus_within, node._has_order_style,
                                                 node._has_odd_or_even))
            return
        (node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even) = found.flags
        self.replace_rules(node, found.rules, animate=animate)
        self._process_component_classes(node)

    @classmethod
    def replace_rules(cls, node: DOMNode, rules: RulesMap, animate: bool = False) -> None:
        """Give a node other rules; nothing is set where they say the same."""
        if node.styles.base._rules != rules:
            super().replace_rules(node, rules, animate)
        elif not animate:
            node.notify_style_update()

    def _process_component_classes(self, node: DOMNode) -> None:
        """The styles of a node's parts, each of which keeps the node that stands for it."""
        is_other = False
        for component in sorted(node._get_component_classes()):
            styles = node._component_styles.get(component)
            part = styles.base.node if styles is not None else None
            if part is None:
                part = DOMNode(classes=component)
                part._attach(node)
                node._component_styles[component] = part.styles
            before = part.styles._cache_key
            self.apply(part)
            is_other = is_other or part.styles._cache_key != before
        if is_other:
            node.refresh()
