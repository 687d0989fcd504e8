"""How bash writes arrays: `X=(a [3]=b)`, `X[3]=c`, and what stands in the brackets of `${X[3]}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.shell.braces import braced
from netsandbox.shell.dollar import NAME
from netsandbox.shell.errors import ScriptError
from netsandbox.shell.tree import Assignment, Element, Part, Text, Word, joined

if TYPE_CHECKING:
    from netsandbox.shell.reader import Reader


def assignment(word: Word, has_arrays: bool) -> Assignment | None:
    """`NAME=…` and `NAME[INDEX]=…` as one; None for all else."""
    first = word.parts[0] if word.parts else None
    name = NAME.match(first.text) if isinstance(first, Text) and not first.quoted else None
    if name is None or not isinstance(first, Text):
        return None
    rest = [Text(first.text[name.end():]), *word.parts[1:]]
    index = None
    if has_arrays and first.text[name.end():name.end() + 1] == "[":
        found = _bracketed(rest)
        if found is None:
            return None
        index, rest = found
    value = _behind_equals(rest)
    return Assignment(name[0], value[0], value[1], index) if value is not None else None


def literal(reader: Reader, one: Assignment) -> Assignment:
    """The array behind `NAME=`, at its parenthesis."""
    opened = reader.line
    reader.at += 1
    found: list[Element] = []
    while True:
        _skip(reader)
        if not reader.peek():
            raise ScriptError("", reader.line, "", ")", opened, True)
        if reader.peek() == ")":
            reader.at += 1
            return one._replace(elements=tuple(found))
        start = reader.at
        word = reader.word()
        if reader.at == start:
            raise ScriptError(reader.peek(), reader.line)
        found.append(_element(word))


def _skip(reader: Reader) -> None:
    """Blanks, newlines and comments."""
    while reader.peek() and reader.peek() in " \t\n#":
        if reader.peek() == "#":
            end = reader.text.find("\n", reader.at)
            reader.at = len(reader.text) if end < 0 else end
        else:
            reader.line += reader.peek() == "\n"
            reader.at += 1


def _element(word: Word) -> Element:
    """`VALUE`, or `[INDEX]=VALUE`."""
    first = word.parts[0] if word.parts else None
    if isinstance(first, Text) and not first.quoted and first.text.startswith("["):
        found = _bracketed(list(word.parts))
        value = _behind_equals(found[1]) if found is not None else None
        if found is not None and value is not None:
            return Element(value[0], found[0], value[1], word if len(braced(word)) > 1 else None)
    return Element(word)


def _bracketed(parts: list[Part]) -> tuple[Word, list[Part]] | None:
    """(what stands in the brackets with which parts begin, what stands behind them)."""
    inner: list[Part] = []
    depth = 0
    for number, part in enumerate(parts):
        if not isinstance(part, Text) or part.quoted:
            inner.append(part)
            continue
        for at, char in enumerate(part.text):
            depth += (char == "[") - (char == "]")
            if not depth:
                start = 1 if number == 0 else 0
                inner.append(Text(part.text[start:at]))
                return Word(joined(inner)), [Text(part.text[at + 1:]), *parts[number + 1:]]
        inner.append(Text(part.text[1 if number == 0 else 0:]))
    return None


def _behind_equals(parts: list[Part]) -> tuple[Word, bool] | None:
    """(the value behind `=` or `+=`, whether it is appended)."""
    first = parts[0] if parts else None
    text = first.text if isinstance(first, Text) and not first.quoted else ""
    appends = text.startswith("+=")
    if not appends and not text.startswith("="):
        return None
    text = text[2 if appends else 1:]
    return Word(((Text(text),) if text else ()) + tuple(parts[1:])), appends
