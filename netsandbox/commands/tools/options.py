"""What a tool was told: its table of options, which are called by their letters, read as getopt_long(3) reads them."""

from __future__ import annotations

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.apps.program import UsageError
from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.notes import note


def table(tool: str, code: int = 1, acts: str = "", usual: str = "", idle: str = "", refused: str = "") -> OptionTable:
    """Of a tool of GNU's, whose complaints end in a hint at its help."""
    return OptionTable(tool, code, f"Try '{tool} --help' for more information.", by_letter=True,
                       acts=acts, usual=usual, idle=idle, refused=refused)


def read(options: OptionTable, arguments: list[str]) -> Read:
    """What stands on a line; what leaves no trace here is noted (ToolError: an option that there is not, one without
    its value, or one that is not modelled)."""
    tool, operands = options.program, list[str]()
    if arguments[:1] in (["--help"], ["--version"]) and arguments[0].removeprefix("--") not in options.names:
        raise ToolError(options.code, f"netsandbox: `{tool} {arguments[0]}` is not modelled")
    try:
        given = list(options.each(arguments, operands))
    except UsageError as error:
        raise ToolError(options.code, str(error)) from None
    for one in given:
        if one.option.role == "refused":
            raise ToolError(1, f"netsandbox: {tool} {one.spelled} is not modelled")
        if one.option.role == "idle":
            note(f"{tool} {one.spelled}")
    return Read(given, operands)


def options_of(options: OptionTable, arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """(the last value of each option, operands); as `read` reads them."""
    told = read(options, arguments)
    return told.values, told.operands
