"""Dashed options as getopt(3) reads them, for the tools that have them."""

from __future__ import annotations

from getopt import GetoptError, gnu_getopt
from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.idle import judge

if TYPE_CHECKING:
    from collections.abc import Iterable


class Options:
    """What was given: values by option (the last counts), and the words that are no options."""

    def __init__(self, values: dict[str, str], words: list[str]) -> None:
        self.values = values
        self.words = words

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
        raise ToolError(code, f"{complaint(tool, error, long)}\n{TEXTS[tool]}") from None
    letters = {name: long[name[2:]] if name.startswith("--") else name[1:] for name, _value in found}
    judge(tool, letters.values())
    return Options({letters[name]: value for name, value in found}, words)


def complaint(tool: str, error: GetoptError, long: Iterable[str]) -> str:
    """What getopt_long says of an option; `long` are the names that it could have been."""
    name = error.opt
    if "unique" in error.msg:
        could_be = " ".join(f"'--{other}'" for other in long if other.startswith(name))
        return f"{tool}: option '--{name}' is ambiguous; possibilities: {could_be}"
    if "must not" in error.msg:
        return f"{tool}: option '--{name}' doesn't allow an argument"
    if "requires" in error.msg:
        return f"{tool}: option " + (f"requires an argument -- '{name}'" if len(name) == 1 else
                                     f"'--{name}' requires an argument")
    return f"{tool}: " + (f"invalid option -- '{name}'" if len(name) == 1 else f"unrecognized option '--{name}'")
