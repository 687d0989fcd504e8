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


def env_file(text: str) -> dict[str, str]:
    """`.env`: NAME=value on each line, the value in quotes or not; behind ` #` stands a comment."""
    found: dict[str, str] = {}
    for line in map(str.strip, text.splitlines()):
        name, equals, value = line.removeprefix("export ").partition("=")
        value = value.strip()
        if not equals or line.startswith("#"):
            continue
        if value[:1] in ("'", '"') and value.rfind(value[0]) > 0:
            value = value[1:value.rfind(value[0])]
        else:
            value = value.partition(" #")[0].rstrip()
        found[name.strip()] = value
    return found


class VariableError(Exception):
    """A text that cannot be filled in."""


def filled_in(text: str, variables: Mapping[str, str]) -> str:
    """The text with values for variables; one that is not set is empty.

    Raises:
        VariableError: a lone dollar, or a variable that has to be set and is not.
    """
    def value(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        if match["wrong"] is not None:
            raise VariableError(f"invalid interpolation format: {text[match.start():match.start() + 20]!r}; "
                                "you may need to escape any $ with another $")
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
