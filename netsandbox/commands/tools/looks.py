"""What a tool only looks at: it says beside its function with which words behind its name it changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

Tool = TypeVar("Tool", bound=Callable[..., object])

SHOWS = r"(?: (?:show|sho|sh|list|lis|lst|ls|get)(?: .*)?)?"  # What an object of iproute2's shows by
LOOKING: dict[Callable[..., object], str] = {}
"""By the tool's function a regular expression of all the words behind its name."""
CHANGING: dict[Callable[..., object], str] = {}
"""By the function of what may stand behind a pipe, how a word begins with which it does change something."""


def looks(words: str = ".*") -> Callable[[Tool], Tool]:
    """Of a tool that changes nothing in the lab when these are all the words behind its name."""
    return _noted(LOOKING, words)


def passes_on(changing: str = "(?!)") -> Callable[[Tool], Tool]:
    """Of a filter, which only changes what comes through it, but for words that begin so."""
    return _noted(CHANGING, changing)


def _noted(table: dict[Callable[..., object], str], words: str) -> Callable[[Tool], Tool]:
    def note(tool: Tool) -> Tool:
        table[tool] = words
        return tool
    return note


def said_of(table: dict[Callable[..., object], str], tool: Callable[..., object] | None) -> str | None:
    """What a tool has said of itself; a tool may be another with one of its arguments filled in."""
    function = tool.func if isinstance(tool, partial) else tool
    return table.get(function) if function is not None else None
