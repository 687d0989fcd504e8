"""What iproute2 prints: fields that are words in text and members in JSON."""

from __future__ import annotations

from typing import Any


class General(float):
    """A number that JSON has with six digits that count, where others have two behind the point (print_float)."""


COUNTED = {"stats": "stats", "statistics": "stats", "details": "details", "oneline": "oneline", "json": "json",
           "pretty": "pretty", "brief": "brief", "compressvlans": "compressed"}
SWITCHED = {"human": "human", "human-readable": "human", "iec": "iec", "all": "everything"}
"""The style's attributes that options count and switch on."""


class Style:
    """The global options of `ip` and `bridge`, as counts or switches.

    Attributes:
        everything: -a, all namespaces.
        family: inet, inet6, link or empty.
        compressed: -compressvlans, VLANs that are alike as ranges.
        human, iec: -h, counters with a prefix; with -iec of 1024.
        stamp: `timestamp` or `tshort`, when what a monitor tells came, at length or short.
    """

    def __init__(self, stats: int = 0, json: int = 0) -> None:
        self.stats = stats
        self.json = json
        self.family = ""
        self.stamp = ""
        self.details = self.oneline = self.pretty = self.brief = self.compressed = 0
        self.everything = self.human = self.iec = False

    def takes(self, option: str | None) -> bool:
        """Whether an option says how it is printed, which is so from now on; of both stamps the short one counts."""
        if option in COUNTED:
            setattr(self, COUNTED[option], getattr(self, COUNTED[option]) + 1)
        elif option in SWITCHED:
            setattr(self, SWITCHED[option], True)
        elif option in ("timestamp", "tshort"):
            self.stamp = max(self.stamp, option)
        else:
            return False
        return True


class Row:
    """One object: members for JSON, and the same as text."""

    def __init__(self, style: Style | None = None) -> None:
        self.style = style or Style()
        self.members: dict[str, Any] = {}
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def put(self, name: str, value: Any, text: str) -> None:
        """A field that both have."""
        self.members[name] = value
        self._parts.append(text)

    def say(self, text: str) -> None:
        """Text that JSON does not have."""
        self._parts.append(text)

    def note(self, name: str, value: Any) -> None:
        """A member that text does not have."""
        self.members[name] = value

    def new_line(self) -> None:
        """A line break within a row: a backslash with -o."""
        self._parts.append("\\" if self.style.oneline else "\n")


def render(rows: list[Row], style: Style) -> str:
    """The rows as text, or as one JSON array."""
    if not style.json:
        return "".join(row.text for row in rows)
    return json_text([row.members for row in rows], bool(style.pretty))


def json_text(members: list[Any], pretty: bool) -> str:
    """A JSON array as iproute2's writer lays it out."""
    return _value(members, 0 if pretty else None) + "\n"


def _value(value: Any, depth: int | None) -> str:
    if isinstance(value, list):
        return _array(value, depth)
    if isinstance(value, dict):
        return _object(value, depth)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:{'g' if isinstance(value, General) else '.2f'}}"
    return str(value) if isinstance(value, int) else _string(str(value))


def _array(values: list[Any], depth: int | None) -> str:
    if depth is None:
        return "[" + ",".join(_value(value, None) for value in values) + "]"
    if not values:
        return "[ ]"
    return "[ " + ",".join(_value(value, depth + 1) for value in values) + " ]"


def _object(members: dict[str, Any], depth: int | None) -> str:
    if depth is None or not members:
        return "{" + ",".join(f"{_string(name)}:{_value(value, None)}" for name, value in members.items()) + "}"
    indent = "\n" + "    " * (depth + 1)
    body = ",".join(f"{indent}{_string(name)}: {_value(value, depth + 1)}" for name, value in members.items())
    return "{" + body + "\n" + "    " * depth + "}"


ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f", "\b": "\\b", "\\": "\\\\", '"': '\\"'}


def _string(text: str) -> str:
    return '"' + "".join(ESCAPES.get(character, character) for character in text) + '"'
