"""The shells that there are: bash, dash (Debian's sh) and BusyBox' ash; what each reads, and how each complains."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.core.files.inode import FileError
from netsandbox.shell.errors import ScriptError


class Dialect(NamedTuple):
    """One shell."""

    name: str  # bash, dash or ash
    braces: bool = False  # `{a,b}`
    extended: bool = False  # `[[ ]]`, `$'…'`, `&>`, `${x/a/b}`, `${x:1:2}`, `function`
    arithmetic: bool = False  # `(( ))`, `for ((…))`, `<<<`, `|&`, `++`, `**`
    echo_escapes: bool = False  # whether `echo` reads backslashes without being told


BASH = Dialect("bash", braces=True, extended=True, arithmetic=True)
DASH = Dialect("dash", echo_escapes=True)
ASH = Dialect("ash", extended=True)
MAY_NOT = "can't"


BUILTIN_NAMES = frozenset((
    ":", "true", "false", "break", "continue", "return", "exit", "eval", ".", "source", "command", "builtin", "trap",
    "type", "hash", "shopt", "alias", "unalias", "umask", "ulimit", "wait", "jobs", "kill", "fg", "bg", "disown", "cd",
    "pwd", "pushd", "popd", "dirs", "echo", "printf", "read", "mapfile", "readarray", "test", "[", "export",
    "readonly", "unset", "set", "shift", "local", "declare", "typeset", "let", "getopts", "exec"))
"""Commands that a shell carries out itself (shell.builtins)."""


def unreadable(dialect: Dialect, path: str, error: FileError) -> str:
    """What dash and ash say of a script that they cannot open."""
    is_dash, is_absent = dialect.name == "dash", error.name in ("ENOENT", "ENOTDIR")
    if is_dash:
        return f"cannot open {path}: {'No such file' if is_absent else error}"
    return f"can't open '{path}': {error}"


def not_opened(dialect: Dialect, operator: str, target: str, error: FileError) -> tuple[str, int]:
    """What a shell says of a file that a redirection cannot open, and the exit status (dash's redir.c, error.c)."""
    if dialect.name == "bash":
        return f"{target}: {'cannot overwrite existing file' if error.name == 'EEXIST' else error}", 1
    is_dash, is_read = dialect.name == "dash", operator == "<"
    missing = ("No such file" if is_read else "Directory nonexistent") if is_dash else (
        "no such file" if is_read else "nonexistent directory")
    why = missing if error.name in ("ENOENT", "ENOTDIR") else str(error)
    return f"{'cannot' if is_dash else MAY_NOT} {'open' if is_read else 'create'} {target}: {why}", 2 if is_dash else 1


def syntax_error(dialect: Dialect, error: ScriptError, name: str, script: str | None, origin: str = "-c: ",
                 first: int = 1) -> str:
    """The lines that a shell prints of an error, without the last newline.

    Args:
        name: of the shell, as it was called.
        script: its text; None at a prompt, where bash tells no line.
        origin: where bash says that the text comes from.
        first: the number of the text's first line.
    """
    if error.text:
        return f"{name}: {error.text}"
    if dialect.name == "bash":
        return _of_bash(error, name, script, origin, first - 1)
    token = '"' + error.token + '"' if error.token not in ("newline", "word") else error.token
    behind = f' (expecting "{error.expecting}")' if error.expecting else ""
    if dialect.name == "ash":
        what = f"unexpected {token}" if error.token else "unterminated quoted string" if error.is_quote else \
            f"unexpected end of file{behind}"
        return f"{name}: {'' if script is None else f'line {error.line}: '}syntax error: {what}" + \
            (behind if error.token else "")
    if not error.token:
        said = _QUOTES.get(error.opened, "EOF in backquote substitution") if error.is_quote else \
            f"end of file unexpected{behind}"
        return f"{name}: {error.line}: Syntax error: {said}"
    return f"{name}: {error.line}: Syntax error: {token} unexpected{behind}"


_QUOTES = {"'": "Unterminated quoted string", '"': "Unterminated quoted string", "}": "Missing '}'",
           ")": 'end of file unexpected (expecting ")")', "))": "Missing '))'"}


def _of_bash(error: ScriptError, name: str, script: str | None, origin: str, before: int) -> str:
    where = "" if script is None else f"{origin}line {error.line + before}: "
    if not error.token:
        if error.is_quote:
            line = error.opened_line if error.opened in ("'", '"', "`") else error.line + 1
            where = where if script is None else f"{origin}line {line + before}: "
            return f"{name}: {where}unexpected EOF while looking for matching `{error.opened}'"
        where = "" if script is None else f"{origin}line {len(script.splitlines()) + 1 + before}: "
        return f"{name}: {where}syntax error: unexpected end of file"
    said = f"{name}: {where}syntax error near unexpected token `{error.token}'"
    lines = [] if script is None else script.split("\n")
    return said + (f"\n{name}: {where}`{lines[error.line - 1]}'" if 0 < error.line <= len(lines) else "")
