"""Command-line options in the manner of getopt(3), for the programs that Linux brings."""

from __future__ import annotations

import re

from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import UsageError


def getopt(program: str, arguments: list[str], flags: str, valued: str,
           usage: str = "", code: int = 2) -> tuple[dict[str, str], list[str]]:
    """Short options, clustered or not, in any order with the operands.

    Args:
        flags: letters of options without a value.
        valued: letters of options with one.
        usage, code: what is said behind a complaint, and the exit status.

    Returns:
        (value by letter, empty for a flag; operands).

    Raises:
        UsageError: an unknown option, or one whose value is missing.
    """
    table = OptionTable(program, code, usage, acts=" ".join([*flags, *(f"{letter}=" for letter in valued)]))
    read = table.read(arguments)
    return read.values, read.operands


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
