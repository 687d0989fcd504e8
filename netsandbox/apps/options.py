"""Command-line options in the manner of getopt(3), for the programs that Linux brings."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from netsandbox.apps.program import UsageError


def getopt(program: str, arguments: list[str], flags: str, valued: str,
           repeated: str = "", usage: str = "", code: int = 2) -> tuple[dict[str, str], list[str]]:
    """Short options, clustered or not, in any order with the operands.

    Args:
        flags: letters of options without a value.
        valued: letters of options with one.
        repeated: letters of options whose values are kept together, one a line; of others the last one counts.
        usage, code: what is said behind a complaint, and the exit status.

    Returns:
        (value by letter, empty for a flag; operands).

    Raises:
        UsageError: an unknown option, or one whose value is missing.
    """
    given, operands = read_options(program, arguments, flags, valued, None, usage, code)
    options: dict[str, str] = {}
    for letter, value in given:
        is_more = letter in repeated and letter in options
        options[letter] = f"{options[letter]}\n{value}" if is_more else value
    return options, operands


def read_options(program: str, arguments: list[str], flags: Container[str], valued: Container[str],
                 long: Mapping[str, str] | None, usage: str, code: int) -> tuple[list[tuple[str, str]], list[str]]:
    """All options in their order, each with its value, and the operands (getopt_long(3)).

    Args:
        long: what each long option is called among the flags and the valued ones; None for a program without any.
    """
    given: list[tuple[str, str]] = []
    operands: list[str] = []
    rest = list(arguments)

    def refused(why: str) -> UsageError:
        return UsageError(f"{program}: {why}" + (usage and f"\n{usage}"), code)

    def value_of(attached: str, is_attached: bool, spelled: str) -> str:
        if is_attached:
            return attached
        if not rest:
            raise refused(spelled)
        return rest.pop(0)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return given, operands + rest
        if word.startswith("--") and long is not None:
            name, equals, value = word[2:].partition("=")
            if name not in long:
                raise refused(f"unrecognized option '{word[:60]}'")
            option = long[name]
            given.append((option, value_of(value, bool(equals), f"option '--{name}' requires an argument")
                          if option in valued else ""))
            continue
        letters = word[1:] if word.startswith("-") else ""
        if not letters:
            operands.append(word)
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter not in flags and letter not in valued:
                raise refused(f"invalid option -- '{letter}'")
            value = ""
            if letter in valued:
                value, letters = value_of(letters, bool(letters), f"option requires an argument -- '{letter}'"), ""
            given.append((letter, value))
    return given, operands


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
