"""A set of which thousands stand in a lab, nearly all of them with one or two things in it."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")

Few = tuple[T, ...] | set[T]
"""A tuple while it holds few, which is asked as fast and takes a quarter of a set's room, and then a set."""
MOST = 4


def with_one(things: Few[T], one: T) -> Few[T]:
    """The same with one more."""
    if isinstance(things, set):
        things.add(one)
        return things
    if one in things:
        return things
    return (one, *things) if len(things) < MOST else {one, *things}


def without(things: Few[T], one: T) -> Few[T]:
    """The same without one, whether it was there or not."""
    if isinstance(things, set):
        things.discard(one)
        return things
    return tuple(thing for thing in things if thing != one)
