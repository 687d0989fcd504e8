"""cd, pwd, and the stack of directories: pushd, popd and dirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.linux.core.files.inode import FileError
from netsandbox.shell.errors import RefusedError

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin

MOST_PLACES = 1000  # On the stack


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
    _go(call, target or ".", target)
    return 0


def _go(call: Builtin, path: str, called: str) -> None:
    """Work elsewhere (RefusedError: there is no such directory)."""
    state = call.state
    code = 2 if state.dialect.name == "dash" else 1
    try:
        where = state.files.canonical(path)
    except FileError as error:
        raise RefusedError(_failure(call, called, str(error)), code) from None
    if not state.files.is_directory_at(where):
        raise RefusedError(_failure(call, called, "Not a directory" if state.files.exists_at(where) else
                                    "No such file or directory"), code)
    state.values["OLDPWD"] = state.values.get("PWD", state.files.cwd)
    state.set("PWD", where)
    state.files = state.files.at(where)


def _failure(call: Builtin, target: str, why: str) -> str:
    return f"cd: can't cd to {target}" if call.state.dialect.name != "bash" else f"{call.words[0]}: {target}: {why}"


PLACE = re.compile(r"[+-]\d{1,6}")
USAGES = {"pushd": "[-n] [+N | -N | dir]", "popd": "[-n] [+N | -N]", "dirs": "[-clpv] [+N] [-N]"}


def pushd(call: Builtin) -> int:
    """`pushd DIR`; `pushd +N` turns the stack round, and `pushd` alone lets two change places."""
    places, words = _stack(call), [word for word in call.arguments if word != "--"]
    if len(words) > 1 and words[0] != "-n":
        return call.fail("too many arguments")
    if not words and len(places) < 2:
        return call.fail("no other directory")
    if words and not PLACE.fullmatch(words[0]):
        if words[0].startswith("-"):
            return _misused(call, words[0], "number")
        _go(call, words[0], words[0])
        return _stand(call, [call.state.files.cwd, *places])
    at = _index(call, words[0], len(places)) if words else 1
    turned = places[at:] + places[:at] if words else [places[1], places[0], *places[2:]]
    _go(call, turned[0], turned[0])
    return _stand(call, turned)


def popd(call: Builtin) -> int:
    places, words = _stack(call), [word for word in call.arguments if word != "--"]
    if words and not PLACE.fullmatch(words[0]):
        return _misused(call, words[0], "number" if words[0].startswith("-") else "argument")
    if len(places) < 2:
        return call.fail("directory stack empty")
    del places[_index(call, words[0], len(places)) if words else 0]
    if places[0] != call.state.files.cwd:
        _go(call, places[0], places[0])
    return _stand(call, places)


def dirs(call: Builtin) -> int:
    letters = set[str]()
    for word in call.arguments:
        if not re.fullmatch("-[clpv]+", word):
            return _misused(call, word, "number")
        letters |= set(word[1:])
    if "c" in letters:
        call.state.stack = ()
        return 0
    names = [name if "l" in letters else _short(call, name) for name in _stack(call)]
    if "v" in letters:
        call.out("".join(f"{at:2}  {name}\n" for at, name in enumerate(names)))
    else:
        call.out(("\n" if "p" in letters else " ").join(names) + "\n")
    return 0


def _stack(call: Builtin) -> list[str]:
    return [call.state.files.cwd, *call.state.stack]


def _stand(call: Builtin, places: list[str]) -> int:
    call.state.stack = tuple(places[1:MOST_PLACES])
    call.out(" ".join(_short(call, place) for place in _stack(call)) + "\n")
    return 0


def _short(call: Builtin, place: str) -> str:
    home = call.state.values.get("HOME", "")
    is_below = home not in ("", "/") and (place == home or place.startswith(home + "/"))
    return "~" + place[len(home):] if is_below else place


def _index(call: Builtin, word: str, count: int) -> int:
    """Where +N counts from the top, -N from the bottom (RefusedError: it is beyond)."""
    number = int(word[1:])
    if number >= count:
        raise RefusedError(f"{call.words[0]}: {word}: directory stack index out of range")
    return number if word[0] == "+" else count - 1 - number


def _misused(call: Builtin, word: str, what: str) -> int:
    name = call.words[0]
    if PLACE.fullmatch(word) or (word == "-n" and name != "dirs"):
        raise RefusedError(f"netsandbox: `{name} {word}` is not modelled")
    call.fail(f"{word}: invalid {what}", 2)
    call.output.append(("err", f"{name}: usage: {name} {USAGES[name]}\n"))
    return 2


def pwd(call: Builtin) -> int:
    call.out(call.state.files.cwd + "\n")
    return 0
