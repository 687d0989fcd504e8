"""What Compose says of a file that is no YAML (go.yaml.in/yaml v3, whose parser is libyaml's like PyYAML's)."""

from __future__ import annotations

import re
from collections.abc import Collection

from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.commands.strict_yaml import ComposerError, MarkedYAMLError, ScannerError

TWICE = re.compile(r"the key '(.*)' is given twice \(first on line (\d+)\)")
SECOND = "did not find expected <document start>"
"""Behind a document that was read, in which the project's name was found already."""
PROBLEMS = (
    (r"mapping values are not allowed here", "mapping values are not allowed in this context"),
    (r"found character .* that cannot start any token", "found character that cannot start any token"),
    (r"expected (',' or '[\]}]'), but got .*", r"did not find expected \1"),
    (r"expected <block end>, but found .*", "did not find expected key"),
    (r"expected the node content, but found .*", "did not find expected node content"),
    (r"expected '<document start>', but found .*", SECOND),
    (r"expected '>', but found .*", "did not find the expected '>'"),
    (r"expected alphabetic or numeric character, but found .*",
     "did not find expected alphabetic or numeric character"),
    (r"expected chomping or indentation indicators, but found .*", "did not find expected comment or line break"),
    (r"expected indentation indicator in the range 1-9, but found 0", "found an indentation indicator equal to 0"),
    (r"found unknown escape character .*", "found unknown escape character"),
    (r"expected escape sequence of \d+ hexadecimal numbers, but found .*", "did not find expected hexdecimal number"))
"""PyYAML's words, and libyaml's."""
UNKNOWN, NO_DIRECTIVE = re.compile(r"^%(?!YAML |TAG )", re.MULTILINE), "found unknown directive name"
GOES_ON = re.compile(r"^[^\n#'\"]*[^\s:\]}'\"|>,-][ ]*\n+ *\t\s*\S", re.MULTILINE)
"""A plain text that would go on, were there no tab in front of its next line."""
NO_TOKEN, TAB = "found character that cannot start any token", "found a tab character that violates indentation"
LINE_END = "\n"
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
    if isinstance(cause, ComposerError) and "single document" in str(cause.context):
        return "a file of several documents is not modelled in the sandbox"
    if isinstance(cause, MarkedYAMLError):
        told = _of_the_parser(cause)
        return f"failed to parse {error.path}: {told}" if told.endswith(SECOND) else where + told
    return NO_MAP if where and error.message.startswith(NOT_NAMED) else error.message


def _of_the_parser(error: MarkedYAMLError) -> str:
    """The line is that of the context, if that is not the first one, and counted from 1 in a scanner's fault alone."""
    problem = str(error.problem)
    for pattern, words in PROBLEMS:
        problem = re.sub(f"^{pattern}$", words, problem, flags=re.DOTALL)
    if error.context == "while parsing a block collection":
        problem = problem.replace("expected key", "expected '-' indicator")
    text = error.problem_mark.buffer if error.problem_mark is not None else None
    if text and "document start" in problem and (directive := UNKNOWN.search(text)) is not None:
        line = text.count("\n", 0, directive.start())
        return f"yaml: line {line + 1}: {NO_DIRECTIVE}" if line else f"yaml: {NO_DIRECTIVE}"
    if text and problem == NO_TOKEN and (plain := GOES_ON.search(text)) is not None:
        return f"yaml: line {text.count(LINE_END, 0, plain.start()) + 1}: {TAB}"
    lines = [mark.line for mark in (error.context_mark, error.problem_mark) if mark is not None and mark.line]
    line = lines[0] + isinstance(error, ScannerError) if lines else 0
    return f"yaml: line {line}: {problem}" if line else f"yaml: {problem}"
