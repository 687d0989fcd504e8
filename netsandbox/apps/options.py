"""Command-line options in the manner of getopt(3), for the programs that Linux brings."""

from __future__ import annotations

import re

from netsandbox.apps.program import UsageError


def getopt(program: str, arguments: list[str], flags: str, valued: str,
           repeated: str = "") -> tuple[dict[str, str], list[str]]:
    """Short options, clustered or not, in any order with the operands.

    Args:
        flags: letters of options without a value.
        valued: letters of options with one.
        repeated: letters of options whose values are kept together, one a line; of others the last one counts.

    Returns:
        (value by letter, empty for a flag; operands).

    Raises:
        UsageError: an unknown option, or one whose value is missing.
    """
    options: dict[str, str] = {}
    operands: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            operands += rest
            break
        if not word.startswith("-") or word == "-":
            operands.append(word)
            continue
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter not in flags and letter not in valued:
                raise UsageError(f"{program}: invalid option -- '{letter}'")
            value = ""
            if letter in valued:
                if not letters and not rest:
                    raise UsageError(f"{program}: option requires an argument -- '{letter}'")
                value, letters = letters or rest.pop(0), ""
            is_more = letter in repeated and letter in options
            options[letter] = f"{options[letter]}\n{value}" if is_more else value
    return options, operands


def integer(program: str, text: str, low: int, high: int, what: str = "invalid argument") -> int:
    """A decimal number within bounds (strtol_or_err of iputils).

    Raises:
        UsageError: as iputils words it.
    """
    if not re.fullmatch(r"\s*[+-]?\d+", text, re.ASCII):
        raise UsageError(f"{program}: {what}: '{text}'", 1)
    value = int(text)
    if not -(1 << 63) <= value < 1 << 63:
        raise UsageError(f"{program}: {what}: '{text}': Numerical result out of range", 1)
    if not low <= value <= high:
        raise UsageError(f"{program}: {what}: '{text}': out of range: {low} <= value <= {high}", 1)
    return value
