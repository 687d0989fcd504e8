"""What Compose says of a file that is no YAML (go.yaml.in/yaml v3, whose parser is libyaml's like PyYAML's)."""

from __future__ import annotations

import re
from collections.abc import Collection

from netsandbox.commands.strict_yaml import ComposerError, MarkedYAMLError, ScannerError, ScenarioError

TWICE = re.compile(r"the key '(.*)' is given twice \(first on line (\d+)\)")
PROBLEMS = (
    (r"mapping values are not allowed here", "mapping values are not allowed in this context"),
    (r"found character .* that cannot start any token", "found character that cannot start any token"),
    (r"expected (',' or '[\]}]'), but got .*", r"did not find expected \1"),
    (r"expected <block end>, but found .*", "did not find expected key"),
    (r"expected the node content, but found .*", "did not find expected node content"))
"""PyYAML's words, and libyaml's."""
NO_MAP = "top-level object must be a mapping"
NOT_NAMED = "yaml: unmarshal errors:"


def in_its_words(error: ScenarioError, looked_at: Collection[str]) -> str:
    """Args: looked_at: the paths of the files in which the project's name is looked for before they are read."""
    where = f"failed to parse {error.path}: "
    twice = TWICE.fullmatch(error.message)
    if twice is not None:
        return f'{where}line {error.line}: mapping key "{twice[1]}" already defined at line {twice[2]}'
    if error.message.startswith("map merge"):
        return f"{where}yaml: {error.message}"
    cause, where = error.__cause__, "" if error.path in looked_at else where
    if isinstance(cause, ComposerError) and "undefined alias" in str(cause.problem):
        name = str(cause.problem).partition("'")[2].rstrip("'")
        return f"{where}yaml: unknown anchor '{name}' referenced"
    if isinstance(cause, MarkedYAMLError):
        return where + _of_the_parser(cause)
    return NO_MAP if where and error.message.startswith(NOT_NAMED) else error.message


def _of_the_parser(error: MarkedYAMLError) -> str:
    """The line is that of the context, if that is not the first one, and counted from 1 in a scanner's fault alone."""
    problem = str(error.problem)
    for pattern, words in PROBLEMS:
        problem = re.sub(f"^{pattern}$", words, problem)
    if error.context == "while parsing a block collection":
        problem = problem.replace("expected key", "expected '-' indicator")
    lines = [mark.line for mark in (error.context_mark, error.problem_mark) if mark is not None and mark.line]
    line = lines[0] + isinstance(error, ScannerError) if lines else 0
    return f"yaml: line {line}: {problem}" if line else f"yaml: {problem}"
