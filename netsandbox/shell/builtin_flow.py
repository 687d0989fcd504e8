"""Builtins that change what runs next: break, continue, return, exit, eval, `.`, command; and those that do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.files.inode import FileError
from netsandbox.shell.calls import CallFrame, SourceFrame
from netsandbox.shell.dialect import syntax_error, unreadable
from netsandbox.shell.errors import RefusedError, ScriptError
from netsandbox.shell.loops import LoopFrame
from netsandbox.shell.parser import EXTENDED, RESERVED, broken, parse_by_line
from netsandbox.shell.tree import List

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin


def true(_call: Builtin) -> int:
    return 0


def false(_call: Builtin) -> int:
    return 1


def _number(call: Builtin, default: int) -> int:
    """The first argument as a status or a count (RefusedError: it is no number)."""
    if not call.arguments:
        return default
    text = call.arguments[0]
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10) or (text[0] == "-" and
                                                                            call.state.dialect.name == "dash"):
        what = "Illegal number: " + text if call.state.dialect.name == "dash" else f"{text}: numeric argument required"
        raise RefusedError(f"{call.words[0]}: {what}", 2, True)
    return int(text)


def break_loop(call: Builtin) -> int | None:
    """`break N`, `continue N`."""
    shell, rounds = call.shell, _number(call, 1)
    loops = [at for at, frame in enumerate(shell.frames) if isinstance(frame, LoopFrame)]
    calls = [at for at, frame in enumerate(shell.frames) if isinstance(frame, CallFrame)]
    loops = [at for at in loops if not calls or at > calls[-1]]
    if rounds < 1:
        return call.fail(f"{rounds}: loop count out of range")
    if not loops:
        if call.state.dialect.name == "bash":
            call.fail("only meaningful in a `for', `while', or `until' loop")
        return 0
    target = loops[max(0, len(loops) - rounds)]
    is_break = call.words[0] == "break"
    while len(shell.frames) > target + (0 if is_break else 1):
        shell.pop()
    shell.state.status = 0
    loop = shell.frames[-1] if not is_break else None
    if isinstance(loop, LoopFrame):
        loop.again()
    return None


def return_from(call: Builtin) -> int | None:
    shell = call.shell
    status = _number(call, call.state.status) & 255
    place = next((at for at in range(len(shell.frames) - 1, -1, -1) if isinstance(shell.frames[at], CallFrame) or
                  _is_file(shell.frames[at])), None)
    if place is None:
        if call.state.dialect.name == "bash":
            return call.fail("can only `return' from a function or sourced script", 2)
        shell.leave(status)
        return None
    while len(shell.frames) > place + 1:
        shell.pop()
    shell.state.status = status
    return None


def _is_file(frame: object) -> bool:
    return isinstance(frame, SourceFrame) and frame.is_file


def exit_shell(call: Builtin) -> int | None:
    call.shell.leave(_number(call, call.state.status) & 255)
    return None


def evaluate(call: Builtin) -> int | None:
    """eval."""
    return _read(call, " ".join(call.arguments), None, False)


def source(call: Builtin) -> int | None:
    """`. FILE`."""
    if not call.arguments:
        return call.fail("filename argument required", 2)
    path = call.arguments[0]
    try:
        text = call.state.files.read(path)
    except FileError as error:
        is_bash = call.state.dialect.name == "bash"
        said = unreadable(call.state.dialect, path, error) if "/" in path else f"{path}: not found"
        raise RefusedError(f"{path}: {error}" if is_bash else f"{call.words[0]}: {said}", 1 if is_bash else 2,
                           not is_bash) from None
    return _read(call, text, call.arguments[1:] or None, True)


def _read(call: Builtin, text: str, arguments: list[str] | None, is_file: bool) -> int | None:
    shell = call.shell
    body, error = parse_by_line(text, call.state.dialect)
    if error is not None:
        body = _to_the_error(call, body, error, text, is_file)
    if not body.items:
        return 0
    tested = call.frame.tested
    shell.pop()
    shell.push(SourceFrame(body, arguments, call.streams, is_file), tested)
    return None


def _to_the_error(call: Builtin, body: List, error: ScriptError, text: str, is_file: bool) -> List:
    """What is carried out of a text that cannot be read: bash goes on behind it, the others end."""
    state = call.state
    path = call.arguments[0] if call.arguments else ""
    if state.dialect.name == "bash":
        name = f"{state.name}: eval" if not is_file else f"{state.name}: {path}" if call.shell.is_interactive else path
        said = syntax_error(state.dialect, error, name, text, "", 1 if is_file else state.line)
        return broken(body, said, 2, ends=False)
    said = syntax_error(state.dialect, error, "", None).removeprefix(f": {error.line}: ")
    where = f"{state.name}: {error.line}: " if state.dialect.name == "dash" else f"{state.name}: "
    return broken(body, f"{where}{path if is_file else call.words[0]}: {said}", 2)


def command(call: Builtin) -> int | None:
    """`command NAME …`: a builtin or program although a function has its name; `command -v NAME`."""
    words = call.arguments
    if words[:1] in (["-v"], ["-V"]):
        return type_of(call._replace(words=[words[0], *words[1:]]))
    if not words:
        return 0
    call.frame.run_without_functions(call.shell, words, call.streams)
    return None


def type_of(call: Builtin) -> int:
    """`type NAME`, `command -v NAME`."""
    is_short = call.words[0] == "-v"
    status = 0
    if call.words[0] == "type" and "-t" in call.arguments and call.state.dialect.name == "bash":
        kinds = [_type(call, name) for name in call.arguments if name != "-t"]
        call.out("".join(f"{kind}\n" for kind in kinds if kind))
        return int("" in kinds)
    for name in [word for word in call.arguments if not word.startswith("-")]:
        said = _kind(call, name, is_short)
        status = status if said else 127 if is_short and call.state.dialect.name == "dash" else 1
        if said:
            call.out(said + "\n")
        elif not is_short:
            call.fail(f"{name}: not found")
    return status


def _kind(call: Builtin, name: str, is_short: bool) -> str:
    known = call.frame.builtins
    if name in call.state.functions:
        return name if is_short else f"{name} is a function"
    if name in RESERVED or (name in EXTENDED and call.state.dialect.extended):
        return name if is_short else f"{name} is a shell keyword"
    if name in known and known[name].is_in(call.state.dialect):
        return name if is_short else f"{name} is a shell builtin"
    path = name if "/" in name else f"/usr/bin/{name}"
    if call.shell.machine.has(name.rpartition("/")[2]):
        return path if is_short else f"{name} is {path}"
    return ""


def _type(call: Builtin, name: str) -> str:
    """One word for what a name is, as `type -t` says it."""
    said = _kind(call, name, False)
    kinds = {"a function": "function", "a shell keyword": "keyword", "a shell builtin": "builtin"}
    return next((kind for words, kind in kinds.items() if said == f"{name} is {words}"), "file" if said else "")


NOTHING = "note: nothing is done with it in the sandbox"


def shopt(call: Builtin) -> int:
    call.fail(f"{NOTHING}: {' '.join(call.arguments)[:60]}")
    return 0


def umask(call: Builtin) -> int:
    if not call.arguments:
        call.out("0022\n")
        return 0
    call.fail(NOTHING)
    return 0
