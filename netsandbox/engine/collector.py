"""When the collector of garbage looks, and at what: never at the whole of a long trace while somebody waits."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from netsandbox.engine.fields import Fields

RARELY = 5_000, 200, 100
"""After how many new objects, and collections of the younger ones, garbage is collected."""


class Settled:
    """Whether what was there when the program had started stays out of the collector's sight."""

    is_on = False


def settle() -> None:
    """What is there by now stays to the end: no collection needs to look at it again.

    What is frozen does not count when a full collection is due; with the usual thresholds one comes with every other
    step back in a large lab, and takes longer than the step.
    """
    Settled.is_on = True
    gc.freeze()
    gc.set_threshold(*RARELY)
    gc.enable()


MANY_LEFT = 250_000
"""Objects of labs that were left: to take one apart takes a third as long as to copy it, which can wait until somebody
pauses, but not for ever."""
_left: deque[list[object]] = deque()
_gone: list[int] = [0]
"""Objects that were taken apart since all was looked through: with each hundred of them goes some garbage."""
WHOLE = 5_000
"""What a lab counts for that was no copy: of that one nobody knows the objects, and it is garbage as a whole."""


def leave(web: list[object]) -> None:
    """Nobody will stand in a lab again that is made of these objects, all of which refer to each other.

    Only the collector could find them, which would look through the whole trace for it.  So in time they are made to
    forget each other: not the last lab, as who typed the line that left it may still be at work.
    """
    _left.append(web)
    if not web:
        _gone[0] += WHOLE
    while len(_left) > 2 and sum(map(len, _left)) > MANY_LEFT:
        take_apart(_left.popleft())


def take_apart(web: list[object]) -> None:
    """Let objects forget all that they refer to, so that they go at once."""
    ways: dict[type, Callable[[Any], None]] = {}
    for thing in web:
        kind: type = type(thing)
        if kind not in ways:
            ways[kind] = Fields.of(kind).clear
        ways[kind](thing)
    _gone[0] += len(web)
    web.clear()


SLICE = 1_500
"""Objects that are taken apart at once while a person may press a key: two milliseconds."""


def tidy_some() -> bool:
    """Take away a little of what was left; whether there is more."""
    room = SLICE
    while _left and room > 0:
        web = _left[0]
        part = web[-room:]
        del web[-room:]
        room -= len(part)
        take_apart(part)
        if not web:
            _left.popleft()
    return bool(_left)


def is_untidy() -> bool:
    """Whether it is worth its time to look through everything."""
    return _gone[0] >= MANY_LEFT


def tidy() -> None:
    """Take away what was left, and look through everything, which takes long: nobody waits now."""
    while tidy_some():
        pass
    _gone[0] = 0
    gc.unfreeze()
    gc.collect()
    if Settled.is_on:
        gc.freeze()


@contextmanager
def undisturbed_by_it() -> Iterator[None]:
    """A copy makes tens of thousands of objects, none of them garbage: to look for some takes longer than the copy.

    Afterwards they count as old, as if they had been looked at: frozen, and where nothing stays frozen, no more.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            if not Settled.is_on:
                gc.unfreeze()
            gc.enable()
