"""YAML read strictly: a tree of nodes with line numbers, or one ScenarioError that names the line.

Nothing is constructed from the text. Tags, and in a scenario anchors and aliases, are refused while the tree is being
read, so no Python object can come out of it; depth, and what a tree is with its aliases written out, are capped, and
duplicate keys are errors.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import yaml
from yaml import MarkedYAMLError
from yaml.composer import ComposerError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.scanner import ScannerError

from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.commands.words import hidden_character, printable

__all__ = ["ComposerError", "MappingNode", "MarkedYAMLError", "Node", "ScalarNode", "ScannerError", "SequenceNode"]
"""PyYAML's own, which nobody else imports."""

MAX_DEPTH = 8  # Containers within containers; a scenario needs four, a Compose file six

MAX_NODES = 20_000  # Values in a file, with its aliases written out

_SHOWN = 60  # Characters of a wrong value that an error message repeats


def quoted(text: str) -> str:
    """A value between quotes for a message: shortened, and with every character that is not printable escaped."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return f"'{printable(shown)}'"


def nearest(word: str, right: Iterable[str]) -> str:
    """What to say after an unknown word: the nearest right one, or all of them when none is near."""
    names = list(right)
    close = difflib.get_close_matches(word[:_SHOWN].lower(), names, n=1, cutoff=0.5)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"expected one of {', '.join(names)}"


def fault_in_text(text: str) -> str | None:
    """Why a text may not stand in a scenario, or None. Tabs and newlines are allowed here."""
    hidden = hidden_character(text.replace("\t", " ").replace("\n", " "))
    return None if hidden is None else f"the character U+{ord(hidden):04X} is not allowed in a scenario"


def line_of(node: Node) -> int:
    """The line on which a node starts, counted from 1."""
    return int(node.start_mark.line) + 1


def describe(node: Node) -> str:
    """A node as an error message names what it found."""
    if isinstance(node, MappingNode):
        return "a map"
    if isinstance(node, SequenceNode):
        return "a list"
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return "nothing"
    names = {"int": "the number", "float": "the number", "bool": "the truth value", "timestamp": "the date"}
    return f"{names.get(kind, 'the text')} {quoted(node.value)}"


@lru_cache(16)
def compose(text: str, name: str, *, takes_anchors: bool = False, tags: tuple[str, ...] = ()) -> Node:
    """The document's tree. Raises ScenarioError for all that is not one plain YAML document; never anything else.

    Trees are kept, as each command of a project reads its file anew; who wants another one makes one.

    Args:
        takes_anchors: an alias is the node of its anchor, and `<<` takes the keys of others, as in a Compose file.
        tags: those that a node may have.
    """
    try:
        loader = _StrictLoader(text, name, takes_anchors, tags)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ScenarioError(name, line, f"the character U+{error.character:04X} is not allowed in YAML") from None
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise ScenarioError(name, *_in_words(error)) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise ScenarioError(name, loader.line + 1, f"this is not YAML: {error}") from None
    if root is None:
        raise ScenarioError(name, 1, "the file is empty")
    return root


_QUOTES = "if it is text, put it in quotes"


class _StrictLoader(yaml.SafeLoader):
    """The safe loader without tags, duplicate keys or deep nesting, and where it is told without anchors."""

    def __init__(self, text: str, name: str, takes_anchors: bool, tags: tuple[str, ...]) -> None:
        super().__init__(text)
        self._name = name
        self._tags = tags
        self._depth = 0
        self._takes_anchors = takes_anchors
        self._measures: dict[int, tuple[int, int]] = {}
        """By node: how many nodes it is with its aliases written out, and how deep; those that are read to the end."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) and self._takes_anchors:
            alias = super().compose_node(parent, index)
            if id(alias) not in self._measures:
                self._refuse(event, f"the alias {quoted(f'*{anchor}')} stands within its own anchor")
            return alias
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"aliases are not allowed (found {quoted(f'*{anchor}')}); write the value out")
        if anchor is not None and not self._takes_anchors:
            self._refuse(event, f"anchors are not allowed (found {quoted(f'&{anchor}')}); {_QUOTES}")
        if tag is not None and tag not in self._tags:
            self._refuse(event, f"tags are not allowed (found {quoted(tag)}); {_QUOTES}")
        if self._depth > MAX_DEPTH:
            self._refuse(event, f"nested more than {MAX_DEPTH} deep")
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if isinstance(node, MappingNode):
            self._check_keys(node)
            if self._takes_anchors:
                self._merge(node)
        self._measure(event, node)
        return node

    def _measure(self, event: yaml.Event, node: Node | None) -> None:
        """Refuse what would be too much if every alias were written out."""
        children = [one for pair in node.value for one in pair] if isinstance(node, MappingNode) else (
            node.value if isinstance(node, SequenceNode) else [])
        inside = [self._measures.get(id(child), (1, 0)) for child in children]
        size, depth = 1 + sum(count for count, _depth in inside), 1 + max((deep for _count, deep in inside), default=0)
        if size > MAX_NODES or depth > MAX_DEPTH + 2:
            self._refuse(event, f"with its aliases written out it is more than {MAX_NODES} values, or nested more than "
                                f"{MAX_DEPTH} deep")
        self._measures[id(node)] = size, depth

    def _merge(self, node: MappingNode) -> None:
        """`<<: *defaults`: the keys of other maps, but for those that this one has (YAML 1.1, merge keys)."""
        own = [pair for pair in node.value if pair[0].value != "<<"]
        for _key, value in [pair for pair in node.value if pair[0].value == "<<"]:
            for other in value.value if isinstance(value, SequenceNode) else [value]:
                if not isinstance(other, MappingNode):
                    raise ScenarioError(self._name, line_of(value), "map merge requires map or sequence of maps as the "
                                                                    "value")
                known = {key.value for key, _value in own}
                own += [pair for pair in other.value if pair[0].value not in known]
        node.value = own

    def _check_keys(self, node: MappingNode) -> None:
        first: dict[str, int] = {}
        for key, _ in node.value:
            line = line_of(key)
            if not isinstance(key, ScalarNode):
                raise ScenarioError(self._name, line, f"a key must be a plain word, found {describe(key)}")
            if key.value in first:
                message = f"the key {quoted(key.value)} is given twice (first on line {first[key.value]})"
                raise ScenarioError(self._name, line, message)
            first[key.value] = line

    def _refuse(self, event: yaml.Event, message: str) -> None:
        raise ScenarioError(self._name, _line(event.start_mark), message)


_OPENED = (
    (r"unexpected end of stream", "a quote is opened here and never closed"),
    (r"while parsing a flow (sequence|mapping)", "a '[' or '{' is not closed well; text with brackets needs quotes"),
    (r"could not find expected ':'", "a key without ': ' after it, or a line indented by mistake"),
)
"""Problems of which YAML notices the end, while a person has to mend the start."""

_HINTS = (
    (r"character '\\t'", "a tab cannot indent or start anything in YAML; use spaces"),
    (r"mapping values are not allowed", "a ': ' in the middle of a plain text; put the whole text in quotes"),
    (r"expected a single document", "a second document starts here; a file is one document, without '---'"),
    (r"character '[@`%]'", "a text cannot start with this character; put it in quotes"),
    (r"expected <block end>", "this line is not indented like the lines it belongs to"),
    (r"tag|anchor|alias", "a text that starts with '!', '&' or '*' must be in quotes"),
    (r"while parsing a flow node", "a value is missing here, or a '[' or '{' before it is never closed"),
    (r"escape", "an unknown escape after a backslash; use single quotes for a text with backslashes"),
)


def _in_words(error: yaml.MarkedYAMLError) -> tuple[int, str]:
    """The line to look at, from 1, and what is wrong there."""
    problem = " ".join(part for part in (error.context, error.problem) if part)
    end = error.problem_mark or error.context_mark
    start = error.context_mark or end
    for hints, mark in ((_OPENED, start), (_HINTS, end)):
        for pattern, words in hints:
            if re.search(pattern, problem):
                return _line(mark), words
    return _line(end), f"this is not YAML: {problem}"


def _line(mark: Any) -> int:
    """A mark's line from 1; Any because the stubs know two classes of mark, the Python parser's and the C one's."""
    return mark.line + 1 if mark is not None else 0
