"""Things that are known by their names from the start, while what they are is imported when it is first asked for.

A run uses few of the tools, programs and commands that there are; to import them all would take longer than the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from sys import modules
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Late(Mapping[Key, Value]):
    """A dictionary made from places: `Late({"arp": "netsandbox.commands.tools.arp:run"})`.

    To iterate over it or to ask what is in it imports nothing.
    """

    def __init__(self, places: Mapping[Key, str]) -> None:
        self._places = places

    def __getitem__(self, key: Key) -> Value:
        module, _colon, name = self._places[key].partition(":")
        found: Value = getattr(modules.get(module) or import_module(module), name)
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
