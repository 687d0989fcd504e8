"""$NAME and ${NAME:-default} in a Compose file's values (compose-go, template)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z_]\w*)|(?P<brace>\{))", re.ASCII)
BRACED = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-?+])(?P<other>.*))?", re.ASCII | re.DOTALL)


class Variables(dict[str, str]):
    """Values by name (warnings: what is to be said of them, in this order: names that were asked for and have no value,
    above all)."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.warnings: list[str] = []


def more_of(known: Mapping[str, str], more: Mapping[str, str]) -> Variables:
    """Those that are known and others besides, and one place for what is to be said of both."""
    both = Variables({**more, **known})
    if isinstance(known, Variables):
        both.warnings = known.warnings
    return both


class VariableError(Exception):
    """A text that cannot be filled in."""


class FormatError(VariableError):
    """A lone dollar."""

    def __str__(self) -> str:
        return f"invalid interpolation format: {self.args[0]!r}; you may need to escape any $ with another $"


MAX_SHOWN = 20  # Characters of a wrong text


def filled_in(text: str, variables: Mapping[str, str]) -> str:
    """The text with values for variables; one that is not set is empty (VariableError: a brace that is not closed, or a
    variable that has to be set and is not)."""
    done, at = "", 0
    while match := VARIABLE.search(text, at):
        done += text[at:match.start()]
        at = match.end()
        if match["brace"]:
            end = _closing(text, at)
            inner = BRACED.fullmatch(text[at:end])
            if end < 0 or inner is None:
                raise FormatError(text[match.start():match.start() + MAX_SHOWN])
            done += _value(inner["name"], inner["how"] or "", inner["other"] or "", variables)
            at = end + 1
        else:
            done += "$" if match["dollar"] else _value(match["name"], "", "", variables)
    return done + text[at:]


def named_in(text: str) -> Iterator[tuple[str, str, str]]:
    """Each variable that a text asks for: its name, `-`, `+`, `?` or nothing, and what stands behind that."""
    at = 0
    while match := VARIABLE.search(text, at):
        at = match.end()
        inner = BRACED.fullmatch(text[at:_closing(text, at)]) if match["brace"] else None
        if inner is not None:
            yield inner["name"], (inner["how"] or "")[-1:], inner["other"] or ""
        elif match["name"]:
            yield match["name"], "", ""


def _closing(text: str, at: int) -> int:
    """Where the brace that was opened before is closed; -1 where it is not."""
    depth = 1
    for place in range(at, len(text)):
        depth += (text[place - 1:place + 1] == "${") - (text[place] == "}")
        if not depth:
            return place
    return -1


def _value(name: str, how: str, other: str, variables: Mapping[str, str]) -> str:
    own = variables.get(name)
    if own is None and not how and isinstance(variables, Variables):
        variables.warnings.append(f'The \\"{name}\\" variable is not set. Defaulting to a blank string.')
    is_there = own is not None and (bool(own) or not how.startswith(":"))
    if how.endswith("-"):
        return str(own) if is_there else filled_in(other, variables)
    if how.endswith("+"):
        return filled_in(other, variables) if is_there else ""
    if how.endswith("?") and not is_there:
        why = f": {filled_in(other, variables)}" if other else ""
        raise VariableError(f"required variable {name} is missing a value{why}")
    return own or ""


NAME = re.compile(r"[\w.\-\[\]]*")
QUOTED = re.compile(r"""(["'])((?:\\.|(?!\1).)*)\1""", re.DOTALL)


def _unquoted(quote: str, text: str, variables: Mapping[str, str]) -> str:
    return text if quote == "'" else filled_in(text.replace("\\n", "\n").replace('\\"', '"'), variables)


def env_file(text: str, outside: Mapping[str, str]) -> dict[str, str]:
    """`.env` and env_file: NAME=value on each line, the value in quotes or not; behind ` #` stands a comment (dotenv).

    Args:
        outside: for ${…} in values, and for a name that stands alone.

    Raises:
        VariableError: a line cannot be read.
    """
    found: dict[str, str] = {}
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        at += 1
        name, equals, value = line.removeprefix("export ").partition("=")
        name = name.strip()
        if not line or line.startswith("#"):
            continue
        _check_name(name, line, at)
        if equals and value.strip()[:1] in ("'", '"'):
            match = QUOTED.match("\n".join([value.strip(), *lines[at:]]))
            if match is None:
                raise VariableError(f"line {len(lines) + 1}: unterminated quoted value {value.strip()}")
            at += match[0].count("\n")
            found[name] = _unquoted(match[1], match[2], more_of(outside, found))
        elif equals:
            found[name] = filled_in(value.strip().partition(" #")[0].rstrip(), more_of(outside, found))
        elif name in outside:
            found[name] = outside[name]
    return found


def _check_name(name: str, line: str, number: int) -> None:
    """Raises VariableError: that is no name."""
    if " " in name:
        raise VariableError(f"line {number}: key cannot contain a space")
    known = NAME.match(name)
    if known is not None and known.end() < len(name):
        raise VariableError(f'line {number}: unexpected character "{name[known.end()]}" in variable name "{line}"')
