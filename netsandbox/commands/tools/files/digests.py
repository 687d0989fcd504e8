"""md5sum and its kin, and base64: what becomes of bytes (coreutils)."""

from __future__ import annotations

import base64 as codec
import binascii
import hashlib
from functools import partial

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import inputs, whole_number
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import options_of, table
from netsandbox.engine.octets import to_bytes, to_text

WIDTH = 76
NOT_OF_SUMS = "c|check t|text z|zero w|warn tag ignore-missing quiet status strict"
BASE64 = table("base64", acts="d|decode w|wrap=", refused="i|ignore-garbage")


@looks()
def _sums(context: ToolContext, arguments: list[str], kind: str) -> ToolResult:
    name = f"{kind}sum"
    options, paths = options_of(table(name, acts="b|binary", refused=NOT_OF_SUMS), arguments)
    found, errors = inputs(context, name, paths)
    mark = "*" if "b" in options else " "
    lines = [f"{hashlib.new(kind, to_bytes(one.text), usedforsecurity=False).hexdigest()} {mark}{one.name or '-'}\n"
             for one in found]
    return ToolResult(1 if errors else 0, "".join(lines), errors)


md5sum, sha1sum, sha256sum, sha512sum = (partial(_sums, kind=kind) for kind in ("md5", "sha1", "sha256", "sha512"))


def base64(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(BASE64, arguments)
    width = whole_number("base64", options.get("w", str(WIDTH)), "invalid wrap size")
    found, errors = inputs(context, "base64", paths)
    if errors:
        return ToolResult(1, "", errors)
    if "d" in options:
        try:
            text = "".join(word for one in found for word in one.text.split())
            return ToolResult(0, to_text(codec.b64decode(text, validate=True)), "")
        except binascii.Error:
            raise ToolError(1, "base64: invalid input") from None
    whole = codec.b64encode(b"".join(to_bytes(one.text) for one in found)).decode()
    rows = [whole[at:at + width] for at in range(0, len(whole), width)] if width else [whole]
    return ToolResult(0, "".join(row + "\n" for row in rows) if width else whole, "")
