"""python3 -m json.tool: JSON, laid out."""

from __future__ import annotations

import json

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of, inputs, options_of

SWITCHES = {"sort-keys": "s", "no-ensure-ascii": "a", "compact": "c", "no-indent": "n", "tab": "t", "json-lines": "l",
            "indent": "i"}
MOST_INDENT = 100


def json_tool(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of("python3 -m json.tool", arguments, "sacntl", "i", SWITCHES, 2)
    if "l" in options:
        raise ToolError(1, "netsandbox: json.tool --json-lines is not modelled")
    given = options.get("i", "4")
    if not given.isdecimal() or int(given) > MOST_INDENT:
        raise ToolError(2, f"json.tool: error: argument --indent: invalid int value: '{given[:20]}'")
    found, errors = inputs(context, "python3", paths[:1])
    if errors:
        return ToolResult(1, "", f"[Errno 2] No such file or directory: '{paths[0]}'\n")
    try:
        value = json.loads(found[0].text)
    except (ValueError, RecursionError) as error:
        return ToolResult(1, "", f"{error}\n")
    indent = None if options.keys() & {"c", "n"} else "\t" if "t" in options else int(given)
    text = json.dumps(value, indent=indent, sort_keys="s" in options, ensure_ascii="a" not in options,
                      separators=(",", ":") if "c" in options else None) + "\n"
    if paths[1:]:
        files_of(context).write(paths[1], text)
        text = ""
    return ToolResult(0, text, "")
