"""python3 -m json.tool: JSON, laid out."""

from __future__ import annotations

import json

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of, inputs
from netsandbox.commands.tools.options import options_of, table

MOST_INDENT = 100
OPTIONS = table("python3 -m json.tool", 2, refused="l|json-lines",
                acts="s|sort-keys a|no-ensure-ascii c|compact n|no-indent t|tab i|indent=")


def json_tool(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(OPTIONS, arguments)
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
