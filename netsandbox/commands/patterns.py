"""Regular expressions that a scenario brings: searched line by line, those that could take for ever refused."""

from __future__ import annotations

import re
import warnings

LONGEST = 300
MOST_REPEATS = 8
"""Unbounded repeats in one pattern: each more multiplies the time that a hostile line takes."""
LINE = 2000
"""Characters of a line that are searched."""


class PatternError(ValueError):
    """A pattern that is not used, and why."""


def compile_pattern(text: str, ignore_case: bool = False) -> re.Pattern[str]:
    """Check and compile.

    Raises:
        PatternError: not a regular expression, or one whose search could take exponential time.
    """
    if len(text) > LONGEST:
        raise PatternError(f"the pattern has {len(text)} characters; {LONGEST} are the most")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            compiled = re.compile(text, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"not a regular expression: {error}") from None
    _check_repeats(text)
    return compiled


def _check_repeats(text: str) -> None:
    """Refuse a repeat of a group that itself repeats or chooses, such as (a+)+: its search may never end."""
    bare = re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]", "x", re.sub(r"\\.", "x", text))
    stack, repeats = [False], 0
    for at, char in enumerate(bare):
        if char == "(":
            stack.append(False)
        elif char == ")" and len(stack) > 1:
            inner = stack.pop()
            if inner and _repeats_at(bare, at + 1):
                raise PatternError("a repeat of a group that itself repeats or chooses can take for ever")
            stack[-1] |= inner
        elif char == "|" or _repeats_at(bare, at):
            stack[-1] = True
            repeats += char != "|"
    if repeats > MOST_REPEATS:
        raise PatternError(f"more than {MOST_REPEATS} unbounded repeats (* or +)")


def _repeats_at(text: str, at: int) -> bool:
    """Whether an unbounded quantifier stands there."""
    return text[at:at + 1] in ("*", "+") or re.match(r"\{[0-9]*,\}", text[at:at + 12]) is not None


def search(pattern: re.Pattern[str], text: str) -> str | None:
    """The first line in which it occurs."""
    return next((line for line in text.splitlines() if pattern.search(line[:LINE])), None)
