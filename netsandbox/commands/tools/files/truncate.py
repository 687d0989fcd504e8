"""truncate and fallocate: files made shorter or longer (coreutils' truncate.c, util-linux' fallocate.c)."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.files.byte_counts import FULL, bytes_of, padded
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.options import options_of, table
from netsandbox.linux.core.files.inode import FileError

TRUNCATE = table("truncate", acts="c|no-create s|size=", refused="o|io-blocks r|reference=")


def truncate(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(TRUNCATE, arguments)
    if "s" not in options:
        raise ToolError(1, "truncate: you must specify either ‘--size’ or ‘--reference’\n"
                        "Try 'truncate --help' for more information.")
    if not paths:
        raise ToolError(1, "truncate: missing file operand\nTry 'truncate --help' for more information.")
    sign = options["s"][:1] if options["s"][:1] in ("+", "-") else ""
    size = bytes_of(options["s"].removeprefix(sign))
    if size is None:
        raise ToolError(1, f"truncate: Invalid number: ‘{options['s']}’")
    files, errors = files_of(context), ""
    for path in paths:
        if not files.exists(path) and "c" in options:
            continue
        errors += _resized(context, path, size, sign)
    return ToolResult(1 if errors else 0, "", errors)


def _resized(context: ToolContext, path: str, size: int, sign: str) -> str:
    """Why not, or empty."""
    files = files_of(context)
    try:
        before = files.read(path) if files.exists(path) else ""
        length = max(len(before) + (size if sign == "+" else -size), 0) if sign else size
        files.write(path, padded(before[:length], length))
    except FileError as error:
        if error.name == "ENOSPC":
            return f"truncate: failed to truncate '{path}' at {length} bytes: {error}\n{FULL}"
        return f"truncate: cannot open '{path}' for writing: {error}\n"
    return ""


FALLOCATE = table(
    "fallocate", acts="l|length=",
    refused="c|collapse-range= d|dig-holes i|insert-range n|keep-size o|offset= p|punch-hole z|zero-range x|posix "
            "v|verbose")


def fallocate(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(FALLOCATE, arguments)
    size = bytes_of(options.get("l", ""))
    if size is None or len(paths) != 1:
        raise ToolError(1, "fallocate: no length argument specified" if "l" not in options else
                        "fallocate: no filename specified" if not paths else "fallocate: failed to parse length")
    files = files_of(context)
    try:
        before = files.read(paths[0]) if files.exists(paths[0]) else ""
        files.write(paths[0], padded(before, size))
    except FileError as error:
        if error.name != "ENOSPC":
            raise ToolError(1, f"fallocate: cannot open {paths[0]}: {error}") from None
        return ToolResult(1, "", f"fallocate: fallocate failed: {error}\n{FULL}")
    return ToolResult(0, "", "")
