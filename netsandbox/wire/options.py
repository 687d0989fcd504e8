"""The options of IPv4 and TCP headers, which have one form (RFC 791, 3.1; RFC 9293, 3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

END, NO_OPERATION = 0, 1  # The two kinds without a length byte
FEW = 256  # Headers whose options are remembered: the trackers and the end that a segment passes read the same ones


class Option(NamedTuple):
    """One option."""

    kind: int
    value: bytes  # what follows the length byte
    # start, end: its bytes, counted from the first option
    start: int
    end: int
    is_whole: bool = True  # False for the last one where its length does not fit


def read_options(data: bytes) -> Iterator[Option]:
    """The options of a header. What follows the end mark is one option of kind 0 with it."""
    at = 0
    while at < len(data):
        kind = data[at]
        if kind == END:
            yield Option(END, data[at + 1:], at, len(data))
            return
        if kind == NO_OPERATION:
            yield Option(kind, b"", at, at + 1)
            at += 1
            continue
        length = data[at + 1] if at + 1 < len(data) else 0
        if length < 2 or at + length > len(data):
            yield Option(kind, data[at + 1:], at, len(data), is_whole=False)
            return
        yield Option(kind, data[at + 2:at + length], at, at + length)
        at += length


@lru_cache(FEW)
def whole_options(data: bytes) -> tuple[tuple[int, bytes], ...]:
    """(kind, value) of those that say something: nonsense ends the reading."""
    return tuple((option.kind, option.value) for option in read_options(data)
                 if option.is_whole and option.kind not in (END, NO_OPERATION))
