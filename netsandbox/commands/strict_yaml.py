"""YAML read strictly: a tree of nodes with line numbers, or one ScenarioError that names the line.

Nothing is constructed from the text. Tags, anchors and aliases are refused while the tree is being read, so neither a
Python object nor an exponential expansion can come out of it; depth and size are capped, duplicate keys are errors.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from netsandbox.commands.words import hidden_character, printable
from netsandbox.lab.errors import LabError

__all__ = ["MAX_DEPTH", "MappingNode", "Node", "ScalarNode", "ScenarioError", "SequenceNode", "compose", "describe",
           "fault_in_text", "line_of", "nearest", "quoted"]

MAX_DEPTH = 8
"""Containers within containers; a scenario needs four, a Compose file six."""

_SHOWN = 60
"""Characters of a wrong value that an error message repeats."""


class ScenarioError(LabError):
    """A scenario that cannot be used, said in one line.

    path is the file's name as the user gave it, line counts from 1 (0 when the whole file is meant) and message has no
    position in it. The text is `FILE:LINE: message`, safe to print on a terminal whatever the file was called.
    """

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(path, line, message)
        self.path = path
        self.line = line
        self.message = message

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return printable(f"{place}: {self.message}")


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


def compose(text: str, name: str) -> Node:
    """The document's tree. Raises ScenarioError for all that is not one plain YAML document; never anything else."""
    try:
        loader = _StrictLoader(text, name)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ScenarioError(name, line, f"the character U+{error.character:04X} is not allowed in YAML") from None
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise ScenarioError(name, *_in_words(error)) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise ScenarioError(name, loader.line + 1, f"this is not YAML: {error}") from None
    if root is None:
        raise ScenarioError(name, 1, "the file is empty")
    return root


_QUOTES = "if it is text, put it in quotes"


class _StrictLoader(yaml.SafeLoader):
    """The safe loader without tags, anchors, aliases, duplicate keys or deep nesting."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self._name = name
        self._depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"aliases are not allowed (found {quoted(f'*{anchor}')}); write the value out")
        if anchor is not None:
            self._refuse(event, f"anchors are not allowed (found {quoted(f'&{anchor}')}); {_QUOTES}")
        if tag is not None:
            self._refuse(event, f"tags are not allowed (found {quoted(tag)}); {_QUOTES}")
        if self._depth > MAX_DEPTH:
            self._refuse(event, f"nested more than {MAX_DEPTH} deep")
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if isinstance(node, MappingNode):
            self._check_keys(node)
        return node

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
