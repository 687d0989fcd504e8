"""What a template works on, as Go has it: structs, maps and slices that were never made, pointers to nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from zlib import crc32

from netsandbox.commands.docker.printing.words import go_duration
from netsandbox.engine.octets import to_bytes
from netsandbox.engine.units import SECOND


class Struct(dict[str, Any]):
    """A struct: its fields by Go's names."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind  # its type
        self.is_pointer = False  # it is reached by a pointer
        self.shown: dict[str, str] = {}  # how JSON names a field; empty for an embedded struct
        self.optional: set[str] = set()  # JSON leaves it out when it is empty

    def add(self, name: str, shown: str, value: Any, *, is_optional: bool = False, is_embedded: bool = False) -> None:
        self[name] = value
        self.shown[name] = "" if is_embedded else shown
        if is_optional:
            self.optional.add(name)

    def find(self, name: str) -> Any:
        """A field of its own, or of a struct that it embeds; MISSING where there is none."""
        if name in self:
            return self[name]
        inner = (self[own].find(name) for own, shown in self.shown.items() if not shown)
        return next((found for found in inner if found is not MISSING), MISSING)

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        found: dict[str, Any] = {}
        for name, value in self.items():
            if not self.shown[name]:
                found |= value.plain()
            elif name not in self.optional or is_true(value) or isinstance(value, Struct):
                found[self.shown[name]] = plain(value)
        return found


class Map(dict[Any, Any]):
    """A map of which the type is known, or one of JSON's that is not."""

    def __init__(self, items: dict[Any, Any], kind: str, *, zero: Any = None, is_nil: bool = False) -> None:
        super().__init__(items)
        self.kind = kind
        self.zero = zero  # what `index` gives for a key that is not there
        self.is_nil = is_nil  # it was never made: JSON has null for it


class Slice(list[Any]):
    """A slice; JSON has null for one that was never made, and a text `[]`."""

    def __init__(self, items: list[Any], kind: str, *, is_nil: bool = False) -> None:
        super().__init__(items)
        self.kind = kind
        self.is_nil = is_nil


class Null:
    """A pointer to nothing."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __bool__(self) -> bool:
        return False


class Missing:
    """No value."""

    def __bool__(self) -> bool:
        return False


MISSING = Missing()


class Number(int):
    """A number that is no `int`."""

    kind: str

    def __new__(cls, value: int, kind: str) -> Number:
        made = super().__new__(cls, value)
        made.kind = kind
        return made


class Text(str):
    """A text whose type has a name, or a number as JSON has it (json.Number)."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, value: str, kind: str) -> Text:
        made = super().__new__(cls, value)
        made.kind = kind
        return made


RAW = "map[string]interface {}"


def raw(value: Any) -> Any:
    """What JSON has, with nothing known of it: to this the client falls back where the types have no such thing."""
    if isinstance(value, dict):
        return Map({key: raw(item) for key, item in value.items()}, RAW)
    if isinstance(value, list):
        return Slice([raw(item) for item in value], "[]interface {}")
    return Text(str(value), "json.Number") if isinstance(value, int | float) and not isinstance(value, bool) else value


def is_true(value: Any) -> bool:
    """Go's truth: not zero, not empty; of a struct always."""
    return bool(value) or isinstance(value, Struct)


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")
TIME, DURATION = "time.Time", "time.Duration"


def _part(start: int, end: int, time: str) -> int:
    """Of `2026-01-01T00:00:00Z`."""
    return int(time[start:end])


METHODS: dict[str, dict[str, Callable[[Any], Any]]] = {
    TIME: {"Month": lambda it: MONTHS[int(it[5:7]) - 1],
           **{name: partial(_part, start, end) for name, start, end in (
               ("Year", 0, 4), ("Day", 8, 10), ("Hour", 11, 13), ("Minute", 14, 16), ("Second", 17, 19))}},
    DURATION: {"Seconds": lambda it: it / SECOND, "String": go_duration},
    "nat.Port": {"Port": lambda it: it.partition("/")[0], "Proto": lambda it: it.partition("/")[2],
                 "Int": lambda it: int(it.partition("/")[0])},
    "container.NetworkMode": {"IsHost": lambda it: it == "host", "IsBridge": lambda it: it == "bridge",
                              "IsNone": lambda it: it == "none", "IsContainer": lambda it: it.startswith("container:"),
                              "NetworkName": lambda it: it.partition(":")[0]}}
"""By type its methods that a template may call."""


def type_of(value: Any) -> str:
    """As %T prints it."""
    if value is None or value is MISSING:
        return "<nil>"
    kind = getattr(value, "kind", None)
    if isinstance(value, Struct):
        return f"{'*' * value.is_pointer}{kind}"
    return kind or {str: "string", int: "int", bool: "bool", float: "float64", list: "[]string"}.get(
        type(value), "interface {}")


def show(value: Any, is_inside: bool = False) -> str:
    """As Go's fmt prints it (is_inside: it is in another value, where of a pointer the address is printed)."""
    if value is None or value is MISSING:
        return "<nil>" if is_inside else "<no value>"
    if isinstance(value, Null):
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Struct):
        return _show_struct(value, is_inside)
    if isinstance(value, dict) and not isinstance(value, Map):  # a row's struct
        return "{" + " ".join(show(item, True) for item in value.values()) + "}"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{show(item, True)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(show(item, True) for item in value) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    if type_of(value) == DURATION:
        return go_duration(value)
    return f"{value[:10]} {value[11:-1]} +0000 UTC" if type_of(value) == TIME else str(value)


def _show_struct(value: Struct, is_inside: bool) -> str:
    if value.kind == "container.Ulimit":  # it has a method that prints it
        return f"{value['Name']}={value['Soft']}:{value['Hard']}"
    if value.is_pointer and is_inside:
        return f"0xc000{crc32(to_bytes(to_json(value))) & 0xffffe0:06x}"
    return "{" + " ".join(show(item, True) for item in value.values()) + "}"


def plain(value: Any) -> Any:
    """As JSON has it."""
    if value is MISSING or isinstance(value, Null) or (isinstance(value, Map | Slice) and value.is_nil):
        return None
    if isinstance(value, Struct):
        return value.plain()
    if isinstance(value, dict):
        items = sorted(value.items()) if isinstance(value, Map) else value.items()
        return {key: plain(item) for key, item in items if not callable(item)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if type_of(value) == "json.Number" and "." in value else (
        int(value) if type_of(value) == "json.Number" else value)


def to_json(value: Any) -> str:
    return json.dumps(plain(value), separators=(",", ":"), ensure_ascii=False)
