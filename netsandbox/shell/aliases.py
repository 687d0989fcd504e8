"""Aliases: the words of a line that a person types, before it is read (POSIX XCU 2.3.1); no script has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from netsandbox.shell.dialect import Dialect
from netsandbox.shell.errors import ScriptError
from netsandbox.shell.parser import SEPARATORS, tokens_of
from netsandbox.shell.reader import AN_ASSIGNMENT, IN_FRONT

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin


SUBSTITUTION = re.compile(r"(\$\(|`)([\w-]+)(?=[\s)`])")


def expanded(text: str, aliases: Mapping[str, str], dialect: Dialect, within: frozenset[str] = frozenset()) -> str:
    """A text with what its aliases stand for (within: the aliases that it comes from, which are not looked for
    again)."""
    made, done, is_first = "", 0, True
    try:
        for token, end in tokens_of(text, dialect):
            if token.kind == "newline" and "<<" in text:
                break  # what follows may be a here-document
            if token.kind != "word":
                is_first = token.kind == "newline" or token.text in SEPARATORS
            elif is_first and token.text in aliases and token.text not in within:
                value = aliases[token.text]
                made += text[done:token.start] + expanded(value, aliases, dialect, within | {token.text})
                done, is_first = end, value.endswith((" ", "\t"))
            else:
                made += text[done:token.start] + _substituted(token.text, aliases)
                done = end
                is_first = is_first and (token.text in IN_FRONT or AN_ASSIGNMENT.match(token.text) is not None)
    except ScriptError:
        return text
    return made + text[done:]


def _substituted(word: str, aliases: Mapping[str, str]) -> str:
    """A word in whose `$(…)` an alias stands first."""
    return word if "'" in word else SUBSTITUTION.sub(lambda it: it[1] + aliases.get(it[2], it[2]), word)


def alias(call: Builtin) -> int:
    """`alias [NAME[=TEXT]…]`; what is told can be typed again."""
    aliases, status = call.state.aliases, 0
    for word in call.arguments or sorted(aliases):
        name, equals, value = word.partition("=")
        if equals:
            call.state.aliases = aliases = {**aliases, name: value}
        elif name in aliases:
            quoted = aliases[name].replace("'", "'\\''")
            call.out(f"{'alias ' * (call.state.dialect.name == 'bash')}{name}='{quoted}'\n")
        elif name != "-p":
            status = call.fail(f"{name}: not found")
    return status


def unalias(call: Builtin) -> int:
    status = 0
    for name in call.arguments:
        if name == "-a":
            call.state.aliases = {}
        elif name in call.state.aliases:
            call.state.aliases = {key: text for key, text in call.state.aliases.items() if key != name}
        else:
            status = call.fail(f"{name}: not found")
    return status
