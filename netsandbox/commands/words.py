"""A line of text to words, as a shell splits them: quotes, backslashes, comments."""

from __future__ import annotations

import shlex
from unicodedata import category

from netsandbox.commands.errors import CommandError

JOINERS = frozenset("\u200d\ufe0f\ufe0e")
"""Formatting characters inside of emoji."""
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that no line and no scenario has."""
LONGEST_LINE = 10_000
DASHES = {"–": "en dash (U+2013)", "—": "em dash (U+2014)", "−": "minus sign (U+2212)"}
"""What word processors make of a hyphen."""


def split(line: str) -> list[str]:
    """The words of a line; an empty list for an empty line or a comment.

    Raises:
        CommandError: the line is too long, holds control characters, or a quote is not closed.
    """
    check_characters(line)
    try:
        words = [] if line.lstrip().startswith("#") else shlex.split(line)
        return words[:words.index("#")] if "#" in words else words
    except ValueError as error:
        what = "a quote is not closed" if "quotation" in str(error) else "nothing follows the last backslash"
        raise CommandError(f"{what} in: {line[:60]}") from None


def hidden_character(text: str) -> str | None:
    """The first character that could make a text read as what it is not: a control or a formatting character."""
    if text.isascii() and text.isprintable():
        return None
    return next((char for char in text if char not in JOINERS and category(char) in HIDDEN), None)


def check_characters(line: str) -> None:
    """Refuse what no line can be.

    Raises:
        CommandError: it is too long, or holds control characters.
    """
    if len(line) > LONGEST_LINE:
        raise CommandError(f"the line has {len(line)} characters; {LONGEST_LINE} are the most")
    hidden = hidden_character(line.replace("\t", " "))
    if hidden is not None:
        raise CommandError(f"the line holds control characters (U+{ord(hidden):04X})")


def is_line(text: str) -> bool:
    """Whether a text can be a line at all."""
    try:
        check_characters(text)
    except CommandError:
        return False
    return True


def split_background(line: str) -> tuple[str, bool]:
    """(the line without it, whether a `&` of its own stands behind it): begin, and do not wait for the end."""
    text = line.rstrip()
    if text.endswith("&") and text[:-1].endswith((" ", "\t")):
        return text[:-1].rstrip(), True
    return line, False


def quote(words: list[str]) -> str:
    return shlex.join(words)
