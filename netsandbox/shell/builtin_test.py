"""test and [."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.inode import FileError
from netsandbox.shell.conditions import Condition, ConditionError
from netsandbox.shell.streams import terminals

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin


def test(call: Builtin) -> int:
    words = list(call.arguments)
    if call.words[0] == "[":
        if words[-1:] != ["]"]:
            return call.fail("missing `]'" if call.state.dialect.name == "bash" else "missing ]", 2)
        words.pop()
    try:
        return int(not Condition(call.state.files, words, terminals(call.streams)).holds())
    except ConditionError as error:
        text = str(error)
        if call.state.dialect.name == "dash" and "integer expression expected" in text:
            text = f"Illegal number: {text.partition(': integer')[0]}"
        return call.fail(text, 2)
    except FileError:
        return 1
