"""$NAME and ${NAME:-default} in a Compose file's values (compose-go, template)."""

from __future__ import annotations

import re
from collections.abc import Mapping

VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)"
                      r"(?:(?P<how>:?[-?+])(?P<other>[^}]*))?\}|(?P<wrong>))", re.ASCII)


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
    is_there = own is not None and (bool(own) or not how.startswith(":"))
    if how.endswith("-"):
        return str(own) if is_there else other
    if how.endswith("+"):
        return other if is_there else ""
    if how.endswith("?") and not is_there:
        raise VariableError(f"required variable {name} is missing a value: {other}")
    return own or ""
