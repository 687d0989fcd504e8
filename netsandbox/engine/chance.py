"""All chance in a lab: one reproducible stream for each (seed, name); and, for doors, secrets.

A stream is a hash of seed, name and a counter, so it is eight bytes of state instead of a generator's 2.5 KiB, and
adding a node never shifts the numbers that another one draws.
"""

from __future__ import annotations

import os
from functools import lru_cache
from hashlib import blake2b


class Stream:
    """A named sequence of reproducible numbers."""

    __slots__ = ("_count", "_key")

    def __init__(self, key: str) -> None:
        self._key = key
        self._count = 0

    def bits(self, count: int) -> int:
        """The next number of `count` bits, 512 at most."""
        self._count += 1
        return _drawn(f"{self._key}\0{self._count}", count)

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""
        return self.bits(64 + limit.bit_length()) % limit


def _drawn(key: str, count: int) -> int:
    text = key.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text).digest(), "big") >> (512 - count)


_known = lru_cache(1 << 12)(_drawn)


class Chance:
    """The streams of one lab."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, name: str) -> Stream:
        """The stream of that name, from its beginning."""
        return Stream(f"{self.seed}\0{name}")

    def first(self, name: str, count: int) -> int:
        """The first number, of `count` bits, of the stream of that name."""
        return _drawn(f"{self.seed}\0{name}\0{1}", count)

    def lasting(self, name: str, count: int) -> int:
        """As `first`, of a stream that is asked for the same again and again: it is remembered."""
        return _known(f"{self.seed}\0{name}\0{1}", count)


def secret() -> str:
    """What nobody can guess, in 32 hexadecimal digits; nothing in a lab depends on it."""
    return os.urandom(16).hex()
