"""echo and printf."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.shell.errors import RefusedError
from netsandbox.shell.escapes import Printf, c_number, echoed

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin


def echo(call: Builtin) -> int:
    call.out(echoed(call.arguments, call.state.dialect.echo_escapes))
    return 0


def backslashed(text: str) -> str:
    """As bash's %q writes it."""
    return re.sub(r"([^\w@%+=:,./-])", r"\\\1", text) or "''"


def printf(call: Builtin) -> int:
    words, name = call.arguments, ""
    if words[:1] == ["-v"] and call.state.dialect.name == "bash" and len(words) > 1:
        name, words = words[1], words[2:]
    words = words[words[:1] == ["--"]:]
    if not words:
        raise RefusedError("printf: usage: printf [-v var] format [arguments]", 2)
    printer = Printf(words[1:], c_number, backslashed)
    printer.run(words[0])
    if name:
        call.state.set(name, printer.out)
    elif printer.out:
        call.out(printer.out)
    is_bash = call.state.dialect.name == "bash"
    for error in printer.errors:
        call.fail(error if is_bash else error.replace(": invalid number", ": expected numeric value"))
    return 1 if printer.errors else 0
