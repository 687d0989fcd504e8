"""Dashed options as getopt(3) reads them, for the tools that have them."""

from __future__ import annotations

from netsandbox.apps.option_table import Option, OptionTable, Read
from netsandbox.apps.program import UsageError
from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.idle import judge
from netsandbox.commands.tools.real_options import complete


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
    read = getopt_long(tool, arguments, short, long, TEXTS[tool], code)
    judge(tool, read.given)
    return Options(read.values, read.operands)


def getopt_long(tool: str, arguments: list[str], short: str, long: dict[str, str], hint: str, code: int) -> Read:
    """As read_options, with what is said behind a complaint."""
    table = OptionTable(tool, code, hint)
    for letter, after in zip(short, [*short[1:], ""], strict=True):
        if letter != ":":
            table.letters[letter] = Option(letter, "=" if after == ":" else "", "acts")
    table.names |= {name: table.letters.get(letter) or Option(letter, "", "acts") for name, letter in long.items()}
    try:
        return complete(table).read(arguments)
    except UsageError as error:
        raise ToolError(code, str(error)) from None
