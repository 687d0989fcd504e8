"""cd and pwd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.files.inode import FileError
from netsandbox.shell.errors import RefusedError

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin


def cd(call: Builtin) -> int:
    state = call.state
    words = [word for word in call.arguments if word not in ("-L", "-P", "--")]
    if len(words) > 1 and state.dialect.name == "bash":
        return call.fail("too many arguments")
    target = words[0] if words else state.values.get("HOME", "/")
    if target == "-":
        target = state.values.get("OLDPWD", "")
        if not target:
            return call.fail("OLDPWD not set")
        call.out(target + "\n")
    try:
        where = state.files.canonical(target or ".")
    except FileError as error:
        raise RefusedError(_failure(call, target, str(error)), 2 if state.dialect.name == "dash" else 1) from None
    if not state.files.is_directory_at(where):
        raise RefusedError(_failure(call, target, "Not a directory" if state.files.exists_at(where) else
                                    "No such file or directory"), 2 if state.dialect.name == "dash" else 1)
    state.values["OLDPWD"] = state.values.get("PWD", state.files.cwd)
    state.set("PWD", where)
    state.files = state.files.at(where)
    return 0


def _failure(call: Builtin, target: str, why: str) -> str:
    return f"cd: can't cd to {target}" if call.state.dialect.name != "bash" else f"cd: {target}: {why}"


def pwd(call: Builtin) -> int:
    call.out(call.state.files.cwd + "\n")
    return 0
