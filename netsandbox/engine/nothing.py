"""What all share who have nothing of a kind yet: most devices have no neighbour, most namespaces learn nothing."""

from __future__ import annotations

from typing import Any, Final, NoReturn


class Nothing(dict[Any, Any]):
    """An empty dictionary that cannot be filled: who has something to put in makes one of their own first."""

    __slots__ = ()

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise TypeError("what all share stays empty")

    def setdefault(self, key: Any, default: Any = None) -> NoReturn:
        """See __setitem__."""
        self[key] = default

    def update(self, *others: Any, **named: Any) -> NoReturn:
        """See __setitem__."""
        self["several"] = others, named

    def __ior__(self, other: Any) -> NoReturn:  # type: ignore[misc]
        self[""] = other


NOTHING: Final = Nothing()
