"""Values of a Compose file: texts, numbers, lists and maps out of YAML's nodes, each with its line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from posixpath import dirname, join, normpath

from netsandbox.commands.compose.file.interpolate import Variables, more_of
from netsandbox.commands.docker.printing.words import duration
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.commands.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode, describe, line_of
from netsandbox.engine.units import SECOND

LONGEST = 2**63  # Nanoseconds, of Go's time.Duration
TRUE = frozenset({"true", "yes", "on"})
DRIVE = re.compile(r"[^\W\d_]:")  # Of Windows, at the beginning of a path
OCTAL = re.compile(r"0o?[0-7]+", re.ASCII)


class Values:
    """Reads nodes; every method raises ScenarioError with the line of what is wrong.

    Args:
        name: the file's, for errors.
        variables: for ${…}.
        folder: what paths are relative to, if not to the file.
        is_strict: what contradicts itself is refused.
    """

    def __init__(self, name: str, variables: Mapping[str, str], folder: str = "", *, is_strict: bool = True) -> None:
        self.name = name
        self.folder = folder or dirname(name)
        self.variables = variables
        self.is_strict = is_strict

    def with_more(self, variables: Mapping[str, str]) -> Values:
        """Values of a file that knows more variables; those that are known stay."""
        return Values(self.name, more_of(self.variables, variables), self.folder, is_strict=self.is_strict)

    def error(self, node: Node, message: str) -> ScenarioError:
        return ScenarioError(self.name, line_of(node), message)

    def check(self, holds: bool, node: Node, message: str) -> None:
        """Raises ScenarioError: the project contradicts itself."""
        if not holds and self.is_strict:
            raise self.error(node, f"{message}: invalid compose project")

    def path(self, text: str) -> str:
        """A path beside the file as a whole one, or as it is where there is no file."""
        return normpath(join(self.folder, text)) if self.name else text

    def warn(self, text: str) -> None:
        if isinstance(self.variables, Variables):
            self.variables.warnings.append(text)

    def map(self, node: Node, what: str) -> dict[str, tuple[Node, Node]]:
        """(key, value) by the key's name; nothing at all is an empty map."""
        if is_null(node):
            return {}
        if not isinstance(node, MappingNode):
            raise self.error(node, f"{what} must be a mapping")
        return {str(key.value): (key, value) for key, value in node.value}

    def items(self, node: Node, what: str) -> list[Node]:
        if is_null(node):
            return []
        if not isinstance(node, SequenceNode):
            raise self.error(node, f"{what} must be a array")
        return list(node.value)

    def text(self, node: Node, what: str) -> str:
        """A scalar."""
        if not isinstance(node, ScalarNode):
            raise self.error(node, f"{what} must be a string, found {describe(node)}")
        return "" if is_null(node) else str(node.value)

    def texts(self, node: Node, what: str) -> tuple[str, ...]:
        """A list of texts, or one text alone."""
        if isinstance(node, ScalarNode) and not is_null(node):
            return (self.text(node, what),)
        return tuple(self.text(item, what) for item in self.items(node, what))

    def pairs(self, node: Node, what: str) -> tuple[str, ...]:
        """NAME=value of a list or of a map; a name alone where the map has no value, NAME=value for each of several."""
        if not isinstance(node, MappingNode):
            return self.texts(node, what)
        return tuple(key if is_null(value) else f"{key}={text}" for key, (_key, value) in self.map(node, what).items()
                     for text in self.texts(value, what) or [""])

    def known_pairs(self, node: Node, what: str) -> list[str]:
        """The same; a name alone has the variable's value, and is none where there is no such variable."""
        return [text if "=" in text else f"{text}={self.variables[text]}" for text in self.pairs(node, what)
                if "=" in text or text in self.variables]

    def words(self, node: Node, what: str) -> tuple[str, ...] | None:
        """A command: a list, or a text as a shell splits it; None for nothing."""
        if is_null(node):
            return None
        if isinstance(node, SequenceNode):
            return self.texts(node, what)
        try:
            return tuple(shlex.split(self.text(node, what)))
        except ValueError as error:
            raise self.error(node, f"{what}: {error}") from None

    def boolean(self, node: Node, what: str) -> bool:
        text = self.text(node, what).lower()
        if text not in TRUE | {"false", "no", "off", ""}:
            raise self.error(node, f"{what} must be a boolean, found {describe(node)}")
        return text in TRUE

    def number(self, node: Node, what: str) -> int:
        text = self.text(node, what)
        if not re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", text, re.ASCII):
            raise self.error(node, f"{what} must be an integer, found {describe(node)}")
        return int(float(text))

    def file_mode(self, node: Node, what: str) -> int:
        """0755, which YAML takes for eight times as much as it seems to say, or 0o755."""
        text = self.text(node, what)
        return int(text.replace("o", ""), 8) if OCTAL.fullmatch(text) else self.number(node, what)

    def seconds(self, node: Node, what: str) -> int:
        """`1m30s`, or seconds."""
        text = self.text(node, what)
        if text.isascii() and text.isdecimal():
            return int(float(text))
        return self.duration(node, what) // SECOND

    def duration(self, node: Node, what: str) -> int:
        """`1m30s` in nanoseconds."""
        found = duration(self.text(node, what))
        if found is None or not 0 <= found < LONGEST:
            raise self.error(node, f"{what}: invalid duration {describe(node)}")
        return found


def mount_parts(text: str) -> list[str]:
    """A mount's short form between its colons, [SOURCE:]TARGET[:OPTIONS]; `c:` is a drive and part of a path."""
    parts: list[str] = []
    for part in text.split(":"):
        if parts and len(parts[-1]) == 1 and parts[-1].isalpha():
            parts[-1] += f":{part}"
        else:
            parts.append(part)
    return parts


def mount_target(text: str) -> str:
    return mount_parts(text)[:2][-1]


def is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.tag.endswith(":null")
