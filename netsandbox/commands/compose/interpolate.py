"""$NAME and ${NAME:-default} in a Compose file's values (compose-go, template)."""

from __future__ import annotations

import re
from collections.abc import Mapping

VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)"
                      r"(?:(?P<how>:?[-?+])(?P<other>[^}]*))?\}|(?P<wrong>))", re.ASCII)


class Variables(dict[str, str]):
    """Values by name.

    Attributes:
        unset: the names that were asked for and have none, in this order.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.unset: dict[str, None] = {}


class VariableError(Exception):
    """A text that cannot be filled in."""


class FormatError(VariableError):
    """A lone dollar."""

    def __str__(self) -> str:
        return f"invalid interpolation format: {self.args[0]!r}; you may need to escape any $ with another $"


MAX_SHOWN = 20
"""Characters of a wrong text."""


def filled_in(text: str, variables: Mapping[str, str]) -> str:
    """The text with values for variables; one that is not set is empty.

    Raises:
        VariableError: a lone dollar, or a variable that has to be set and is not.
    """
    def value(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        if match["wrong"] is not None:
            raise FormatError(text[match.start():match.start() + MAX_SHOWN])
        name = match["name"] or match["braced"]
        return _value(name, match["how"] or "", match["other"] or "", variables)
    return VARIABLE.sub(value, text)


def _value(name: str, how: str, other: str, variables: Mapping[str, str]) -> str:
    own = variables.get(name)
    if own is None and not how and isinstance(variables, Variables):
        variables.unset[name] = None
    is_there = own is not None and (bool(own) or not how.startswith(":"))
    if how.endswith("-"):
        return str(own) if is_there else other
    if how.endswith("+"):
        return other if is_there else ""
    if how.endswith("?") and not is_there:
        raise VariableError(f"required variable {name} is missing a value: {other}")
    return own or ""


NAME = re.compile(r"[\w.\-\[\]]*")
QUOTED = re.compile(r"""(["'])((?:\\.|(?!\1).)*)\1""")


def env_file(text: str, outside: Mapping[str, str]) -> dict[str, str]:
    """`.env` and env_file: NAME=value on each line, the value in quotes or not; behind ` #` stands a comment (dotenv).

    Args:
        outside: for ${…} in values, and for a name that stands alone.

    Raises:
        VariableError: a line cannot be read.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        name, equals, value = line.removeprefix("export ").partition("=")
        name = name.strip()
        if not line or line.startswith("#"):
            continue
        if " " in name:
            raise VariableError(f"line {number}: key cannot contain a space")
        known = NAME.match(name)
        if known is not None and known.end() < len(name):
            raise VariableError(f'line {number}: unexpected character "{name[known.end()]}" in variable name "{line}"')
        if equals:
            found[name] = _env_value(value.strip(), number, found | dict(outside))
        elif name in outside:
            found[name] = outside[name]
    return found


def _env_value(text: str, number: int, known: Mapping[str, str]) -> str:
    if text[:1] not in ("'", '"'):
        return filled_in(text.partition(" #")[0].rstrip(), known)
    match = QUOTED.match(text)
    if match is None:
        raise VariableError(f"line {number}: a quoted value has to end on its line in the sandbox")
    return match[2] if match[1] == "'" else filled_in(match[2].replace("\\n", "\n").replace('\\"', '"'), known)
