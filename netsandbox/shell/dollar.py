"""What begins with a `$`: parameters, `$(…)`, `$((…))`, `$'…'` (POSIX XCU 2.6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.engine import octets
from netsandbox.shell.errors import ScriptError
from netsandbox.shell.escapes import BYTES, LETTER, letters_of
from netsandbox.shell.tree import Arithmetic, Command, List, Parameter, Part, Simple, Text, Word, joined

if TYPE_CHECKING:
    from netsandbox.shell.reader import Reader

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SPECIALS = "@*#?-$!0123456789"
ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v",
        "\\": "\\", "'": "'", '"': '"', "?": "?"}
PARAMETER_OPERATORS = (":-", ":=", ":?", ":+", "-", "=", "?", "+", "##", "#", "%%", "%")
FURTHER_OPERATORS = ("//", "/#", "/%", "/", ":", "^^", "^", ",,", ",")


def dollar(reader: Reader, quoted: bool) -> list[Part]:
    following = reader.text[reader.at + 1:reader.at + 2]
    if following == "(":
        return [_parenthesis(reader, quoted)]
    if following == "[" and reader.dialect.name == "bash":
        return [_in_brackets(reader, quoted)]
    if following == "{":
        reader.at += 2
        return [_braced(reader, quoted)]
    if following == "'" and not quoted and reader.dialect.extended:
        reader.at += 1
        return [Text(_ansi(reader), True)]
    if following == '"' and not quoted and reader.dialect.extended:
        reader.at += 1
        return reader.double()
    name = NAME.match(reader.text, reader.at + 1)
    if name is not None or (following and following in SPECIALS):
        found = name[0] if name is not None else following
        reader.at += 1 + len(found)
        return [Parameter(found, quoted)]
    reader.at += 1
    return [Text("$", quoted)]


def _parenthesis(reader: Reader, quoted: bool) -> Part:
    if reader.peek(3) == "$((":
        found = calculation(reader, reader.at + 3)
        if found is not None:
            return Arithmetic(found, quoted)
    opened = reader.line
    reader.at += 2
    reader.deeper()
    body = reader.parse(reader)
    reader.depth -= 1
    if reader.peek() != ")":
        raise ScriptError("", reader.line, "", ")", opened, True)
    reader.at += 1
    return Command(_read_file(body) if reader.dialect.name == "bash" else body, quoted)


def _in_brackets(reader: Reader, quoted: bool) -> Part:
    """`$[…]`, which is `$((…))` in the older manner."""
    end = reader.text.find("]", reader.at)
    if end < 0:
        raise reader.open("]")
    inner = reader.inside(reader.text[reader.at + 2:end], reader.line)
    reader.at = end + 1
    return Arithmetic(inner.quoted_text(), quoted)


def _read_file(body: List) -> List:
    """`$(< FILE)` is `$(cat < FILE)`."""
    first = body.items[0].first.commands[0] if len(body.items) == 1 and not body.items[0].rest else None
    if isinstance(first, Simple) and not first.words and not first.assignments and [
            one.operator for one in first.redirects] == ["<"]:
        item = body.items[0]
        pipeline = item.first._replace(commands=(first._replace(words=(Word((Text("cat"),)),)),))
        return List((item._replace(first=pipeline),))
    return body


def calculation(reader: Reader, start: int) -> Word | None:
    """What stands between two `((` that were read and their `))`; None, and nothing read, if those are not there."""
    depth, at = 0, start
    while at < len(reader.text):
        char = reader.text[at]
        if char == ")" and not depth:
            break
        depth += (char == "(") - (char == ")")
        at += 2 if char == "\\" else 1
    else:
        raise reader.open(")")
    if reader.text[at:at + 2] != "))":
        return None
    inner = reader.inside(reader.text[start:at], reader.line)
    parts: list[Part] = []
    while inner.at < len(inner.text):
        if inner.peek() in "'\"":
            inner.at += 1
        else:
            inner.in_quotes(parts)
    reader.at, reader.line = at + 2, inner.line
    return Word(joined(parts))


def _braced(reader: Reader, quoted: bool) -> Part:
    """`${…}`, behind the brace."""
    line, start = reader.line, reader.at
    following = reader.text[reader.at + 1:reader.at + 2]
    in_front = reader.peek() if reader.peek() in "#!" and following not in ("}", "") else ""
    if in_front == "!" and not reader.dialect.extended:
        in_front = ""
    reader.at += len(in_front)
    name = re.compile(rf"{NAME.pattern}|[0-9]+|[@*#?$!-]").match(reader.text, reader.at)
    if name is None:
        raise _bad(reader, start)
    reader.at = name.end()
    index = _index(reader) if reader.peek() == "[" and reader.dialect.name == "bash" else None
    if reader.peek() == "}":
        reader.at += 1
        return Parameter(name[0], quoted, {"#": "length", "!": "!"}.get(in_front, ""), subscript=index)
    known = PARAMETER_OPERATORS + (FURTHER_OPERATORS if reader.dialect.extended else ())
    operator = next((one for one in known if reader.text.startswith(one, reader.at)), None)
    if in_front or operator is None or not reader.text[reader.at:]:
        raise _bad(reader, start) if reader.text[reader.at:] else reader.open("}")
    reader.at += len(operator)
    reader.deeper()
    part = _argument(reader, name[0], operator, quoted, line)
    reader.depth -= 1
    return part._replace(subscript=index)


def _index(reader: Reader) -> Word:
    """What stands in the brackets behind a name."""
    reader.at += 1
    found = reader.word("]")
    reader.at += 1
    return found


def _argument(reader: Reader, name: str, operator: str, quoted: bool, line: int) -> Parameter:
    is_pattern = operator[0] in "#%/^,"
    parts: list[Part] = []
    second: list[Part] | None = None
    while reader.peek() != "}":
        if not reader.peek():
            raise ScriptError("", reader.line, opened="}", opened_line=line, is_quote=True)
        if second is None and reader.peek() == operator[0] and operator[0] in "/:" and operator not in (
                ":-", ":=", ":?", ":+") and (parts or operator == ":"):
            reader.at += 1
            second = []
            continue
        reader.part(second if second is not None else parts, reader.peek(), quoted and not is_pattern, True)
    reader.at += 1
    return Parameter(name, quoted, operator, Word(joined(parts)), Word(joined(second)) if second is not None else None)


def _bad(reader: Reader, start: int) -> ScriptError:
    end = reader.text.find("}", start)
    if end < 0:
        return reader.open("}")
    what = "${" + reader.text[start:end + 1]
    return ScriptError("", reader.line, text=f"{what}: bad substitution" if reader.dialect.name == "bash" else
                       f"{reader.line}: Bad substitution")


def _ansi(reader: Reader) -> str:
    """`$'…'`, behind the dollar."""
    found, at = "", reader.at + 1
    while reader.text[at:at + 1] != "'":
        char = reader.text[at:at + 1]
        if not char:
            raise reader.open("'")
        following = reader.text[at + 1:at + 2]
        letter, numbers = LETTER.match(reader.text, at), BYTES.match(reader.text, at)
        if letter is not None:
            found, at = found + octets.letter(int(letter[1] or letter[2], 16)), letter.end()
        elif numbers is not None:
            found, at = found + letters_of(numbers[0]), numbers.end()
        elif char == "\\" and following:
            found += ANSI.get(following, "\\" + following)
            at += 2
        else:
            found += char
            at += 1
    reader.line += reader.text.count("\n", reader.at, at)
    reader.at = at + 1
    return found
