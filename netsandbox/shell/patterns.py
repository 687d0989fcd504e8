"""Patterns of the shell (POSIX XCU 2.13): `*`, `?`, `[…]`, matched in time that is bounded by both lengths."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from netsandbox.engine.budget import Use, spend

CLASSES: dict[str, Callable[[str], bool]] = {
    "alnum": str.isalnum, "alpha": str.isalpha, "blank": " \t".__contains__, "cntrl": lambda c: ord(c) < 32,
    "digit": lambda c: c in "0123456789", "graph": lambda c: c.isprintable() and c != " ", "lower": str.islower,
    "print": str.isprintable, "punct": lambda c: c.isprintable() and not c.isalnum() and c != " ",
    "space": str.isspace, "upper": str.isupper, "xdigit": lambda c: c in "0123456789abcdefABCDEF"}


class One(NamedTuple):
    """What one place of a text may be: a letter, any (empty ranges), or one of `[…]`."""

    letter: str = ""  # the only one, or empty
    ranges: tuple[tuple[str, str], ...] = ()  # (first, last)
    classes: tuple[str, ...] = ()  # names as in `[:alpha:]`
    negated: bool = False  # `[!…]`

    def holds(self, char: str) -> bool:
        if self.letter:
            return char == self.letter
        if not self.ranges and not self.classes:
            return True
        inside = any(low <= char <= high for low, high in self.ranges) or any(
            CLASSES[name](char) for name in self.classes)
        return inside != self.negated


Step = One | None  # None stands for `*`
ANY = One()
EACH = 300  # Steps of RE2 that take as long as one letter at one place of a pattern here


def escaped(text: str) -> str:
    """A text as a pattern that matches only itself."""
    return "".join("\\" + char if char in "\\*?[]!-^" else char for char in text)


def is_pattern(text: str) -> bool:
    """Whether it could match more than itself."""
    return any(step is None or not step.letter for step in steps(text))


@lru_cache(512)
def steps(pattern: str) -> tuple[Step, ...]:
    """A pattern's parts."""
    found: list[Step] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        bracket = _bracket(pattern, at) if char == "[" else None
        if bracket is not None:
            one, at = bracket
            found.append(one)
            continue
        at += 1
        if char == "*":
            if not found or found[-1] is not None:
                found.append(None)
        elif char == "?":
            found.append(ANY)
        elif char == "\\" and at < len(pattern):
            found.append(One(pattern[at]))
            at += 1
        else:
            found.append(One(char))
    return tuple(found)


def _bracket(pattern: str, start: int) -> tuple[One, int] | None:
    """`[…]` and where it ends; None if it is not closed."""
    at = start + 1
    negated = pattern[at:at + 1] in ("!", "^")
    at += negated
    ranges, classes, first = list[tuple[str, str]](), list[str](), at
    while at < len(pattern):
        char = pattern[at]
        if char == "]" and at > first:
            return One("", tuple(ranges), tuple(classes), negated), at + 1
        end = pattern.find(":]", at) if pattern.startswith("[:", at) else -1
        if end > 0 and pattern[at + 2:end] in CLASSES:
            classes.append(pattern[at + 2:end])
            at = end + 2
            continue
        if char == "\\" and at + 1 < len(pattern):
            at += 1
            char = pattern[at]
        if pattern[at + 1:at + 2] == "-" and pattern[at + 2:at + 3] not in ("]", ""):
            ranges.append((char, pattern[at + 2]))
            at += 3
        else:
            ranges.append((char, char))
            at += 1
    return None


def ends(pattern: str, text: str) -> list[int]:
    """How many of a text's first letters match, each number that there is, rising."""
    parts = steps(pattern)
    here = _past_stars(parts, {0})
    found, work = [0] if len(parts) in here else [], 0
    for at, char in enumerate(text, 1):
        work += len(here)
        here = _past_stars(parts, {place if parts[place] is None else place + 1 for place in here
                                   if place < len(parts) and _takes(parts[place], char)})
        if not here:
            break
        if len(parts) in here:
            found.append(at)
    spend(Use.PATTERN, EACH * work)
    return found


def _takes(step: Step, char: str) -> bool:
    return step is None or step.holds(char)


def _past_stars(parts: tuple[Step, ...], places: set[int]) -> set[int]:
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        if place < len(parts) and parts[place] is None and place + 1 not in places:
            places.add(place + 1)
            waiting.append(place + 1)
    return places


def matches(pattern: str, text: str) -> bool:
    """Whether all of a text matches."""
    found = ends(pattern, text)
    return bool(found) and found[-1] == len(text)


def starts(pattern: str, text: str) -> list[int]:
    """Where the endings of a text that match begin, the longest ending first."""
    turned = steps(pattern)[::-1]
    here = _past_stars(turned, {0})
    found, work = [len(text)] if len(turned) in here else [], 0
    for at in range(len(text) - 1, -1, -1):
        work += len(here)
        here = _past_stars(turned, {place if turned[place] is None else place + 1 for place in here
                                    if place < len(turned) and _takes(turned[place], text[at])})
        if not here:
            break
        if len(turned) in here:
            found.append(at)
    spend(Use.PATTERN, EACH * work)
    return found[::-1]
