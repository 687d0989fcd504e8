"""bash's arrays: values by number, or by key in the order of its hash table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from netsandbox.engine.octets import to_bytes

BUCKETS = 1024  # ASSOC_HASH_BUCKETS; in tables of more than twice as many entries bash's order is another
FNV_OFFSET, FNV_PRIME = 2166136261, 16777619


class Array(NamedTuple):
    """Never changed: a change makes another (items: by number, or by key)."""

    items: Mapping[int | str, str] = {}
    is_associative: bool = False

    @property
    def keys(self) -> list[int | str]:
        """In the order in which the values are told."""
        if not self.is_associative:
            return sorted(self.items, key=int)
        newest_first = reversed(list(self.items))
        return sorted(newest_first, key=lambda key: _hash(str(key)) % BUCKETS)

    @property
    def values(self) -> list[str]:
        return [self.items[key] for key in self.keys]

    @property
    def first(self) -> str | None:
        """What the name alone means."""
        return self.items.get("0" if self.is_associative else 0)

    @property
    def end(self) -> int:
        """The number behind the last one."""
        return 0 if self.is_associative else max(map(int, self.items), default=-1) + 1

    def with_item(self, key: int | str, value: str) -> Array:
        return self.with_items([(key, value)])

    def with_items(self, items: Iterable[tuple[int | str, str]]) -> Array:
        return Array({**self.items, **dict[int | str, str](items)}, self.is_associative)

    def without(self, key: int | str) -> Array:
        return Array({one: value for one, value in self.items.items() if one != key}, self.is_associative)

    def part(self, start: int, length: int | None) -> list[str]:
        """`${X[@]:START:LENGTH}`: numbers count, or places where there are only keys."""
        if self.is_associative:
            values = self.values[max(0, start - 1):] if start > 0 else self.values
        else:
            first = start if start >= 0 else self.end + start
            values = [self.items[key] for key in self.keys if int(key) >= first] if first >= 0 else []
        return values if length is None else values[:max(0, length)]


def _hash(key: str) -> int:
    """hash_string of bash 5: FNV-1 of 32 bits."""
    found = FNV_OFFSET
    for byte in to_bytes(key):
        signed = byte - 256 if byte > 127 else byte
        found = (found * FNV_PRIME & 0xFFFFFFFF) ^ (signed & 0xFFFFFFFF)
    return found
