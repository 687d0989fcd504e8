"""Things that are known by their names from the start, while what they are is imported when it is first asked for.

A run uses few of the tools, programs and commands that there are; to import them all would take longer than the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Late(Mapping[Key, Value]):
    """A dictionary made from places: `Late({"arp": "netsandbox.commands.tools.arp:run"})`.

    To iterate over it or to ask what is in it imports nothing.
    """

    def __init__(self, places: Mapping[Key, str]) -> None:
        self._places = places
        self._found: dict[Key, Any] = {}

    def __getitem__(self, key: Key) -> Value:
        if key not in self._found:
            module, _colon, name = self._places[key].partition(":")
            self._found[key] = getattr(import_module(module), name)
        found: Value = self._found[key]
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
