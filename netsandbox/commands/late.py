"""Things that are known by their names from the start, while what they are is imported when it is first asked for.

A run uses few of the tools, programs and commands that there are; to import them all would take longer than the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from sys import modules
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Late(Mapping[Key, Value]):
    """A dictionary made from places: `Late({"arp": "netsandbox.commands.tools.older.arp:run"})`, or `places` of many.

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


def _attribute(name: str) -> str:
    return name.replace("-", "_")


def places(package: str, modules: Mapping[str, str], attribute: Callable[[str], str] = _attribute) -> dict[str, str]:
    """Places of what modules have: `{"text": "cat head less=pager"}`.

    Args:
        attribute: what a module calls a thing of that name; another word stands behind `=`.
    """
    return {name: f"{package}.{module}:{called or attribute(name)}" for module, words in modules.items()
            for name, _equals, called in (word.partition("=") for word in words.split())}
