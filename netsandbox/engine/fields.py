"""The fields of an object, read and written all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from netsandbox.engine.nothing import NOTHING

CACHES = "caches"
"""A class may have a dictionary of this name: the slots that hold what is worked out anew when it is missing, and what
a copy begins with there, as Python writes it."""


class Fields:
    """How objects of one class are taken apart and put together.

    The fields of an object are a tuple, or, where some were never filled, a dictionary of the others.
    """

    _read_many: Callable[[list[Any]], list[Any]]
    _write_many: Callable[[list[Any], list[Any]], None]

    def __init__(self, kind: type) -> None:
        self.names = list(_slots(kind))  # of the slots, and `__dict__` if there is one
        if kind.__dictoffset__:
            self.names.append("__dict__")
        self._descriptors: list[Any] = [getattr(kind, name, None) for name in self.names]
        caches = getattr(kind, CACHES, {})
        each = "".join(f"it.{name}, " for name in self.names)
        told = "".join(f"{caches.get(name, f'it.{name}')}, " for name in self.names)
        made: dict[str, Any] = {"NOTHING": NOTHING}
        # To go through the names for each object would take most of the time of a copy.
        exec(f"def read(it): return ({told})", made)
        exec(f"def read_many(things): return [({told}) for it in things]", made)
        exec(f"def write_many(things, many):\n for it, fields in zip(things, many):\n  ({each}) = fields" if each else
             "def write_many(things, many): pass", made)
        forget = "".join(f"it.{name} = None; " for name in self.names).replace("__dict__ = None", "__dict__.clear()")
        exec(f"def clear(things):\n for it in things: {forget}pass", made)
        self._read, self._read_many, self._write_many = made["read"], made["read_many"], made["write_many"]
        self.clear: Callable[[list[Any]], None] = made["clear"]  # makes some objects forget all that they refer to
        # A class that makes a part when it is asked for must not be asked here.
        self._makes_parts = hasattr(kind, "__getattr__")

    @staticmethod
    @cache
    def of(kind: type) -> Fields:
        return Fields(kind)

    def read(self, things: list[Any]) -> list[Any]:
        """The fields of each."""
        if self._makes_parts:
            return [self._read_filled(thing) for thing in things]
        try:
            return self._read_many(things)
        except AttributeError:
            return [self._read_any(thing) for thing in things]

    def _read_any(self, thing: Any) -> Any:
        try:
            return self._read(thing)
        except AttributeError:
            return self._read_filled(thing)

    def _read_filled(self, thing: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, descriptor in zip(self.names, self._descriptors, strict=True):
            try:
                found[name] = thing.__dict__ if name == "__dict__" else descriptor.__get__(thing)
            except AttributeError:
                continue
        return found

    def write(self, things: list[Any], many: list[Any]) -> None:
        """Give each of some objects its fields, as `read` has told them."""
        if dict not in set(map(type, many)):
            self._write_many(things, many)
            return
        for thing, fields in zip(things, many, strict=True):
            if type(fields) is tuple:
                self._write_many([thing], [fields])
            else:
                for name, field in fields.items():
                    setattr(thing, name, field)


def _slots(kind: type) -> Iterator[str]:
    for base in reversed(kind.__mro__):
        names = base.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            is_private = name.startswith("__") and not name.endswith("__")
            if name not in ("__dict__", "__weakref__"):
                yield f"_{base.__name__.lstrip('_')}{name}" if is_private else name
