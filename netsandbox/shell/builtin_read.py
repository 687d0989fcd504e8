"""read: a line of input into variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.shell.array import Array
from netsandbox.shell.errors import RefusedError

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin

Letter = tuple[str, bool]  # A character, and whether it was escaped
MOST_DIGITS = 6
NO_INPUT = "netsandbox: nobody types here: `read` gets its input from a pipe, a file or a here-document"
ENTER = "note: nobody types here: `read` takes Enter as the answer; a pipe, a file or a here-document gives another\n"
MOST_ENTERS = 50  # Of one script: a menu would ask for ever


class Asked(NamedTuple):
    """The options."""

    raw: bool
    array: str  # of -a
    names: list[str]
    most: int | None  # letters at most (-n)
    prompt: str
    pauses: bool  # it asks a person for something, or for no more than to go on


def read(call: Builtin) -> int | None:
    """`read [-r] [-p PROMPT] [-n LETTERS] [-a ARRAY] [NAME …]`."""
    asked = _options(call)
    raw, array, names, most = asked[:4]
    pipe = call.stdin
    if pipe.is_terminal:
        return _enter(call, asked)
    if not pipe.is_closed and "\n" not in pipe.text and (most is None or len(pipe.text) < most):
        call.shell.wait_for_input(pipe)
        return None
    line, is_whole = _line(call, raw) if most is None else _letters_of(call, most)
    if line is None:
        line = ""
    if array:
        values = _split(line, call.state.separators, len(line) + 1, raw)
        last = max((at for at, value in enumerate(values, 1) if value), default=0)
        call.state.set_array(array, Array(dict(enumerate(values[:last]))))
        return 0 if is_whole else 1
    values = _split(line, call.state.separators, len(names), raw)
    for name, value in zip(names, values, strict=True):
        call.state.set(name, value)
    return 0 if is_whole else 1


def _enter(call: Builtin, asked: Asked) -> int:
    """At a terminal Enter is pressed where a script waits for that, and else nobody types.

    Raises:
        RefusedError: more is wanted.
    """
    if not asked.pauses or call.shell.enters == MOST_ENTERS:
        raise RefusedError(NO_INPUT, ends=asked.pauses)
    call.output.append(("err", asked.prompt + "\n" + (ENTER if not call.shell.enters else "")))
    call.shell.enters += 1
    for name in asked.names:
        call.state.set(name, "")
    return 0


def _options(call: Builtin) -> Asked:
    raw, array, words, most, prompt = False, "", list(call.arguments), None, ""
    pauses = timed = False
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        for at, letter in enumerate(word[1:], 1):
            if letter == "r":
                raw = True
            elif letter == "a" and call.state.dialect.name == "bash":
                array = word[at + 1:] or (words.pop(0) if words else "")
                break
            elif (letter in "ptnNdu" and call.state.dialect.name != "dash") or letter == "p":
                value = word[at + 1:] or (words.pop(0) if words else "")
                if letter == "n" and value.isdecimal() and len(value) < MOST_DIGITS:
                    most = int(value)
                elif letter == "p":
                    prompt, pauses = value, True
                elif letter == "t":
                    timed = True
                else:
                    raise RefusedError(f"netsandbox: `read -{letter} {value[:20]}` is not modelled")
                break
            elif letter not in "se":
                raise RefusedError(f"read: -{letter}: invalid option", 2)
    return Asked(raw, array, words or ["REPLY"], most, prompt, not timed and (pauses or most is not None or not words))


def _letters_of(call: Builtin, most: int) -> tuple[str, bool]:
    """So many letters, or fewer where the line ends; what follows stays (read -n)."""
    text = call.stdin.read()
    line, newline, _rest = text[:most].partition("\n")
    call.stdin.write(text[len(line) + len(newline):])
    return line, bool(newline) or len(line) == most


def _line(call: Builtin, raw: bool) -> tuple[str | None, bool]:
    """(what was read, whether it ended with a newline); without -r a backslash joins lines."""
    found = ""
    while True:
        line = call.stdin.read_line()
        if line is None:
            return found or None, False
        is_whole = line.endswith("\n")
        text = line.removesuffix("\n")
        trailing = len(text) - len(text.rstrip("\\"))
        if raw or not is_whole or trailing % 2 == 0:
            return found + text, is_whole
        found += text[:-1]


def _letters(line: str, raw: bool) -> list[Letter]:
    letters, rest = [], iter(line)
    for char in rest:
        if char != "\\" or raw:
            letters.append((char, False))
        elif escaped := next(rest, ""):
            letters.append((escaped, True))
    return letters


def _split(line: str, separators: str, count: int, raw: bool) -> list[str]:
    """The fields, the last one with all that is left."""
    letters = _letters(line, raw)
    blank = {char for char in separators if char in " \t\n"}
    marks = set(separators) - blank
    found: list[str] = []
    at = _past(letters, 0, blank)
    while len(found) < count - 1 and at < len(letters):
        start = at
        while at < len(letters) and not _is_one_of(letters[at], blank | marks):
            at += 1
        found.append(_text(letters[start:at]))
        at = _past(letters, at, blank)
        if at < len(letters) and _is_one_of(letters[at], marks):
            at = _past(letters, at + 1, blank)
    found.append(_text(_last(letters[at:], blank, marks)))
    return found + [""] * (count - len(found))


def _last(rest: list[Letter], blank: set[str], marks: set[str]) -> list[Letter]:
    """Without blanks behind it, and without a separator that ends it and is the only one."""
    rest = _without_end(rest, blank)
    if rest and _is_one_of(rest[-1], marks) and not any(_is_one_of(letter, marks) for letter in rest[:-1]):
        return _without_end(rest[:-1], blank)
    return rest


def _past(letters: list[Letter], at: int, chars: set[str]) -> int:
    """Where something else stands than these characters."""
    while at < len(letters) and _is_one_of(letters[at], chars):
        at += 1
    return at


def _without_end(letters: list[Letter], chars: set[str]) -> list[Letter]:
    return letters[:len(letters) - _past(letters[::-1], 0, chars)]


def _is_one_of(letter: Letter, chars: set[str]) -> bool:
    char, is_escaped = letter
    return not is_escaped and char in chars


def _text(letters: list[Letter]) -> str:
    return "".join(char for char, _is_escaped in letters)
