"""A walk over everything that can be reached from a lab, with the path to whatever a copy would stumble over."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from enum import Enum
from types import BuiltinFunctionType, FunctionType, GeneratorType, MethodType, ModuleType
from typing import Any

from netsandbox.engine.fields import Fields
from netsandbox.engine.snapshot import _knows_values_only

ATOMS = (int, str, bytes, float, type(None), Enum, type, ModuleType)
REFUSED = (GeneratorType, io.IOBase)


def stumbles(root: object, outside: tuple[object, ...]) -> list[str]:
    """The paths to functions that keep what can change, to generators and to files."""
    seen = {id(thing) for thing in outside}
    kept: list[object] = []
    found, waiting = [], deque([("", root)])
    while waiting:
        path, thing = waiting.popleft()
        if isinstance(thing, ATOMS) or id(thing) in seen:
            continue
        seen.add(id(thing))
        kept.append(thing)
        if isinstance(thing, REFUSED) or (isinstance(thing, FunctionType) and not _knows_values_only(thing)):
            found.append(f"{path}: {thing!r}")
        elif not isinstance(thing, FunctionType):
            waiting.extend((path + step, part) for step, part in _parts(thing))
    return found


def _parts(thing: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(thing, MethodType | BuiltinFunctionType):
        yield ".__self__", thing.__self__
        return
    if isinstance(thing, dict):
        yield from ((f".key {key!r:.20}", key) for key in thing)
        yield from ((f"[{key!r:.20}]", value) for key, value in thing.items())
    elif isinstance(thing, list | tuple | set | frozenset | deque):
        yield from ((f"[{number}]", part) for number, part in enumerate(thing))
    fields = Fields.of(type(thing))
    for name, part in fields._read_filled(thing).items():
        yield f".{name}", part
