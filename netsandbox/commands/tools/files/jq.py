"""jq, by the package of that name where it is installed."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from math import prod
from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import inputs
from netsandbox.commands.tools.looks import passes_on
from netsandbox.commands.tools.options import options_of, table

MISSING = "netsandbox: jq needs the Python package jq: pip install 'netsandbox[jq]'"
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
INTERPOLATED = re.compile(r"\\\(([^()]*)\)")
WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?!\w*\s*:)")
KEYS = re.compile(r"([{,]\s*)[A-Za-z_]\w*(?=\s*[,}])")  # `{ifname, mtu}`
SAFE = re.compile(r"@(?:base64d?|csv|html|json|sh|text|tsv|uri)\b|\$[a-z]\w*")
"""Formats, and variables; $ENV is this machine's own environment."""
VARIABLE = re.compile(r"\$([A-Za-z]\w*)")
NAME = re.compile(r"[A-Za-z]\w*")
ARG_USAGE = (
    "jq: --arg takes two parameters (e.g. --arg varname value)\n"
    "Use jq --help for help with command-line options,\n"
    "or see the jq manpage, or online docs  at https://jqlang.github.io/jq"
)
KNOWN = frozenset(
    ["add", "all", "and", "any", "as", "ascii_downcase", "ascii_upcase", "contains", "elif", "else", "empty", "end",
     "endswith", "first", "flatten", "from_entries", "group_by", "has", "if", "index", "join", "keys", "last", "length",
     "map", "max", "max_by", "min", "min_by", "not", "null", "or", "select", "sort", "sort_by", "split", "startswith",
     "then", "to_entries", "tonumber", "tostring", "true", "false", "type", "unique", "unique_by", "values",
     "with_entries", "tojson", "fromjson", "reverse", "map_values", "del", "error", "keys_unsorted", "ltrimstr",
     "rtrimstr"]
)
"""Words that a program may hold; those behind a dot are keys."""
GROWS = re.compile(r"[,+]|tojson|@(?:json|sh|html|uri|base64)\b")
MOST_GROWTH = 256  # How often the input may stand in the result, at most, as far as commas and sums tell
LONGEST = 2000  # Characters of a program
JQ = table(
    "jq", 2, acts="r|raw-output c|compact-output s|slurp n|null-input S|sort-keys e|exit-status j|join-output",
    usual="M|monochrome-output", idle="C|color-output",
    refused="R|raw-input a|ascii-output f|from-file= L= raw-output0 tab indent= "
            "unbuffered stream stream-errors seq argjson= slurpfile= rawfile= args jsonargs build-configuration")


@passes_on()
def jq(context: ToolContext, arguments: list[str]) -> ToolResult:
    variables, arguments = _variables(arguments)
    options, words = options_of(JQ, arguments)
    program = words.pop(0) if words else "."
    if find_spec("jq") is None:
        raise ToolError(127, MISSING)
    _check(program, variables)
    found, errors = ([], "") if "n" in options else inputs(context, "jq", words)
    try:
        values = _run(program, "".join(one.text for one in found), options, variables)
    except ValueError as error:
        return ToolResult(5, "", f"jq: error: {str(error).splitlines()[0]}\n")
    code = 1 if "e" in options and (not values or values[-1] in (None, False)) else 0
    end = "" if "j" in options else "\n"
    return ToolResult(2 if errors else code, "".join(_shown(value, options) + end for value in values), errors)


def _variables(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """What `--arg NAME VALUE` sets, and the other words."""
    variables: dict[str, str] = {}
    left = list(arguments)
    while "--arg" in left:
        at = left.index("--arg")
        if len(left) < at + 3:
            raise ToolError(2, ARG_USAGE)
        variables.setdefault(left[at + 1], left[at + 2])
        del left[at : at + 3]
    if wrong := next((name for name in variables if not NAME.fullmatch(name) or name == "ENV"), None):
        raise ToolError(2, f"netsandbox: jq --arg {wrong[:40]} is not modelled")
    return variables, left


def _check(program: str, variables: dict[str, str]) -> None:
    """Refuse what could take for ever or all memory: jq itself has no bounds (ToolError: it names the word)."""
    if len(program) > LONGEST:
        raise ToolError(2, f"netsandbox: a jq program has {LONGEST} characters at most here")
    inside = " ".join(piece for text in STRING.findall(program) for piece in INTERPOLATED.findall(text))
    code = KEYS.sub(r"\1", STRING.sub(" ", program)) + " " + inside
    if prod(1 + len(GROWS.findall(stage)) for stage in code.split("|")) > MOST_GROWTH:
        raise ToolError(2, "netsandbox: a jq program that makes so much of its input is not modelled")
    code = VARIABLE.sub(lambda found: " " if found[1] in variables else found[0], SAFE.sub(" ", code))
    wrong = (
        next((found[0] for found in WORD.finditer(code) if found[0] not in KNOWN), None)
        or next((mark for mark in ("*", "..", "$", "@", "|=", "+=", "//=") if mark in code), None)
        or ("=" if re.search(r"(?<![=!<>])=(?!=)", code) else None)
    )
    if wrong is not None:
        raise ToolError(2, f"netsandbox: `{wrong[:40]}` in a jq program is not modelled")


def _run(program: str, text: str, options: dict[str, str], variables: dict[str, str]) -> list[Any]:
    import jq as engine

    compiled = engine.compile(program, args=variables)
    if "n" in options:
        return list(compiled.input_value(None))
    if "s" in options:
        return list(compiled.input_text(text, slurp=True))
    return list(compiled.input_text(text))


def _shown(value: Any, options: dict[str, str]) -> str:
    if options.keys() & {"r", "j"} and isinstance(value, str):
        return value
    separators = (",", ":") if "c" in options else (",", ": ")
    return json.dumps(value, ensure_ascii=False, indent=None if "c" in options else 2, separators=separators,
                      sort_keys="S" in options)
