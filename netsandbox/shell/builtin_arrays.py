"""mapfile and readarray: the lines of the input as an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.shell.array import Array
from netsandbox.shell.builtin_read import NO_INPUT
from netsandbox.shell.dollar import NAME
from netsandbox.shell.errors import RefusedError

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin


def mapfile(call: Builtin) -> int | None:
    """`mapfile [-t] [NAME]`."""
    words = list(call.arguments)
    strips = False
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word == "--":
            break
        if word != "-t":
            raise RefusedError(f"netsandbox: `{call.words[0]} {word[:20]}` is not modelled")
        strips = True
    name = words[0] if words else "MAPFILE"
    if NAME.fullmatch(name) is None:
        return call.fail(f"`{name}': not a valid identifier")
    pipe = call.stdin
    if pipe.is_terminal:
        raise RefusedError(NO_INPUT.replace("`read`", f"`{call.words[0]}`"))
    if not pipe.is_closed:
        call.shell.wait_for_input(pipe)
        return None
    lines = pipe.read().splitlines(keepends=True)
    call.state.set_array(name, Array({at: line.removesuffix("\n") if strips else line
                                      for at, line in enumerate(lines)}))
    return 0
