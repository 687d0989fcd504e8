"""Dashed options as getopt(3) reads them, for the tools that have them."""

from __future__ import annotations

from dataclasses import dataclass
from getopt import GetoptError, gnu_getopt

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.idle import judge


@dataclass(frozen=True)
class Options:
    """What was given: values by option (the last counts), and the words that are no options."""

    values: dict[str, str]
    words: list[str]

    def __contains__(self, name: object) -> bool:
        return name in self.values


def read_options(tool: str, arguments: list[str], short: str, long: dict[str, str], code: int) -> Options:
    """Read `arguments`.

    Args:
        short: letters, each with a colon behind it if it takes a value.
        long: the letter that each long option stands for.

    Raises:
        ToolError: an unknown option or a missing value, in getopt's words and the tool's usage, with status `code`.
    """
    takes_value = {letter for letter, after in zip(short, [*short[1:], ""], strict=True) if after == ":"}
    names = [name + "=" if letter in takes_value else name for name, letter in long.items()]
    try:
        found, words = gnu_getopt(arguments, short, names)
    except GetoptError as error:
        raise ToolError(code, f"{_complaint(tool, error)}\n{TEXTS[tool]}") from None
    letters = {name: long[name[2:]] if name.startswith("--") else name[1:] for name, _value in found}
    judge(tool, letters.values())
    return Options({letters[name]: value for name, value in found}, words)


def _complaint(tool: str, error: GetoptError) -> str:
    if len(error.opt) != 1:
        return f"{tool}: unrecognized option '--{error.opt}'"
    what = "option requires an argument" if "requires" in error.msg else "invalid option"
    return f"{tool}: {what} -- '{error.opt}'"
