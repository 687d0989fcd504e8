"""What no line can hold."""

from __future__ import annotations

from unicodedata import category

from netsandbox.commands.errors import CommandError

JOINERS = frozenset("\u200d\ufe0f\ufe0e")  # Formatting characters inside of emoji
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # Categories of characters that no line and no scenario has
LONGEST_LINE, LONGEST_COMMAND = 10_000, 100_000
"""Characters of a line, and of the lines that make one command: a here-document may be a whole file."""


def printable(text: str) -> str:
    """The text with every character that could steer a terminal, or that cannot be encoded, as a backslash escape."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def hidden_character(text: str) -> str | None:
    """The first character that could make a text read as what it is not: a control or a formatting character."""
    if text.isascii() and text.isprintable():
        return None
    return next((char for char in text if char not in JOINERS and category(char) in HIDDEN), None)


def check_characters(line: str) -> None:
    """Refuse what no line can be (CommandError: it is too long, or holds control characters)."""
    for length, most in ((len(line), LONGEST_COMMAND), (max(map(len, line.split("\n"))), LONGEST_LINE)):
        if length > most:
            raise CommandError(f"the line has {length} characters; {most} are the most")
    hidden = hidden_character(line.replace("\t", " ").replace("\n", " "))
    if hidden is not None:
        raise CommandError(f"the line holds control characters (U+{ord(hidden):04X})")


def is_line(text: str) -> bool:
    """Whether a text can be a line at all."""
    try:
        check_characters(text)
    except CommandError:
        return False
    return True
