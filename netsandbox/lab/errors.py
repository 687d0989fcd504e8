"""What a lab refuses: one line that names the value, what was expected, and the nearest right name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class LabError(Exception):
    """A request that changed nothing, and why."""


def unknown(kind: str, name: str, known: Iterable[str]) -> LabError:
    """`no host 'hsot'; did you mean 'host'?`"""
    names = list(known)
    near = get_close_matches(name, names, 1)
    if near:
        return LabError(f"no {kind} {name!r}; did you mean {near[0]!r}?")
    if not names:
        return LabError(f"no {kind} {name!r}; there is none yet")
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return LabError(f"no {kind} {name!r}; there are: {shown}")
