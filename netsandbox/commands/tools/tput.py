"""tput: what a script writes to have colours, for a terminal of 256 of them."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.options import options_of, table
from netsandbox.commands.tools.small import clear

TPUT = table("tput", 2, acts="T=", refused="S V v x")
TEXTS = {"sgr0": "(B\033[m", "bold": "[1m", "dim": "[2m", "sitm": "[3m", "ritm": "[23m", "smul": "[4m", "rmul": "[24m",
         "blink": "[5m", "rev": "[7m", "smso": "[7m", "rmso": "[27m", "op": "[39;49m"}
"""Behind an escape character."""
NUMBERS = {"cols": 80, "lines": 24, "colors": 256}
COLOURS = {"setaf": (3, 9, 38), "setab": (4, 10, 48)}
"""Of what: the first digits of the eight, of their bright ones, and what stands before another's number."""
MOVES = frozenset({"clear", "cup", "home", "ed", "el", "civis", "cnorm", "sc", "rc", "smcup", "rmcup", "init", "reset"})


def tput(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, words = options_of(TPUT, arguments)
    if "T" in options and not options["T"].startswith(("xterm", "screen", "linux")):
        raise ToolError(3, f'tput: unknown terminal "{options["T"][:40]}"')
    if not words:
        raise ToolError(2, "netsandbox: `tput` is not modelled (`tput setaf 1` is)")
    out = ""
    while words:
        name = words.pop(0)
        if name in MOVES:
            return clear(context, [])
        if name in COLOURS:
            out += "\033[" + _colour(name, words.pop(0) if words else "0")
        elif name in NUMBERS:
            out += f"{NUMBERS[name]}\n"
        elif name in TEXTS:
            out += "\033" + TEXTS[name]
        else:
            raise ToolError(4, f"netsandbox: `tput {name[:40]}` is not modelled")
    return ToolResult(0, out, "")


def _colour(name: str, word: str) -> str:
    usual, bright, other = COLOURS[name]
    number = int(word) if word.isascii() and word.isdecimal() and len(word) < 4 else 0
    return f"{usual}{number}m" if number < 8 else f"{bright}{number - 8}m" if number < 16 else f"{other};5;{number}m"
