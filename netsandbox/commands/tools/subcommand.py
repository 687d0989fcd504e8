"""What an object of `ip` or `bridge` is told to do: the word behind its name."""

from __future__ import annotations

from collections.abc import Sequence

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.words import USAGE, Words, choose

SHOWS = frozenset({"show", "list", "lst"})  # They are one and the same, and what is done where nothing is said


def subcommand(of: str, arguments: list[str], choices: Sequence[str],
               not_modelled: Sequence[str] = ()) -> tuple[str, Words]:
    """One of `choices` in full, `show` for each of SHOWS; and what is behind it.

    Args:
        of: what it is said to: `ip route`.

    Raises:
        ToolError: there is none such, it is not modelled, or help is asked for.
    """
    if not arguments:
        return "show", Words([])
    command = choose(arguments[0], choices)
    if command is None:
        raise ToolError(USAGE, f'Command "{arguments[0]}" is unknown, try "{of} help".')
    if command == "help":
        raise usage(of)
    if command in not_modelled:
        raise ToolError(1, f"netsandbox: `{of} {command}` is not modelled")
    return "show" if command in SHOWS else command, Words(arguments[1:])
